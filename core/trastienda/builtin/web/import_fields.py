"""What an import asks for: the file and what to do with it, and what columns a file may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from ...entities.compiled import Column, CompiledEntity
from ...entities.declarations import Transition
from ...entities.parameters import parameters_of
from ...languages import gettext as _
from ..records.mappings import mappings_of
from .fields import target_of
from .lists import action_label
from .views.fields import FieldView
from .views.parts import Choice
from .visit import Visit

ACCEPT = ".csv,.gz,.xlsx,.jsonl,.ndjson"


def asked(visitor: Visit, entity: CompiledEntity, wrong: str) -> list[FieldView]:
    found = [
        FieldView(
            "file",
            _("File"),
            "file",
            required=True,
            accept=ACCEPT,
            help=_("CSV, XLSX or JSON Lines, plain or gzipped"),
            errors=(wrong,) if wrong else (),
        )
    ]
    if names := mappings_of(visitor.site.work(visitor.actor, visitor.company), entity.name):
        kept = request.form.get("mapping", "")
        choices = (Choice("", _("by name"), not kept), *(Choice(name, name, name == kept) for name in names))
        found.append(FieldView("mapping", _("Headers' meaning"), "choice", kept, choices=choices))
    actions = [
        action
        for action in entity.actions.values()
        if isinstance(action, Transition)
        and entity.state is not None
        and entity.state.options[0] in action.states
        and visitor.may(entity, action.permission or action.name)
        and not (action.run is not None and parameters_of(action.run))
    ]
    chosen = request.form.get("action", "")
    if actions:
        choices = (
            Choice("", _("nothing"), not chosen),
            *(Choice(each.name, action_label(each), each.name == chosen) for each in actions),
        )
        found.append(FieldView("action", _("Then, with each"), "choice", chosen, choices=choices))
    if any(_makes_missing(visitor, column) for column in _columns(entity).values()):
        found.append(
            FieldView(
                "create_missing",
                _("Create what the file names and is missing"),
                "boolean",
                request.form.get("create_missing", ""),
            )
        )
    return found


def _makes_missing(visitor: Visit, column: Column) -> bool:
    target = target_of(visitor, column)
    return target is not None and target.declared.create_missing is not None


def _columns(entity: CompiledEntity) -> Mapping[str, Column]:
    """The columns of the record and of its lines, by the name that a file gives them."""
    found: dict[str, Any] = dict(entity.columns)
    for lines in entity.lines.values():
        found.update({name: column for name, column in lines.columns.items() if name not in found})
    return found


def expected(visitor: Visit, entity: CompiledEntity) -> list[FieldView]:
    hidden = {
        name
        for name, column in entity.columns.items()
        if not visitor.site.permissions.may_see(visitor.actor, entity, column)
    }
    return [
        FieldView(
            name,
            column.heading,
            column.kind,
            required=column.required,
            help=_(column.help) if column.help else "",
        )
        for name, column in _columns(entity).items()
        if not column.readonly and name not in hidden
    ]
