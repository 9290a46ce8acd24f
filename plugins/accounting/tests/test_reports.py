"""The reports on a small company, by hand: a sale, its receipt, a purchase, over two years."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import BadQuery, Link, Work
from trastienda.reports.run import run_report
from trastienda_accounting import Account, FiscalYear, Journal, Line, credit, debit
from trastienda_accounting.reports.balance_sheet import balance_sheet
from trastienda_accounting.reports.days import Earlier, days_before
from trastienda_accounting.reports.general_ledger import general_ledger
from trastienda_accounting.reports.income_statement import income_statement
from trastienda_accounting.reports.journal import journal
from trastienda_accounting.reports.trial_balance import trial_balance
from trastienda_contacts import Party

if TYPE_CHECKING:
    from .conftest import Books

D = Decimal
LAST_YEAR = Date(2025, 11, 30)


@pytest.fixture
def trading(books: Books) -> Books:
    """2025: capital 1,000 paid in, goods for 300. 2026: a sale of 200 on credit, 50 of it paid."""
    books.write(lambda work: work.add(FiscalYear(code="2025", starts_on=Date(2025, 1, 1), ends_on=Date(2025, 12, 31))))
    books.post(debit("572", D(1000)), credit("100", D(1000)), on=LAST_YEAR, journal="GEN")
    books.post(debit("600", D(300)), credit("572", D(300)), on=Date(2025, 12, 1), journal="GEN")
    books.post(Line("430", debit=D(200), party="C1"), credit("700", D(200)), on=Date(2026, 6, 1))
    books.post(debit("572", D(50)), Line("430", credit=D(50), party="C1"), on=Date(2026, 6, 2), journal="GEN")
    books.draft(debit("572", D(9)), credit("430", D(9)), on=Date(2026, 6, 3))
    return books


def links(books: Books, run: Any, **parameters: object) -> dict[str, Link]:
    return books.read(
        lambda work: {
            getattr(each.row, "line", each.row[0]): each.link for each in run(work, **parameters) if each.link
        }
    )


def test_trial_balance_of_this_year_until_today(trading: Books) -> None:
    assert [tuple(row) for row in trading.report(trial_balance)] == [
        ("100", "Share capital", -1000, 0, 0, -1000),
        ("430", "Receivables", 0, 200, 50, 150),
        ("572", "Bank", 700, 50, 0, 750),
        ("600", "Purchases", 300, 0, 0, 300),
        ("700", "Sales", 0, 0, 200, -200),
    ]


def test_trial_balance_on_any_day(trading: Books) -> None:
    rows = trading.report(trial_balance, from_=LAST_YEAR, to=Date(2026, 6, 1))
    assert {row.account: tuple(row)[2:] for row in rows} == {
        "100": (0, 0, 1000, -1000),
        "430": (0, 200, 0, 200),
        "572": (0, 1000, 300, 700),
        "600": (0, 300, 0, 300),
        "700": (0, 0, 200, -200),
    }


def test_trial_balance_leads_to_the_accounts_postings(trading: Books) -> None:
    days = {"from": Date(2026, 1, 1), "to": Date(2026, 6, 15)}
    assert links(trading, trial_balance)["572"] == Link("accounting.general-ledger", {**days, "account": "572"})
    assert links(trading, trial_balance, level=1)["5"].parameters["account"] == "5*"


@pytest.mark.parametrize("parameters", [{"from_": Date(2026, 2, 1), "to": Date(2026, 1, 1)}, {"level": 0}])
def test_impossible_parameters_are_refused(trading: Books, parameters: dict[str, object]) -> None:
    with pytest.raises(BadQuery):
        trading.report(trial_balance, **parameters)


def test_general_ledger_runs_from_the_opening_balance(trading: Books) -> None:
    rows = trading.report(general_ledger, account="572")
    assert [(row.date, row.debit, row.credit, row.balance) for row in rows] == [
        (None, None, None, 700),
        (Date(2026, 6, 2), 50, None, 750),
    ]
    assert trading.entry(int(rows[1].entry)).number == "GEN/2026/000001"


def test_general_ledger_of_a_party_follows_merged_ones(trading: Books) -> None:
    def merge(work: Work) -> int:
        target = work.add(Party(code="C2", name="Customer 2")).id
        work.act(work.lock(work.get(Party, "C1")), "merge", into=target)
        return target

    target = trading.write(merge)
    rows = trading.report(general_ledger, party=target, from_=Date(2026, 6, 2))
    assert [(row.account, row.debit, row.credit, row.balance) for row in rows] == [
        ("430", None, None, 200),
        ("430", None, 50, 150),
    ]


def test_general_ledger_closes_as_the_trial_balance_does(trading: Books) -> None:
    closing = {row.account: row.closing for row in trading.report(trial_balance)}
    last = {row.account: row.balance for row in trading.report(general_ledger)}
    assert last == closing


def test_journal_has_posted_entries_by_date(trading: Books) -> None:
    sales = trading.read(lambda work: work.get(Journal, "SAL").id)
    rows = trading.report(journal, journal=sales)
    assert [(row.date, row.account, row.name, row.debit, row.credit) for row in rows] == [
        (Date(2026, 6, 1), "430", "Receivables", 200, None),
        (Date(2026, 6, 1), "700", "Sales", None, 200),
    ]
    assert len(trading.report(journal, from_=LAST_YEAR)) == 8


def test_balance_sheet_sets_earlier_results_apart(trading: Books) -> None:
    rows = {row.line: (row.amount, row.previous) for row in trading.report(balance_sheet, compare_with="year-before")}
    assert rows == {
        "assets": (900, 0),
        "liabilities": (0, 0),
        "equity": (900, 0),
        "capital_and_reserves": (700, 0),
        "result": (200, 0),
        "total_equity_and_liabilities": (900, 0),
    }
    before = {row.line: row.amount for row in trading.report(balance_sheet, to=Date(2025, 12, 31))}
    assert (before["assets"], before["capital_and_reserves"], before["result"]) == (700, 1000, -300)


def test_balance_sheet_with_details_names_the_accounts(trading: Books) -> None:
    rows = trading.report(balance_sheet, details=True)
    assert [(row.line, row.item, row.amount) for row in rows if row.line in ("430", "572", "~")] == [
        ("430", "Receivables", 150),
        ("572", "Bank", 750),
        ("~", "Results of earlier years, not closed", -300),
    ]


def test_income_statement_beside_the_year_before(trading: Books) -> None:
    rows = trading.report(income_statement, from_=Date(2026, 1, 1), to=Date(2026, 12, 31), compare_with="year-before")
    assert [(row.line, row.amount, row.previous) for row in rows] == [
        ("income", 200, 0),
        ("expenses", 0, -300),
        ("result", 200, -300),
    ]


def test_statements_lead_to_what_is_behind_them(trading: Books) -> None:
    this_year = {"from": Date(2026, 1, 1), "to": Date(2026, 6, 15)}
    found = links(trading, balance_sheet, details=True)
    assert (
        found["assets"] == Link("accounting.general-ledger", {**this_year, "account": "4*,57*"})
        or found["assets"].parameters["account"] == "430,572"
    )
    assert found["~"] == Link("accounting.income-statement", {"from": Date(2025, 1, 1), "to": Date(2025, 12, 31)})
    income = links(trading, income_statement)
    assert income["income"] == Link("accounting.general-ledger", {**this_year, "account": "700"})


def test_statements_balance_whatever_the_chart_says_of_kinds(trading: Books) -> None:
    def change(work: Work) -> None:
        work.get(Account, "430").kind = "liability"

    trading.write(change)
    rows = {row.line: row.amount for row in trading.report(balance_sheet)}
    assert rows["assets"] == rows["total_equity_and_liabilities"] == 750


def test_a_statement_stands_beside_the_period_before(trading: Books) -> None:
    days = {"from_": Date(2026, 6, 2), "to": Date(2026, 6, 3)}
    rows = trading.report(income_statement, **days, compare_with="period-before")
    assert [(row.line, row.amount, row.previous) for row in rows] == [
        ("income", 0, 200),
        ("expenses", 0, 0),
        ("result", 0, 200),
    ]
    sheet = trading.report(balance_sheet, to=Date(2026, 1, 10), compare_with="period-before", zeros=True)
    before = trading.report(balance_sheet, to=Date(2025, 12, 31), zeros=True)
    assert [row.previous for row in sheet] == [row.amount for row in before]


@pytest.mark.parametrize(
    ("first", "last", "which", "earlier"),
    [
        ("2026-03-01", "2026-03-31", "period-before", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", "period-before", ("2025-10-01", "2025-12-31")),
        ("2026-03-10", "2026-03-14", "period-before", ("2026-03-05", "2026-03-09")),
        ("2024-02-01", "2024-02-29", "year-before", ("2023-02-01", "2023-02-28")),
    ],
)
def test_the_days_that_are_compared_with(first: str, last: str, which: Earlier, earlier: tuple[str, str]) -> None:
    found = days_before(Date.fromisoformat(first), Date.fromisoformat(last), which)
    assert tuple(day.isoformat() for day in found) == earlier


def test_a_period_before_all_days_is_refused(trading: Books) -> None:
    for last in (Date(9000, 12, 31), Date(9000, 12, 30)):
        with pytest.raises(BadQuery, match="no period as long"):
            trading.report(income_statement, from_=Date(1000, 1, 1), to=last, compare_with="period-before")
    assert trading.report(income_statement, from_=Date(1000, 1, 1), to=Date(1000, 1, 2), compare_with="year-before")
    assert trading.report(balance_sheet, to=Date(1000, 1, 1), compare_with="period-before", zeros=True)


def test_a_table_says_the_days_that_nobody_chose(trading: Books) -> None:
    def days(name: str, **given: object) -> dict[str, object]:
        told = run_report(trading.site, trading.actor, trading.company, f"accounting.{name}", given).parameters
        return {name: value for name, value in told.items() if isinstance(value, Date)}

    assert days("balance-sheet") == {"to": Date(2026, 6, 15)}
    assert days("trial-balance", to="2025-03-31") == {"from": Date(2025, 1, 1), "to": Date(2025, 3, 31)}
