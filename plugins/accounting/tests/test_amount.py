"""The amount of an entry: what its debits come to, whatever changes them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Work
from trastienda_accounting import JournalEntry, Posting, credit, debit
from trastienda_accounting.entry_rules import LARGEST

if TYPE_CHECKING:
    from .conftest import Books


def amounts(books: Books) -> list[Decimal]:
    return books.read(lambda work: [each.amount for each in work.select(JournalEntry).order_by(JournalEntry.id)])


def test_it_follows_the_lines_of_a_draft(books: Books) -> None:
    draft = books.draft(debit("430", Decimal("121.00")), credit("700", Decimal(100)), credit("477", Decimal(21)))
    assert amounts(books) == [Decimal(121)]

    def dearer(work: Work) -> None:
        for line in work.lock(work.get(JournalEntry, draft)).lines_of(Posting):
            line.debit, line.credit = line.debit * 2, line.credit * 2

    books.write(dearer)
    assert amounts(books) == [Decimal(242)]


def test_a_reversal_has_that_of_what_it_reverses(books: Books) -> None:
    books.act(JournalEntry, books.sale("80.5"), "reverse")
    assert amounts(books) == [Decimal("80.5"), Decimal("80.5")]


@pytest.mark.database("sqlite")
def test_lines_that_come_to_more_than_can_be_stored_are_refused(books: Books) -> None:
    lines = [debit("430", LARGEST), debit("572", LARGEST), credit("700", LARGEST), credit("477", LARGEST)]
    with pytest.raises(Invalid) as refused:
        books.draft(*lines)
    assert refused.value.errors == {"lines": ["The debits come to more than 922337203685477.5807"]}
