"""Making a record from within another's form: as few fields as it needs, answered to the script that asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Response, request

from ...api.entities import json_response
from ...entities import write
from ...entities.compiled import CompiledEntity
from ...errors import Invalid, Refusal
from ...languages import gettext as _
from . import addresses, fields
from .blueprint import entity_here, show, web
from .drafts import beginning, payload_of, read_form, writable
from .finding import named
from .grids import Errors, said
from .record_routes import errors_of, stored
from .records import error_links
from .views.records import QuickView
from .visit import Visit


@web.get("/<plugin>/<path>/quick", endpoint="quick")
def ask_quickly(plugin: str, path: str) -> Response:
    """`text` is what was searched for in vain: it becomes the key where it looks like one, the name otherwise."""
    entity, visitor = entity_here(plugin, path)
    write.require_writable(entity)
    visitor.site.permissions.require(visitor.actor, entity.guard, "create")
    guessed = _guess(entity, request.args.get("text", "").strip())
    return _page(visitor, entity, {**beginning(visitor, entity), **guessed}, {})


def _guess(entity: CompiledEntity, text: str) -> dict[str, str]:
    named_by = entity.key if entity.key is not None and (" " not in text or entity.title is None) else entity.title
    if text and entity.title is not None and (" " in text or text.isalpha()):
        named_by = entity.title
    return {named_by.name: text} if named_by is not None else {}


@web.post("/<plugin>/<path>/quick")
def make_quickly(plugin: str, path: str) -> Response:
    entity, visitor = entity_here(plugin, path)
    draft = read_form(visitor, entity, request.form)
    draft = replace(draft, typed={**_boxes_not_shown(visitor, entity, request.form.getlist("_shown")), **draft.typed})
    try:
        values = write.shape(visitor.site, visitor.actor, entity, payload_of(visitor, entity, draft))
        record = visitor.site.write(visitor.actor, visitor.company, lambda work: write.create(work, entity, values))
    except (Invalid, Refusal) as error:
        return _page(visitor, entity, draft.typed, errors_of(error), status=error.status)
    return json_response(named(entity, stored(visitor, entity, record.id)), 201)


def _boxes_not_shown(visitor: Visit, entity: CompiledEntity, shown: Sequence[str]) -> dict[str, str]:
    """Ticked where that is the default: their absence from what was sent says nothing."""
    boxes = {name: column for name, column in writable(visitor, entity).items() if column.kind == "boolean"}
    return {name: "true" for name, column in boxes.items() if column.field.default is True and name not in shown}


def _page(
    visitor: Visit, entity: CompiledEntity, typed: dict[str, str] | object, errors: Errors, *, status: int = 200
) -> Response:
    given = dict(typed) if isinstance(typed, dict) else {}
    columns = [
        column
        for name, column in writable(visitor, entity).items()
        if column.required or column in (entity.key, entity.title) or name in errors or given.get(name)
    ]
    shown = tuple(
        fields.column_field(
            visitor, column, {}, errors=said(errors, column.name), entity=entity, typed=given.get(column.name)
        )
        for column in columns
    )
    title = _("New %(record)s", record=_(entity.label).lower())
    view = QuickView(title, addresses.quick(entity), shown, error_links(entity, errors), addresses.new(entity))
    return show("quick", view, status=status, visitor=visitor)
