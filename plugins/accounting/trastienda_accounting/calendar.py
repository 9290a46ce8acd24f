"""Fiscal years cut into months."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta

ONE_DAY = timedelta(days=1)


def add_months(day: Date, months: int) -> Date:
    """The same day some months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return Date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(starts_on: Date, ends_on: Date) -> Iterator[tuple[Date, Date]]:
    """First and last day of each month of a year, counted from its first day; the last may be shorter."""
    first, count = starts_on, 1
    while first <= ends_on:
        following = add_months(starts_on, count)
        yield first, min(following - ONE_DAY, ends_on)
        first, count = following, count + 1
