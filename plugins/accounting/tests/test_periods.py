"""Fiscal years and periods: made, closed, reopened, and kept from overlapping."""

from __future__ import annotations

from datetime import date as Date
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Refusal, Work
from trastienda_accounting import FiscalYear, Period
from trastienda_accounting.periods import FiscalYearClosed

if TYPE_CHECKING:
    from .conftest import Books


def states(books: Books) -> set[str]:
    return books.read(lambda work: {period.state for period in work.select(Period)})


def test_new_fiscal_year_has_its_months(books: Books) -> None:
    found = books.read(
        lambda work: [
            (each.code, each.starts_on, each.ends_on)
            for each in work.select(Period).order_by(Period.starts_on)
        ]
    )
    assert len(found) == 12
    assert found[1] == ("2026-02", Date(2026, 2, 1), Date(2026, 2, 28))


def test_create_periods_adds_only_the_months_that_are_missing(books: Books) -> None:
    books.write(lambda work: work.delete(work.get(Period, "2026-07")))
    books.act(FiscalYear, "2026", "create-periods")
    books.act(FiscalYear, "2026", "create-periods")
    codes = books.read(lambda work: sorted(each.code for each in work.select(Period)))
    assert codes == [f"2026-{month:02}" for month in range(1, 13)]


def test_closing_a_year_closes_its_periods_and_they_wait_for_it(books: Books) -> None:
    books.act(Period, "2026-01", "close")
    books.act(Period, "2026-02", "soft-close")
    books.act(FiscalYear, "2026", "close")
    assert states(books) == {"closed"}
    with pytest.raises(FiscalYearClosed):
        books.act(Period, "2026-03", "reopen")

    books.act(FiscalYear, "2026", "reopen")
    books.act(Period, "2026-03", "reopen")
    assert books.read(lambda work: work.get(Period, "2026-03").state) == "open"


@pytest.mark.parametrize("action", ["soft-close", "close"])
def test_closed_period_is_not_closed_again(books: Books, action: str) -> None:
    books.act(Period, "2026-01", "close")
    with pytest.raises(Refusal):
        books.act(Period, "2026-01", action)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "errors"),
    [
        (Date(2026, 12, 31), Date(2027, 12, 30), {"starts_on": ["The days overlap with fiscal year 2026"]}),
        (Date(2027, 1, 1), Date(2026, 12, 1), {"ends_on": ["The last day is before the first"]}),
    ],
)
def test_fiscal_years_do_not_overlap(
    books: Books, starts_on: Date, ends_on: Date, errors: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        books.write(lambda work: work.add(FiscalYear(code="X", starts_on=starts_on, ends_on=ends_on)))
    assert refused.value.errors == errors


def test_periods_do_not_overlap_and_stay_in_their_year(books: Books) -> None:
    def body(work: Work) -> None:
        year = work.get(FiscalYear, "2026")
        work.add(Period(code="X", fiscal_year=year, starts_on=Date(2025, 12, 31), ends_on=Date(2026, 1, 1)))

    with pytest.raises(Invalid) as refused:
        books.write(body)
    assert refused.value.errors == {
        "starts_on": ["The first day is outside fiscal year 2026", "The days overlap with period 2026-01"]
    }


def shorten(work: Work) -> None:
    work.get(Period, "2026-06").ends_on = Date(2026, 6, 29)


def test_days_of_a_period_without_postings_may_change(books: Books) -> None:
    books.write(shorten)
    assert books.read(lambda work: work.get(Period, "2026-06").ends_on) == Date(2026, 6, 29)


def test_days_of_a_period_with_postings_stay(books: Books) -> None:
    books.sale("1")
    with pytest.raises(Invalid) as refused:
        books.write(shorten)
    assert refused.value.errors == {"ends_on": ["Something was posted in period 2026-06: its days stay"]}


def test_year_keeps_its_periods_inside(books: Books) -> None:
    def body(work: Work) -> None:
        work.get(FiscalYear, "2026").ends_on = Date(2026, 11, 30)

    with pytest.raises(Invalid) as refused:
        books.write(body)
    assert refused.value.errors == {"starts_on": ["Period 2026-12 would be outside the year"]}


def test_period_with_postings_cannot_be_deleted(books: Books) -> None:
    books.sale("1")
    with pytest.raises((Refusal, Invalid)):
        books.write(lambda work: work.delete(work.get(Period, "2026-06")))
    assert books.read(lambda work: work.find(Period, "2026-06")) is not None
