"""CSV: data that reads back, in a spreadsheet too."""
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trastienda.csvsafe import escape_formula, unescape_formula
from trastienda.reports.table import Column, RefValue, Table, iter_csv, to_csv, write_csv

TEXT = Column("text", "Text", "text")


def test_csv_of_a_report_has_names_and_rows_and_no_totals(trial_balance: Table) -> None:
    assert to_csv(trial_balance) == (
        "account,name,debit,closing\r\n"
        '4300,"Almacén, España",1234567.50,-10.00\r\n'
        "5700,'=1+1,3.33,\r\n"
    ).encode()


def test_csv_of_every_column_type(every_type: Table) -> None:
    assert to_csv(every_type).decode().splitlines() == [
        "text,integer,money,quantity,rate,date,datetime,boolean,ref",
        "a,2026,1234.50,2.5,1.086,2026-09-05,2026-09-05T22:30:00Z,true,4300",
        ",,,,,,,,",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+34 600", "-5", "@SUM(A1)", "\tx", "\rx", "'=1+1"])
def test_text_like_a_formula_is_quoted(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "'twas", "O'Brien", " =1"])
def test_other_text_is_left_alone(text: str) -> None:
    assert escape_formula(text) == text


@given(st.text(alphabet="'=+-@a\t\r\n", max_size=6) | st.text())
def test_escaped_text_reads_back(text: str) -> None:
    assert unescape_formula(escape_formula(text)) == text


def test_the_key_of_a_reference_is_quoted_like_text() -> None:
    line = list(iter_csv([Column("ref", "Ref", "ref")], [{"ref": RefValue(1, "-1", "Minus one")}]))[-1]
    assert line == b"ref\r\n'-1\r\n"


def test_text_with_separators_quotes_and_line_breaks_reads_back() -> None:
    texts = ['a,b', 'say "so"', "one\r\ntwo", "ñ€"]
    out = io.BytesIO()
    write_csv([TEXT], [{"text": text} for text in texts], out)
    assert [row["text"] for row in csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))] == texts


def test_rows_are_taken_as_the_answer_is_read() -> None:
    taken = 0

    def rows() -> Iterator[dict[str, object]]:
        nonlocal taken
        for number in range(10_000):
            taken += 1
            yield {"text": "x" * 99, "amount": Decimal(number)}

    chunks = iter_csv([TEXT, Column("amount", "Amount", "money", 2)], rows())
    first = next(chunks)
    assert taken == first.count(b"\n") - 1 < 1000
    assert (first + b"".join(chunks)).count(b"\n") == 10_001
