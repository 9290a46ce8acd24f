"""Timesheets: what the hours of a day went to, confirmed by the manager."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta

from peewee import CharField, DateField, ForeignKeyField

from trastienda import Child, Fault, QuantityField, Record, Refusal, StateField, Work
from trastienda import gettext as _

from .employees import Employee


class Timesheet(Record):
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    state = StateField("draft", "submitted", "approved", "refused", verbose_name="State")

    employee_id: int

    class Meta:
        indexes = ((("company", "employee", "starts_on"), True),)


class TimesheetLine(Child):
    timesheet = ForeignKeyField(Timesheet, on_delete="CASCADE")
    date = DateField(verbose_name="Date")
    activity = CharField(120, verbose_name="Activity")
    hours = QuantityField(verbose_name="Hours")


class TimesheetRefused(Refusal):
    def __init__(self, sheet: Timesheet, why: str) -> None:
        super().__init__(why)
        self.sheet = sheet


def timesheet_faults(sheet: Timesheet) -> Iterator[Fault]:
    if sheet.ends_on < sheet.starts_on:
        yield Fault(Timesheet.ends_on, _("The last day is before the first"))
    for line in sheet.lines_of(TimesheetLine):
        if not sheet.starts_on <= line.date <= sheet.ends_on:
            yield Fault(TimesheetLine.date, _("The day is not within the timesheet"), line=line)
        if not 0 < line.hours <= 24:
            yield Fault(TimesheetLine.hours, _("From more than 0 to 24 hours"), line=line)


def monday(work: Work) -> Date:
    """With which a new one begins: this week's."""
    return work.today - timedelta(days=work.today.weekday())


def sunday(work: Work) -> Date:
    return monday(work) + timedelta(days=6)


def confirm(work: Work, sheet: Timesheet) -> None:
    """Run of submitted -> approved or refused: nobody decides on his own hours."""
    me = work.select(Employee).where(Employee.user == work.actor.user).first() if work.actor.user else None
    if me is not None and me.id == sheet.employee_id:
        raise TimesheetRefused(sheet, _("Nobody decides on his own hours"))
