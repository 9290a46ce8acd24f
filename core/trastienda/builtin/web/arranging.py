"""How a list is arranged: which columns in which order, sorted by what, in which groups, with which sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from babel.dates import format_skeleton

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import CompiledEntity
from ...entities.groups import GROUPED, Group, is_summed
from ...entities.query import beyond
from ...entities.read import Page
from ...languages import gettext as _
from . import addresses, fields
from .filters import fields_of
from .reader import word
from .views.lists import Arrangement
from .views.parts import Cell, Choice, Column, Row
from .visit import Visit

Given = Sequence[tuple[str, str]]
UNSORTED = ("json", "longtext")
#: Kinds that have a sum worth reading: a sum of years says nothing.
AMOUNTS = ("money", "quantity")
SORT_KEYS = 3


def shown(visit: Visit, entity: CompiledEntity, given: Given) -> list[EntityColumn]:
    """The list's columns: those that the address names, else the entity's own with its extensions' at the end."""
    visible = visit.site.permissions.visible(visit.actor, entity)
    chosen = [name for name in dict(given).get("fields", "").split(",") if name in visible and name != "id"]
    left_out = {dict(given).get("group", "")}
    if entity.archive is not None and dict(given).get("archived") != "all":
        left_out.add(entity.archive.name)  # it says the same of every record
    listed = [name for name in entity.listed if name not in left_out]
    names = chosen or [*listed, *(name for name, column in visible.items() if column.extension is not None)]
    return [visible[name] for name in dict.fromkeys(names) if name in visible and name != "id"]


def summed(columns: Sequence[EntityColumn]) -> list[str]:
    return [column.name for column in columns if column.kind in AMOUNTS and is_summed(column)]


def arrangement(visit: Visit, entity: CompiledEntity, given: Given) -> Arrangement:
    """The choices, with what is in force marked."""
    values, columns = dict(given), shown(visit, entity, given)
    visible = visit.site.permissions.visible(visit.actor, entity)
    names = [column.name for column in columns]
    rest = [column for name, column in visible.items() if name not in (*names, "id")]
    sortable = fields_of(visit, entity).values()
    steps = [step for step in values.get("sort", "").split(",") if step]
    sums = ",".join(summed(columns))
    return Arrangement(
        columns=tuple(Choice(each.name, each.heading, each.name in names) for each in (*columns, *rest)),
        sorts=tuple(
            _sort_choices(sortable, steps[place] if place < len(steps) else "") for place in range(SORT_KEYS)
        ),
        groups=tuple(_group_choices([*visible.values(), *_few(visit, visible)], values.get("group", ""))),
        sums=Choice(sums, _("Totals"), bool(values.get("totals"))) if sums else None,
    )


def _sort_choices(columns: Any, chosen: str) -> tuple[Choice, ...]:
    found = [Choice("", "", not chosen)]
    for column in columns:
        if column.kind not in UNSORTED and column.name != "id":
            label = column.heading
            found.append(Choice(column.name, f"{label} ↑", chosen == column.name))
            found.append(Choice(f"-{column.name}", f"{label} ↓", chosen == f"-{column.name}"))
    return tuple(found)


def grouped_by(visit: Visit, entity: CompiledEntity, name: str) -> EntityColumn | None:
    """The column of this name, its own or one of what a reference leads to (`account.kind`); None for none."""
    head, _dot, inner = name.partition(".")
    column = visit.site.permissions.visible(visit.actor, entity).get(name if name in entity.columns else head)
    if column is None or name in entity.columns or column.kind != "ref":
        return column if column is not None and column.name == name else None
    return _through(visit, column).get(inner)


def _through(visit: Visit, reference: EntityColumn) -> dict[str, EntityColumn]:
    """What a reference leads to, each column under its path."""
    found = beyond(visit.site, visit.actor, reference).items()
    return {
        name: replace(column, name=f"{reference.name}.{name}", qualifier=reference.heading) for name, column in found
    }


def _few(visit: Visit, visible: Mapping[str, EntityColumn]) -> Iterator[EntityColumn]:
    """Of what the records refer to, the columns that divide them into a few."""
    for reference in visible.values():
        if reference.kind == "ref":
            yield from (each for each in _through(visit, reference).values() if each.kind in ("choice", "state"))


