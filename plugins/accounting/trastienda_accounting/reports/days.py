"""The days that a report is about."""

from collections.abc import Mapping
from datetime import date as Date
from datetime import timedelta
from typing import Any, Literal

from trastienda import BadQuery, Work
from trastienda import gettext as _

from ..calendar import add_months
from ..fiscal_years import fiscal_year_on

ONE_DAY = timedelta(days=1)
FIRST_YEAR = 900
#: What a statement's figures stand beside.
Earlier = Literal["period-before", "year-before"]


def days_meant(work: Work, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The days of a report from one to another where they are not given."""
    first, last = first_and_last(work, given.get("from"), given.get("to"))
    return {"from": first, "to": last}


def day_meant(work: Work, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"to": work.today}


def first_and_last(work: Work, from_: Date | None, to: Date | None) -> tuple[Date, Date]:
    """As asked. Without a last day it is today, or the first day where that is later; without a first day it
    is the first of the last one's fiscal year."""
    last = to or max(work.today, from_ or work.today)
    first = from_ or first_of_year(work, last)
    if first > last:
        raise BadQuery(
            "from", _("{first} is after {last}").format(first=first.isoformat(), last=last.isoformat())
        )
    return first, last


def first_of_year(work: Work, day: Date) -> Date:
    """The first day of the fiscal year that a day is in, or of its calendar year where there is none."""
    year = fiscal_year_on(work, day)
    return year.starts_on if year is not None else Date(day.year, 1, 1)


def days_before(first: Date, last: Date, which: Earlier) -> tuple[Date, Date]:
    """The same days of the year before, or as many days before the first; whole months before whole months. Raises
    BadQuery for days before those that a report can be of."""
    if which == "year-before":
        return a_year_before(first), a_year_before(last)
    try:
        if first.day == 1 and (last + ONE_DAY).day == 1:
            months = (last.year - first.year) * 12 + last.month - first.month + 1
            begun = add_months(first, -months)
        else:
            begun = first - (last - first) - ONE_DAY
    except (OverflowError, ValueError):
        begun = Date.min
    if begun.year < FIRST_YEAR:
        text = _("There is no period as long before {first}")
        raise BadQuery("compare_with", text.format(first=first.isoformat()))
    return begun, first - ONE_DAY


def a_year_before(day: Date) -> Date:
    """The same day of the year before; a month's last day answers to its last day then."""
    before = add_months(day, -12)
    if (day + ONE_DAY).day == 1:
        return add_months(before.replace(day=1), 1) - ONE_DAY
    return before
