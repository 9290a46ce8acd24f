"""How leave accrues: pure rules over dates.

Two customs exist. `monthly` credits a month's days at its start, the first month pro rata by its calendar days;
`daily` credits every month pro rata by the days that have passed of it.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

ONE_DAY = timedelta(days=1)
THOUSANDTH = Decimal("0.001")
MONTHS = 12
NOTHING = Decimal(0)


class Credit(NamedTuple):
    """Days that come, or (negative) go; exact, not rounded."""

    date: Date
    days: Decimal
    kind: Literal["accrual", "expiry"] = "accrual"


@dataclass(frozen=True)
class Seniority:
    """After so many whole years, so many days a year more than without any."""

    years: int
    extra_days: Decimal


@dataclass(frozen=True)
class Policy:
    """Days a year and how they come; `cap` is the most that may stand, `carry_over` what outlives the year.

    What was carried over lapses `carry_over_months` after the year's end, 0: never. Days count as taken from
    what was carried over first.
    """

    days_per_year: Decimal
    kind: Literal["monthly", "daily"] = "monthly"
    cap: Decimal | None = None
    carry_over: Decimal | None = None
    carry_over_months: int = 0
    seniority: Sequence[Seniority] = ()


def rounded(days: Decimal) -> Decimal:
    return days.quantize(THOUSANDTH, ROUND_HALF_UP)


def accrued(policy: Policy, *, joined: Date, until: Date) -> Decimal:
    """All that has come by the end of a day, without caps or lapses; exact."""
    return sum((credit.days for credit in credits(policy, joined=joined, until=until)), NOTHING)


def credits(policy: Policy, *, joined: Date, until: Date, left: Date | None = None) -> Iterator[Credit]:
    """The credits from joining until the end of a day, by date; none for days after leaving."""
    last = min(until, left) if left else until
    first = joined
    while first <= last:
        month_end = first.replace(day=monthrange(first.year, first.month)[1])
        length = month_end.day
        monthly = yearly_days(policy, joined=joined, on=first) / MONTHS
        if policy.kind == "monthly":
            yield Credit(first, monthly * (length - first.day + 1) / length)
        else:
            through = min(month_end, last)
            yield Credit(through, monthly * ((through - first).days + 1) / length)
        first = month_end + ONE_DAY


def yearly_days(policy: Policy, *, joined: Date, on: Date) -> Decimal:
    """Days a year by the seniority reached."""
    years = whole_years(joined, on)
    extra = [each.extra_days for each in policy.seniority if years >= each.years]
    return policy.days_per_year + max(extra, default=NOTHING)


def whole_years(since: Date, on: Date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def add_months(day: Date, months: int) -> Date:
    """The same day of a later month, or that month's last."""
    number = day.year * MONTHS + day.month - 1 + months
    year, month = divmod(number, MONTHS)
    return Date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def movements(
    policy: Policy, *, joined: Date, until: Date, taken: Sequence[tuple[Date, Decimal]], left: Date | None = None
) -> list[Credit]:
    """Credits cut to the cap, and what lapses at the end of a year or of the time for what was carried over.

    `taken` are dated days, positive. Days that were taken are never taken back.
    """
    events = _in_order(policy, joined=joined, until=until, taken=taken, left=left)
    found: list[Credit] = []
    balance = carried = NOTHING
    for date, order, days in events:
        change = NOTHING
        if order == ACCRUES:
            change = days if policy.cap is None else max(NOTHING, min(days, policy.cap - balance))
            found.append(Credit(date, change))
        elif order == TAKEN:
            change, carried = -days, max(NOTHING, carried - days)
        elif order == YEAR_ENDS:
            change = -_lapsing(balance, policy.carry_over)
            carried = max(NOTHING, balance + change)
        else:
            change, carried = -min(carried, max(NOTHING, balance)), NOTHING
        if order in (YEAR_ENDS, LAPSES) and change:
            found.append(Credit(date, change, "expiry"))
        balance += change
    return found


ACCRUES, TAKEN, YEAR_ENDS, LAPSES = range(4)


def _lapsing(balance: Decimal, carry_over: Decimal | None) -> Decimal:
    return NOTHING if carry_over is None else max(NOTHING, balance - carry_over)


def _in_order(
    policy: Policy, *, joined: Date, until: Date, taken: Sequence[tuple[Date, Decimal]], left: Date | None
) -> list[tuple[Date, int, Decimal]]:
    events = [(credit.date, ACCRUES, credit.days) for credit in credits(policy, joined=joined, until=until, left=left)]
    events += [(date, TAKEN, days) for date, days in taken if date <= until]
    for year in range(joined.year, until.year + 1):
        ends = Date(year, 12, 31)
        if ends <= until:
            events.append((ends, YEAR_ENDS, NOTHING))
        if policy.carry_over_months and year > joined.year:
            lapses = add_months(Date(year, 1, 1), policy.carry_over_months) - ONE_DAY
            if lapses <= until:
                events.append((lapses, LAPSES, NOTHING))
    return sorted(events, key=lambda event: event[:2])
