"""HTML of the smallest and most frequent pieces, made without templates: a page may have thousands of them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from .views.parts import Cell, Column, Mark, Row


def mark(state: Mark) -> Markup:
    """A state's shape and word."""
    shape = '<span class="state-shape" aria-hidden="true"></span>'
    return Markup(f'<span class="state state-{state.tone}">{shape}{escape(state.label)}</span>')


def cell(value: Cell) -> Markup:
    """What stands in a table's cell, or where a field is read."""
    if value.mark is not None:
        made = str(mark(value.mark))
    else:
        made = str(escape(value.text))
        if value.unit:
            made = f'{made} <span class="unit">{escape(value.unit)}</span>'
        if value.note:
            made = f'{made} <span class="note">{escape(value.note)}</span>'
        if value.url:
            made = f'<a href="{escape(value.url)}">{made}</a>'
    return Markup(made)


def rows(columns: Sequence[Column], shown: Sequence[Row]) -> Markup:
    """The body of a table. Of several figures the last leads the row where it becomes a card."""
    lead = next((column.name for column in reversed(columns) if column.figure), "")
    plans = [
        (
            " ".join(
                word
                for word, wanted in (("first", i == 0), ("num", column.figure), ("lead-num", column.name == lead))
                if wanted
            ),
            escape(column.label),
        )
        for i, column in enumerate(columns)
    ]
    parts: list[str] = []
    for row in shown:
        names = f"{'subtotal ' if row.total else ''}{f'level-{row.level}' if row.level or row.total else ''}".strip()
        parts.append(f'<tr role="row" class="{names}">' if names else '<tr role="row">')
        for (classes, label), value in zip(plans, row.cells, strict=True):
            extra = " is-state" if value.mark is not None else "" if value.text else " blank"
            parts.append(f'<td role="cell" class="{classes}{extra}" data-label="{label}">{cell(value)}</td>')
        parts.append("</tr>")
    return Markup("".join(parts))
