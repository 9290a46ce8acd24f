"""Spans of days by name, what of a report they mean, and the span that another is compared with."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from ..entities.parameters import parameters_of
from .declarations import Report

Span = tuple[date, date]
SPAN_NAMES = ("this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year")
DAY_NAMES = ("today", "end-of-last-month", "end-of-last-quarter", "end-of-last-year")


def named_spans(today: date) -> Mapping[str, Span]:
    """Calendar months, quarters and years around a day."""
    month = today.replace(day=1)
    quarter = month.replace(month=month.month - (month.month - 1) % 3)
    year = today.replace(month=1, day=1)
    return {
        "this-month": _months(month, 1),
        "last-month": _months(months_later(month, -1), 1),
        "this-quarter": _months(quarter, 3),
        "last-quarter": _months(months_later(quarter, -3), 3),
        "this-year": _months(year, 12),
        "last-year": _months(months_later(year, -12), 12),
    }


def named_days(today: date) -> Mapping[str, date]:
    """Days on which one asks how things stand."""
    spans = named_spans(today)
    ends = {f"end-of-{name}": spans[name][1] for name in ("last-month", "last-quarter", "last-year")}
    return {"today": today, **ends}


def span_before(span: Span) -> Span:
    """The span of the same length before; whole months before whole months."""
    first, last = span
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        length = (last.year - first.year) * 12 + last.month - first.month + 1
        return _months(months_later(first, -length), length)
    days = last - first + timedelta(days=1)
    return first - days, last - days


def year_before(day: date) -> date:
    """The same day a year earlier; the last of February for a leap day."""
    return months_later(day, -12)


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(first: date, count: int) -> Span:
    return first, months_later(first, count) - timedelta(days=1)


def days_of_report(report: Report) -> tuple[str, ...]:
    """The parameters that say when: `from` and `to`, or one day; none where it has none."""
    dates = [each.name for each in parameters_of(report.run) if each.kind == "date"]
    if "from" in dates and "to" in dates:
        return ("from", "to")
    return next(((name,) for name in ("at", "to", "on") if name in dates), ())


def is_comparable(report: Report) -> bool:
    """Whether its figures can stand beside those of other days: it has days, and does not compare for itself."""
    return bool(days_of_report(report)) and all(each.name != "compare_with" for each in parameters_of(report.run))


def with_period(report: Report, given: Mapping[str, str], today: date) -> dict[str, str]:
    """The parameters, the days being those of the period that is named."""
    names, found = days_of_report(report), dict(given)
    period = found.get("period", "")
    if len(names) == 2 and period in (spans := named_spans(today)):
        found.update(zip(names, (day.isoformat() for day in spans[period]), strict=True))
    elif len(names) == 1 and period in (days := named_days(today)):
        found[names[0]] = days[period].isoformat()
    else:
        found.pop("period", None)
    return found
