"""XLSX: a report as a workbook to go on calculating with, and rows of any number as a plain sheet."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter

from ...reports.table import Column, RefValue, Row, Table, json_value, rounded, utc, whole
from ...reports.text import body, heading, language, ref_text, totals_row, zone_of
from .errors import TooManyRows

# Heading included.
MOST_ROWS = 1_048_576
MOST_LETTERS = 32_767
# A spreadsheet calculates in binary floating point and keeps no more than this of a figure.
MOST_DIGITS = 15
A4 = 9
WIDE_TABLE_COLUMNS = 7
_FIRST_YEAR = 1900
_GREY = "#555555"
_EXPORT_WIDTHS: Mapping[str, int] = {"text": 28, "ref": 16, "date": 12, "datetime": 18, "boolean": 10}
_NEVER_GUESS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


@dataclass(frozen=True)
class Styles:
    """The workbook's cell formats, each made once."""

    workbook: Any
    made: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def get(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.workbook.add_format(properties)
        return self.made[key]


@dataclass(frozen=True)
class Sheet:
    """One sheet's cells: each by its column's type, never by what its text looks like."""

    page: Any
    styles: Styles
    date_format: str
    zone: tzinfo
    bare_keys: bool

    def cell(self, at: tuple[int, int], column: Column, value: object, **look: object) -> None:
        """What a spreadsheet cannot hold, a longer figure or a day before 1900, is written as text."""
        if at[0] >= MOST_ROWS:
            raise TooManyRows(format_name="XLSX", most=MOST_ROWS)
        match value, column.type:
            case None, _:
                self.page.write_blank(*at, None, self.styles.get(**look))
            case _, "integer":
                self._figure(at, Decimal(whole(value, column)), num_format="0", **look)
            case _, "money" | "quantity" | "rate":
                self._figure(at, rounded(value, column), num_format=_figure_format(column), **look)
            case datetime(), "datetime" if value.year > _FIRST_YEAR:
                local = utc(value).astimezone(self.zone).replace(tzinfo=None)
                style = self.styles.get(num_format=f"{self.date_format} hh:mm", align="left", **look)
                self.page.write_datetime(*at, local, style)
            case date(), "date" if value.year >= _FIRST_YEAR and not isinstance(value, datetime):
                style = self.styles.get(num_format=self.date_format, align="left", **look)
                self.page.write_datetime(*at, value, style)
            case bool(), "boolean":
                self.page.write_boolean(*at, value, self.styles.get(align="left", **look))
            case RefValue(), "ref":
                self.text(at, value.key if self.bare_keys else ref_text(value), **look)
            case _:
                self.text(at, str(json_value(value, column)), **look)

    def text(self, at: tuple[int, int], text: str, **look: object) -> None:
        """As text even if it looks like a formula; what a cell cannot hold ends in an ellipsis."""
        if at[0] >= MOST_ROWS:
            raise TooManyRows(format_name="XLSX", most=MOST_ROWS)
        cut = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS - 1]}…"
        self.page.write_string(*at, cut, self.styles.get(**look))

    def _figure(self, at: tuple[int, int], figure: Decimal, **look: object) -> None:
        digits = "".join(map(str, figure.as_tuple().digits)).strip("0")
        if len(digits) > MOST_DIGITS:
            self.text(at, f"{figure:f}", align="right", **look)
        else:
            self.page.write_number(*at, figure, self.styles.get(**look))


def _figure_format(column: Column) -> str:
    if column.decimals is not None:
        return f"#,##0.{'0' * column.decimals}".removesuffix(".")
    return "#,##0.00##" if column.type == "money" else "General"


