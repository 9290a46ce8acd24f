from datetime import date as Date

import pytest

from trastienda_accounting.calendar import add_months, months_between
from trastienda_accounting.reports.days import a_year_before


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (Date(2026, 1, 31), 1, Date(2026, 2, 28)),
        (Date(2024, 1, 31), 1, Date(2024, 2, 29)),
        (Date(2026, 11, 30), 3, Date(2027, 2, 28)),
        (Date(2026, 1, 15), -1, Date(2025, 12, 15)),
        (Date(2026, 12, 1), 1, Date(2027, 1, 1)),
    ],
)
def test_months_are_added_within_the_months_length(day: Date, months: int, result: Date) -> None:
    assert add_months(day, months) == result


def test_calendar_year_is_twelve_months_without_a_gap() -> None:
    months = list(months_between(Date(2024, 1, 1), Date(2024, 12, 31)))
    assert len(months) == 12
    assert months[1] == (Date(2024, 2, 1), Date(2024, 2, 29))
    assert months[-1] == (Date(2024, 12, 1), Date(2024, 12, 31))


def test_year_from_the_sixth_of_april_is_cut_at_the_sixth() -> None:
    months = list(months_between(Date(2026, 4, 6), Date(2027, 4, 5)))
    assert (len(months), months[0], months[-1]) == (
        12,
        (Date(2026, 4, 6), Date(2026, 5, 5)),
        (Date(2027, 3, 6), Date(2027, 4, 5)),
    )


def test_months_of_a_year_that_begins_on_the_31st_follow_each_other() -> None:
    months = list(months_between(Date(2026, 1, 31), Date(2026, 4, 30)))
    assert months == [
        (Date(2026, 1, 31), Date(2026, 2, 27)),
        (Date(2026, 2, 28), Date(2026, 3, 30)),
        (Date(2026, 3, 31), Date(2026, 4, 29)),
        (Date(2026, 4, 30), Date(2026, 4, 30)),
    ]


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (Date(2026, 6, 15), Date(2025, 6, 15)),
        (Date(2025, 2, 28), Date(2024, 2, 29)),
        (Date(2024, 2, 29), Date(2023, 2, 28)),
        (Date(2024, 2, 28), Date(2023, 2, 28)),
    ],
)
def test_a_year_before_keeps_the_end_of_the_month(day: Date, before: Date) -> None:
    assert a_year_before(day) == before
