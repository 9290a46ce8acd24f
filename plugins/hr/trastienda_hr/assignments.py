"""Dated history: in which department and position, under which manager somebody was on any day.

The employee's own columns are the assignment that holds now; `move` changes them from a day on and keeps what
held before. Editing the columns corrects the present assignment instead.
"""

from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal

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
    since = employee.assigned_since or employee.starts_on
    if on > work.today:
        raise MoveRefused(employee, _("A move is entered on its day or later"))
    if since is not None and on < since:
        raise MoveRefused(employee, _("The present assignment began later, on {day}").format(day=since))
    if since != on:
        work.add(
            Assignment(
                employee=employee.id,
                starts_on=since,
                ends_on=on - timedelta(days=1),
                department=employee.department_id,
                position=employee.position_id,
                manager=employee.manager_id,
            )
        )
    employee.assigned_since = on
    if department is not None:
        employee.department_id = department
    if position is not None:
        employee.position_id = position
    if manager is not None:
        employee.manager_id = manager


def terminate(work: Work, employee: Employee, *, on: Date) -> None:
    """Set the last day of work; records of the time before stay as they are."""
    if employee.starts_on and on < employee.starts_on:
        raise MoveRefused(employee, _("The last day is before the first"))
    employee.ends_on = on
    employee.left = on < work.today


def as_of(work: Work, employee: Employee, *, on: Date) -> EmployeeAsOf:
    """Department, position, manager and salary on a day."""
    held: Employee | Assignment | None = employee
    since = employee.assigned_since
    if since is not None and on < since:
        past = work.select(Assignment).where(
            (Assignment.employee == employee.id)
            & (Assignment.ends_on >= on)
            & (Assignment.starts_on.is_null() | (Assignment.starts_on <= on))
        )
        held = past.first()
    return EmployeeAsOf(
        employee=employee.id,
        on=on,
        employed=employed_on(employee, on),
        department=held.department_id if held else None,
        position=held.position_id if held else None,
        manager=held.manager_id if held else None,
        salary=salary.amount if (salary := salary_on(work, employee.id, on=on)) else None,
    )