def to_xlsx(table: Table, locale: str) -> bytes:
    """The report with its title and totals; figures and dates to calculate with, ready to print on A4."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **_NEVER_GUESS}) as workbook:
        workbook.set_properties(
            {"title": str(table.title), "company": table.company, "created": utc(table.generated_at)}
        )
        date_format = language(locale).date_pattern.lower()
        page = workbook.add_worksheet(sheet_name(str(table.title)))
        sheet = Sheet(page, Styles(workbook), date_format, zone_of(table), bare_keys=False)
        header = _title_block(sheet, table, locale)
        _header(sheet, header, [str(column.label) for column in table.columns], table.columns)
        last = _rows(sheet, header + 1, table, locale)
        if table.rows and all(row.kind == "row" for row in table.rows):
            page.autofilter(header, 0, last, len(table.columns) - 1)
        if table.totals and table.rows:
            _totals(sheet, last + 1, table, locale)
        for index, width in enumerate(_widths(table, locale)):
            page.set_column(index, index, width)
        page.freeze_panes(header + 1, 0)
        _set_up_print(page, table, locale, header)
    return out.getvalue()


def write_xlsx(
    columns: Sequence[Column], rows: Iterable[Mapping[str, object]], out: BinaryIO, *, name: str
) -> None:
    """Rows one by one, in memory that does not grow with their number, to read back as from CSV.

    Column names first; a record by its key; moments in UTC. `name` is the sheet's.
    """
    with xlsxwriter.Workbook(out, {"constant_memory": True, **_NEVER_GUESS}) as workbook:
        page = workbook.add_worksheet(sheet_name(name))
        sheet = Sheet(page, Styles(workbook), "yyyy-mm-dd", UTC, bare_keys=True)
        for index, column in enumerate(columns):
            page.set_column(index, index, max(_EXPORT_WIDTHS.get(column.type, 14), len(column.name) + 2))
        _header(sheet, 0, [column.name for column in columns], columns)
        page.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for index, column in enumerate(columns):
                sheet.cell((line, index), column, row.get(column.name))


def sheet_name(title: str) -> str:
    """As much of the title as a sheet's name may hold: 31 letters, none of []:*?/\\, no quote at the ends."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title)[:31].strip(" '")
    return name if name and name.lower() != "history" else "Sheet1"


def _title_block(sheet: Sheet, table: Table, locale: str) -> int:
    """Company, title, parameters and time, a line each; the line of the table's header."""
    speech = language(locale)
    sheet.text((0, 0), table.company)
    sheet.text((1, 0), str(table.title), bold=True, font_size=14)
    asked = " · ".join(f"{label}: {value}" for label, value in heading(table, locale))
    sheet.text((2, 0), asked, font_color=_GREY)
    made = f"{speech.words.generated}: {speech.moment(table.generated_at, zone_of(table))}"
    sheet.text((3, 0), made, font_color=_GREY)
    return 5


def _header(sheet: Sheet, line: int, labels: Sequence[str], columns: Sequence[Column]) -> None:
    for index, (label, column) in enumerate(zip(labels, columns, strict=True)):
        align = "right" if column.is_figure else "left"
        sheet.text((line, index), label, bold=True, text_wrap=True, valign="bottom", bottom=1, align=align)


def _rows(sheet: Sheet, first: int, table: Table, locale: str) -> int:
    """The last line written."""
    if not table.rows:
        sheet.text((first, 0), language(locale).words.no_data, italic=True)
        return first
    for line, row in enumerate(table.rows, start=first):
        look = _look(row)
        for index, column in enumerate(table.columns):
            indent = {"indent": row.level} if index == 0 and row.level else {}
            sheet.cell((line, index), column, row.values.get(column.name), **look, **indent)
    return first + len(table.rows) - 1


def _look(row: Row) -> dict[str, object]:
    match row.kind:
        case "heading":
            return {"bold": True}
        case "subtotal":
            return {"bold": True, "top": 1}
    return {}


def _totals(sheet: Sheet, line: int, table: Table, locale: str) -> None:
    look = {"bold": True, "top": 1, "bottom": 6}
    for index, column in enumerate(table.columns):
        if index == 0 and column.name not in table.totals:
            sheet.text((line, index), language(locale).words.total, **look)
        else:
            sheet.cell((line, index), column, table.totals.get(column.name), **look)


def _widths(table: Table, locale: str) -> list[float]:
    """In letters, by the longest cell and the longest word of the label."""
    lines = [*body(table, locale), totals_row(table, locale) or [""] * len(table.columns)]
    widths = []
    for column, cells in zip(table.columns, zip(*lines, strict=True), strict=True):
        words = max(map(len, str(column.label).split()), default=0)
        widths.append(min(max(words, *map(len, cells)) + 3.0, 60.0))
    return widths


def _set_up_print(page: Any, table: Table, locale: str, header: int) -> None:
    words = language(locale).words
    page.set_paper(A4)
    if len(table.columns) > WIDE_TABLE_COLUMNS:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(header)
    name = f"{table.company} · {table.title}".replace("&", "&&")
    page.set_footer(f"&L&8{name[:150]}&R&8{words.page} &P {words.of} &N")
