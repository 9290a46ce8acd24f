"""One record: to read, to make, to change, to act upon, to delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import read, write
from ...entities.compiled import CompiledEntity
from ...entities.declarations import Action, Transition
from ...entities.history import history_of_read
from ...errors import Forbidden, Invalid, NotFound, Refusal, Stale
from ...languages import gettext as _
from ...prints.run import label_of, prints_of
from ...storage.models import SharedRecord
from ...work import Work
from . import addresses, fields
from .beside import beside
from .blueprint import entity_here, go, show, web
from .conflicts import conflict_view, resolved
from .drafts import Draft, beginning, draft_of, payload_of, read_form, writable
from .grids import Errors
from .history import changes
from .lists import action_label
from .panels import panels_of
from .records import is_editable, record_title, record_view
from .related import related_lists, rights_links
from .views.parts import Link
from .views.records import ConfirmView
from .visit import Visit

AnyAction = Action[Any] | Transition[Any]


def stored(visitor: Visit, entity: CompiledEntity, identity: int) -> dict[str, Any]:
    return read.one(visitor.site, visitor.actor, visitor.company, entity, identity)


def errors_of(error: Invalid | Refusal) -> Errors:
    """By field, one without a field under the empty name."""
    return error.errors if isinstance(error, Invalid) else {"": [str(error)]}


def number_of(text: str, *, digits: int = 18) -> int | None:
    """A whole number that a column holds; None for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


# -- reading
@web.get("/<plugin>/<path>/<int:identity>", endpoint="record")
def open_record(plugin: str, path: str, identity: int) -> Response:
    entity, visitor = entity_here(plugin, path)
    return record_page(visitor, entity, stored(visitor, entity, identity))


@web.get("/<plugin>/<path>/<int:identity>/preview", endpoint="preview")
def preview_record(plugin: str, path: str, identity: int) -> Response:
    """The record to read, without the frame: what a list shows beside itself."""
    entity, visitor = entity_here(plugin, path)
    view = record_view(visitor, entity, stored(visitor, entity, identity), read_only=True)
    return show("preview", view, visitor=visitor)


def record_page(
    visitor: Visit,
    entity: CompiledEntity,
    item: dict[str, Any] | None,
    *,
    draft: Draft | None = None,
    errors: Errors | None = None,
    more_lines: str = "",
    status: int = 200,
) -> Response:
    told = history_of_read(visitor.site, visitor.actor, entity, item["id"]) if item else []
    view = record_view(
        visitor,
        entity,
        item,
        draft=draft,
        errors=errors,
        more_lines=more_lines,
        related=(*related_lists(visitor, entity, item["id"]), *rights_links(visitor, entity, item)) if item else (),
        prints=_prints(visitor, entity, item["id"]) if item else (),
        panels=panels_of(visitor, entity=entity, identity=item["id"]) if item else (),
        history=changes(visitor, entity, told),
    )
    if item is not None:
        view = replace(view, beside=beside(visitor, entity, item["id"]))
    return show("form", view, status=status, visitor=visitor)


def _prints(visitor: Visit, entity: CompiledEntity, identity: int) -> tuple[Link, ...]:
    found = prints_of(visitor.site, visitor.actor, entity)
    return tuple(Link(label_of(each), addresses.document(entity, identity, each.name)) for each in found)


# -- making
@web.get("/<plugin>/<path>/new", endpoint="new")
def blank_record(plugin: str, path: str) -> Response:
    """`copy=ID` starts from another record; any other parameter fills in its field."""
    entity, visitor = entity_here(plugin, path)
    write.require_writable(entity)
    visitor.site.permissions.require(visitor.actor, entity.guard, "create")
    if (copied := number_of(request.args.get("copy", ""))) is not None:
        draft = draft_of(visitor, entity, stored(visitor, entity, copied))
    else:
        draft = _prefilled(visitor, entity)
    return record_page(visitor, entity, None, draft=draft)


def _prefilled(visitor: Visit, entity: CompiledEntity) -> Draft:
    columns, begun = writable(visitor, entity), beginning(visitor, entity)
    return Draft({name: request.args.get(name, begun.get(name) or _default(visitor, column))
                  for name, column in columns.items()}, {})  # fmt: skip


def _default(visitor: Visit, column: Any) -> str:
    return fields.column_field(visitor, column, {}).value


