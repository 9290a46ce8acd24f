"""What a payroll run must know of many employees at once: a few queries for a batch, however many they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from typing import Any, TypeVar, cast

from peewee import SQL, Expression, ForeignKeyField

from trastienda import Record, Work, total

from ..assignments import Assignment, held_on
from ..contracts import Contract, contract_covering, hours_planned
from ..employees import Employee
from ..salaries import Salary, latest
from .computing import NOTHING, PayLine, RuleKind
from .payslips import PayrollInput, PayrollRun, Payslip, PayslipLine

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Known:
    """By the employees' ids; `codes` are those that inputs ever had."""

    salaries: Mapping[int, Sequence[Salary]]
    contracts: Mapping[int, Sequence[Contract]]
    assignments: Mapping[int, Sequence[Assignment]]
    inputs: Mapping[int, Mapping[str, Decimal]]
    paid_before: Mapping[int, Mapping[str, PayLine]]
    codes: Sequence[str]

    def salary(self, employee: Employee, *, on: Date) -> Salary | None:
        return latest(self.salaries.get(employee.id, ()), on=on)

    def contract(self, employee: Employee, *, on: Date) -> Contract | None:
        return contract_covering(self.contracts.get(employee.id, ()), on)

    def department(self, employee: Employee, *, on: Date) -> int | None:
        held = held_on(employee, self.assignments.get(employee.id, ()), on=on)
        return held.department_id if held is not None else None

    def hours(self, work: Work, employee: Employee, first: Date, last: Date) -> Mapping[Date, Decimal]:
        return hours_planned(work, employee, self.contracts.get(employee.id, ()), first, last)


def known_of(work: Work, run: PayrollRun, employees: Sequence[Employee]) -> Known:
    """Of these employees in the run's period."""
    ids = _ids(employees)
    within = (Contract.starts_on <= run.ends_on) & (Contract.ends_on.is_null() | (Contract.ends_on >= run.starts_on))
    codes = work.select(PayrollInput, PayrollInput.code).distinct()
    return Known(
        salaries=_by_employee(work, Salary, ids, Salary.starts_on <= run.ends_on),
        contracts=_by_employee(work, Contract, ids, within),
        assignments=_by_employee(work, Assignment, ids, Assignment.ends_on >= run.starts_on),
        inputs=_inputs(work, run, ids),
        paid_before=_paid_before(work, run, ids) if run.kind == "correction" else {},
        codes=work.once(known_of, lambda: [code for (code,) in work.rows(codes)]),
    )


def _ids(employees: Sequence[Employee]) -> SQL:
    """For IN: written out, as hundreds of parameters would take longer to render than their rows to read."""
    return SQL(f"({', '.join(str(employee.id) for employee in employees) or 'NULL'})")


def _by_employee(work: Work, model: type[R], ids: SQL, where: Expression) -> dict[int, list[R]]:
    column = cast("ForeignKeyField[Any]", model._meta.fields["employee"])
    found: dict[int, list[R]] = {}
    for record in work.select(model).where(column.in_(ids) & where):
        found.setdefault(record.__data__["employee"], []).append(record)
    return found


def _inputs(work: Work, run: PayrollRun, ids: SQL) -> dict[int, dict[str, Decimal]]:
    query = work.select(PayrollInput, PayrollInput.employee, PayrollInput.code, total(PayrollInput.quantity)).where(
        PayrollInput.employee.in_(ids) & PayrollInput.date.between(run.starts_on, run.ends_on)
    )
    found: dict[int, dict[str, Decimal]] = {}
    for employee, code, quantity in work.rows(query.group_by(PayrollInput.employee, PayrollInput.code)):
        found.setdefault(employee, {})[code] = quantity
    return found


def _paid_before(work: Work, run: PayrollRun, ids: SQL) -> dict[int, dict[str, PayLine]]:
    """Rule by rule, the sums of the same period's ordinary payslips and of earlier corrections."""
    query = (
        PayslipLine.select(PayslipLine, Payslip.employee)
        .join(Payslip)
        .where(
            Payslip.employee.in_(ids)
            & (Payslip.starts_on == run.starts_on)
            & Payslip.kind.in_(["ordinary", "correction"])
            & (Payslip.round < run.round)
        )
        .order_by(PayslipLine.id)
    )
    found: dict[int, dict[str, PayLine]] = {}
    for line in query:
        mine = found.setdefault(line.payslip.__data__["employee"], {})
        amount = line.amount + (mine[line.rule].amount if line.rule in mine else NOTHING)
        kind = cast(RuleKind, line.kind)
        mine[line.rule] = PayLine(line.rule, kind, line.name, None, None, amount, "", line.account)
    return found
