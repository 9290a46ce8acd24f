"""Which days are worked, and for how long: pure rules over a week's hours and its exceptions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
NO_HOURS = Decimal(0)


@dataclass(frozen=True)
class Schedule:
    """Hours by weekday, Monday first; `exceptions` are days with other hours, holidays with none."""

    hours: tuple[Decimal, ...] = (Decimal(8),) * 5 + (NO_HOURS,) * 2
    country: str = ""
    region: str = ""
    exceptions: Mapping[Date, Decimal] = field(default_factory=dict)


def days_between(first: Date, last: Date) -> Iterator[Date]:
    """Both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@lru_cache(maxsize=200)
def public_holidays(country: str, region: str, year: int) -> frozenset[Date]:
    """The region's public holidays of a year, none where the country is not known."""
    if country not in holidays.list_supported_countries():
        return frozenset()
    found = holidays.country_holidays(country, subdiv=region or None, years=year)
    return frozenset(found)


def is_region(country: str, region: str) -> bool:
    """Whether holidays are known for the region; without one those of the whole country are meant."""
    known = holidays.list_supported_countries()
    return not country or (country in known and (not region or region in known[country]))


def hours_on(schedule: Schedule, day: Date) -> Decimal:
    """Hours to be worked on a day: the exception's, none on a public holiday, else the weekday's."""
    if day in schedule.exceptions:
        return schedule.exceptions[day]
    if schedule.country and day in public_holidays(schedule.country, schedule.region, day.year):
        return NO_HOURS
    return schedule.hours[day.weekday()]


def working_hours(schedule: Schedule, first: Date, last: Date) -> dict[Date, Decimal]:
    """The working days from first to last, both included, with their hours."""
    found = ((day, hours_on(schedule, day)) for day in days_between(first, last))
    return {day: hours for day, hours in found if hours > 0}
