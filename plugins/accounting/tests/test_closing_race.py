"""Posting against closing: whichever comes first, a closed period never gains an entry."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest

from trastienda import Work, total
from trastienda_accounting import JournalEntry, Period, credit, debit
from trastienda_accounting.balances import PeriodBalance
from trastienda_accounting.periods import FiscalPeriodClosed, hold_open_period

if TYPE_CHECKING:
    from .conftest import Books

ONE = Decimal(1)


def in_thread(books: Books, body: Callable[[], object]) -> object:
    """The exception that it raised, or what it returned; with a connection of the thread's own."""
    with books.site.active():
        try:
            return body()
        except FiscalPeriodClosed as error:
            return error


def posted_numbers(books: Books) -> list[str]:
    return books.read(lambda work: sorted(each.number for each in work.select(JournalEntry) if each.number))


def test_no_entry_joins_a_period_once_it_is_closed(books: Books) -> None:
    drafts = [books.draft(debit("430", ONE), credit("700", ONE)) for _ in range(12)]
    start = Barrier(4)

    def post(ids: list[int]) -> list[object]:
        start.wait()
        return [in_thread(books, lambda each=each: books.act(JournalEntry, each, "post")) for each in ids]

    def close() -> list[str]:
        books.act(Period, "2026-06", "close")
        return posted_numbers(books)

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(post, drafts[i::3]) for i in range(3)]
        start.wait()
        closed_with = in_thread(books, close)
        outcomes = [outcome for each in waiting for outcome in each.result()]

    posted = outcomes.count(None)
    assert all(outcome is None or isinstance(outcome, FiscalPeriodClosed) for outcome in outcomes)
    assert posted_numbers(books) == closed_with == [f"SAL/2026/{n:06}" for n in range(1, posted + 1)]
    debits = books.read(lambda work: next(work.rows(work.select(PeriodBalance, total(PeriodBalance.debit)))))
    assert (debits[0] or 0) == posted


@pytest.mark.database("postgresql")
def test_closing_waits_for_a_posting_under_way(books: Books) -> None:
    number = books.draft(debit("430", ONE), credit("700", ONE))
    held, release = Event(), Event()

    def slow_posting(work: Work) -> None:
        work.act(work.lock(work.get(JournalEntry, number)), "post")
        held.set()
        assert release.wait(10)

    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(in_thread, books, lambda: books.write(slow_posting))
        assert held.wait(10)
        closing = pool.submit(in_thread, books, lambda: books.act(Period, "2026-06", "close"))
        with pytest.raises(TimeoutError):
            closing.result(0.3)
        release.set()
        assert (posting.result(10), closing.result(10)) == (None, None)


@pytest.mark.database("postgresql")
def test_postings_do_not_wait_for_each_other(books: Books) -> None:
    both = Barrier(2)

    def posting(work: Work) -> None:
        hold_open_period(work, on=work.today)
        both.wait(10)

    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(in_thread, books, lambda: books.write(posting)) for _ in range(2)]
        assert [each.result(20) for each in waiting] == [None, None]
