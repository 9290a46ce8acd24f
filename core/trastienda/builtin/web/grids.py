"""The lines of a record as a grid: to edit or to read, with their sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from markupsafe import Markup

from ...entities.compiled import Column as EntityColumn
from ...entities.compiled import LineSet
from ...languages import gettext as _
from . import fields
from .drafts import BLANK_LINES, Draft, LineDraft
from .keeping import once
from .line_markup import blank_line
from .reader import plainly
from .views.fields import Balance, LineGrid, LineRow
from .views.parts import Cell, Column
from .visit import Visit

Errors: TypeAlias = Mapping[str, Sequence[str]]


def said(errors: Errors, path: str) -> tuple[str, ...]:
    return tuple(plainly(message) for message in errors.get(path, ()))


def grid_of(
    visit: Visit,
    lines: LineSet,
    item: Mapping[str, Any],
    draft: Draft | None,
    errors: Errors,
    *,
    editable: bool,
    more: bool,
) -> LineGrid:
    columns = [column for column in lines.columns.values() if column.kind != "id"]
    stored = {str(line["id"]): line for line in item.get(lines.name, ())}
    if draft is not None:
        drafts = list(draft.lines.get(lines.name, ()))
        rows = [
            _line_row(visit, lines, columns, str(i), stored.get(line.id, {}), line, errors)
            for i, line in enumerate(drafts)
        ]
    else:
        rows = [_line_row(visit, lines, columns, str(i), line, None, errors) for i, line in enumerate(stored.values())]
    if not editable:
        rows, columns = _without_blanks(rows, columns)
    headings = tuple(_line_heading(visit, column) for column in columns)
    proposed = tuple(fields.proposals(visit, column) for column in columns)
    totals = {name: _total(visit, lines.columns[name], stored.values(), draft, lines.name) for name in lines.totals}
    return LineGrid(
        lines.name,
        _(lines.label),
        headings,
        tuple(rows),
        blank=once(visit, blank_line, lines, proposed, make=lambda: _blank(visit, lines, columns, headings))
        if editable
        else Markup(),
        blanks=BLANK_LINES if more or not rows else 1,
        totals=totals,
        balance=_balance(visit, lines, stored.values(), draft),
        editable=editable,
        errors=said(errors, lines.name),
    )


def _blank(
    visit: Visit, lines: LineSet, columns: Sequence[EntityColumn], headings: Sequence[Column]
) -> Markup:
    row = _line_row(visit, lines, columns, "__index__", {}, LineDraft("", {}), {})
    return blank_line(lines.name, headings, row)


def _without_blanks(
    rows: Sequence[LineRow], columns: Sequence[EntityColumn]
) -> tuple[list[LineRow], list[EntityColumn]]:
    """For reading, a column in which no line says anything only takes room."""
    kept = [i for i in range(len(columns)) if i == 0 or any(_says(row.fields[i].cell) for row in rows)]
    return (
        [replace(row, fields=tuple(row.fields[i] for i in kept)) for row in rows],
        [columns[i] for i in kept],
    )


def _says(cell: Cell) -> bool:
    return bool(cell.text or cell.mark)


def _line_heading(visit: Visit, column: EntityColumn) -> Column:
    return Column(
        column.name,
        _(column.label),
        column.kind,
        unit=fields.money_unit(visit, column),
        short=fields.is_short(column),
    )


def _line_row(
    visit: Visit,
    lines: LineSet,
    columns: Sequence[EntityColumn],
    index: str,
    line: Mapping[str, Any],
    draft: LineDraft | None,
    errors: Errors,
) -> LineRow:
    path = f"{lines.name}.{index}"
    made = tuple(
        fields.column_field(
            visit,
            column,
            line,
            name=f"{path}.{column.name}",
            errors=said(errors, f"{path}.{column.name}"),
            blank_zero=True,
            typed=None if draft is None or column.readonly else draft.typed.get(column.name, ""),
        )
        for column in columns
    )
    identity = draft.id if draft is not None else str(line.get("id", ""))
    return LineRow(index, made, id=identity, errors=(*said(errors, path), *said(errors, f"{path}.id")))


def _balance(visit: Visit, lines: LineSet, stored: Any, draft: Draft | None) -> Balance | None:
    if lines.balance is None:
        return None
    plus, minus = (_sum(visit, lines.columns[name], stored, draft, lines.name) for name in lines.balance)
    return Balance(*lines.balance, visit.reader.figure(plus - minus, decimals=visit.reader.decimals), plus == minus)


def _total(visit: Visit, column: EntityColumn, stored: Any, draft: Draft | None, name: str) -> str:
    total = _sum(visit, column, stored, draft, name)
    return visit.reader.figure(total, decimals=visit.reader.decimals if column.kind == "money" else 0)


def _sum(visit: Visit, column: EntityColumn, stored: Any, draft: Draft | None, name: str) -> Decimal:
    """Of a column, as typed or as stored; what is no figure counts nothing."""
    if draft is None:
        texts = [str(line.get(column.name) or "0") for line in stored]
    else:
        texts = [str(visit.reader.taken(column, line.typed.get(column.name, ""))) for line in draft.lines.get(name, ())]
    total = Decimal(0)
    for text in texts:
        try:
            figure = Decimal(text or "0")
        except InvalidOperation:
            continue
        total += figure if figure.is_finite() else 0
    return total
