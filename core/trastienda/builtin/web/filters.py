"""What a list is narrowed by: the fields of its filter, and the filters in force as words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import CompiledEntity
from ...entities.query import NESTED, RESERVED, beyond
from ...languages import gettext as _
from . import addresses, fields
from .reader import SCALED, word
from .views.fields import FieldView
from .views.lists import Filter
from .views.parts import Choice, Link
from .visit import Visit

Given = Sequence[tuple[str, str]]
SPANS = ("date", "datetime", "integer", "bigint", *SCALED)
WORDS = {
    "": "",
    "gte": "≥",
    "lte": "≤",
    "gt": ">",
    "lt": "<",
    "ne": "≠",
    "contains": "~",
    "startswith": "~",
    "in": "=",
    "isnull": "∅",
}


def fields_of(visit: Visit, entity: CompiledEntity) -> dict[str, EntityColumn]:
    """The fields that a list can be narrowed and ordered by: its own, then those that were added to what its
    references name, under the path that the read path knows (`party.ext.fleet.plate`)."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    found = dict(visible)
    for column in visible.values():
        if column.kind == "ref":
            for name, inner in beyond(visit.site, visit.actor, column).items():
                if inner.extension is not None:
                    path = f"{column.name}.{name}"
                    found[path] = replace(inner, name=path, qualifier=column.heading)
    return found


def filterable(visit: Visit, entity: CompiledEntity) -> Iterable[EntityColumn]:
    return [
        column
        for column in visit.site.permissions.visible(visit.actor, entity).values()
        if column.kind not in ("id", "json")
    ]


def filter_of(visit: Visit, entity: CompiledEntity, column: EntityColumn, values: dict[str, str]) -> Filter:
    label = column.heading
    if column is entity.archive:
        return _archived(values.get("archived", ""))
    if column.kind in SPANS:
        kind = "date" if column.kind == "datetime" else column.kind
        ends = (("gte", _("%(field)s from", field=label)), ("lte", _("%(field)s to", field=label)))
        return Filter(
            label,
            tuple(
                FieldView(
                    f"{column.name}__{end}",
                    text,
                    kind,
                    _typed(visit, column, values.get(f"{column.name}__{end}", "")),
                )
                for end, text in ends
            ),
        )
    if column.kind == "ref":
        chosen = values.get(column.name, "")
        found = fields.lookup(visit, column, None, chosen)
        return Filter(label, (FieldView(column.name, label, "ref" if found else "text", chosen, lookup=found),))
    if column.kind == "boolean":
        chosen = values.get(column.name, "")
        either = (
            Choice("", _("Any")),
            Choice("true", _("Yes"), chosen == "true"),
            Choice("false", _("No"), chosen == "false"),
        )
        return Filter(label, (FieldView(column.name, label, "choice", chosen, choices=either),))
    if column.options:
        chosen = values.get(column.name, "")
        choices = (
            Choice("", _("Any")),
            *(Choice(each, word(each), each == chosen) for each in column.options),
        )
        return Filter(label, (FieldView(column.name, label, "choice", chosen, choices=choices),))
    name = f"{column.name}__contains"
    return Filter(label, (FieldView(name, label, "text", values.get(name, "")),))


def _archived(chosen: str) -> Filter:
    choices = (Choice("", _("Left out")), *(Choice(each, word, each == chosen) for each, word in archived_words()))
    return Filter(_("Archived"), (FieldView("archived", _("Archived"), "choice", chosen, choices=choices),))


def archived_words() -> tuple[tuple[str, str], ...]:
    return (("all", _("Shown as well")), ("true", _("Shown alone")))


def _typed(visit: Visit, column: EntityColumn, text: str) -> str:
    """A filter's value as it is typed; one that is no value of the column stays as it is."""
    try:
        return visit.reader.typed(column, text) if text and column.kind in SCALED else text
    except ArithmeticError:
        return text


def chip(visit: Visit, entity: CompiledEntity, name: str, text: str, query: Given) -> Link:
    """A filter in force, in words; its address is the list without it."""
    head, _mark, operator = name.partition("__")
    column = fields_of(visit, entity).get(head) or entity.columns.get(head.partition(".")[0])
    label = column.heading if column is not None else head
    value = text
    if name == "archived":
        label, value = _("Archived"), dict(archived_words()).get(text, text)
    if column is not None and (column.options or column.kind == "boolean") and operator in ("", "ne"):
        value = word(text) if column.options else _("Yes") if text == "true" else _("No")
    elif column is not None and column.kind in SCALED:
        value = _typed(visit, column, text)
    elif column is not None and column.kind == "date" and len(text) == 10:
        value = _day(visit, column, text)
    sign = WORDS.get(operator, operator)
    rest = [pair for pair in query if pair != (name, text)]
    return Link(f"{label} {sign} {value}" if sign else f"{label}: {value}", addresses.listing(entity, rest))


def _day(visit: Visit, column: EntityColumn, text: str) -> str:
    try:
        return visit.reader.text(column, text)
    except ValueError:
        return text


def narrows(name: str) -> bool:
    """Whether a parameter of a list's address is a filter."""
    return name not in RESERVED or name in NESTED or name == "archived"


def match_choices(chosen: str) -> tuple[Choice, ...]:
    """Whether all filters must hold, or any."""
    return (Choice("", _("all of these"), chosen != "any"), Choice("any", _("any of these"), chosen == "any"))
