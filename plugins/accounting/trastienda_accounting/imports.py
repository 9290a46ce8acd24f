"""What an import of entries may create besides: the fiscal years of their dates."""

from collections.abc import Sequence

from trastienda import Work

from .entries import JournalEntry
from .fiscal_years import add_calendar_years


def open_missing_years(work: Work, entries: Sequence[JournalEntry]) -> None:
    """A calendar year, with its months as periods, around each date that is in none."""
    covered = work.once(open_missing_years, set[object])
    days = {entry.date for entry in entries} - covered
    if days:
        work.require("accounting.fiscal-year", "create")
        add_calendar_years(work, sorted(days))
        covered |= days
