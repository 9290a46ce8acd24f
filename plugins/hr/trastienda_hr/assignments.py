"""Dated history: in which department and position, under which manager somebody was on any day.

The employee's own columns are the assignment that holds now; `move` changes them from a day on and keeps what
held before. Whoever edits the columns themselves, through whatever door, moves the employee today; `correct` alone
says that it was never otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from peewee import DateField, ForeignKeyField

from trastienda import Record, Ref, Refusal, Work
from trastienda import gettext as _

from .departments import Department
from .employees import Employee, employed_on
from .positions import Position
from .salaries import salary_on


class Assignment(Record):
    employee = ForeignKeyField(Employee, on_delete="CASCADE", verbose_name="Employee")
    starts_on = DateField(null=True, verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    department = ForeignKeyField(Department, null=True, on_delete="RESTRICT", verbose_name="Department")
    position = ForeignKeyField(Position, null=True, on_delete="RESTRICT", verbose_name="Position")
    manager = ForeignKeyField(Employee, null=True, on_delete="RESTRICT", backref="past_reports", verbose_name="Manager")

    department_id: int | None
    position_id: int | None
    manager_id: int | None

    class Meta:
        indexes = ((("employee", "ends_on"), True),)


class MoveRefused(Refusal):
    def __init__(self, employee: Employee, why: str) -> None:
        super().__init__(why)
        self.employee = employee


@dataclass(frozen=True)
class EmployeeAsOf:
    """What held for an employee on a day, by ids; `salary` is the monthly gross, None where none is known."""

    employee: int
    on: Date
    employed: bool
    department: int | None
    position: int | None
    manager: int | None
    salary: Decimal | None


def move(
    work: Work,
    employee: Employee,
    *,
    on: Date,
    department: Ref[Department] | None = None,
    position: Ref[Position] | None = None,
    manager: Ref[Employee] | None = None,
) -> None:
    """From a day on, another department, position or manager; what isn't given stays."""
    held = _held(work, employee)
    since = held.since or employee.starts_on
    if on > work.today:
        raise MoveRefused(employee, _("A move is entered on its day or later"))
    if since is not None and on < since:
        raise MoveRefused(employee, _("The present assignment began later, on {day}").format(day=since))
    if since != on:
        _keep(work, employee, held, until=on)
    correct(work, employee, department=department, position=position, manager=manager)
    employee.assigned_since = on


def correct(
    work: Work,
    employee: Employee,
    *,
    department: Ref[Department] | None = None,
    position: Ref[Position] | None = None,
    manager: Ref[Employee] | None = None,
) -> None:
    """What the present assignment was wrong about; nothing becomes past."""
    work.once((_is_dealt_with, employee.id), lambda: True)
    if department is not None:
        employee.department_id = department
    if position is not None:
        employee.position_id = position
    if manager is not None:
        employee.manager_id = manager


def keep_history(work: Work, employee: Employee) -> None:
    """Told before an employee is written: another department, position or manager holds from today on.

    What did not hold for a day, held for nobody or held for somebody who has left is corrected instead.
    """
    held = _held(work, employee)
    now = (employee.department_id, employee.position_id, employee.manager_id)
    if held.what == now or held.what == (None, None, None) or _is_dealt_with(work, employee, held):
        return
    since = held.since or employee.starts_on
    if (since is None or since < work.today) and employed_on(employee, work.today):
        _keep(work, employee, held, until=work.today)
        employee.assigned_since = work.today


class _Held(NamedTuple):
    """What the database has of the present assignment; `what` are department, position and manager."""

    since: Date | None
    what: tuple[int | None, int | None, int | None]


def _held(work: Work, employee: Employee) -> _Held:
    query = work.select(
        Employee, Employee.assigned_since, Employee.department, Employee.position, Employee.manager
    ).where(Employee.id == employee.id)
    ((since, *what),) = work.rows(query)
    return _Held(since, (what[0], what[1], what[2]))


def _is_dealt_with(work: Work, employee: Employee, held: _Held) -> bool:
    """By `move` or `correct`, earlier in this work."""
    return employee.assigned_since != held.since or work.once((_is_dealt_with, employee.id), lambda: False)


def _keep(work: Work, employee: Employee, held: _Held, *, until: Date) -> None:
    """As a past assignment, of which `until` is the first day no more."""
    department, position, manager = held.what
    work.add(
        Assignment(
            employee=employee.id,
            starts_on=held.since or employee.starts_on,
            ends_on=until - timedelta(days=1),
            department=department,
            position=position,
            manager=manager,
        )
    )


def terminate(work: Work, employee: Employee, *, on: Date) -> None:
    """Set the last day of work; records of the time before stay as they are."""
    if employee.starts_on and on < employee.starts_on:
        raise MoveRefused(employee, _("The last day is before the first"))
    employee.ends_on = on
    employee.left = on < work.today


def held_on(employee: Employee, past: Iterable[Assignment], *, on: Date) -> Employee | Assignment | None:
    """What held on a day: the employee's own columns, or one of the past assignments."""
    since = employee.assigned_since
    if since is None or on >= since:
        return employee
    held = (each for each in past if each.ends_on >= on and (each.starts_on is None or each.starts_on <= on))
    return next(held, None)


def as_of(work: Work, employee: Employee, *, on: Date) -> EmployeeAsOf:
    """Department, position, manager and salary on a day."""
    held = held_on(employee, work.select(Assignment).where(Assignment.employee == employee.id), on=on)
    return EmployeeAsOf(
        employee=employee.id,
        on=on,
        employed=employed_on(employee, on),
        department=held.department_id if held else None,
        position=held.position_id if held else None,
        manager=held.manager_id if held else None,
        salary=salary.amount if (salary := salary_on(work, employee.id, on=on)) else None,
    )
