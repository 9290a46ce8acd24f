"""What is owed, by party and age: payments settle what is due first, whatever invoice they were meant for."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

from trastienda import Link, ToDo, Work
from trastienda_accounting import Account, JournalEntry, Line, credit, debit
from trastienda_accounting.due import PartyBalance, party_tally
from trastienda_accounting.panels import overdue
from trastienda_accounting.reports.due import due
from trastienda_contacts import Party

if TYPE_CHECKING:
    from .conftest import Books

D = Decimal


def invoice(
    books: Books, amount: int, *, due_date: Date | None, on: Date = Date(2026, 1, 10), party: str = "C1"
) -> int:
    return books.post(
        Line("430", debit=D(amount), party=party, due_date=due_date), credit("700", D(amount)), on=on
    )


def receipt(books: Books, amount: int, *, on: Date = Date(2026, 6, 1), party: str = "C1") -> None:
    books.post(debit("572", D(amount)), Line("430", credit=D(amount), party=party), on=on, journal="GEN")


def rows(books: Books, **parameters: object) -> list[tuple[Decimal, ...]]:
    """The figures, without the party; nothing is nought."""
    return [tuple(figure or D(0) for figure in tuple(row)[1:]) for row in books.report(due, **parameters)]


def test_a_balance_is_as_old_as_what_is_left_of_it(books: Books) -> None:
    """Today is 15 June 2026."""
    invoice(books, 100, due_date=Date(2026, 3, 1))
    invoice(books, 40, due_date=Date(2026, 4, 30))
    invoice(books, 20, due_date=Date(2026, 6, 14))
    invoice(books, 10, due_date=Date(2026, 6, 15))
    assert rows(books) == [(170, 10, 20, 40, 0, 100)]
    receipt(books, 120)
    assert rows(books) == [(50, 10, 20, 20, 0, 0)]
    receipt(books, 60)
    assert rows(books) == [(-10, -10, 0, 0, 0, 0)]
    assert rows(books, overdue=True) == []


def test_what_has_no_due_date_is_due_at_once_and_what_was_reversed_never(books: Books) -> None:
    invoice(books, 5, due_date=None, on=Date(2026, 5, 1))
    books.act(JournalEntry, invoice(books, 1000, due_date=Date(2026, 12, 1)), "reverse")
    invoice(books, 7, due_date=Date(2026, 7, 1))
    assert rows(books) == [(12, 7, 0, 5, 0, 0)]


def test_payables_are_shown_as_what_is_to_be_paid(books: Books) -> None:
    books.write(lambda work: work.add(Account(code="400", name="Suppliers", kind="liability")))
    supplier = Line("400", credit=D(30), party="C1", due_date=Date(2026, 6, 1))
    books.post(debit("600", D(30)), supplier, on=Date(2026, 5, 1))
    assert (rows(books), rows(books, side="payable")) == ([], [(30, 0, 30, 0, 0, 0)])


def test_a_merged_party_owes_with_the_one_it_was_merged_into(books: Books) -> None:
    books.write(lambda work: work.add(Party(code="C2", name="Customer 2")))
    invoice(books, 5, due_date=Date(2026, 6, 1))
    invoice(books, 6, due_date=Date(2026, 6, 1), party="C2")
    assert rows(books) == [(5, 0, 5, 0, 0, 0), (6, 0, 6, 0, 0, 0)][::-1]
    books.write(lambda work: work.act(work.lock(work.get(Party, "C2")), "merge", into=work.get(Party, "C1").id))
    assert rows(books) == [(11, 0, 11, 0, 0, 0)]


def test_the_start_page_tells_of_parties_with_something_overdue(books: Books) -> None:
    assert books.read(lambda work: list(overdue(work))) == []
    invoice(books, 5, due_date=Date(2026, 6, 1))
    link = Link("accounting.due", {"run": 1, "side": "receivable", "overdue": "true"})
    assert books.read(lambda work: list(overdue(work))) == [ToDo("Overdue receivables", link, count=1)]


def test_the_sums_are_what_the_postings_say(books: Books) -> None:
    books.act(JournalEntry, invoice(books, 5, due_date=Date(2026, 6, 1)), "reverse")
    invoice(books, 6, due_date=None)
    books.draft(Line("430", debit=D(9), party="C1"), credit("700", D(9)))

    def both(work: Work) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        kept = PartyBalance.select(PartyBalance.account, PartyBalance.party, PartyBalance.debit, PartyBalance.credit)
        return list(kept.tuples()), [row[1:] for row in party_tally.source().tuples()]

    kept, found = books.read(both)
    assert kept == found
