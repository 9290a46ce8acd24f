"""Payslips and the runs that make them; each line says how its amount came about."""

from decimal import Decimal

from peewee import CharField, DateField, ForeignKeyField, IntegerField, TextField

from trastienda import Child, ChoiceField, MoneyField, QuantityField, Record, StateField

from ..departments import Department
from ..employees import Employee
from .structures import SalaryStructure

NOTHING = Decimal(0)


class PayrollRun(Record):
    code = CharField(20, verbose_name="Code")
    name = CharField(120, default="", verbose_name="Name")
    kind = ChoiceField("ordinary", "extra", "correction", default="ordinary", verbose_name="Kind")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    pay_on = DateField(null=True, verbose_name="Paid on")
    round = IntegerField(default=0, verbose_name="Round", help_text="Of corrections of the same period: 1, 2, ...")
    state = StateField("draft", "computed", "approved", "posted", "paid", verbose_name="State")
    payslips = IntegerField(default=0, verbose_name="Payslips")
    gross = MoneyField(default=NOTHING, verbose_name="Gross")
    net = MoneyField(default=NOTHING, verbose_name="Net")
    cost = MoneyField(default=NOTHING, verbose_name="Cost")

    class Meta:
        indexes = ((("company", "code"), True),)


class PayrollInput(Record):
    """Something that counts in one period only: hours, sales, an advance. Formulas use it by its code."""

    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    date = DateField(verbose_name="Date")
    code = CharField(20, verbose_name="Code")
    quantity = QuantityField(verbose_name="Quantity")

    class Meta:
        indexes = ((("company", "employee", "date", "code"), True),)


class Payslip(Record):
    run = ForeignKeyField(PayrollRun, on_delete="RESTRICT", verbose_name="Payroll run")
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    department = ForeignKeyField(Department, null=True, on_delete="RESTRICT", verbose_name="Department")
    structure = ForeignKeyField(SalaryStructure, on_delete="RESTRICT", verbose_name="Salary structure")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    kind = ChoiceField("ordinary", "extra", "correction", verbose_name="Kind")
    round = IntegerField(default=0, verbose_name="Round")
    state = StateField("draft", "approved", verbose_name="State")
    gross = MoneyField(default=NOTHING, verbose_name="Gross")
    deductions = MoneyField(default=NOTHING, verbose_name="Deductions")
    net = MoneyField(default=NOTHING, verbose_name="Net")
    cost = MoneyField(default=NOTHING, verbose_name="Cost")

    run_id: int
    employee_id: int
    department_id: int | None

    class Meta:
        indexes = ((("company", "employee", "starts_on", "kind", "round"), True),)


class PayslipLine(Child):
    payslip = ForeignKeyField(Payslip, on_delete="CASCADE")
    rule = CharField(20, verbose_name="Rule")
    name = CharField(120, verbose_name="Name")
    kind = ChoiceField("earning", "deduction", "employer", "figure", verbose_name="Kind")
    base = MoneyField(null=True, verbose_name="Base")
    rate = QuantityField(null=True, verbose_name="Percent")
    amount = MoneyField(verbose_name="Amount")
    explanation = TextField(default="", verbose_name="How it came about")
    account = CharField(41, default="", verbose_name="Account")
