"""Fiscal periods: posting holds one, closing locks it, so none can pass the other."""

from collections.abc import Iterator
from datetime import date as Date

from peewee import CharField, DateField, ForeignKeyField

from trastienda import Fault, Record, Refusal, StateField, Work
from trastienda import gettext as _

from .calendar import months_between
from .fiscal_years import FiscalYear


class Period(Record):
    code = CharField(10, verbose_name="Code")
    name = CharField(80, default="", verbose_name="Name")
    fiscal_year = ForeignKeyField(FiscalYear, on_delete="RESTRICT", verbose_name="Fiscal year")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    state = StateField(
        "open",
        "soft-closed",
        "closed",
        verbose_name="State",
        help_text="Soft-closed: only those with the right to post there still may",
    )

    fiscal_year_id: int

    class Meta:
        indexes = ((("company", "code"), True), (("company", "starts_on"), True))


class NoFiscalPeriod(Refusal):
    field = "date"

    def __init__(self, day: Date) -> None:
        super().__init__(_("No fiscal period covers {day}").format(day=day.isoformat()))
        self.day = day


class FiscalPeriodClosed(Refusal):
    field = "date"

    def __init__(self, period: Period) -> None:
        text = _("Period {code} is closed") if period.state == "closed" else _("Period {code} is soft-closed")
        super().__init__(text.format(code=period.code))
        self.period = period


class FiscalYearClosed(Refusal):
    def __init__(self, year: FiscalYear) -> None:
        super().__init__(_("Fiscal year {code} is closed").format(code=year.code))
        self.year = year


def period_faults(period: Period) -> Iterator[Fault]:
    if not period.code.strip():
        yield Fault(Period.code, _("A period needs a code"))
    if period.ends_on < period.starts_on:
        yield Fault(Period.ends_on, _("The last day is before the first"))
        return
    year = period.fiscal_year
    if not year.starts_on <= period.starts_on <= year.ends_on:
        yield Fault(Period.starts_on, _("The first day is outside fiscal year {code}").format(code=year.code))
    if not year.starts_on <= period.ends_on <= year.ends_on:
        yield Fault(Period.ends_on, _("The last day is outside fiscal year {code}").format(code=year.code))
    others = (Period.company == period.company) & (Period.id != (period.id or 0))
    overlapping = (Period.starts_on <= period.ends_on) & (Period.ends_on >= period.starts_on)
    for other in Period.select().where(others & overlapping).limit(1):
        yield Fault(Period.starts_on, _("The days overlap with period {code}").format(code=other.code))


def year_covers_its_periods(year: FiscalYear) -> Iterator[Fault]:
    outside = (Period.starts_on < year.starts_on) | (Period.ends_on > year.ends_on)
    for period in Period.select().where((Period.fiscal_year == (year.id or 0)) & outside).limit(1):
        yield Fault(
            FiscalYear.starts_on, _("Period {code} would be outside the year").format(code=period.code)
        )


def period_on(work: Work, day: Date) -> Period:
    """The period of a day, asked for once in a work."""

    def find() -> Period:
        covering = (Period.starts_on <= day) & (Period.ends_on >= day)
        found: Period | None = work.select(Period).where(covering).first()
        if found is None:
            raise NoFiscalPeriod(day)
        return found

    return work.once((Period, day), find)


def hold_open_period(work: Work, *, on: Date, soft_closed: bool = False) -> Period:
    """The period of a day, kept from closing until the transaction ends; a soft-closed one only if asked."""
    period = work.hold(period_on(work, on))
    if not period.starts_on <= on <= period.ends_on:
        raise NoFiscalPeriod(on)
    if period.state != "open" and not (soft_closed and period.state == "soft-closed"):
        raise FiscalPeriodClosed(period)
    return period


def hold_first_open_day(work: Work, day: Date) -> Date:
    """The day itself, or the first day after it that an open period covers, which is kept from closing until the
    transaction ends. Raises NoFiscalPeriod where none follows."""
    open_later = work.select(Period).where((Period.ends_on >= day) & (Period.state == "open"))
    for period in list(open_later.order_by(Period.starts_on)):
        if work.hold(period).state == "open":
            return max(day, period.starts_on)
    raise NoFiscalPeriod(day)


def create_periods(work: Work, year: FiscalYear) -> None:
    """A period for each month of the year that no period touches yet."""
    taken = [(one.starts_on, one.ends_on) for one in work.select(Period).where(Period.fiscal_year == year)]
    for first, last in months_between(year.starts_on, year.ends_on):
        if not any(start <= last and end >= first for start, end in taken):
            code = f"{first:%Y-%m}"
            work.add(Period(code=code, name=code, fiscal_year=year, starts_on=first, ends_on=last))


def close_year(work: Work, year: FiscalYear) -> None:
    """Close what is still open of the year's periods; the year itself has been locked by the write path."""
    periods = work.select(Period).where((Period.fiscal_year == year) & (Period.state != "closed"))
    for period in list(periods.order_by(Period.starts_on)):
        work.act(work.lock(period), "close")


def refuse_in_closed_year(work: Work, period: Period) -> None:
    """Run of reopening: a closed year is reopened first."""
    year = work.hold(period.fiscal_year)
    if year.state == "closed":
        raise FiscalYearClosed(year)
