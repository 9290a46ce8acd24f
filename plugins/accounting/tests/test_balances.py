"""The running sums against what they sum up, whatever is posted, reversed, drafted or closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trastienda_accounting import JournalEntry, Period, credit, debit
from trastienda_accounting.balances import sums_through, tallies
from trastienda_accounting.periods import FiscalPeriodClosed
from trastienda_accounting.reports.trial_balance import trial_balance

if TYPE_CHECKING:
    from .conftest import Books

CODES = ("100", "430", "477", "572", "600", "700")
days = st.builds(Date, st.just(2026), st.integers(1, 12), st.sampled_from([1, 2, 14, 27, 28]))
amounts = st.decimals("0.01", "999999.99", places=2)
sides = st.lists(st.sampled_from(CODES), min_size=2, max_size=2, unique=True)
postings = st.tuples(st.just("post"), days, amounts, sides)
drafts = st.tuples(st.just("draft"), days, amounts, sides)
reversals = st.tuples(st.just("reverse"), st.integers(0, 30), st.integers(0, 90))
closings = st.tuples(st.sampled_from(["close", "reopen"]), st.integers(1, 12))
steps = st.lists(st.one_of(postings, postings, drafts, reversals, closings), min_size=8, max_size=20)


class Model:
    """The ledger in a few lines: what each account moved on each day, and which months are closed."""

    def __init__(self) -> None:
        self.moved: dict[tuple[str, Date], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        self.entries: list[tuple[int, Date, Decimal, list[str]]] = []
        self.closed: set[int] = set()

    def post(self, day: Date, amount: Decimal, codes: list[str]) -> None:
        self.moved[codes[0], day][0] += amount
        self.moved[codes[1], day][1] += amount

    def rows(self, first: Date, last: Date) -> dict[str, tuple[Decimal, ...]]:
        found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
        for (code, day), (debits, credits) in self.moved.items():
            row = found[code]
            if day < first:
                found[code] = [row[0] + debits - credits, row[1], row[2]]
            elif day <= last:
                found[code] = [row[0], row[1] + debits, row[2] + credits]
        return {code: (*row, row[0] + row[1] - row[2]) for code, row in found.items() if any(row)}


def apply(books: Books, model: Model, step: tuple[object, ...]) -> None:
    match step:
        case ("post", Date() as day, Decimal() as amount, list() as codes):

            def body() -> int:
                return books.post(debit(codes[0], amount), credit(codes[1], amount), on=day)

            if day.month in model.closed:
                with pytest.raises(FiscalPeriodClosed):
                    body()
                return
            model.entries.append((body(), day, amount, codes))
            model.post(day, amount, codes)
        case ("draft", Date() as day, Decimal() as amount, list() as codes):
            books.draft(debit(codes[0], amount), credit(codes[1], amount), on=day)
        case ("reverse", int() as index, int() as later) if index < len(model.entries):
            number, day, amount, codes = model.entries[index]
            on = min(day + timedelta(days=later), Date(2026, 12, 31))
            if on.month in model.closed:
                with pytest.raises(FiscalPeriodClosed):
                    books.act(JournalEntry, number, "reverse", date=on)
                return
            books.act(JournalEntry, number, "reverse", date=on)
            model.entries.pop(index)
            model.post(on, amount, codes[::-1])
        case ("close", int() as month) if month not in model.closed:
            books.act(Period, f"2026-{month:02}", "close")
            model.closed.add(month)
        case ("reopen", int() as month) if month in model.closed:
            books.act(Period, f"2026-{month:02}", "reopen")
            model.closed.remove(month)


def kept_and_recomputed(books: Books) -> list[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]:
    """Of each running sum, the rows that are kept and those that its source computes."""
    return books.read(
        lambda work: [
            (sorted(work.rows(each.model.select(*each.key, *each.sums))), sorted(work.rows(each.source())))
            for each in tallies
        ]
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=steps, first=days, last=days)
def test_trial_balance_is_that_of_the_model_and_sums_that_of_the_postings(
    new_books: Callable[[], Books], steps: list[tuple[object, ...]], first: Date, last: Date
) -> None:
    books, model = new_books(), Model()
    for step in steps:
        apply(books, model, step)
    first, last = sorted((first, last))
    found = books.report(trial_balance, from_=first, to=last)
    assert {row.account: (row.opening, row.debit, row.credit, row.closing) for row in found} == model.rows(
        first, last
    )
    for kept, recomputed in kept_and_recomputed(books):
        assert kept == recomputed


def test_sums_on_a_day_count_whole_periods_and_the_days_of_the_one_begun(books: Books) -> None:
    for day in (Date(2026, 1, 31), Date(2026, 2, 1), Date(2026, 2, 15), Date(2026, 3, 1)):
        books.sale("10", on=day)

    def receivables(day: Date) -> Decimal:
        return books.read(
            lambda work: max((s.balance for s in sums_through(work, day).values()), default=Decimal(0))
        )

    assert [
        receivables(day)
        for day in (
            Date(2025, 12, 31),
            Date(2026, 1, 30),
            Date(2026, 1, 31),
            Date(2026, 2, 1),
            Date(2026, 2, 14),
            Date(2026, 2, 28),
            Date(2026, 3, 1),
            Date(2031, 1, 1),
        )
    ] == [0, 0, 10, 20, 20, 30, 40, 40]
