"""PDF: a document under the company's letterhead, typeset on A4."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

import orjson

from ...prints.declarations import Barcode, Note, Signatures
from ...prints.papers import Paper, PaperBlock, PaperField, PaperPart, PaperTotals, Sheet
from ...reports.charts import chart_svg
from ...reports.table import Table
from ...reports.text import Language, language, one_line
from .barcodes import barcode_svg
from .errors import TooManyRows
from .pdf import MOST_ROWS, PORTRAIT_WIDTH, breakable, logo_content, table_content
from .typeset import typeset

TEMPLATE = Path(__file__).with_name("document.typ")
_MOST_TAGGED_ROWS = 1000
_MOST_ABREAST = 3
# In points.
_LOGO_ROOM = (150.0, 48.0)
# In a line at the foot of the page.
_FOOT_LETTERS = 110


def to_document_pdf(paper: Paper, locale: str) -> bytes:
    """Each sheet on as many pages as it takes, numbered for itself. Up to 1,000 table rows it is tagged."""
    rows = sum(len(part.rows) for sheet in paper.sheets for part in sheet.parts if isinstance(part, Table))
    if rows > MOST_ROWS:
        raise TooManyRows(format_name="PDF", most=MOST_ROWS)
    data = orjson.dumps(_content(paper, locale))
    return typeset(TEMPLATE, data, made_at=paper.made_at, tagged=rows <= _MOST_TAGGED_ROWS)


def _content(paper: Paper, locale: str) -> dict[str, object]:
    """What document.typ reads: texts in the reader's language, and pictures."""
    speech = language(locale)
    return {
        "language": speech.locale.split("_")[0],
        "company": one_line(paper.company),
        "head": [one_line(line) for line in paper.head],
        "foot": [one_line(line) for line in paper.foot],
        "foot_lines": sum(1 + len(line) // _FOOT_LETTERS for line in paper.foot) or 1,
        "logo": logo_content(paper.logo, room=_LOGO_ROOM),
        "page": [speech.words.page, speech.words.of],
        "sheets": [_sheet(paper, sheet, locale) for sheet in paper.sheets],
    }


def _sheet(paper: Paper, sheet: Sheet, locale: str) -> dict[str, object]:
    return {
        "title": one_line(sheet.title),
        "number": one_line(sheet.number),
        "parts": [
            part if isinstance(part, dict) else _part(paper, part, locale) for part in _abreast(paper, sheet, locale)
        ],
    }


def _abreast(paper: Paper, sheet: Sheet, locale: str) -> Sequence[PaperPart | dict[str, object]]:
    """The parts, blocks that follow each other gathered up to three in a row."""
    found: list[PaperPart | dict[str, object]] = []
    row: list[object] = []
    for part in sheet.parts:
        if not isinstance(part, PaperBlock):
            row = []
            found.append(part)
            continue
        if not row or len(row) == _MOST_ABREAST:
            row = []
            found.append({"kind": "blocks", "blocks": row})
        row.append({"title": part.title, "fields": _fields(paper, part.fields, language(locale))})
    return found


def _part(paper: Paper, part: PaperPart, locale: str) -> dict[str, object]:
    match part:
        case PaperTotals():
            return {"kind": "totals", "fields": _fields(paper, part.fields, language(locale))}
        case Table():
            chart = chart_svg(part, locale) if part.chart and part.rows else None
            return {
                "kind": "table",
                "title": one_line(part.title),
                "chart": chart,
                "no_data": language(locale).words.no_data,
                **table_content(part, locale, width=PORTRAIT_WIDTH),
            }
        case Note():
            paragraphs = [breakable(one_line(line)) for line in part.text.splitlines()]
            return {"kind": "note", "title": one_line(part.title), "lines": paragraphs}
        case Barcode():
            made = barcode_svg(part.text)
            picture, modules = made if made is not None else (None, 0)
            text, label = breakable(one_line(part.text)), one_line(part.label)
            return {"kind": "barcode", "label": label, "text": text, "svg": picture, "modules": modules}
        case Signatures():
            return {"kind": "signatures", "labels": [one_line(label) for label in part.labels]}
        case PaperBlock():
            raise AssertionError("blocks were gathered")


def _fields(paper: Paper, fields: Sequence[PaperField], speech: Language) -> list[tuple[str, str]]:
    return [(one_line(each.column.label), _text(paper, each, speech)) for each in fields]


def _text(paper: Paper, field: PaperField, speech: Language) -> str:
    """As it is read; an amount of money with its currency."""
    zone = paper.made_at.tzinfo
    assert isinstance(zone, tzinfo), "papers are made in the company's time zone"
    text = breakable(one_line(speech.cell(field.value, field.column, zone)))
    return f"{text} {paper.currency}" if field.column.type == "money" else text
