"""Running a payroll: who is paid, what is known of each, and the steps from draft to paid.

A payslip is made once for an employee, period, kind and round: a unique index says so, whoever runs what at once.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal

from peewee import ModelSelect

from trastienda import Fault, Refusal, Work, total
from trastienda import gettext as _

from ..employees import Employee
from ..salaries import Salary
from .computing import NOTHING, Pay, PayInput, PayLine, Rule, RuleFailed, compute, plain
from .entered_figures import figures_of
from .formula import FormulaError
from .known import Known, known_of
from .payslips import PayrollRun, Payslip, PayslipLine
from .sepa import pay_file
from .structures import SalaryStructure, rules_of

#: Payslips computed between two flushes, so that a large run needs no more memory than a small one.
BATCH = 250
LONGEST = 366


class PayrollRefused(Refusal):
    def __init__(self, run: PayrollRun, why: str) -> None:
        super().__init__(why)
        self.run = run


def run_faults(run: PayrollRun) -> Iterator[Fault]:
    if not run.code.strip():
        yield Fault(PayrollRun.code, _("A payroll run needs a code"))
    if run.ends_on < run.starts_on:
        yield Fault(PayrollRun.ends_on, _("The last day is before the first"))
    elif (run.ends_on - run.starts_on).days >= LONGEST:
        yield Fault(PayrollRun.ends_on, _("A period is a year at most"))
    if (run.kind == "correction") != (run.round > 0):
        yield Fault(PayrollRun.round, _("Corrections, and they alone, have a round: 1, 2, ..."))


def first_day_due(work: Work) -> Date:
    """Of the month whose turn it is: after the last ordinary run, else this one."""
    runs = work.select(PayrollRun).where(PayrollRun.kind == "ordinary")
    last = runs.order_by(PayrollRun.ends_on.desc()).first()
    return work.today.replace(day=1) if last is None else (last.ends_on + timedelta(days=1)).replace(day=1)


def last_day_due(work: Work) -> Date:
    first = first_day_due(work)
    return first.replace(day=monthrange(first.year, first.month)[1])


def code_due(work: Work) -> str:
    return f"{first_day_due(work):%Y-%m}"


def compute_run(work: Work, run: PayrollRun) -> None:
    """Run of draft -> computed: whoever has no payslip in it yet gets one."""
    while compute_batch(work, run):
        work.checkpoint()
    work.save(run)
    sums = work.select(Payslip, total(Payslip.gross), total(Payslip.net), total(Payslip.cost)).where(
        Payslip.run == run.id
    )
    ((gross, net, cost),) = work.rows(sums)
    run.payslips = work.select(Payslip).where(Payslip.run == run.id).count()
    run.gross, run.net, run.cost = (each or NOTHING for each in (gross, net, cost))
    if not run.payslips:
        raise PayrollRefused(run, _("Nobody with a salary is employed in the period"))


def compute_batch(work: Work, run: PayrollRun) -> int:
    """The next payslips of a run that is under way; how many were made."""
    waiting = list(waiting_for(work, run).order_by(Employee.id).limit(BATCH))
    known = known_of(work, run, waiting)
    work.add_all([_payslip(work, run, employee, known) for employee in waiting])
    return len(waiting)


def waiting_for(work: Work, run: PayrollRun) -> "ModelSelect[Employee]":
    """Those employed and paid in the period who have no payslip of it."""
    done = work.select(Payslip, Payslip.employee).where(
        (Payslip.starts_on == run.starts_on) & (Payslip.kind == run.kind) & (Payslip.round == run.round)
    )
    paid = work.select(Salary, Salary.employee).where(Salary.starts_on <= run.ends_on)
    return work.select(Employee).where(
        Employee.id.in_(paid)
        & Employee.id.not_in(done)
        & (Employee.starts_on.is_null() | (Employee.starts_on <= run.ends_on))
        & (Employee.ends_on.is_null() | (Employee.ends_on >= run.starts_on))
        & ~(Employee.left & Employee.ends_on.is_null())
    )


def _payslip(work: Work, run: PayrollRun, employee: Employee, known: Known) -> tuple[Payslip, list[PayslipLine]]:
    day = min(run.ends_on, employee.ends_on or run.ends_on)
    salary = known.salary(employee, on=day)
    if salary is None or salary.structure_id is None:
        raise PayrollRefused(run, _("{code}: no salary structure").format(code=employee.code))
    rules = _rules(work, salary.structure_id)
    try:
        pay = compute(rules, PayInput(_names(work, run, employee, salary, known), figures_of(work), on=day))
    except (RuleFailed, FormulaError) as error:
        raise PayrollRefused(run, _("{code}: {why}").format(code=employee.code, why=error)) from error
    if run.kind == "correction":
        pay = corrected(pay, known.paid_before.get(employee.id, {}))
    slip = Payslip(
        run=run.id,
        employee=employee.id,
        department=known.department(employee, on=day),
        structure=salary.structure_id,
        starts_on=run.starts_on,
        ends_on=run.ends_on,
        kind=run.kind,
        round=run.round,
        gross=pay.gross,
        deductions=pay.total("deduction"),
        net=pay.net,
        cost=pay.cost,
    )
    return slip, [_line(line) for line in pay.lines]


def _line(line: PayLine) -> PayslipLine:
    """With all its columns at once, and no descriptor's call for each: a long run makes a great many."""
    made = PayslipLine(__no_default__=True)
    made.__data__.update(zip(PayLine._fields, line, strict=True))
    return made


