"""Spans of days by name, and those they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from trastienda.reports.periods import named_days, named_spans, span_before, year_before


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("this-month", "2028-02-01", "2028-02-29"),
        ("last-month", "2028-01-01", "2028-01-31"),
        ("this-quarter", "2028-01-01", "2028-03-31"),
        ("last-quarter", "2027-10-01", "2027-12-31"),
        ("this-year", "2028-01-01", "2028-12-31"),
        ("last-year", "2027-01-01", "2027-12-31"),
    ],
)
def test_a_name_means_whole_months_around_the_day(name: str, first: str, last: str) -> None:
    assert named_spans(day("2028-02-29"))[name] == (day(first), day(last))


def test_a_day_is_named_by_the_end_of_what_is_over() -> None:
    assert [str(each) for each in named_days(day("2028-02-29")).values()] == [
        "2028-02-29", "2028-01-31", "2027-12-31", "2027-12-31"]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-01-01", "2026-03-31", ("2025-10-01", "2025-12-31")),
        ("2026-03-02", "2026-03-08", ("2026-02-23", "2026-03-01")),
    ],
)
def test_the_span_before_is_as_long(first: str, last: str, before: tuple[str, str]) -> None:
    assert span_before((day(first), day(last))) == tuple(map(day, before))


def test_a_leap_day_has_a_day_a_year_before() -> None:
    assert year_before(day("2028-02-29")) == day("2027-02-28")
