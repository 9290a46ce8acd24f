"""Reports about pay: for those who may see salaries."""

from collections.abc import Iterator
from datetime import date as Date
from typing import NamedTuple

from peewee import JOIN

from trastienda import Money, Ref, Work, total

from ..departments import Department
from ..employees import Employee
from ..payroll.payslips import PayrollRun, Payslip
from .people import dates, seen


class RegisterRow(NamedTuple):
    run: Ref[PayrollRun]
    employee: Ref[Employee]
    gross: Money
    deductions: Money
    net: Money
    cost: Money


def payroll_register(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[RegisterRow]:
    """Payslips whose period ends within both dates."""
    first, last = dates(work, from_, to)
    columns = (Payslip.run, Payslip.employee, Payslip.gross, Payslip.deductions, Payslip.net, Payslip.cost)
    query = work.select(Payslip, *columns).where(Payslip.ends_on.between(first, last))
    for run, employee, *sums in work.rows(seen(work, query, "hr.payslip").order_by(Payslip.id)):
        yield RegisterRow(Ref(run), Ref(employee), *sums)


class CostRow(NamedTuple):
    department: str
    gross: Money
    cost: Money


def payroll_cost(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[CostRow]:
    """What the employer pays, by the department of each payslip."""
    first, last = dates(work, from_, to)
    query = (
        work.select(Payslip, Department.name, total(Payslip.gross), total(Payslip.cost))
        .join(Department, JOIN.LEFT_OUTER, on=Payslip.department == Department.id)
        .where(Payslip.ends_on.between(first, last))
        .group_by(Department.name)
        .order_by(Department.name)
    )
    for department, gross, cost in work.rows(seen(work, query, "hr.payslip")):
        yield CostRow(department or "", gross, cost)
