"""XLSX: read back as a spreadsheet reads it."""
from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from trastienda.builtin.formats import xlsx
from trastienda.builtin.formats.errors import TooManyRows
from trastienda.builtin.formats.xlsx import sheet_name, to_xlsx, write_xlsx
from trastienda.reports.table import Column, RefValue, Row, Table

TEXT = Column("text", "Text", "text")


def read(workbook: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


def part(workbook: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(workbook)).read(name).decode()


def clock(moment: str) -> datetime:
    """A spreadsheet's moments have no time zone."""
    return datetime.fromisoformat(moment)


def written(columns: list[Column], *rows: dict[str, object]) -> list[list[Any]]:
    out = io.BytesIO()
    write_xlsx(columns, rows, out, name="Rows")
    return read(out.getvalue())


def test_a_report_has_a_title_block_rows_and_totals(trial_balance: Table) -> None:
    assert read(to_xlsx(trial_balance, "es")) == [
        ["Ñandú & Hijos, S.L.", "", "", ""],
        ["Trial balance", "", "", ""],
        ["From: 01/01/2026 · Moneda: EUR", "", "", ""],
        ["Generado: 24/11/2026 13:05", "", "", ""],
        ["", "", "", ""],
        ["Account", "Name", "Debit", "Closing"],
        ["4300", "Almacén, España", 1234567.5, -10.0],
        ["5700", "=1+1", 3.33, ""],
        ["Total", "", 1234570.83, ""],
    ]


def test_every_column_type_is_read_back_as_its_own(every_type: Table) -> None:
    assert read(to_xlsx(every_type, "en"))[6] == [
        "a", 2026.0, 1234.5, 2.5, 1.086, date(2026, 9, 5), clock("2026-09-05 23:30"),
        True, "4300 Trade receivables",
    ]


def test_an_empty_report_says_so(make) -> None:
    table = make([Column("amount", "Importe", "money", 2)], [], totals={"amount": Decimal(0)})
    assert read(to_xlsx(table, "es"))[5:] == [["Importe"], ["Sin datos"]]


def test_no_cell_is_a_formula_or_a_link(make) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "{=1}", "http://example.com", "1"]
    workbook = to_xlsx(make([TEXT], [Row({"text": text}) for text in texts]), "en")
    assert "<f>" not in part(workbook, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(workbook, "xl/worksheets/sheet1.xml")
    assert [row[0] for row in read(workbook)[6:]] == texts


@pytest.mark.parametrize(
    ("amount", "cell"),
    [("9999999999999.99", 9999999999999.99), ("99999999999999.99", "99999999999999.99"), ("9.95", 9.95),
     ("-0.10", -0.1), ("1000000000000000000", 1e18)],
)
def test_a_figure_of_more_than_fifteen_digits_is_text(amount: str, cell: object) -> None:
    assert written([Column("amount", "Amount", "money", 2)], {"amount": Decimal(amount)})[1] == [cell]


def test_figures_are_stored_to_the_last_digit(make) -> None:
    workbook = to_xlsx(make([Column("m", "M", "money", 2)], [Row({"m": Decimal("9.95")})]), "en")
    assert "<v>9.95</v>" in part(workbook, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("decimals", "shown"), [(2, "#,##0.00"), (0, "#,##0"), (3, "#,##0.000"), (None, "#,##0.00##")]
)
def test_a_money_format_has_the_decimals_of_the_currency(make, decimals: int | None, shown: str) -> None:
    workbook = to_xlsx(make([Column("m", "M", "money", decimals)], [Row({"m": Decimal(1)})]), "en")
    formats = re.findall('formatCode="([^"]*)"', part(workbook, "xl/styles.xml"))
    # 3 and 4 are the built-in numbers of the first two formats, which have no code of their own.
    built_in = {"#,##0": 'numFmtId="3"', "#,##0.00": 'numFmtId="4"'}
    assert shown in formats or built_in[shown] in part(workbook, "xl/styles.xml")


def test_days_before_the_calendar_of_spreadsheets_are_text() -> None:
    columns = [Column("day", "Day", "date"), Column("moment", "Moment", "datetime")]
    row = {"day": date(1899, 12, 31), "moment": datetime(1492, 10, 12, 2, tzinfo=UTC)}
    assert written(columns, row)[1] == ["1899-12-31", "1492-10-12T02:00:00Z"]


def test_an_export_has_column_names_bare_keys_and_moments_in_utc(every_type: Table) -> None:
    out = io.BytesIO()
    write_xlsx(every_type.columns, (row.values for row in every_type.rows[:1]), out, name="Rows")
    assert read(out.getvalue()) == [
        [column.name for column in every_type.columns],
        ["a", 2026.0, 1234.5, 2.5, 1.086, date(2026, 9, 5), clock("2026-09-05 22:30"),
         True, "4300"],
    ]


def test_a_reference_is_written_by_its_key() -> None:
    assert written([Column("ref", "Ref", "ref")], {"ref": RefValue(1, "=1", "One")})[1] == ["=1"]


def test_text_that_no_cell_can_hold_ends_in_an_ellipsis() -> None:
    (text,) = written([TEXT], {"text": "x" * 40_000})[1]
    assert (len(text), text[-2:]) == (32_767, "x…")


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    assert len(written([TEXT], {"text": "a"}, {"text": "b"})) == 3
    with pytest.raises(TooManyRows):
        written([TEXT], {"text": "a"}, {"text": "b"}, {"text": "c"})


def test_a_statement_is_set_in_and_its_sums_are_ruled(balance_sheet: Table) -> None:
    workbook = to_xlsx(balance_sheet, "en")
    styles = part(workbook, "xl/styles.xml")
    assert 'indent="1"' in styles
    assert styles.count('<top style="thin">') == 1
    assert "autoFilter" not in part(workbook, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(("columns", "orientation"), [(7, None), (8, "landscape")])
def test_a_wide_report_prints_on_its_side(make, columns: int, orientation: str | None) -> None:
    names = [Column(f"c{number}", "C", "text") for number in range(columns)]
    page = part(to_xlsx(make(names, [Row({})]), "en"), "xl/worksheets/sheet1.xml")
    found = re.search('orientation="([a-z]+)"', page)
    assert (found and found[1]) == (orientation or "portrait")


def test_print_repeats_the_header_and_numbers_the_pages(trial_balance: Table) -> None:
    workbook = to_xlsx(trial_balance, "es")
    assert "'Trial balance'!$6:$6" in part(workbook, "xl/workbook.xml")
    page = part(workbook, "xl/worksheets/sheet1.xml")
    assert "Ñandú &amp;&amp; Hijos, S.L. · Trial balance&amp;R&amp;8Página &amp;P de &amp;N" in page
    assert 'ySplit="6"' in page


@pytest.mark.parametrize(
    ("title", "name"),
    [("Balance: a/b [2026]?", "Balance  a b  2026"), ("'quoted'", "quoted"), ("x" * 40, "x" * 31),
     ("[]", "Sheet1"), ("History", "Sheet1")],
)
def test_a_title_becomes_a_name_that_a_sheet_may_have(title: str, name: str) -> None:
    assert sheet_name(title) == name


def test_the_same_report_gives_the_same_bytes(trial_balance: Table) -> None:
    assert to_xlsx(trial_balance, "en") == to_xlsx(trial_balance, "en")