def _rules(work: Work, structure: int) -> list[Rule]:
    return work.once((SalaryStructure, structure), lambda: rules_of(work.get(SalaryStructure, structure)))


def _names(
    work: Work, run: PayrollRun, employee: Employee, salary: Salary, known: Known
) -> Mapping[str, Decimal]:
    """What formulas may use, beside the codes of earlier rules and of the period's inputs."""
    first, last = run.starts_on, run.ends_on
    hours = known.hours(work, employee, first, last)
    contract = known.contract(employee, on=last)
    names = {
        "salary": salary.amount,
        "withholding": salary.withholding,
        "accident_percent": salary.accident_percent,
        "contribution_group": Decimal(salary.contribution_group),
        "minimum_base": _minimum_base(work, salary, on=run.ends_on),
        "calendar_days": Decimal((last - first).days + 1),
        "employed_days": Decimal(_employed_days(employee, first, last)),
        "worked_days": Decimal(len(hours)),
        "planned_hours": sum(hours.values(), NOTHING),
        "part_time": contract.part_time if contract else Decimal(100),
        "temporary": Decimal(contract is not None and contract.kind == "temporary"),
        "seniority_years": Decimal(_years(employee.starts_on, run.ends_on)),
    }
    names.update(dict.fromkeys(known.codes, NOTHING))
    names.update(known.inputs.get(employee.id, {}))
    return names


def _employed_days(employee: Employee, first: Date, last: Date) -> int:
    begin, end = max(first, employee.starts_on or first), min(last, employee.ends_on or last)
    return max((end - begin).days + 1, 0)


def _years(since: Date | None, on: Date) -> int:
    return 0 if since is None else on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def _minimum_base(work: Work, salary: Salary, *, on: Date) -> Decimal:
    """Groups 5 to 11 have that of group 4; none where the law is not known so early."""
    figures = figures_of(work)
    name = f"ss.min.{min(salary.contribution_group, 4)}"
    known = any(figure.since <= on for figure in figures.figures.get(name, ()))
    return figures.value(name, on=on) if known else NOTHING


# -- corrections
def corrected(now: Pay, before: Mapping[str, PayLine]) -> Pay:
    """What is due beyond what was paid for the same period, rule by rule; may be negative."""
    wanted = {line.rule: line for line in now.lines}
    lines = []
    for rule in dict.fromkeys([*wanted, *before]):
        line = wanted.get(rule) or before[rule]
        due = wanted[rule].amount if rule in wanted else NOTHING
        paid = before[rule].amount if rule in before else NOTHING
        if due != paid:
            why = _("{due} due, {paid} paid before").format(due=plain(due), paid=plain(paid))
            lines.append(line._replace(amount=due - paid, base=None, rate=None, explanation=why))
    return Pay(lines)


# -- the further steps
def payslips_of(work: Work, run: PayrollRun) -> list[Payslip]:
    ids = work.rows(work.select(Payslip, Payslip.id).where(Payslip.run == run.id).order_by(Payslip.id))
    return work.lock_many(Payslip, [number for (number,) in ids])


def reopen(work: Work, run: PayrollRun) -> None:
    """Run of computed -> draft: the payslips are thrown away, to be computed afresh."""
    for slip in payslips_of(work, run):
        work.delete(slip)
    run.payslips, run.gross, run.net, run.cost = 0, NOTHING, NOTHING, NOTHING


def approve_run(work: Work, run: PayrollRun) -> None:
    """Run of computed -> approved: its payslips are final and the employees may see them."""
    for slip in payslips_of(work, run):
        if slip.state == "draft":
            work.act(slip, "approve")


def post_run(work: Work, run: PayrollRun) -> None:
    """Run of approved -> posted: accounting, where it is on, posts it in the same work."""
    if "ledger.post/1" not in work.site.registry.services:
        raise PayrollRefused(run, _("Accounting is not on: the run stays approved, not posted"))


def pay_run(work: Work, run: PayrollRun) -> None:
    """Run of approved or posted -> paid: makes the bank's file."""
    run.pay_on = run.pay_on or work.today
    pay_file(work, run)
