"""The demo company's books as a whole: the same for the same day."""

from collections.abc import Sequence
from datetime import date as Date
from random import Random

from .entry import DemoEntry
from .running import opening, running_costs
from .taxes import vat_returns, withholding_returns, year_ends
from .trade import purchases, sales

SEED = 1978


def first_day(today: Date) -> Date:
    """A new year's day some two years back: between one and a half years and two and a half."""
    return Date(today.year - (1 if today.month > 6 else 2), 1, 1)


def demo_books(today: Date, *, customers: Sequence[str], suppliers: Sequence[str]) -> list[DemoEntry]:
    """All entries until today, by date."""
    random, first = Random(SEED), first_day(today)
    entries = [opening(first)]
    entries += sales(random, customers, first=first, last=today)
    entries += purchases(random, suppliers, first=first, last=today)
    entries += running_costs(random, first=first, last=today)
    settled = [
        *vat_returns(entries, first=first, last=today),
        *withholding_returns(entries, first=first, last=today),
    ]
    entries += [*settled, *year_ends(entries, first=first, last=today)]
    return sorted(entries, key=lambda entry: entry.date)
