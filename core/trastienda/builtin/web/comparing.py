"""Two runs of one report in one table: each figure with what it was, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from ...languages import gettext as _
from ...reports.table import Column, RefValue, Row, Table

BEFORE = "~before"


def compared(now: Table, before: Table) -> Table:
    """`now` with a column more beside each figure; rows of `before` alone stand at the end, their figures nought."""
    figures = [column.name for column in now.columns if column.is_figure and column.type != "integer"]
    words = [column.name for column in now.columns if not column.is_figure]
    earlier: dict[tuple[object, ...], list[Row]] = {}
    for row in before.rows:
        earlier.setdefault(_key(row, words), []).append(row)
    rows = []
    for row in now.rows:
        known = earlier.get(_key(row, words))
        rows.append(_beside(row, known.pop(0) if known else None, figures))
    for left in earlier.values():
        rows += [_gone(row, figures) for row in left if row.kind == "row"]
    totals = dict(now.totals)
    totals.update({f"{name}{BEFORE}": before.totals[name] for name in figures if name in before.totals})
    return replace(now, columns=tuple(_columns(now.columns, figures)), rows=tuple(rows), totals=totals)


def _key(row: Row, words: Sequence[str]) -> tuple[object, ...]:
    values = (row.values.get(name) for name in words)
    return (row.kind, row.level, *(value.id if isinstance(value, RefValue) else value for value in values))


def _columns(columns: Sequence[Column], figures: Sequence[str]) -> list[Column]:
    found = []
    for column in columns:
        found.append(column)
        if column.name in figures:
            label = _("%(figure)s before", figure=column.label)
            found.append(replace(column, name=f"{column.name}{BEFORE}", label=label))
    return found


def _beside(row: Row, before: Row | None, figures: Sequence[str]) -> Row:
    values = before.values if before is not None else {}
    return replace(row, values={**row.values, **{f"{name}{BEFORE}": values.get(name) for name in figures}})


def _gone(row: Row, figures: Sequence[str]) -> Row:
    values = dict(row.values)
    values.update({f"{name}{BEFORE}": values.get(name) for name in figures})
    values.update({name: Decimal(0) for name in figures if values.get(name) is not None})
    return replace(row, values=values)
