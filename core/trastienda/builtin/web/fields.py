"""Fields of forms, from the columns of entities and from the parameters of actions and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...entities.compiled import Column, CompiledEntity, LineSet
from ...entities.parameters import Parameter
from ...languages import gettext as _
from ...storage.models import User
from . import addresses
from .reader import plainly, word
from .views.fields import FieldView, Lookup
from .views.parts import Cell, Choice, Mark
from .visit import Visit

SHORT = 10
#: In a form's values it says that a box which is not among them was left unticked.
SENT = "run"


def target_of(visit: Visit, what: Column | Parameter) -> CompiledEntity | None:
    """The entity that a reference names, if the visitor may read it."""
    target = visit.site.registry.by_model.get(what.target) if what.target is not None else None
    return target if target is not None and visit.may(target, "read") else None


def cell(visit: Visit, column: Column, item: Mapping[str, Any], *, entity: CompiledEntity | None = None) -> Cell:
    """A column's value as it is read: a reference linked, a foreign currency named, a state marked."""
    value = column.of(item)
    if value is None:
        return Cell()
    if column.kind == "ref":
        return reference_cell(visit, column, value)
    if column.kind == "state" and entity is not None:
        return Cell(mark=mark(entity, value))
    text = visit.reader.text(column, value)
    currency = column.currency_of(item)
    return Cell(text, unit=currency if currency and currency != visit.reader.currency else "")


def list_cell(visit: Visit, column: Column, item: Mapping[str, Any], entity: CompiledEntity) -> Cell:
    """As `cell`, but a figure that is nought where nothing is said stays quiet."""
    made = cell(visit, column, item, entity=entity)
    return Cell() if column.scale and column.field.default == 0 and not made.text.strip("0,.") else made


def reference_cell(visit: Visit, column: Column | Parameter, value: Mapping[str, Any]) -> Cell:
    value = person(visit, column, value)
    text = visit.reader.text(column, value)
    label = str(value.get("label") or "")
    target = target_of(visit, column)
    url = addresses.record(target, value["id"]) if target is not None else ""
    return Cell(text, note=label if label != text else "", url=url)


