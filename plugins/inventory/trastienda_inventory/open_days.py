"""Which days still take moves: whoever keeps books that can be closed says so, through a service."""

from datetime import date as Date

from trastienda import Work

#: Called as `(work, day)`: the first day on or after `day` that is open, kept from closing until the work ends.
FIRST_OPEN_DAY = "stock.first-open-day/1"


def first_open_day(work: Work, day: Date) -> Date:
    """The day itself where nobody closes any; asked for once in a work."""
    service = work.site.registry.services.get(FIRST_OPEN_DAY)
    if service is None:
        return day
    found: Date = work.once((FIRST_OPEN_DAY, day), lambda: service(work, day))
    return found
