"""What other plugins may ask: who somebody is, what held for him on a day, which days he is to work."""

from collections.abc import Mapping
from datetime import date as Date
from decimal import Decimal
from typing import Any

from trastienda import Service, Work

from .assignments import EmployeeAsOf, as_of
from .contracts import planned_hours
from .employees import Employee


def _find(work: Work, *, code: str | None = None, user: int | None = None) -> Employee | None:
    """By code, or as who signs in."""
    if code is not None:
        return work.find(Employee, code)
    found: Employee | None = work.select(Employee).where(Employee.user == (user or 0)).first()
    return found


def _as_of(work: Work, *, employee: int, on: Date) -> EmployeeAsOf:
    return as_of(work, work.get(Employee, employee), on=on)


def _working_days(work: Work, *, employee: int, first: Date, last: Date) -> Mapping[Date, Decimal]:
    """The days to be worked, with their hours."""
    return planned_hours(work, work.get(Employee, employee), first, last)


find_employee = Service("employee.find/1", _find)
employee_as_of = Service("employee.as_of/1", _as_of)
working_days = Service("calendar.working_days/1", _working_days)

services: list[Service[..., Any]] = [find_employee, employee_as_of, working_days]
