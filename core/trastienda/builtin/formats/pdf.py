"""PDF: a report typeset on A4, to print, file and send."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from ...prints.pictures import Logo
from ...reports.charts import chart_svg
from ...reports.table import Head, Table
from ...reports.text import body, heading, language, one_line, telling, totals_row, zone_of
from .errors import TooManyRows
from .typeset import typeset

TEMPLATE = Path(__file__).with_name("report.typ")
WIDE_TABLE_COLUMNS = 7
# Some 200 pages, which take a small machine five seconds and 800 MB.
MOST_ROWS = 10_000
_MOST_TAGGED_ROWS = 1000
# In points: A4 less the margins of report.typ.
PORTRAIT_WIDTH, _LANDSCAPE_WIDTH = 511.0, 758.0
_LOGO_ROOM = (120.0, 32.0)
_LARGEST, _SMALLEST = 9.0, 5.0
# In ems of the page's font: a tabular digit (0.465) with its share of wider letters, and a cell's sides.
_LETTER, _SIDES, _INDENT = 0.5, 1.3, 1.2
_LABEL_LETTERS, _CODE_LETTERS, _LONG_TEXT = 16, 12, 300
_UNBROKEN = re.compile(r"\S{20}(?=\S)")
_BREAK_HERE = "\u200b"


def to_pdf(table: Table, locale: str) -> bytes:
    """The report on as many A4 pages as it takes: upright up to 7 columns, else on its side.

    Many or long columns make the type smaller, down to 5 points. Up to 1,000 rows it is tagged.
    """
    if len(table.rows) > MOST_ROWS:
        raise TooManyRows(format_name="PDF", most=MOST_ROWS)
    data = orjson.dumps(_content(table, locale))
    return typeset(TEMPLATE, data, made_at=table.generated_at, tagged=len(table.rows) <= _MOST_TAGGED_ROWS)


def _content(table: Table, locale: str) -> dict[str, object]:
    """What report.typ reads: texts in the reader's language, and sizes."""
    speech = language(locale)
    table = telling(table)
    head = table.head or Head(table.company)
    landscape = len(table.columns) > WIDE_TABLE_COLUMNS
    rows = table_content(table, locale, width=_LANDSCAPE_WIDTH if landscape else PORTRAIT_WIDTH)
    return {
        "language": speech.locale.split("_")[0],
        "landscape": landscape,
        "company": one_line(head.company),
        "tax_id": one_line(head.tax_id),
        "logo": logo_content(head.logo, room=_LOGO_ROOM),
        "title": one_line(table.title),
        "parameters": heading(table, locale),
        "generated": f"{speech.words.generated}: {speech.moment(table.generated_at, zone_of(table))}",
        "page": [speech.words.page, speech.words.of],
        "no_data": speech.words.no_data,
        "chart": chart_svg(table, locale) if table.chart and table.rows else None,
        **rows,
    }


def logo_content(logo: Logo | None, *, room: tuple[float, float]) -> dict[str, object] | None:
    """Its bytes, and sides in points: as large as its room allows, and never coarser than 72 pixels an inch."""
    if logo is None:
        return None
    scale = min(room[0] / logo.width, room[1] / logo.height, 1.0)
    return {"format": logo.kind, "bytes": list(logo.content), "width": logo.width * scale,
            "height": logo.height * scale}


def table_content(table: Table, locale: str, *, width: float) -> dict[str, object]:
    """What table.typ reads, and the type's `size` at which it fits into a width in points."""
    cells, totals = body(table, locale), totals_row(table, locale)
    spreads = _spreads(table)
    widths, size = _fitted(table, cells, totals, width)
    return {
        "size": size,
        "columns": [
            {"label": one_line(column.label), "right": column.is_figure, **width}
            for column, width in zip(table.columns, widths, strict=True)
        ],
        "rows": [
            {"kind": row.kind, "level": row.level, "cells": _cells(texts, spread=spread)}
            for row, texts, spread in zip(table.rows, cells, spreads[:-1], strict=True)
        ],
        "breakable": any(len(text) > _LONG_TEXT for texts in cells for text in texts),
        "totals": _cells(totals, spread=spreads[-1]),
    }


def _spreads(table: Table) -> list[bool]:
    """Of each row and then of the totals, whether its first cell takes the room of empty ones after it."""
    textual = not table.columns[0].is_figure
    return [*(textual and row.kind != "row" for row in table.rows), textual]


def _cells(texts: Sequence[str], *, spread: bool) -> list[list[object]]:
    """Each text with the number of columns it takes: one, or for the first also the empty ones after it."""
    empty = 0
    while spread and empty + 1 < len(texts) and not texts[empty + 1]:
        empty += 1
    first = [[breakable(text), 1 + empty] for text in texts[:1]]
    return [*first, *([breakable(text), 1] for text in texts[1 + empty:])]


def breakable(text: str) -> str:
    """With invisible places to break words that no column could hold."""
    return _UNBROKEN.sub(lambda found: found[0] + _BREAK_HERE, text)


def _fitted(
    table: Table, cells: Sequence[Sequence[str]], totals: Sequence[str], available: float
) -> tuple[list[Mapping[str, float]], float]:
    """Widths and the type's size in points; labels break into more lines before the type gets smaller."""
    for label_letters in (_LABEL_LETTERS, 0):
        widths = _widths(table, cells, totals, label_letters=label_letters)
        needed = sum(width.get("fixed", 0.0) + width.get("share", 0.0) * 0.65 for width in widths)
        size = min(_LARGEST, available / needed)
        if size == _LARGEST:
            break
    return widths, max(_SMALLEST, size)


def _widths(
    table: Table, cells: Sequence[Sequence[str]], totals: Sequence[str], *, label_letters: int
) -> list[Mapping[str, float]]:
    """Of each column, in ems: `fixed` for figures, dates and codes, and for text its `share` of what is left.

    The first cell of a heading or sum that spreads over an empty one after it does not count.
    """
    lines = [
        ["", *texts[1:]] if spread and not any(texts[1:2]) else texts
        for texts, spread in zip([*cells, totals or [""] * len(table.columns)], _spreads(table), strict=True)
    ]
    letters = [max(map(len, texts)) for texts in zip(*lines, strict=True)]
    levels = max((row.level for row in table.rows), default=0)
    prose = [column.type in ("text", "ref") for column in table.columns]
    longest = max((count for count, is_prose in zip(letters, prose, strict=True) if is_prose), default=0)
    widths: list[Mapping[str, float]] = []
    for index, (column, count, is_prose) in enumerate(zip(table.columns, letters, prose, strict=True)):
        label = one_line(column.label)
        least = max(min(len(label), label_letters), *map(len, label.split()), 1)
        sides = _SIDES + (_INDENT * levels if index == 0 else 0.0)
        if is_prose and (count > _CODE_LETTERS or count == longest):
            widths.append({"share": _LETTER * min(max(count, least), 40) + sides})
        else:
            widths.append({"fixed": _LETTER * max(count, least) + sides})
    return widths
