"""What somebody is paid from a day on. A record of its own, so that few see it."""

from collections.abc import Iterable, Iterator
from datetime import date as Date
from decimal import Decimal

from peewee import CharField, DateField, ForeignKeyField, IntegerField

from trastienda import Fault, MoneyField, QuantityField, Record, Work
from trastienda import gettext as _

from .employees import Employee
from .payroll.structures import SalaryStructure

NOTHING = Decimal(0)


class Salary(Record):
    employee = ForeignKeyField(Employee, on_delete="CASCADE", verbose_name="Employee")
    starts_on = DateField(verbose_name="From")
    amount = MoneyField(verbose_name="Monthly gross")
    structure = ForeignKeyField(SalaryStructure, null=True, on_delete="RESTRICT", verbose_name="Salary structure")
    contribution_group = IntegerField(default=7, verbose_name="Contribution group", help_text="1 to 11, Spain")
    withholding = QuantityField(
        default=NOTHING, verbose_name="Income tax", help_text="Rate of withholding in percent, as given"
    )
    accident_percent = QuantityField(
        default=Decimal("1.5"), verbose_name="Accident cover", help_text="The employer's rate by activity, percent"
    )
    reason = CharField(200, default="", verbose_name="Reason")

    employee_id: int
    structure_id: int | None

    class Meta:
        indexes = ((("company", "employee", "starts_on"), True),)


def salary_faults(salary: Salary) -> Iterator[Fault]:
    if salary.amount < 0:
        yield Fault(Salary.amount, _("A salary is not negative"))
    if not 1 <= salary.contribution_group <= 11:
        yield Fault(Salary.contribution_group, _("Contribution groups go from 1 to 11"))
    for field, percent in (
        (Salary.withholding, salary.withholding),
        (Salary.accident_percent, salary.accident_percent),
    ):
        if not 0 <= percent <= 100:
            yield Fault(field, _("From 0 to 100 percent"))


def latest(salaries: Iterable[Salary], *, on: Date) -> Salary | None:
    """The one of these that began last by that day."""
    begun = (salary for salary in salaries if salary.starts_on <= on)
    return max(begun, key=lambda salary: salary.starts_on, default=None)


def salary_on(work: Work, employee: int, *, on: Date) -> Salary | None:
    """The latest one that began by that day."""
    begun = work.select(Salary).where((Salary.employee == employee) & (Salary.starts_on <= on))
    found: Salary | None = begun.order_by(Salary.starts_on.desc()).first()
    return found
