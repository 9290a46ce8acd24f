"""Fiscal years: what numbers and statements are counted by."""

from collections.abc import Iterable, Iterator
from datetime import date as Date

from peewee import CharField, DateField

from trastienda import Fault, Record, StateField, Work
from trastienda import gettext as _


class FiscalYear(Record):
    code = CharField(10, verbose_name="Code", help_text="Part of every number given in the year")
    name = CharField(80, default="", verbose_name="Name")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    state = StateField("open", "closed", verbose_name="State")

    class Meta:
        indexes = ((("company", "code"), True), (("company", "starts_on"), True))


def fiscal_year_faults(year: FiscalYear) -> Iterator[Fault]:
    if not year.code.strip():
        yield Fault(FiscalYear.code, _("A fiscal year needs a code"))
    if year.ends_on < year.starts_on:
        yield Fault(FiscalYear.ends_on, _("The last day is before the first"))
        return
    others = (FiscalYear.company == year.company) & (FiscalYear.id != (year.id or 0))
    overlapping = (FiscalYear.starts_on <= year.ends_on) & (FiscalYear.ends_on >= year.starts_on)
    for other in FiscalYear.select().where(others & overlapping).limit(1):
        yield Fault(
            FiscalYear.starts_on, _("The days overlap with fiscal year {code}").format(code=other.code)
        )


def fiscal_year_on(work: Work, day: Date) -> FiscalYear | None:
    query = work.select(FiscalYear).where((FiscalYear.starts_on <= day) & (FiscalYear.ends_on >= day))
    found: FiscalYear | None = query.first()
    return found


def add_calendar_years(work: Work, days: Iterable[Date]) -> None:
    """Open a fiscal year from January to December around each day that is in none."""
    for day in sorted(set(days)):
        if fiscal_year_on(work, day) is None:
            work.add(
                FiscalYear(
                    code=str(day.year),
                    name=str(day.year),
                    starts_on=Date(day.year, 1, 1),
                    ends_on=Date(day.year, 12, 31),
                )
            )
