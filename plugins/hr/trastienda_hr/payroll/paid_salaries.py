"""A salary that somebody was paid by stays as it was: a raise is a new one from a day on."""

from datetime import date as Date

from peewee import fn

from trastienda import Money, Refusal, Work
from trastienda import gettext as _

from ..salaries import Salary
from .payslips import Payslip


class SalaryWasPaid(Refusal):
    def __init__(self, until: Date) -> None:
        text = _("It was paid by until {day}: enter another salary that begins later, or correct it")
        super().__init__(text.format(day=until.isoformat()))
        self.until = until


def correct(work: Work, salary: Salary, *, amount: Money) -> None:
    """It was wrong from its first day; what was paid by it is put right by a run of corrections."""
    work.once((refuse_change_of_paid, salary.id), lambda: True)
    salary.amount = amount


def refuse_change_of_paid(work: Work, salary: Salary) -> None:
    """Told before a salary is written, and after one is deleted."""
    stored = work.select(Salary, Salary.starts_on, Salary.employee, Salary.amount).where(Salary.id == salary.id)
    starts_on, employee, amount = next(work.rows(stored), (salary.starts_on, salary.employee_id, None))
    if work.once((refuse_change_of_paid, salary.id), lambda: False):
        return
    if (starts_on, employee, amount) == (salary.starts_on, salary.employee_id, salary.amount):
        return
    others = (Salary.employee == employee) & (Salary.id != salary.id) & (Salary.starts_on > starts_on)
    ((following,),) = work.rows(work.select(Salary, fn.MIN(Salary.starts_on)).where(others))
    paid = (Payslip.employee == employee) & (Payslip.state == "approved") & (Payslip.ends_on >= starts_on)
    if following is not None:
        paid &= Payslip.ends_on < following
    ((until,),) = work.rows(work.select(Payslip, fn.MAX(Payslip.ends_on)).where(paid))
    if until is not None:
        raise SalaryWasPaid(until)