@web.post("/<plugin>/<path>/new")
def make_record(plugin: str, path: str) -> Response | AnyResponse:
    entity, visitor = entity_here(plugin, path)
    draft = read_form(visitor, entity, request.form)
    if "_add_lines" in request.form:
        return record_page(visitor, entity, None, draft=draft, more_lines=request.form["_add_lines"])
    try:
        values = write.shape(visitor.site, visitor.actor, entity, payload_of(visitor, entity, draft))
        record = visitor.site.write(visitor.actor, visitor.company, lambda work: write.create(work, entity, values))
    except (Invalid, Refusal) as error:
        return record_page(visitor, entity, None, draft=draft, errors=errors_of(error), status=error.status)
    if not visitor.may(entity, "read"):
        return go(addresses.HOME, _("Saved."))
    return go(addresses.record(entity, record.id), _("Saved."))


# -- changing
@web.post("/<plugin>/<path>/<int:identity>")
def change_record(plugin: str, path: str, identity: int) -> Response | AnyResponse:
    """Save the form, then run the action whose button was pressed, in one transaction."""
    entity, visitor = entity_here(plugin, path)
    item = stored(visitor, entity, identity)
    draft = read_form(visitor, entity, request.form)
    if "_add_lines" in request.form:
        return record_page(visitor, entity, item, draft=draft, more_lines=request.form["_add_lines"])
    if "_resolve" in request.form:
        draft = resolved(visitor, entity, item, draft, request.form)
    action = _wanted(visitor, entity, item, request.form.get("_action", ""))
    if action is not None and action.confirm and "_confirmed" not in request.form:
        return _ask(visitor, entity, item, action)
    editable = is_editable(visitor, entity, item)
    try:
        _save(visitor, entity, item, draft if editable else None, action)
    except Stale:
        return _conflict(visitor, entity, identity, draft, editable=editable)
    except (Invalid, Refusal) as error:
        return record_page(
            visitor,
            entity,
            item,
            draft=draft if editable else None,
            errors=errors_of(error),
            status=error.status,
        )
    return go(addresses.record(entity, identity), said_of(action))


def _wanted(visitor: Visit, entity: CompiledEntity, item: dict[str, Any], name: str) -> AnyAction | None:
    if not name:
        return None
    action = entity.actions.get(name)
    if action is None:
        raise NotFound(_("%(label)s has no action %(action)s", label=_(entity.label), action=name))
    return action


def version_sent() -> int | None:
    return number_of(request.form.get("_version", ""), digits=9)


def _save(
    visitor: Visit,
    entity: CompiledEntity,
    item: dict[str, Any],
    draft: Draft | None,
    action: AnyAction | None,
) -> None:
    identity, version = item["id"], version_sent()
    if draft is None and action is None:
        raise Forbidden(_("This record cannot be changed"))
    if draft is None:
        assert action is not None
        visitor.site.write(
            visitor.actor,
            visitor.company,
            lambda work: write.act(work, entity, identity, action.name, {}, version=version),
        )
        return
    values = write.shape(visitor.site, visitor.actor, entity, payload_of(visitor, entity, draft, item), partial=True)

    def body(work: Work) -> None:
        record = write.update(work, entity, identity, values, version=version)
        if action is not None:
            _act(work, entity, record, action)

    visitor.site.write(visitor.actor, visitor.company, body)


def _act(work: Work, entity: CompiledEntity, record: SharedRecord, action: AnyAction) -> None:
    """The action on the record as it was just saved."""
    write.require_reach(work, entity, [record], action.permission or action.name)
    work.act(record, action.name)


def said_of(action: AnyAction | None) -> str:
    return _("Saved.") if action is None else _("%(action)s: done.", action=action_label(action))


def _ask(visitor: Visit, entity: CompiledEntity, item: dict[str, Any], action: AnyAction) -> Response:
    """The question that the script would have asked, carrying the form along."""
    title, url = record_title(entity, item), addresses.record(entity, item["id"])
    hidden = tuple((name, text) for name, text in request.form.items(multi=True) if name != "csrf_token")
    label = action_label(action)
    return show(
        "confirm",
        ConfirmView(
            label,
            Link(title, url),
            url,
            label,
            message=_("%(action)s: are you sure?", action=f"{title}, {label.lower()}"),
            hidden=(*hidden, ("_confirmed", "1")),
        ),
        visitor=visitor,
    )


def _conflict(
    visitor: Visit, entity: CompiledEntity, identity: int, draft: Draft, *, editable: bool
) -> Response | AnyResponse:
    now = stored(visitor, entity, identity)
    if not editable or not is_editable(visitor, entity, now):
        return go(
            addresses.record(entity, identity),
            refused=_("Somebody else changed this record meanwhile; nothing of yours was saved."),
        )
    told = history_of_read(visitor.site, visitor.actor, entity, identity)
    view = conflict_view(visitor, entity, now, draft, request.form, told, seen=version_sent() or 0)
    return show("conflict", view, status=412, visitor=visitor)
