"""Reports for people: figures, dates and words in their language, and the table in a terminal."""
from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime
from rich.box import SIMPLE
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from .table import CellTypeMismatch, Column, RefValue, Table, rounded, utc, whole


@dataclass(frozen=True)
class Words:
    """The few words that a report's own layout needs."""

    total: str
    no_data: str
    page: str
    of: str
    generated: str
    currency: str
    yes: str
    no: str


_WORDS = {
    "en": Words(
        total="Total", no_data="No data", page="Page", of="of", generated="Generated",
        currency="Currency", yes="Yes", no="No",
    ),
    "es": Words(
        total="Total", no_data="Sin datos", page="Página", of="de", generated="Generado",
        currency="Moneda", yes="Sí", no="No",
    ),
}
# Day before month, with the month in letters where the language's readers disagree on the order.
_DATES = {"en": "dd MMM yyyy", "es": "dd/MM/yyyy"}


@dataclass(frozen=True)
class Language:
    """Figures, dates and words of one language; any that Babel knows, with English words if not Spanish."""

    locale: str
    decimal: str
    group: str
    words: Words
    date_pattern: str

    def figure(self, value: object, column: Column) -> str:
        """With the column's decimals; thousands in groups, but not of integers, which may be years."""
        if column.type == "integer":
            return str(whole(value, column))
        return f"{rounded(value, column):,f}".translate({ord(","): self.group, ord("."): self.decimal})

    def day(self, value: date) -> str:
        return _day(value, self.date_pattern, self.locale)

    def moment(self, value: datetime, zone: tzinfo) -> str:
        return format_datetime(utc(value).astimezone(zone), f"{self.date_pattern} HH:mm", locale=self.locale)

    def cell(self, value: object, column: Column, zone: tzinfo) -> str:
        """A cell as it is read; a record by key and label, none as nothing."""
        match value, column.type:
            case None, _:
                return ""
            case _, "text":
                return str(value)
            case _, "integer" | "money" | "quantity" | "rate":
                return self.figure(value, column)
            case datetime(), "datetime":
                return self.moment(value, zone)
            case datetime(), _:
                raise CellTypeMismatch(column, value)
            case date(), "date":
                return self.day(value)
            case bool(), "boolean":
                return self.words.yes if value else self.words.no
            case RefValue(), "ref":
                return ref_text(value)
        raise CellTypeMismatch(column, value)

    def parameter(self, value: object, zone: tzinfo) -> str:
        """A value of any type, in the heading."""
        match value:
            case bool():
                return self.words.yes if value else self.words.no
            case datetime():
                return self.moment(value, zone)
            case date():
                return self.day(value)
            case RefValue():
                return ref_text(value)
            case list() | tuple() | set() | frozenset():
                return ", ".join(self.parameter(item, zone) for item in value)
        return str(value)


@lru_cache(maxsize=4096)
def _day(value: date, pattern: str, locale: str) -> str:
    return format_date(value, pattern, locale=locale)


@lru_cache(maxsize=32)
def language(locale: str) -> Language:
    """By a name such as `es` or `es_ES`; `babel.UnknownLocaleError` where Babel knows none."""
    known = Locale.parse(locale, sep="-" if "-" in locale else "_")
    symbols = known.number_symbols["latn"]
    return Language(
        locale=str(known),
        decimal=symbols["decimal"],
        group=symbols["group"],
        words=_WORDS.get(known.language, _WORDS["en"]),
        date_pattern=_DATES.get(known.language, "yyyy-MM-dd"),
    )


def ref_text(ref: RefValue) -> str:
    """Key and label, the key once where the label begins with it."""
    return ref.label if ref.label.startswith(ref.key) else f"{ref.key} {ref.label}"


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def one_line(text: object) -> str:
    """No line breaks or control characters: data must not steer a terminal, nor show as empty boxes."""
    return _CONTROL.sub(" ", str(text))


def heading(table: Table, locale: str) -> list[tuple[str, str]]:
    """Label and value of each parameter that was given, and the currency if there is money in the table; a box that
    was not ticked says nothing."""
    speech, zone = language(locale), zone_of(table)
    labels = {name: name.replace("_", " ").capitalize() for name in table.parameters}
    labels.update(table.parameter_labels)
    given = [
        (one_line(labels[name]), one_line(table.parameter_texts.get(name) or speech.parameter(value, zone)))
        for name, value in table.parameters.items()
        if value not in (None, "") and value is not False
    ]
    has_money = any(column.type == "money" for column in table.columns)
    return [*given, (speech.words.currency, table.currency)] if has_money and table.currency else given


def zone_of(table: Table) -> tzinfo:
    zone = table.generated_at.tzinfo
    assert zone is not None, "checked when the table was made"
    return zone


