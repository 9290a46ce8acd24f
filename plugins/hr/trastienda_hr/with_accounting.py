"""Loaded while accounting is on: the approval of a payroll run posts it, in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from peewee import JOIN

from trastienda import InTransaction, Plugin, SettingsForm, Work, entered, lazy_gettext, setting, total
from trastienda_accounting import Line, credit, debit, default_account, post_entry

from .departments import Department
from .payroll.payslips import PayrollRun, Payslip, PayslipLine


@dataclass(frozen=True)
class PayrollPosting:
    """Where payroll is posted; empty accounts are the defaults of the company's chart."""

    journal: str = setting("NOM", label=lazy_gettext("Journal"))
    expense: str = setting("", label=lazy_gettext("Account of salaries"))
    contributions: str = setting("", label=lazy_gettext("Account of the employer's contributions"))
    authorities: str = setting("", label=lazy_gettext("Account owed to the authorities"))
    payable: str = setting("", label=lazy_gettext("Account owed to the employees"))


PAYROLL_POSTING = SettingsForm(
    PayrollPosting,
    label=lazy_gettext("How payroll is posted"),
    help=lazy_gettext("An account that is left empty is the default one of the company's chart."),
)


def post_approved(work: Work, run: PayrollRun) -> None:
    work.act(run, "post")


def post_to_ledger(work: Work, run: PayrollRun) -> None:
    """By department and account; the net is owed to the employees."""
    to = work.settings(PayrollPosting)
    work.flush()
    query = (
        PayslipLine.select(
            Department.code, PayslipLine.kind, PayslipLine.account, total(PayslipLine.amount).alias("amount")
        )
        .join(Payslip)
        .join(Department, JOIN.LEFT_OUTER, on=Payslip.department == Department.id)
        .where((Payslip.run == run.id) & (PayslipLine.kind != "figure"))
        .group_by(Department.code, PayslipLine.kind, PayslipLine.account)
        .order_by(Department.code, PayslipLine.kind, PayslipLine.account)
    )
    lines: list[Line] = []
    for department, kind, account, amount in work.rows(query):
        text = f"{run.code} {department or ''}".strip()
        named = account.partition("/")
        if kind == "earning":
            lines += _side(account or to.expense or _default(work, "salaries"), amount, text)
        elif kind == "deduction":
            lines += _side(account or to.authorities or _default(work, "social_security_payable"), -amount, text)
        else:
            cost = named[0] or to.contributions or _default(work, "social_security_employer")
            owed = named[2] or to.authorities or _default(work, "social_security_payable")
            lines += [*_side(cost, amount, text), *_side(owed, -amount, text)]
    lines += _side(to.payable or _default(work, "salaries_payable"), -run.net, run.code)
    post_entry(
        work,
        source=f"hr.payroll-run/{run.id}",
        journal=to.journal,
        date=run.ends_on,
        reference=run.code,
        description=run.name or run.code,
        lines=lines,
    )


def _default(work: Work, role: str) -> str:
    return str(default_account(work, role).code)


def _side(account: str, amount: Decimal, text: str) -> Sequence[Line]:
    """A debit, or where negative a credit; nothing for nothing."""
    if amount > 0:
        return [debit(account, amount, description=text)]
    return [credit(account, -amount, description=text)] if amount < 0 else []


plugin = Plugin(
    "hr+accounting",
    settings=[PAYROLL_POSTING],
    subscribers=[
        InTransaction(entered(PayrollRun, "posted"), post_to_ledger),
        InTransaction(entered(PayrollRun, "approved"), post_approved),
    ],
)
