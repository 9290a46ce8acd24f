"""Reports for people: their figures and dates, and the table in a terminal."""
from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel import UnknownLocaleError

from trastienda.reports.table import CellTypeMismatch, Column, RefValue, Row, Table
from trastienda.reports.text import body, heading, language, ref_text, to_text, totals_row


def test_a_report_in_english(trial_balance: Table) -> None:
    assert to_text(trial_balance, "en") == """\
Ñandú & Hijos, S.L.
Trial balance
From: 01 Jan 2026 · Currency: EUR

Account   Name                     Debit   Closing
──────────────────────────────────────────────────
4300      Almacén, España   1,234,567.50    -10.00
5700      =1+1                      3.33
──────────────────────────────────────────────────
Total                       1,234,570.83
"""


def test_a_report_in_spanish(trial_balance: Table) -> None:
    assert to_text(trial_balance, "es") == """\
Ñandú & Hijos, S.L.
Trial balance
From: 01/01/2026 · Moneda: EUR

Account   Name                     Debit   Closing
──────────────────────────────────────────────────
4300      Almacén, España   1.234.567,50    -10,00
5700      =1+1                      3,33
──────────────────────────────────────────────────
Total                       1.234.570,83
"""


def test_a_narrow_terminal_wraps_text_and_cuts_no_figure(trial_balance: Table) -> None:
    plain = to_text(trial_balance, "en", width=10).replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert [line.rstrip() for line in plain.splitlines()[4:]] == [
        "Account   Name              Debit   Closing",
        "───────────────────────────────────────────",
        "4300      Almacén,   1,234,567.50    -10.00",
        "          España",
        "5700      =1+1               3.33",
        "───────────────────────────────────────────",
        "Total                1,234,570.83",
    ]


def test_bold_type_is_for_terminals_alone(trial_balance: Table) -> None:
    assert "\x1b[1mTrial balance\x1b[0m" in to_text(trial_balance, "en", width=80)
    assert "\x1b" not in to_text(trial_balance, "en")


def test_levels_are_set_in(balance_sheet: Table) -> None:
    assert to_text(balance_sheet, "en").splitlines()[3:] == [
        "",
        "Item             Amount",
        "───────────────────────",
        "Assets",
        "  Cash           100.00",
        "  Total assets   100.00",
    ]


def test_an_empty_report_says_so(make) -> None:
    table = make([Column("amount", "Importe", "money", 2)], [], totals={"amount": Decimal(0)})
    assert to_text(table, "es").splitlines() == [
        "Ñandú & Hijos, S.L.", "Trial balance", "Moneda: EUR", "", "Sin datos",
    ]


def test_data_cannot_steer_a_terminal_or_style_itself(make) -> None:
    table = make([Column("text", "Text", "text")], [Row({"text": "\x1b]0;x\x07[bold]a[/bold]\n:smile:"})])
    assert to_text(table, "en").splitlines()[-1] == " ]0;x [bold]a[/bold] :smile:"


def test_every_column_type_as_it_is_read(every_type: Table) -> None:
    assert body(every_type, "en")[0] == [
        "a", "2026", "1,234.50", "2.5", "1.086", "05 Sep 2026", "05 Sep 2026 23:30", "Yes",
        "4300 Trade receivables",
    ]
    assert body(every_type, "es")[0] == [
        "a", "2026", "1.234,50", "2,5", "1,086", "05/09/2026", "05/09/2026 23:30", "Sí",
        "4300 Trade receivables",
    ]
    assert body(every_type, "en")[1] == [""] * 9


def test_a_language_without_words_of_its_own_has_its_figures_and_iso_dates() -> None:
    french = language("fr_FR")
    assert french.figure(Decimal("1234567.5"), Column("m", "M", "money", 2)) == "1\u202f234\u202f567,50"
    assert (french.day(date(2026, 9, 5)), french.words.total) == ("2026-09-05", "Total")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownLocaleError):
        language("xx")


def test_the_heading_names_what_was_asked_for(make) -> None:
    table = make([Column("text", "Text", "text")], [], parameters={
        "as_of": datetime(2026, 1, 1, 12, tzinfo=UTC), "posted": True, "zeros": False,
        "parties": [RefValue(1, "C1", "Acme"), "x"],
        "level": 3, "note": "", "account": None,
    })
    assert heading(table, "es") == [
        ("As of", "01/01/2026 13:00"), ("Posted", "Sí"), ("Parties", "C1 Acme, x"), ("Level", "3"),
    ]


def test_a_key_is_not_said_twice() -> None:
    assert ref_text(RefValue(1, "4300", "4300 Trade receivables")) == "4300 Trade receivables"


def test_a_first_column_with_a_total_shows_it(make) -> None:
    table = make([Column("n", "N", "integer")], [Row({"n": 2})], totals={"n": Decimal(2)})
    assert totals_row(table, "en") == ["2"]


@pytest.mark.parametrize(("column_type", "value"), [("date", "2026-01-01"), ("ref", 3), ("money", 0.5)])
def test_a_cell_of_another_type_is_refused(column_type, value: object) -> None:
    with pytest.raises(CellTypeMismatch):
        language("en").cell(value, Column("x", "X", column_type), UTC)
