"""Actions that ask for parameters first, and deletion, which asks whether one is sure."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from ...entities import write
from ...entities.compiled import CompiledEntity
from ...entities.parameters import parameters_of
from ...errors import Invalid, NotFound, Refusal, Stale
from ...languages import gettext as _
from . import addresses, fields
from .blueprint import entity_here, go, local, show, web
from .grids import Errors
from .lists import action_label
from .reader import plainly
from .record_routes import AnyAction, errors_of, said_of, stored, version_sent
from .records import error_links, offered, record_title
from .views.parts import ErrorLink, Link
from .views.records import ConfirmView
from .visit import Visit


@web.get("/<plugin>/<path>/<int:identity>/actions/<name>", endpoint="action")
def ask_parameters(plugin: str, path: str, identity: int, name: str) -> Response:
    entity, visitor = entity_here(plugin, path)
    item = stored(visitor, entity, identity)
    return _action_page(visitor, entity, item, _offered(visitor, entity, item, name), {})


@web.post("/<plugin>/<path>/<int:identity>/actions/<name>")
def act_on_record(plugin: str, path: str, identity: int, name: str) -> Response | AnyResponse:
    entity, visitor = entity_here(plugin, path)
    item = stored(visitor, entity, identity)
    action = _offered(visitor, entity, item, name)
    given = (
        {each.name: visitor.reader.taken(each, request.form.get(each.name, "")) for each in parameters_of(action.run)}
        if action.run is not None
        else {}
    )
    try:
        visitor.site.write(
            visitor.actor,
            visitor.company,
            lambda work: write.act(
                work,
                entity,
                identity,
                name,
                {key: value for key, value in given.items() if value != ""},
                version=version_sent(),
            ),
        )
    except Stale:
        return go(
            addresses.record(entity, identity),
            refused=_("Somebody else changed this record meanwhile; look again."),
        )
    except (Invalid, Refusal) as error:
        return _action_page(visitor, entity, item, action, errors_of(error), status=error.status)
    back = request.form.get("_next", "")
    return go(local(back) if back else addresses.record(entity, identity), said_of(action))


def _offered(visitor: Visit, entity: CompiledEntity, item: dict[str, Any], name: str) -> AnyAction:
    action = next((each for each in offered(visitor, entity, item) if each.name == name), None)
    if action is None:
        raise NotFound(_("%(record)s offers no %(action)s now", record=_(entity.label), action=name))
    return action


def _action_page(
    visitor: Visit,
    entity: CompiledEntity,
    item: dict[str, Any],
    action: AnyAction,
    errors: Errors,
    *,
    status: int = 200,
) -> Response:
    title, label = record_title(entity, item), action_label(action)
    parameters = parameters_of(action.run) if action.run is not None else ()
    labels = {each.name: _(each.label) for each in parameters}
    shown = tuple(
        fields.parameter_field(
            visitor,
            each,
            request.form,
            errors=[_(text) for text in errors.get(each.name, ())],
            autofocus=place == 0 and not errors,
        )
        for place, each in enumerate(parameters)
    )
    links = tuple(
        ErrorLink(plainly(message), labels.get(path, ""), f"f-{path}" if path in labels else "")
        for path, messages in errors.items()
        for message in messages
    )
    return show(
        "confirm",
        ConfirmView(
            label,
            Link(title, addresses.record(entity, item["id"])),
            addresses.action(entity, item["id"], action.name),
            label,
            fields=shown,
            hidden=(("_version", str(item.get("version", ""))),),
            errors=links,
        ),
        status=status,
        visitor=visitor,
    )


@web.get("/<plugin>/<path>/<int:identity>/delete", endpoint="delete")
def ask_deletion(plugin: str, path: str, identity: int) -> Response:
    entity, visitor = entity_here(plugin, path)
    write.require_writable(entity)
    visitor.site.permissions.require(visitor.actor, entity.guard, "delete")
    return _deletion_page(visitor, entity, stored(visitor, entity, identity))


def _deletion_page(
    visitor: Visit,
    entity: CompiledEntity,
    item: dict[str, Any],
    *,
    errors: Errors | None = None,
    status: int = 200,
) -> Response:
    title = record_title(entity, item)
    return show(
        "confirm",
        ConfirmView(
            _("Delete %(record)s?", record=title),
            Link(title, addresses.record(entity, item["id"])),
            addresses.delete(entity, item["id"]),
            _("Delete"),
            message=_("The history keeps what it said."),
            hidden=(("_version", str(item.get("version", ""))),),
            errors=error_links(entity, errors or {}),
            danger=True,
        ),
        status=status,
        visitor=visitor,
    )


@web.post("/<plugin>/<path>/<int:identity>/delete")
def delete_record(plugin: str, path: str, identity: int) -> Response | AnyResponse:
    entity, visitor = entity_here(plugin, path)
    item = stored(visitor, entity, identity)
    try:
        visitor.site.write(
            visitor.actor,
            visitor.company,
            lambda work: write.delete(work, entity, identity, version=version_sent()),
        )
    except Stale:
        return go(
            addresses.record(entity, identity),
            refused=_("Somebody else changed this record meanwhile; look again."),
        )
    except (Invalid, Refusal) as error:
        return _deletion_page(visitor, entity, item, errors=errors_of(error), status=error.status)
    return go(addresses.listing(entity), _("%(record)s is deleted.", record=record_title(entity, item)))
