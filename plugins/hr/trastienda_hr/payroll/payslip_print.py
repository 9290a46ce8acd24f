"""The payslip on paper: for the employee, for the file, and a whole run's for the printer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from trastienda import Block, Document, Field, Money, Note, Print, Rate, Rows, Signatures, Totals, Work
from trastienda import gettext as _

from ..employees import Employee
from ..personal_data import PersonalData
from ..positions import Position
from ..salaries import salary_on
from .payslips import NOTHING, PayrollRun, Payslip, PayslipLine
from .sepa import masked


class Earned(NamedTuple):
    name: str
    base: Money | None
    rate: Rate | None
    amount: Money


class Basis(NamedTuple):
    name: str
    amount: Money
    explanation: str


LABELS = {"name": "Concept", "base": "Base", "rate": "Percent", "amount": "Amount", "explanation": "How it came about"}


def payslip(work: Work, slip: Payslip) -> Document:
    """Who, when, what was earned and withheld, what it costs the employer, and how each line came about."""
    employee = work.get(Employee, slip.employee_id)
    lines = slip.lines_of(PayslipLine)
    return Document(
        _("Payslip"),
        number=f"{work.get(PayrollRun, slip.run_id).code}-{slip.id}",
        parts=[
            Block(_("Employee"), _employee(work, employee)),
            Block(_("Employment"), _employment(work, slip, employee)),
            _rows(_("Earnings"), lines, "earning"),
            _rows(_("Deductions"), lines, "deduction"),
            Totals(
                [
                    Field(_("Gross"), slip.gross),
                    Field(_("Deductions"), slip.deductions),
                    Field(_("Net pay"), slip.net),
                ]
            ),
            _rows(_("Contributions of the employer"), lines, "employer"),
            Note(_payment(work, slip)),
            Signatures([_("For the company"), _("I received it")]),
            _bases(lines),
        ],
    )


def payslips(work: Work, run: PayrollRun) -> Sequence[Document]:
    """Of a whole run, by the employees' codes, each on pages of its own."""
    query = work.select(Payslip).join(Employee, on=Payslip.employee == Employee.id).where(Payslip.run == run.id)
    return [payslip(work, slip) for slip in query.order_by(Employee.code)]


def _employee(work: Work, employee: Employee) -> list[Field]:
    data = work.select(PersonalData).where(PersonalData.employee == employee.id).first()
    known = [
        Field(_("Tax number"), data.tax_id),
        Field(_("Social security number"), data.social_security_number),
    ]
    return [Field(_("Name"), employee.name), Field(_("Code"), employee.code), *(known if data else ())]


def _employment(work: Work, slip: Payslip, employee: Employee) -> list[Field]:
    salary = salary_on(work, employee.id, on=slip.ends_on)
    position = work.get(Position, employee.position_id).name if employee.position_id else ""
    return [
        Field(_("From"), slip.starts_on),
        Field(_("Until"), slip.ends_on),
        Field(_("Days"), (slip.ends_on - slip.starts_on).days + 1),
        Field(_("Position"), position),
        Field(_("Employed since"), employee.starts_on),
        Field(_("Contribution group"), salary.contribution_group if salary else None),
    ]


def _rows(title: str, lines: Sequence[PayslipLine], kind: str) -> Rows:
    rows = [Earned(line.name, line.base, _rate(line), line.amount) for line in lines if line.kind == kind]
    return Rows(Earned, rows, title=title, labels=LABELS, totals=["amount"])


def _rate(line: PayslipLine) -> Decimal | None:
    """As the rule had it, else what it came to, in percent."""
    if line.rate is not None or not line.base:
        return line.rate
    return (line.amount * 100 / line.base).quantize(Decimal("0.01"))


def _bases(lines: Sequence[PayslipLine]) -> Rows:
    """How each amount came about: the law, the formula and its values."""
    rows = [Basis(line.name, line.amount, line.explanation) for line in lines if line.explanation]
    return Rows(Basis, rows, title=_("How it came about"), labels=LABELS)


def _payment(work: Work, slip: Payslip) -> str:
    run = work.get(PayrollRun, slip.run_id)
    data = work.select(PersonalData).where(PersonalData.employee == slip.employee_id).first()
    if run.pay_on is None or data is None or not data.iban or slip.net <= NOTHING:
        return ""
    return _("Paid on {day} to the account {iban}").format(day=run.pay_on.isoformat(), iban=masked(data.iban))


prints: list[Print[Any]] = [
    Print("payslip", "hr.payslip", payslip, label="Payslip"),
    Print("payslips", "hr.payroll-run", payslips, label="Payslips"),
]
