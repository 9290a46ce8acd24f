"""The demo company: believable books for whatever day it is made on."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from trastienda_accounting import JournalEntry, Period
from trastienda_accounting.demo import make_demo
from trastienda_accounting.demo.books import demo_books, first_day
from trastienda_accounting.demo.entry import BANK, CUSTOMERS, VAT_CHARGED, DemoEntry
from trastienda_accounting.reports.balance_sheet import balance_sheet
from trastienda_accounting.reports.trial_balance import trial_balance
from trastienda_contacts import plugin as contacts

if TYPE_CHECKING:
    from .conftest import Books

TODAYS = (Date(2026, 11, 24), Date(2027, 1, 1), Date(2028, 2, 29), Date(2027, 6, 30), Date(2027, 7, 1))


@pytest.fixture(scope="module", params=TODAYS, ids=str)
def dated(request: pytest.FixtureRequest) -> tuple[Date, list[DemoEntry]]:
    customers, suppliers = [f"C{n}" for n in range(40)], [f"S{n}" for n in range(14)]
    return request.param, demo_books(request.param, customers=customers, suppliers=suppliers)


def balance(entries: list[DemoEntry], prefix: str) -> Decimal:
    return sum(
        (line.debit - line.credit for e in entries for line in e.lines if line.account.startswith(prefix)),
        Decimal(0),
    )


def test_every_entry_balances_within_two_years_of_today(dated: tuple[Date, list[DemoEntry]]) -> None:
    today, entries = dated
    assert {sum(line.debit - line.credit for line in entry.lines) for entry in entries} == {0}
    assert min(entry.date for entry in entries) == first_day(today)
    assert max(entry.date for entry in entries) <= today
    assert 1_200 < len(entries) < 2_300


def test_money_in_the_bank_never_runs_out(dated: tuple[Date, list[DemoEntry]]) -> None:
    _, entries = dated
    days: dict[Date, Decimal] = {}
    for entry in entries:
        days[entry.date] = days.get(entry.date, Decimal(0)) + balance([entry], BANK)
    assert min(accumulate(days[day] for day in sorted(days))) > 0


def test_firm_earns_a_little(dated: tuple[Date, list[DemoEntry]]) -> None:
    _, entries = dated
    revenue, result = -balance(entries, "7"), -balance(entries, "6") - balance(entries, "7")
    assert Decimal("0.01") < result / revenue < Decimal("0.12")
    assert balance(entries, CUSTOMERS) > 0
    assert balance(entries, VAT_CHARGED) <= 0


def test_same_day_makes_the_same_books() -> None:
    made = [demo_books(TODAYS[0], customers=["C1"], suppliers=["S1"]) for _ in range(2)]
    assert made[0] == made[1]


def test_demo_is_entered_posted_and_closed(books: Books) -> None:
    assert contacts.setup is not None
    assert contacts.setup.demo is not None
    books.write(contacts.setup.demo)
    books.write(make_demo)
    entries = books.read(lambda work: list(work.select(JournalEntry)))
    drafts = [entry for entry in entries if entry.state == "draft"]
    assert 0 < len(drafts) < 12
    states = books.read(
        lambda work: {each.code: each.state for each in work.select(Period) if each.code >= "2025-12"}
    )
    assert [states[code] for code in ("2025-12", "2026-04", "2026-05", "2026-06")] == [
        "closed",
        "soft-closed",
        "open",
        "open",
    ]
    rows = {row.line: row.amount for row in books.report(balance_sheet)}
    assert rows["10000"] == rows["30000"] > 200_000
    assert rows["20000"] > 100_000
    assert sum(row.closing for row in books.report(trial_balance)) == 0