def telling(table: Table) -> Table:
    """Without the columns in which no row says anything; the first stays, and those of sums and of the chart. Rates
    have as many decimals as the longest of their column, so that they stand point under point."""
    if not table.rows:
        return table
    needed = {*table.totals, *((table.chart.x, *table.chart.y) if table.chart is not None else ())}
    told = {name for row in table.rows for name, value in row.values.items() if value not in (None, "")}
    kept = (each for each in table.columns if each.name in {table.columns[0].name, *needed, *told})
    return replace(table, columns=tuple(_aligned(table, each) for each in kept))


def _aligned(table: Table, column: Column) -> Column:
    if column.type != "rate" or column.decimals is not None:
        return column
    figures = [rounded(value, column) for row in table.rows if (value := row.values.get(column.name)) is not None]
    longest = max((-int(figure.normalize().as_tuple().exponent) for figure in figures), default=0)
    return replace(column, decimals=max(longest, 0))


def body(table: Table, locale: str) -> list[list[str]]:
    """Every cell as it is read, on one line, row by row."""
    speech, zone = language(locale), zone_of(table)
    return [
        [one_line(speech.cell(row.values.get(column.name), column, zone)) for column in table.columns]
        for row in table.rows
    ]


def totals_row(table: Table, locale: str) -> list[str]:
    """One text a column, "Total" in the first if that has no total; empty where there is nothing to sum."""
    if not table.totals or not table.rows:
        return []
    speech = language(locale)
    cells = [
        speech.figure(table.totals[column.name], column) if column.name in table.totals else ""
        for column in table.columns
    ]
    return [cells[0] or speech.words.total, *cells[1:]]


# -- in a terminal

_INDENT = "  "
_LEAST_TEXT_WIDTH = 8
_BETWEEN = 3


def to_text(table: Table, locale: str, *, width: int | None = None) -> str:
    """The report in letters: `width` wide and with bold type on a terminal, else plain, as wide as it needs.

    Text wraps where it must; a figure is never cut: if need be, lines grow longer than `width`.
    """
    lines = [_indented(cells, row.level) for row, cells in zip(table.rows, body(table, locale), strict=True)]
    totals = totals_row(table, locale)
    blank = [""] * len(table.columns)
    columns = list(zip(*lines, totals or blank, strict=True))
    widths = [_Width.of(column, cells) for column, cells in zip(table.columns, columns, strict=True)]
    grid = Grid(box=SIMPLE, show_edge=False, show_footer=bool(totals), pad_edge=False)
    for column, taken, footer in zip(table.columns, widths, totals or blank, strict=True):
        grid.add_column(
            one_line(column.label),
            footer=footer,
            justify="right" if column.is_figure else "left",
            overflow="fold",
            width=taken.least if taken.fixed else None,
        )
    for row, cells in zip(table.rows, lines, strict=True):
        grid.add_row(*cells, style="" if row.kind == "row" else "bold")
    needed = sum(taken.least if width else taken.full for taken in widths) + _BETWEEN * (len(widths) - 1)
    parts = [*_title_lines(table, locale), grid if table.rows else Text(language(locale).words.no_data)]
    return _printed(parts, width=max(width or 0, needed), styled=width is not None)


def _printed(parts: Sequence[RenderableType], *, width: int, styled: bool) -> str:
    """Without blanks at the ends of lines; as data comes, with nothing in it read as markup."""
    out = io.StringIO()
    console = Console(
        file=out, width=width, force_terminal=styled, force_jupyter=False,
        color_system="standard" if styled else None, markup=False, emoji=False, highlight=False,
    )
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


@dataclass(frozen=True)
class _Width:
    """Of one column, in letters: the least that cuts no figure, and what all of it needs."""

    least: int
    full: int
    fixed: bool

    @classmethod
    def of(cls, column: Column, cells: Sequence[str]) -> _Width:
        longest = max(map(cell_len, cells), default=0)
        label = one_line(column.label)
        full = max(longest, cell_len(label))
        if column.type in ("text", "ref"):
            return cls(least=min(full, _LEAST_TEXT_WIDTH), full=full, fixed=False)
        word = max(map(cell_len, label.split()), default=0)
        return cls(least=max(longest, word), full=full, fixed=True)


def _indented(cells: Sequence[str], level: int) -> list[str]:
    return [_INDENT * level + cells[0], *cells[1:]]


def _title_lines(table: Table, locale: str) -> list[Text]:
    parameters = " · ".join(f"{label}: {value}" for label, value in heading(table, locale))
    lines = Text(one_line(table.company)), Text(one_line(table.title), style="bold"), Text(parameters)
    return [*filter(None, lines), Text()]
