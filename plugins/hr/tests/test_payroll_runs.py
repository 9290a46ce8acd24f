"""Runs: once for everybody, each step after the other, whoever presses at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, TrastiendaError, Work
from trastienda_hr import Employee, PayrollRun, Payslip
from trastienda_hr.payroll.payslips import PayslipLine
from trastienda_hr.payroll.runs import PayrollRefused, compute_batch
from trastienda_hr.payroll.sepa import PaymentRefused
from trastienda_hr.salaries import Salary

if TYPE_CHECKING:
    from .conftest import Firm

MAY = {"starts_on": Date(2026, 5, 1), "ends_on": Date(2026, 5, 31)}


def new_run(firm: Firm, code: str = "2026-05", **given: object) -> str:
    firm.write(lambda work: work.add(PayrollRun(code=code, **{**MAY, **given})))
    return code


def run_of(firm: Firm, code: str = "2026-05") -> PayrollRun:
    return firm.read(lambda work: work.get(PayrollRun, code))


def test_run_pays_everybody_and_sums_up(firm: Firm) -> None:
    firm.act(PayrollRun, new_run(firm), "compute")
    run = run_of(firm)
    assert (run.state, run.payslips, run.gross) == ("computed", 5, Decimal(14000))
    assert run.net == Decimal(14000) * (1 - Decimal("0.065"))


def test_two_runs_of_a_period_pay_once(firm: Firm) -> None:
    firm.act(PayrollRun, new_run(firm), "compute")
    with pytest.raises(PayrollRefused):
        firm.act(PayrollRun, new_run(firm, "again"), "compute")


def test_payslip_is_unique_in_the_database_itself(firm: Firm) -> None:
    firm.act(PayrollRun, new_run(firm), "compute")

    def double(work: Work) -> None:
        slip = work.select(Payslip).first()
        data = {name: value for name, value in slip.__data__.items() if name not in ("id", "version", "search_text")}
        work.add(Payslip(**data))

    with pytest.raises(Invalid):
        firm.write(double)


def test_200_presses_at_once_make_one_run(firm: Firm) -> None:
    new_run(firm)

    def press(_number: int) -> bool:
        with firm.site.active():
            try:
                firm.act(PayrollRun, "2026-05", "compute")
            except TrastiendaError:
                return False
            return True

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(press, range(200)))
    assert outcomes.count(True) == 1
    assert firm.read(lambda work: work.select(Payslip).count()) == 5


def test_run_that_was_cut_short_is_completed_without_a_double(firm: Firm) -> None:
    new_run(firm)
    firm.write(lambda work: compute_batch(work, work.lock(work.get(PayrollRun, "2026-05"))))
    assert (run_of(firm).state, firm.read(lambda work: work.select(Payslip).count())) == ("draft", 5)
    firm.write(lambda work: work.add(Employee(code="NEW", starts_on=Date(2026, 5, 16))))

    def pay_new(work: Work) -> None:
        known = work.select(Salary).first()
        new = work.get(Employee, "NEW")
        work.add(Salary(employee=new.id, starts_on=new.starts_on, amount=Decimal(3100), structure=known.structure_id))

    firm.write(pay_new)
    firm.act(PayrollRun, "2026-05", "compute")
    assert run_of(firm).payslips == 6
    new = firm.read(
        lambda work: (
            work.select(Payslip).join(Employee, on=Payslip.employee == Employee.id).where(Employee.code == "NEW").get()
        )
    )
    assert new.gross == Decimal(1600)


def test_raise_that_comes_late_is_paid_by_a_correction(firm: Firm) -> None:
    code = new_run(firm)
    firm.act(PayrollRun, code, "compute")
    firm.act(PayrollRun, code, "approve")
    one = firm.id_of("ONE")

    def give(work: Work) -> None:
        salary = work.select(Salary).where(Salary.employee == one).get()
        later = Salary(
            employee=one, starts_on=Date(2026, 5, 1), amount=salary.amount + 100, structure=salary.structure_id
        )
        work.add(later)

    firm.write(give)
    firm.act(PayrollRun, new_run(firm, "2026-05-C", kind="correction", round=1), "compute")
    run = run_of(firm, "2026-05-C")
    assert (run.gross, run.net) == (Decimal(100), Decimal("93.50"))
    lines = firm.read(
        lambda work: [
            line.explanation
            for line in PayslipLine.select().join(Payslip).where(Payslip.run == run.id, PayslipLine.rule == "SALARY")
        ]
    )
    assert lines == ["2900 due, 2800 paid before"]


def test_post_without_accounting_leaves_the_run_approved(firm: Firm) -> None:
    code = new_run(firm)
    firm.act(PayrollRun, code, "compute")
    firm.act(PayrollRun, code, "approve")
    with pytest.raises(PayrollRefused):
        firm.act(PayrollRun, code, "post")
    assert run_of(firm).state == "approved"


def test_pay_without_the_companys_account_is_refused(firm: Firm) -> None:
    code = new_run(firm)
    firm.act(PayrollRun, code, "compute")
    firm.act(PayrollRun, code, "approve")
    with pytest.raises(PaymentRefused):
        firm.act(PayrollRun, code, "pay")
