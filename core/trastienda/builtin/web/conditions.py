"""Conditions of a list as somebody puts them together: groups of them, of which all must hold or any.

The address of a list has them as the API does: filters side by side, and `all` or `any` with a query of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from urllib.parse import parse_qsl, urlencode

from ...entities.compiled import Column, CompiledEntity
from ...entities.query import NESTED, RESERVED
from ...languages import gettext as _
from . import addresses, fields
from .filters import SPANS, fields_of
from .reader import SCALED, word
from .views.fields import FieldView
from .views.parts import Choice, Link
from .visit import Visit

Match: TypeAlias = str
Given = Sequence[tuple[str, str]]
#: Comparisons that have no value to type, with the filter that they are.
VALUELESS = {"empty": ("isnull", "true"), "given": ("isnull", "false")}
_COMPARED = ("eq", "ne", "gte", "lte", "gt", "lt", "empty", "given")
_TEXTS = ("contains", "eq", "ne", "startswith", "empty", "given")
MOST = 40


@dataclass(frozen=True)
class Row:
    """One condition as it is typed, in the reader's own notation; `operator` is one of `operators_of`."""

    field: str = ""
    operator: str = ""
    value: str = ""


@dataclass(frozen=True)
class Group:
    """Conditions that count as one: of them `all` must hold, or `any`."""

    match: Match
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Conditions:
    """The first group's rows stand beside the other groups; `rest` of the address is no condition of this page."""

    match: Match
    groups: tuple[Group, ...]
    rest: tuple[tuple[str, str], ...] = ()


def operators_of(column: Column) -> tuple[str, ...]:
    if column.kind == "boolean":
        return ("eq",)
    if column.kind in SPANS:
        return _COMPARED
    if column.options or column.kind == "ref":
        return ("eq", "ne", "empty", "given")
    return _TEXTS


def words() -> Mapping[str, str]:
    """What the comparisons are called; those of days have the same words as those of amounts."""
    return {
        "eq": _("is"),
        "ne": _("is not"),
        "gte": _("is at least"),
        "lte": _("is at most"),
        "gt": _("is more than"),
        "lt": _("is less than"),
        "contains": _("contains"),
        "startswith": _("begins with"),
        "empty": _("is empty"),
        "given": _("is not empty"),
    }


# -- from the address of a list, and back
def conditions_of(visit: Visit, entity: CompiledEntity, given: Given) -> Conditions:
    """What the page can show of the address; the rest is kept as it is."""
    known = fields_of(visit, entity)
    match = "any" if dict(given).get("match") == "any" else "all"
    rows, groups, rest = [], [], []
    for name, text in given:
        if name in NESTED:
            inner = [_row(visit, known, *pair) for pair in parse_qsl(text, keep_blank_values=True)]
            found = tuple(row for row in inner if row is not None)
            if len(found) == len(inner):
                groups.append(Group(name, found))
            else:
                rest.append((name, text))
        elif (row := _row(visit, known, name, text)) is not None:
            rows.append(row)
        elif name not in ("match", "typed", "view", "cursor"):
            rest.append((name, text))
    return Conditions(match, (Group(match, tuple(rows)), *groups), tuple(rest))


def _row(visit: Visit, known: Mapping[str, Column], name: str, text: str) -> Row | None:
    """None for what this page has no row for: deeper conditions, and fields of other records."""
    head, _mark, operator = name.partition("__")
    column = known.get(head)
    if name in RESERVED or column is None:
        return None
    operator = next((word for word, pair in VALUELESS.items() if pair == (operator, text)), operator or "eq")
    if operator not in operators_of(column):
        return None
    typed = "" if operator in VALUELESS else _typed(visit, column, text)
    return Row(head, operator, typed)


def _typed(visit: Visit, column: Column, text: str) -> str:
    try:
        return visit.reader.typed(column, text) if column.kind in SCALED else text
    except ArithmeticError:
        return text


def address_of(visit: Visit, entity: CompiledEntity, made: Conditions) -> list[tuple[str, str]]:
    """The list's query; rows without a field or a value say nothing."""
    first, *others = made.groups
    found = [*made.rest, *_pairs(visit, entity, first.rows)]
    for group in others:
        if pairs := _pairs(visit, entity, group.rows):
            found.append((group.match, urlencode(pairs)))
    return [*found, *([("match", "any")] if made.match == "any" else [])]


def _pairs(visit: Visit, entity: CompiledEntity, rows: Sequence[Row]) -> list[tuple[str, str]]:
    known = fields_of(visit, entity)
    found = []
    for row in rows:
        column = known.get(row.field)
        if column is None:
            continue
        if row.operator in VALUELESS:
            operator, value = VALUELESS[row.operator]
            found.append((f"{row.field}__{operator}", value))
        elif row.value.strip():
            taken = visit.reader.taken(column, row.value) if column.kind in SPANS else row.value.strip()
            name = row.field if row.operator == "eq" else f"{row.field}__{row.operator}"
            found.append((name, str(taken)))
    return found


