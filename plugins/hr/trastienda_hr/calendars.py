"""Working-time calendars: a week's hours, the region's holidays, and days of one's own."""

from collections.abc import Iterator
from decimal import Decimal

from peewee import BooleanField, CharField, DateField, ForeignKeyField

from trastienda import Child, Fault, QuantityField, Record
from trastienda import gettext as _

from .working_time import Schedule, is_region

EIGHT, NONE = Decimal(8), Decimal(0)


class WorkCalendar(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, verbose_name="Name")
    country = CharField(2, default="", verbose_name="Country", help_text="Whose holidays count; ISO 3166-1")
    region = CharField(10, default="", verbose_name="Region", help_text="Such as MD for Madrid; ISO 3166-2")
    monday = QuantityField(default=EIGHT, verbose_name="Monday")
    tuesday = QuantityField(default=EIGHT, verbose_name="Tuesday")
    wednesday = QuantityField(default=EIGHT, verbose_name="Wednesday")
    thursday = QuantityField(default=EIGHT, verbose_name="Thursday")
    friday = QuantityField(default=EIGHT, verbose_name="Friday")
    saturday = QuantityField(default=NONE, verbose_name="Saturday")
    sunday = QuantityField(default=NONE, verbose_name="Sunday")
    is_default = BooleanField(
        default=False, verbose_name="Default", help_text="For everybody whose contract names none"
    )
    active = BooleanField(default=True, verbose_name="Active")

    class Meta:
        indexes = ((("company", "code"), True),)


class CalendarDay(Child):
    calendar = ForeignKeyField(WorkCalendar, on_delete="CASCADE")
    date = DateField(verbose_name="Date")
    name = CharField(80, default="", verbose_name="Name")
    hours = QuantityField(default=NONE, verbose_name="Hours", help_text="0: a holiday of the town or the firm")

    class Meta:
        indexes = ((("calendar", "date"), True),)


def schedule_of(calendar: WorkCalendar) -> Schedule:
    week = (calendar.monday, calendar.tuesday, calendar.wednesday, calendar.thursday, calendar.friday)
    return Schedule(
        hours=(*week, calendar.saturday, calendar.sunday),
        country=calendar.country,
        region=calendar.region,
        exceptions={day.date: day.hours for day in calendar.lines_of(CalendarDay)},
    )


def calendar_faults(calendar: WorkCalendar) -> Iterator[Fault]:
    if not is_region(calendar.country, ""):
        text = _("No holidays are known of {country}").format(country=calendar.country)
        yield Fault(WorkCalendar.country, text)
    elif not is_region(calendar.country, calendar.region):
        text = _("{country} has no region {region}")
        yield Fault(WorkCalendar.region, text.format(country=calendar.country, region=calendar.region))
    if calendar.is_default and not calendar.active:
        yield Fault(WorkCalendar.active, _("It is the default: make another one that first"))
    for field, hours in zip(WEEK, schedule_of(calendar).hours, strict=True):
        if not 0 <= hours <= 24:
            yield Fault(field, _("A day has from 0 to 24 hours"))
    seen = set()
    for day in calendar.lines_of(CalendarDay):
        if not 0 <= day.hours <= 24:
            yield Fault(CalendarDay.hours, _("A day has from 0 to 24 hours"), line=day)
        if day.date in seen:
            yield Fault(CalendarDay.date, _("This day is there already"), line=day)
        seen.add(day.date)


WEEK = (
    WorkCalendar.monday,
    WorkCalendar.tuesday,
    WorkCalendar.wednesday,
    WorkCalendar.thursday,
    WorkCalendar.friday,
    WorkCalendar.saturday,
    WorkCalendar.sunday,
)
