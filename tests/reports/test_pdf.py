"""PDF: its text, its pages, and that data stay data."""
from __future__ import annotations

import io
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from trastienda.builtin.formats.errors import TooManyRows
from trastienda.builtin.formats.pdf import to_pdf
from trastienda.builtin.formats.typeset import TypesettingFailed, typeset
from trastienda.prints.pictures import Logo
from trastienda.reports.table import Chart, Column, Head, Row, Table

TEXT = Column("text", "Text", "text")
MONEY = Column("amount", "Amount", "money", 2)


def read(document: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(document))


def lines(document: bytes, page: int = 0) -> list[str]:
    found = read(document).pages[page].extract_text(extraction_mode="layout").splitlines()
    return [" ".join(line.split()) for line in found if line.strip()]


def descriptions(node: object) -> list[str]:
    """The alternative texts in a document's structure."""
    if isinstance(node, IndirectObject):
        return descriptions(node.get_object())
    if isinstance(node, list):
        return [text for kid in node for text in descriptions(kid)]
    if isinstance(node, dict):
        return [str(node["/Alt"])] if "/Alt" in node else descriptions(node.get("/K"))
    return []


def upright(reader: PdfReader) -> bool:
    return reader.pages[0].mediabox.width < reader.pages[0].mediabox.height


def test_a_report_in_spanish(trial_balance: Table) -> None:
    assert lines(to_pdf(trial_balance, "es")) == [
        "Ñandú & Hijos, S.L.",
        "Trial balance",
        "From: 01/01/2026 Moneda: EUR",
        "Account Name Debit Closing",
        "4300 Almacén, España 1.234.567,50 -10,00",
        "5700 =1+1 3,33",
        "Total 1.234.570,83",
        "Generado: 24/11/2026 13:05 Página 1 de 1",
    ]


def test_a_report_without_rows_says_so(make) -> None:
    assert lines(to_pdf(make([MONEY], [], totals={"amount": Decimal(0)}), "en"))[-2:] == [
        "No data", "Generated: 24 Nov 2026 13:05 Page 1 of 1",
    ]


def test_a_document_says_what_it_is(trial_balance: Table) -> None:
    about = read(to_pdf(trial_balance, "es")).metadata
    assert about is not None
    assert (about.title, about.author) == ("Trial balance", "Ñandú & Hijos, S.L.")


def test_every_page_repeats_the_header_and_is_numbered(make) -> None:
    rows = [Row({"text": f"Row {number}", "amount": Decimal(number)}) for number in range(200)]
    document = to_pdf(make([TEXT, MONEY], rows), "en")
    pages = len(read(document).pages)
    assert pages > 2
    last = lines(document, pages - 1)
    assert last[:2] == ["Ñandú & Hijos, S.L. Trial balance", "Text Amount"]
    assert last[-2:] == ["Row 199 199.00", f"Generated: 24 Nov 2026 13:05 Page {pages} of {pages}"]
    shown = [line for page in range(pages) for line in lines(document, page) if line.startswith("Row ")]
    assert shown == [f"Row {number} {number}.00" for number in range(200)]


@pytest.mark.parametrize(("columns", "is_upright"), [(7, True), (8, False)])
def test_a_wide_report_lies_on_its_side(make, columns: int, is_upright: bool) -> None:
    names = [Column(f"c{number}", "C", "money", 2) for number in range(columns)]
    row = Row({each.name: Decimal(1) for each in names})
    assert upright(read(to_pdf(make(names, [row]), "en"))) is is_upright


def test_a_column_that_says_nothing_is_left_out_and_rates_stand_point_under_point(make) -> None:
    rate = Column("share", "Share", "rate")
    rows = [Row({"text": "a", "share": Decimal("9.9")}), Row({"text": "b", "share": Decimal("21.85")})]
    shown = lines(to_pdf(make([TEXT, MONEY, rate], rows), "en"))
    assert shown[shown.index("Text Share"):-1] == ["Text Share", "a 9.90", "b 21.85"]