def person(visit: Visit, what: Column | Parameter, value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reference as it is shown; of a user whom the visitor may not read he is told whether it is himself."""
    if value.get("key") or what.target is not User:
        return value
    return {**value, "key": visit.actor.name if value["id"] == visit.actor.user else _("Somebody else")}


def mark(entity: CompiledEntity, state: str) -> Mark:
    """Open where a record is born, half while it waits or may change, full where it is settled, struck through where
    it came to nothing."""
    assert entity.state is not None
    states = entity.state.options
    locked = entity.declared.locked.states if entity.declared.locked is not None else states[-1:]
    if state in entity.declared.undone:
        return Mark(word(state), "undone")
    if state == states[0]:
        return Mark(word(state), "start")
    waits = state in entity.declared.waits or state not in locked
    return Mark(word(state), "middle" if waits else "end")


def column_field(
    visit: Visit,
    column: Column,
    item: Mapping[str, Any],
    *,
    name: str = "",
    errors: Sequence[str] = (),
    entity: CompiledEntity | None = None,
    blank_zero: bool = False,
    typed: str | None = None,
) -> FieldView:
    """A field of a record or (under another `name`) of one of its lines.

    `typed` is what the visitor had typed, where that is to be shown again. `blank_zero` leaves a figure empty
    where it is nought by default.
    """
    value = column.of(item)
    text = visit.reader.typed(column, value) if typed is None else typed
    if typed is None and not item and _starts_filled(column) and not callable(column.field.default):
        text = "" if column.kind == "ref" else _default(visit, column)
    if blank_zero and typed is None and column.field.default == 0 and text.strip("0,.") == "":
        text = ""
    shown = cell(visit, column, item, entity=entity)
    if blank_zero and column.field.default == 0 and shown.text.strip("0,.") == "":
        shown = Cell()
    proposed = proposals(visit, column)
    return FieldView(
        name or column.name,
        _(column.label),
        "choice" if proposed and not column.readonly else column.kind,
        text,
        cell=shown,
        required=column.required and (column.extension is None or column.extension.always),
        readonly=column.readonly,
        help=_(column.help) if column.help else "",
        errors=tuple(errors),
        choices=_proposed(proposed, text)
        if proposed
        else options(column.options, text, optional=not column.required)
        if column.options
        else (),
        lookup=lookup(visit, column, value, text) if column.kind == "ref" else None,
        max_length=column.max_length,
    )


def proposals(visit: Visit, column: Column) -> tuple[tuple[str, str], ...]:
    """The values that its plugin proposes for a text, with their labels."""
    if column.choices is None:
        return ()
    return tuple(column.choices(visit.site.work(visit.actor, visit.company)))


def _proposed(proposed: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    """Those, with nothing, and with what is there already whatever it be."""
    known = dict(proposed)
    return (
        Choice("", "", not chosen),
        *(Choice(value, label, value == chosen) for value, label in proposed),
        *((Choice(chosen, chosen, True),) if chosen and chosen not in known else ()),
    )


def _starts_filled(column: Column) -> bool:
    return not column.field.null or (column.extension is not None and column.extension.always)


def _default(visit: Visit, column: Column) -> str:
    default = column.field.default
    if default is None:
        return ""
    return visit.reader.typed(column, str(default) if column.scale else default)


def lookup(visit: Visit, what: Column | Parameter, value: Any, text: str) -> Lookup | None:
    """None where there is nothing that the visitor may search."""
    target = target_of(visit, what)
    if target is None:
        return None
    known = isinstance(value, Mapping) and text == visit.reader.typed(what, value)
    label = str(value.get("label") or "") if known else ""
    offers = what.offers if isinstance(what, Column) else ()
    may_create = target.declared.writable and visit.may(target, "create")
    create_url = addresses.quick(target) if may_create and isinstance(what, Column) else ""
    return Lookup(addresses.lookup(target, offers), label if label != text else "", create_url=create_url)


def options(values: Sequence[str], chosen: str, *, optional: bool) -> tuple[Choice, ...]:
    empty = (Choice("", "—", not chosen),) if optional or not chosen else ()
    return (*empty, *(Choice(value, word(value), value == chosen) for value in values))


def parameter_field(
    visit: Visit,
    parameter: Parameter,
    given: Mapping[str, str],
    *,
    errors: Sequence[str] = (),
    autofocus: bool = False,
) -> FieldView:
    """A field of an action's or a report's form; `given` is what was typed, by name."""
    text = given.get(parameter.name)
    if text is None and parameter.kind == "boolean" and SENT in given:
        text = "false"
    if text is None:
        default = parameter.default
        value = default.isoformat() if hasattr(default, "isoformat") else default
        text = "" if value is None else visit.reader.typed(parameter, value)
    secret = parameter.name == "password"
    return FieldView(
        parameter.name,
        _(parameter.label),
        "password" if secret else parameter.kind,
        "" if secret else text,
        required=parameter.required,
        errors=tuple(map(plainly, errors)),
        choices=options(parameter.options, text, optional=not parameter.required) if parameter.options else (),
        lookup=lookup(visit, parameter, None, text) if parameter.kind == "ref" else None,
        autofocus=autofocus,
        autocomplete="new-password" if secret else "off",
    )


def money_unit(visit: Visit, column: Column) -> str:
    """What stands once in a column's heading: the company's currency, where all amounts are in it."""
    return visit.reader.currency if column.kind == "money" and not column.currency else ""


def is_short(column: Column) -> bool:
    return column.max_length is not None and column.max_length <= SHORT


def line_label(lines: LineSet, number: int, column: Column | None) -> str:
    """`Lines, line 2, Account`: where something is wrong, in words."""
    place = _("%(list)s, line %(number)s", list=_(lines.label), number=number)
    return f"{place}, {_(column.label)}" if column is not None else place


def as_read(field: FieldView) -> FieldView:
    """The field without its input."""
    return replace(field, readonly=True, errors=(), help="")
