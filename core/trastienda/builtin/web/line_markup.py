"""The rows of a record's lines as HTML; without the script, blank rows and a button for more."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from ...languages import gettext as _
from .field_markup import control, field_errors
from .icons import icon
from .markup import cell
from .views.fields import FieldView, LineGrid, LineRow
from .views.parts import Column


def lines_to_edit(grid: LineGrid) -> Markup:
    parts = _Writing(grid.name, grid.columns).lines(grid.rows)
    for at in range(len(grid.rows), len(grid.rows) + grid.blanks):
        parts.append(grid.blank.replace("__index__", str(at)).replace("__number__", str(at + 1)))
    return Markup("".join(parts))


def blank_line(name: str, columns: Sequence[Column], row: LineRow) -> Markup:
    """What the script copies for a new line."""
    return Markup(_Writing(name, columns).line(row, "__number__"))


class _Writing:
    """What is the same in every line, and the line with it."""

    def __init__(self, name: str, columns: Sequence[Column]) -> None:
        self.name = escape(name)
        self.openings = [_opening(column) for column in columns]
        self.label = _("%(field)s, line %(number)s", field="\x00", number="\x01")
        copy, remove = escape(_("Duplicate line")), escape(_("Remove line"))
        copy_label = escape(_("Duplicate line %(number)s", number="\x01"))
        remove_label = escape(_("Remove line %(number)s", number="\x01"))
        self.tools = (
            f'<button type="button" class="tool by-script" data-line-copy title="{copy}" aria-label="{copy_label}">'
            f'{icon("copy")}</button><button type="button" class="tool by-script" data-line-remove title="{remove}" '
            f'aria-label="{remove_label}">{icon("x-lg")}</button></td></tr>'
        )

    def lines(self, rows: Sequence[LineRow]) -> list[str]:
        return [self.line(row, str(number)) for number, row in enumerate(rows, 1)]

    def line(self, row: LineRow, number: str) -> str:
        parts = [
            '<tr class="line" data-line><th scope="row" class="line-number" data-line-number>',
            number,
            "</th>",
        ]
        label = self.label.replace("\x01", number)
        for opening, field in zip(self.openings, row.fields, strict=True):
            parts.append(opening)
            if field.readonly:
                parts.append(cell(field.cell))
            else:
                parts += [control(field, label.replace("\x00", field.label)), field_errors(field)]
            parts.append("</td>")
        parts.append(
            f'<td class="line-tools"><input type="hidden" name="{self.name}.{row.index}.id" value="{escape(row.id)}">'
        )
        parts.append(self.tools.replace("\x01", number))
        if row.errors:
            parts.append(_row_errors(f"g-{self.name}", row))
        return "".join(parts)


def _opening(column: Column) -> str:
    classes = f'{"num " if column.figure else ""}{"line-short " if column.short else ""}line-{column.kind}'
    return f'<td class="{classes}" data-label="{escape(column.label)}">'


def _row_errors(grid: str, row: LineRow) -> str:
    said = f'{icon("exclamation-circle-fill")}{escape(" ".join(row.errors))}'
    return (
        f'<tr class="line-errors"><td></td><td colspan="{len(row.fields) + 1}">'
        f'<p class="error" id="{escape(grid)}-{row.index}">{said}</p></td></tr>'
    )


def lines_to_read(grid: LineGrid) -> Markup:
    return Markup("".join(_read(row.fields, number) for number, row in enumerate(grid.rows, 1)))


def _read(fields: Sequence[FieldView], number: int) -> str:
    parts = [f'<tr class="line"><th scope="row" class="line-number">{number}</th>']
    for place, field in enumerate(fields):
        classes = f'{"" if place else "first "}{"num " if field.figure else ""}line-{field.kind}'
        blank = "" if field.cell.text else " blank"
        parts.append(f'<td class="{classes}{blank}" data-label="{escape(field.label)}">{cell(field.cell)}</td>')
    return "".join([*parts, "</tr>"])