def _group_choices(columns: Any, chosen: str) -> Iterator[Choice]:
    yield Choice("", _("Nothing"), not chosen)
    for column in columns:
        if column.kind in GROUPED and column.kind != "text":
            label = column.heading
            spans = {"": label}
            if column.kind in ("date", "datetime"):
                spans = {
                    ".month": _("%(field)s, by month", field=label),
                    ".year": _("%(field)s, by year", field=label),
                }
            for span, text in spans.items():
                yield Choice(f"{column.name}{span}", text, chosen == f"{column.name}{span}")


# -- headings
def heading(visit: Visit, entity: CompiledEntity, column: EntityColumn, query: Given) -> Column:
    """A column's heading, by which the list is sorted, and sorted the other way."""
    steps = _steps(entity, dict(query).get("sort", ""))
    mine = next((descending for name, descending in steps if name == column.name), None)
    first = bool(steps) and steps[0][0] == column.name
    wanted = f"-{column.name}" if first and not mine else column.name
    others = [(name, text) for name, text in query if name != "sort"]
    return Column(
        column.name,
        column.heading,
        column.kind,
        unit=fields.money_unit(visit, column),
        sort_url="" if column.kind in UNSORTED else addresses.listing(entity, [*others, ("sort", wanted)]),
        sorted="" if mine is None else "descending" if mine else "ascending",
    )


def _steps(entity: CompiledEntity, sort: str) -> Sequence[tuple[str, bool]]:
    if not sort:
        return entity.order[:1]
    return [(step.removeprefix("-"), step.startswith("-")) for step in sort.split(",") if step]


# -- groups
def group_headings(
    visit: Visit, columns: Sequence[EntityColumn], page: Page, label: EntityColumn, span: str
) -> dict[int, Row]:
    """By the place of a group's first record on the page: how many there are in all, and what they come to."""
    known = {_key(group.value): group for group in page.groups}
    found: dict[int, Row] = {}
    last: object = object()
    for place, item in enumerate(page.items):
        key = _key(page.within[place] if page.within else _span(label.of(item), span))
        if key != last and key in known:
            found[place] = _group_row(visit, columns, known[key], label, span)
            last = key
    return found


def _key(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) else value


def _span(value: Any, span: str) -> Any:
    return value[: {"month": 7, "year": 4}[span]] if span and isinstance(value, str) else value


def _group_row(
    visit: Visit, columns: Sequence[EntityColumn], group: Group, label: EntityColumn, span: str
) -> Row:
    cells = [_sum_cell(visit, column, group) for column in columns]
    cells[0] = Cell(group_text(visit, label, span, group.value), note=str(group.count))
    return Row("", tuple(cells), total=True)


def group_text(visit: Visit, column: EntityColumn, span: str, value: Any) -> str:
    if value is None or value == "":
        return _("Without %(field)s", field=column.heading.lower())
    if span == "month":
        day = date(int(value[:4]), int(value[5:7]), 1)
        return str(format_skeleton("yMMMM", day, locale=visit.reader.speech.locale))
    if span == "year":
        return str(value)
    if column.kind == "ref":
        value = fields.person(visit, column, value)
        if not value.get("key") and not value.get("label"):
            return f"#{value['id']}"
        return " ".join(dict.fromkeys(part for part in (value.get("key"), value.get("label")) if part))
    return word(value) if column.options else visit.reader.text(column, value)


def total_cells(visit: Visit, columns: Sequence[EntityColumn], sums: Group | None) -> tuple[Cell, ...]:
    """The last row: the sums of all pages; nothing without any."""
    if sums is None or not sums.totals:
        return ()
    cells = [_sum_cell(visit, column, sums) for column in columns]
    if not cells[0].text:
        cells[0] = Cell(_("Total"), note=str(sums.count))
    return tuple(cells)


def _sum_cell(visit: Visit, column: EntityColumn, group: Group) -> Cell:
    if column.name not in group.totals:
        return Cell()
    return Cell(visit.reader.text(column, group.totals[column.name]))
