"""What other plugins ask of the books: the same cause is posted once."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import NotFound
from trastienda_accounting import JournalEntry, Line, Posting, credit, debit, post_entry, reverse_entry
from trastienda_accounting.ledger import SourceConflict, SourceNotPosted

if TYPE_CHECKING:
    from .conftest import Books

LINES = [
    Line("430", debit=Decimal(121), party="C1", due_date=Date(2026, 7, 10)),
    credit("700", Decimal(100)),
    credit("477", Decimal(21), description="VAT"),
]


def post(books: Books, lines: list[Line] = LINES, *, source: str = "shop.order/7") -> int:
    day = Date(2026, 6, 10)
    return books.write(
        lambda work: post_entry(work, source=source, journal="SAL", date=day, lines=lines, reference="F-7").id
    )


def test_entry_is_posted_with_all_that_its_lines_say(books: Books) -> None:
    entry = books.entry(post(books))
    assert (entry.state, entry.source, entry.reference) == ("posted", "shop.order/7", "F-7")
    first, _, last = entry.lines_of(Posting)
    assert (first.account.code, first.debit, first.party.code) == ("430", Decimal(121), "C1")
    assert (first.due_date, first.date) == (Date(2026, 7, 10), Date(2026, 6, 10))
    assert (last.credit, last.description) == (Decimal(21), "VAT")


def test_same_source_and_content_is_the_same_entry(books: Books) -> None:
    assert post(books) == post(books)
    assert books.read(lambda work: work.select(JournalEntry).count()) == 1


def test_same_source_with_other_figures_is_refused(books: Books) -> None:
    post(books)
    with pytest.raises(SourceConflict, match=r"shop\.order/7 is already posted as SAL/2026/000001"):
        post(books, [debit("430", Decimal(1)), credit("700", Decimal(1))])


def test_unknown_account_is_named(books: Books) -> None:
    with pytest.raises(NotFound, match="999"):
        post(books, [debit("999", Decimal(1)), credit("700", Decimal(1))])


def test_source_is_reversed_once_however_often_asked(books: Books) -> None:
    number = post(books)
    first, second = (
        books.write(lambda work: reverse_entry(work, source="shop.order/7").id) for _ in range(2)
    )
    assert first == second == books.entry(number).reversed_by_id


def test_reversing_what_was_not_posted_is_refused(books: Books) -> None:
    with pytest.raises(SourceNotPosted):
        books.write(lambda work: reverse_entry(work, source="shop.order/8"))