# -- from the form of the page
def typed_conditions(visit: Visit, entity: CompiledEntity, form: Given) -> Conditions:
    """The form's fields are `G.match`, and `G.R.field`, `G.R.operator`, `G.R.value` of each row."""
    values = dict(form)
    known = fields_of(visit, entity)
    rows: dict[int, dict[int, Row]] = {}
    for name, text in form:
        group, _dot, rest = name.partition(".")
        row, _dot, part = rest.partition(".")
        if group.isdecimal() and row.isdecimal() and len(group + row) < 10 and part in ("field", "operator", "value"):
            place = rows.setdefault(int(group[:3]), {})
            place[int(row[:3])] = replace(place.get(int(row[:3]), Row()), **{part: text})
    match = "any" if values.get("match") == "any" else "all"
    groups = [
        Group(
            match if number == 0 else "all" if values.get(f"{number}.match") == "all" else "any",
            tuple(_fitting(known, row) for _place, row in sorted(found.items())[:MOST]),
        )
        for number, found in sorted(rows.items())
    ]
    if 0 not in rows:
        groups.insert(0, Group(match, ()))
    kept = tuple((name.removeprefix("kept."), text) for name, text in form if name.startswith("kept."))
    return Conditions(match, tuple(groups), kept)


def _fitting(known: Mapping[str, Column], row: Row) -> Row:
    """A row whose field was changed takes the new field's first comparison, and no value of the old one's."""
    column = known.get(row.field)
    if column is None:
        return Row()
    return row if row.operator in operators_of(column) else Row(row.field, operators_of(column)[0])


def pressed(made: Conditions, button: str) -> Conditions:
    """After `row G`, `group` or `drop G R`; anything else changes nothing."""
    verb, *places = button.split()
    numbers = [int(each) for each in places if each.isdecimal() and len(each) < 10]
    groups = list(made.groups)
    if verb == "group" and len(groups) < MOST:
        groups.append(Group("all" if made.match == "any" else "any", (Row(), Row())))
    elif verb == "row" and len(numbers) == 1 and numbers[0] < len(groups):
        group = groups[numbers[0]]
        groups[numbers[0]] = replace(group, rows=(*group.rows, Row())[:MOST])
    elif verb == "drop" and len(numbers) == 2 and numbers[0] < len(groups):
        group = groups[numbers[0]]
        rows = tuple(row for place, row in enumerate(group.rows) if place != numbers[1])
        groups[numbers[0]] = replace(group, rows=rows)
        groups = [each for number, each in enumerate(groups) if number == 0 or each.rows]
    return replace(made, groups=tuple(groups))


# -- in words, and as inputs
def in_words(visit: Visit, entity: CompiledEntity, name: str, text: str) -> str:
    """A group of a list's address: `State is draft or Date is at least 1 Jan 2026`."""
    known, said = fields_of(visit, entity), []
    for inner, value in parse_qsl(text, keep_blank_values=True):
        row = _row(visit, known, inner, value)
        if row is not None:
            said.append(_sentence(visit, known[row.field], row))
        elif inner in NESTED:
            said.append(f"({in_words(visit, entity, inner, value)})")
        else:
            said.append(f"{inner} {value}")
    return f" {_('or') if NESTED[name] else _('and')} ".join(said)


def nested_chip(visit: Visit, entity: CompiledEntity, name: str, text: str, query: Given) -> Link:
    """A group in force, in words; its address is the list without it."""
    rest = [pair for pair in query if pair != (name, text)]
    return Link(in_words(visit, entity, name, text), addresses.listing(entity, rest))


def _sentence(visit: Visit, column: Column, row: Row) -> str:
    value = row.value
    if column.options and value:
        value = word(value)
    elif column.kind == "boolean":
        value = _("Yes") if value == "true" else _("No")
    elif column.kind == "date" and value:
        try:
            value = visit.reader.text(column, value)
        except ValueError:
            value = row.value
    return f"{column.heading} {words()[row.operator]} {value}".strip()


def field_choices(visit: Visit, entity: CompiledEntity, chosen: str) -> Iterator[Choice]:
    yield Choice("", "", not chosen)
    for name, column in fields_of(visit, entity).items():
        if column.kind not in ("id", "json"):
            yield Choice(name, column.heading, name == chosen)


def value_field(visit: Visit, column: Column, name: str, value: str) -> FieldView:
    """The input that fits the column."""
    label = _("Value for %(field)s", field=column.heading)
    if column.kind == "boolean":
        either = (Choice("true", _("Yes"), value == "true"), Choice("false", _("No"), value == "false"))
        return FieldView(name, label, "choice", value, choices=(Choice("", "", not value), *either))
    if column.options:
        return FieldView(name, label, "choice", value, choices=fields.options(column.options, value, optional=True))
    if column.kind == "ref":
        found = fields.lookup(visit, column, None, value)
        return FieldView(name, label, "ref" if found else "text", value, lookup=found)
    kind = "date" if column.kind == "datetime" else "text" if column.kind == "longtext" else column.kind
    return FieldView(name, label, kind, value)


def in_focus(made: Conditions, button: str, changed: str) -> str:
    """The name of the input that the visitor goes on with: in the row he asked for, or chose a field of."""
    verb, *places = button.split()
    if verb == "group" and len(made.groups) > 1:
        return f"{len(made.groups) - 1}.0.field"
    number = int(places[0]) if len(places) == 1 and places[0].isdecimal() and len(places[0]) < 10 else len(made.groups)
    if verb == "row" and number < len(made.groups):
        return f"{number}.{len(made.groups[number].rows) - 1}.field"
    row, _dot, part = changed.rpartition(".")
    return f"{row}.operator" if part == "field" else f"{row}.value" if part == "operator" else ""
