"""Posting: what it does, and what stands against it."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import peewee
import pytest

from trastienda import Invalid, Refusal, TrastiendaError, Work
from trastienda_accounting import Account, FiscalYear, Journal, JournalEntry, Line, Period, Posting, credit, debit
from trastienda_accounting.periods import FiscalPeriodClosed, NoFiscalPeriod
from trastienda_accounting.posting import ReversalBeforeEntry
from trastienda_accounting.reports.trial_balance import trial_balance

if TYPE_CHECKING:
    from .conftest import Books

JUNE = Date(2026, 6, 10)
HUNDRED = Decimal(100)


def test_a_sale_is_drafted_posted_and_reversed(books: Books) -> None:
    number = books.draft(debit("430", Decimal("121")), credit("700", HUNDRED), credit("477", Decimal("21")))
    assert (books.entry(number).state, books.entry(number).number) == ("draft", None)
    assert books.report(trial_balance) == []

    books.act(JournalEntry, number, "post")
    assert (books.entry(number).state, books.entry(number).number) == ("posted", "SAL/2026/000001")
    figures = {row.account: row.closing for row in books.report(trial_balance)}
    assert figures == {"430": Decimal(121), "477": Decimal(-21), "700": Decimal(-100)}

    books.act(JournalEntry, number, "reverse", description="Wrong customer")
    entry = books.entry(number)
    reversal = books.entry(entry.reversed_by_id)
    assert (entry.state, reversal.state, reversal.reverses_id) == ("reversed", "posted", number)
    assert (reversal.number, reversal.date, reversal.description) == (
        "SAL/2026/000002",
        Date(2026, 6, 15),
        "Wrong customer",
    )
    assert [(line.account.code, line.debit, line.credit) for line in reversal.lines_of(Posting)] == [
        ("430", 0, Decimal(121)),
        ("700", HUNDRED, 0),
        ("477", Decimal(21), 0),
    ]
    assert {row.closing for row in books.report(trial_balance)} == {0}


def test_numbers_have_no_gaps_in_each_journal_and_year(books: Books) -> None:
    books.write(lambda work: work.add(FiscalYear(code="2027", starts_on=Date(2027, 1, 1), ends_on=Date(2027, 12, 31))))
    for amount, day in (("1", JUNE), ("2", JUNE), ("3", Date(2027, 1, 5)), ("4", JUNE)):
        books.sale(amount, on=day)
    books.act(Period, "2026-06", "close")
    with pytest.raises(FiscalPeriodClosed):
        books.sale("5")
    books.act(Period, "2026-06", "reopen")
    books.post(debit("572", HUNDRED), credit("100", HUNDRED), journal="GEN")
    books.sale("6")
    numbers = books.read(lambda work: sorted(entry.number for entry in work.select(JournalEntry)))
    assert numbers == [
        "GEN/2026/000001",
        "SAL/2026/000001",
        "SAL/2026/000002",
        "SAL/2026/000003",
        "SAL/2026/000004",
        "SAL/2027/000001",
    ]


def test_renamed_journal_begins_a_series_and_its_old_code_goes_on_where_it_was(books: Books) -> None:
    def rename(code: str, new: str) -> None:
        books.write(lambda work: setattr(work.lock(work.get(Journal, code)), "code", new))

    books.sale("1")
    books.sale("2")
    rename("SAL", "VEN")
    books.post(debit("430", HUNDRED), credit("700", HUNDRED), journal="VEN")
    rename("VEN", "SAL")
    books.sale("3")
    numbers = books.read(lambda work: sorted(entry.number for entry in work.select(JournalEntry)))
    assert numbers == ["SAL/2026/000001", "SAL/2026/000002", "SAL/2026/000003", "VEN/2026/000001"]


def test_many_entries_posted_in_one_work_are_numbered_in_their_order(books: Books) -> None:
    ids = [books.draft(debit("430", Decimal(n)), credit("700", Decimal(n)), reference=str(n)) for n in (1, 2, 3)]
    books.write(lambda work: [work.act(work.lock(work.get(JournalEntry, each)), "post") for each in ids])
    assert [books.entry(each).number for each in ids] == [f"SAL/2026/00000{n}" for n in (1, 2, 3)]


def test_queries_of_a_bulk_posting_do_not_grow_with_the_entries(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    queries: list[str] = []
    execute = books.site.database.execute_sql

    def counted(sql: str, *arguments: object) -> object:
        queries.append(sql)
        return execute(sql, *arguments)

    def post(count: int) -> int:
        def body(work: Work) -> None:
            journal, receivables, sales = work.get(Journal, "SAL"), work.get(Account, "430"), work.get(Account, "700")
            made = work.add_all(
                [
                    (
                        JournalEntry(date=JUNE, journal=journal),
                        [Posting(account=receivables, debit=HUNDRED), Posting(account=sales, credit=HUNDRED)],
                    )
                    for _ in range(count)
                ]
            )
            for entry in made:
                work.act(entry, "post")

        queries.clear()
        books.write(body)
        return len(queries)

    monkeypatch.setattr(books.site.database, "execute_sql", counted)
    assert post(3) == post(30)


@pytest.mark.parametrize("action", ["close", "soft-close"])
def test_entry_in_a_closed_period_is_refused(books: Books, action: str) -> None:
    number = books.draft(debit("430", HUNDRED), credit("700", HUNDRED))
    books.act(Period, "2026-06", action)
    with pytest.raises(FiscalPeriodClosed) as refused:
        books.act(JournalEntry, number, "post")
    assert refused.value.errors.keys() == {"date"}
    assert books.entry(number).state == "draft"


def test_soft_closed_period_takes_entries_by_the_action_of_its_own_permission(books: Books) -> None:
    number = books.draft(debit("430", HUNDRED), credit("700", HUNDRED))
    books.act(Period, "2026-06", "soft-close")
    books.act(JournalEntry, number, "post-soft-closed")
    assert books.entry(number).state == "posted"


def test_that_action_does_not_open_a_closed_period(books: Books) -> None:
    number = books.draft(debit("430", HUNDRED), credit("700", HUNDRED))
    books.act(Period, "2026-06", "close")
    with pytest.raises(FiscalPeriodClosed):
        books.act(JournalEntry, number, "post-soft-closed")


def test_entry_on_a_day_without_a_period_is_refused(books: Books) -> None:
    with pytest.raises(NoFiscalPeriod, match="2031-01-01"):
        books.sale("1", on=Date(2031, 1, 1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"active": False}, "Account 430 is not active"),
        ({"postable": False}, "Account 430 is a heading: it takes no postings"),
        ({"currency": "USD"}, "Account 430 is kept in USD"),
    ],
)
def test_account_that_takes_no_postings_is_named_with_its_line(
    books: Books, change: dict[str, object], message: str
) -> None:
    def body(work: Work) -> None:
        account = work.get(Account, "430")
        for name, value in change.items():
            setattr(account, name, value)

    books.write(body)
    with pytest.raises(Invalid) as refused:
        books.sale("1")
    field = "currency" if "currency" in change else "account"
    assert refused.value.errors == {f"lines.0.{field}": [message]}


def test_amount_in_the_companys_own_currency_is_the_amount(books: Books) -> None:
    line = Line("430", debit=HUNDRED, currency="EUR", amount_currency=Decimal(90))
    with pytest.raises(Invalid) as refused:
        books.post(line, credit("700", HUNDRED))
    assert refused.value.errors == {"lines.0.amount_currency": ["In the company's own currency the amount is 100.00"]}


def test_unbalanced_draft_is_refused_and_nothing_of_it_stays(books: Books) -> None:
    with pytest.raises(Invalid) as refused:
        books.draft(debit("430", HUNDRED), credit("700", Decimal("99.99")))
    assert refused.value.errors == {"lines": ["Debit 100.00 and credit 99.99 differ by 0.01"]}
    assert books.read(lambda work: work.select(JournalEntry).count() + Posting.select().count()) == 0


def test_reversal_before_the_entrys_day_is_refused(books: Books) -> None:
    number = books.sale("1")
    with pytest.raises(ReversalBeforeEntry):
        books.act(JournalEntry, number, "reverse", date=Date(2026, 6, 9))
    assert books.entry(number).state == "posted"


def test_entry_is_reversed_once(books: Books) -> None:
    number = books.sale("1")
    books.act(JournalEntry, number, "reverse")
    with pytest.raises(Refusal):
        books.act(JournalEntry, number, "reverse")


def test_posted_entry_cannot_change(books: Books) -> None:
    number = books.sale("1")

    def rename(work: Work) -> None:
        work.get(JournalEntry, number).description = "Other"

    with pytest.raises(TrastiendaError, match="can no longer change"):
        books.write(rename)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounting_posting SET debit = debit + 1 WHERE debit > 0",
        "DELETE FROM accounting_posting",
        "UPDATE accounting_journal_entry SET state = 'draft'",
        "DELETE FROM accounting_journal_entry",
    ],
)
def test_the_database_itself_keeps_what_was_posted(books: Books, statement: str) -> None:
    books.sale("1")
    with pytest.raises(peewee.DatabaseError, match="trastienda:locked"), books.site.database.atomic():
        books.site.database.execute_sql(statement)
