"""Contracts of employment: what kind, from when to when, in which calendar, for what part of full time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date as Date
from decimal import Decimal

from peewee import CharField, DateField, ForeignKeyField, TextField

from trastienda import ChoiceField, Fault, QuantityField, Record, Work
from trastienda import gettext as _

from .calendars import WorkCalendar, schedule_of
from .employees import Employee, employed_on
from .working_time import Schedule, days_between, hours_on, working_hours

FULL_TIME = Decimal(100)


class Contract(Record):
    employee = ForeignKeyField(Employee, on_delete="CASCADE", verbose_name="Employee")
    kind = ChoiceField("indefinite", "temporary", "training", default="indefinite", verbose_name="Kind")
    official_code = CharField(3, default="", verbose_name="Official code", help_text="In Spain such as 100, 402")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(null=True, verbose_name="Last day")
    calendar = ForeignKeyField(WorkCalendar, null=True, on_delete="RESTRICT", verbose_name="Calendar")
    part_time = QuantityField(default=FULL_TIME, verbose_name="Part of full time", help_text="In percent")
    trial_ends_on = DateField(null=True, verbose_name="Trial period until")
    notes = TextField(default="", verbose_name="Notes")

    employee_id: int
    calendar_id: int | None

    class Meta:
        indexes = ((("company", "employee", "starts_on"), True),)


def contract_faults(contract: Contract) -> Iterator[Fault]:
    if contract.ends_on and contract.ends_on < contract.starts_on:
        yield Fault(Contract.ends_on, _("The last day is before the first"))
        return
    if not 0 < contract.part_time <= FULL_TIME:
        yield Fault(Contract.part_time, _("More than 0 and at most 100 percent"))
    others = (Contract.employee == contract.employee_id) & (Contract.id != (contract.id or 0))
    overlapping = Contract.ends_on.is_null() | (Contract.ends_on >= contract.starts_on)
    if contract.ends_on:
        overlapping &= Contract.starts_on <= contract.ends_on
    for other in Contract.select().where(others & overlapping).limit(1):
        yield Fault(Contract.starts_on, _("It overlaps with the contract of {day}").format(day=other.starts_on))


def contract_on(work: Work, employee: int, *, on: Date) -> Contract | None:
    held = work.select(Contract).where(
        (Contract.employee == employee)
        & (Contract.starts_on <= on)
        & (Contract.ends_on.is_null() | (Contract.ends_on >= on))
    )
    found: Contract | None = held.first()
    return found


def default_schedule(work: Work) -> Schedule:
    """The default calendar's; without one, Monday to Friday with the holidays of the company's country."""

    def find() -> Schedule:
        calendar = work.select(WorkCalendar).where(WorkCalendar.is_default).order_by(WorkCalendar.code).first()
        return schedule_of(calendar) if calendar is not None else Schedule(country=work.company.country)

    return work.once(default_schedule, find)


def contract_covering(contracts: Iterable[Contract], day: Date) -> Contract | None:
    return next((contract for contract in contracts if covers(contract, day)), None)


def planned_hours(work: Work, employee: Employee, first: Date, last: Date) -> Mapping[Date, Decimal]:
    """The days that somebody is to work, with their hours: by the contracts' calendars, while employed."""
    return hours_planned(work, employee, _contracts(work, employee.id, first, last), first, last)


def hours_planned(
    work: Work, employee: Employee, contracts: Sequence[Contract], first: Date, last: Date
) -> Mapping[Date, Decimal]:
    """As `planned_hours`, where the contracts are known."""
    usual = default_schedule(work)
    if not contracts and employed_on(employee, first) and employed_on(employee, last):
        return work.once((hours_planned, first, last), lambda: working_hours(usual, first, last))
    schedules = [(each, _schedule(work, each)) for each in contracts]
    found = {}
    for day in days_between(first, last):
        if employed_on(employee, day):
            schedule = next((each for contract, each in schedules if covers(contract, day)), usual)
            if (hours := hours_on(schedule, day)) > 0:
                found[day] = hours
    return found


def covers(contract: Contract, day: Date) -> bool:
    return contract.starts_on <= day and (contract.ends_on is None or day <= contract.ends_on)


def _contracts(work: Work, employee: int, first: Date, last: Date) -> list[Contract]:
    within = (Contract.starts_on <= last) & (Contract.ends_on.is_null() | (Contract.ends_on >= first))
    return list(work.select(Contract).where((Contract.employee == employee) & within))


def _schedule(work: Work, contract: Contract) -> Schedule:
    calendar = contract.calendar_id
    if calendar is None:
        return default_schedule(work)
    return work.once((WorkCalendar, calendar), lambda: schedule_of(work.get(WorkCalendar, calendar)))