def test_a_letterhead_stands_over_it(trial_balance: Table) -> None:
    pixel = b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    head = Head("Hijos de Ñandú, S.L.", "B12345674", Logo("png", pixel, 1, 1))
    document = to_pdf(replace(trial_balance, head=head), "es")
    assert lines(document)[:3] == ["Hijos de Ñandú, S.L.", "B12345674", "Trial balance"]
    assert len(read(document).pages[0].images) == 1


def test_markup_in_data_is_shown_as_it_is(make) -> None:
    text = "#panic() *bold* $x$ <label> \\ // \"quote\" [x]"
    table = make([TEXT], [Row({"text": text})], title="#title", parameters={"x": "*a*"})
    assert lines(to_pdf(table, "en"))[1:5] == ["#title", "X: *a*", "Text", text]


def test_a_statement_spreads_its_headings_and_sums(make) -> None:
    table = make(
        [Column("code", "No.", "text"), TEXT, MONEY],
        [
            Row({"code": "A) Assets that are not current"}, kind="heading"),
            Row({"code": "213", "text": "Machinery", "amount": Decimal(5)}, level=1),
            Row({"code": "Total assets that are not current", "amount": Decimal(5)}, kind="subtotal"),
        ],
    )
    assert lines(to_pdf(table, "en"))[4:7] == [
        "A) Assets that are not current", "213 Machinery 5.00", "Total assets that are not current 5.00",
    ]


def test_a_total_in_the_first_column_stays_there(make) -> None:
    rows = [Row({"amount": Decimal(1), "text": "a"})]
    document = to_pdf(make([MONEY, TEXT], rows, totals={"amount": Decimal(1000000)}), "en")
    assert lines(document)[3:6] == ["Amount Text", "1.00 a", "1,000,000.00"]


def test_no_figure_runs_into_its_neighbour(make) -> None:
    columns = [TEXT, *(Column(f"c{number}", "Amount of the period", "money", 2) for number in range(12))]
    figures = {column.name: Decimal("-123456789.01") for column in columns[1:]}
    document = to_pdf(make(columns, [Row({"text": "x" * 90, **figures})], totals=figures), "en")
    assert lines(document)[-2] == " ".join(["Total", *["-123,456,789.01"] * 12])


def test_the_chart_is_drawn_and_described(make) -> None:
    rows = [Row({"text": "January", "amount": Decimal(10)})]
    document = to_pdf(make([TEXT, MONEY], rows, chart=Chart("bars", "text", ["amount"])), "en")
    assert [line for line in lines(document) if line in ("Amount (EUR)", "10", "January")] == [
        "Amount (EUR)", "10", "January",
    ]
    assert descriptions(read(document).trailer["/Root"]["/StructTreeRoot"]) == ["Trial balance"]


def test_a_large_report_is_not_tagged(make) -> None:
    rows = [Row({"text": "a"})] * 1001
    assert "/StructTreeRoot" not in read(to_pdf(make([TEXT], rows), "en")).trailer["/Root"]
    assert "/StructTreeRoot" in read(to_pdf(make([TEXT], rows[:9]), "en")).trailer["/Root"]


def test_more_rows_than_a_small_machine_can_set_are_refused(make) -> None:
    with pytest.raises(TooManyRows) as refusal:
        to_pdf(make([TEXT], [Row({"text": "a"})] * 10_001), "en")
    assert str(refusal.value) == "PDF takes 10000 rows at most: narrow the report down, or ask for CSV"


def test_the_same_report_gives_the_same_bytes(trial_balance: Table) -> None:
    assert to_pdf(trial_balance, "es") == to_pdf(trial_balance, "es")


def test_a_template_that_typst_refuses_is_named(tmp_path: Path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text('#panic("not today")')
    with pytest.raises(TypesettingFailed, match="not today"):
        typeset(template, b"{}", made_at=datetime(2026, 1, 1, tzinfo=UTC), tagged=False)
