"""What the start page says: of oneself, of one's team, of everybody who works here, of the payroll."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from trastienda import Bars, Figure, Link, Money, Panel, Ref, Rows, ToDo, Work, total
from trastienda import gettext as _
from trastienda import lazy_gettext as lazy

from .access import plain_leave_of_team, team
from .clock import ClockRecord
from .documents import expiring_documents
from .employees import Employee, oneself
from .leave.feeds import address_panel
from .leave.ledger import LeaveEntry
from .leave.requests import LeaveRequest
from .leave.types import LeaveType
from .payroll.payslips import PayrollRun, Payslip

SOON = 7
RUNS = 12
HUNDREDTH = Decimal("0.01")


def mine(work: Work) -> Iterator[Figure | ToDo]:
    """The days off that one has left, the working day that has begun."""
    me = oneself(work)
    if me is None:
        return
    left = (
        work.select(LeaveEntry, LeaveType.name, total(LeaveEntry.days))
        .join(LeaveType)
        .where(LeaveEntry.employee == me, LeaveEntry.date <= work.today, LeaveType.limited)
        .group_by(LeaveType.id, LeaveType.name)
        .order_by(LeaveType.name)
    )
    for name, days in work.rows(left):
        whole = days.quantize(HUNDREDTH, ROUND_DOWN)
        yield Figure(name, whole, kind="quantity", note=_("days"), link=Link("hr.leave-entry"))
    yield from _clock(work, me)
    yield ToDo(lazy("Ask for leave"), Link("hr.leave-request", new=True))


def _clock(work: Work, me: Employee) -> Iterator[Figure | ToDo]:
    begun = work.select(ClockRecord).where(ClockRecord.employee == me, ClockRecord.clock_out.is_null())
    if (open_record := begun.order_by(ClockRecord.clock_in.desc()).first()) is not None:
        yield Figure(lazy("Clocked in"), open_record.clock_in, link=Link("hr.clock-record", id=open_record.id))
        yield ToDo(lazy("Clock out"), Link("hr.clock-record", id=open_record.id))
    else:
        yield ToDo(lazy("Clock in"), Link("hr.clock-record", new=True))


def my_pay(work: Work) -> Iterator[Figure]:
    slips = work.select(Payslip).where(Payslip.employee == oneself(work), Payslip.state == "approved")
    if (last := slips.order_by(Payslip.ends_on.desc(), Payslip.id.desc()).first()) is not None:
        yield Figure(lazy("Last payslip, net"), last.net, link=Link("hr.payslip", id=last.id))


def my_team(work: Work) -> Iterator[Figure | Rows | ToDo]:
    """Of those who report to the reader: who is away, and what waits for his decision."""
    people = work.select(Employee).where(Employee.id.in_(team(work.actor)), _here(work)).count()
    if not people:
        return
    requests = work.select(LeaveRequest).where(plain_leave_of_team(work.actor))
    waiting = list(requests.where(LeaveRequest.state == "submitted").order_by(LeaveRequest.starts_on))
    yield Figure(lazy("In my team"), people, link=Link("hr.employee"))
    yield from _away(work, requests)
    if waiting:
        yield ToDo(
            lazy("Leave to decide on"),
            Link("hr.leave-request", {"state": "submitted"}),
            count=len(waiting),
            due=waiting[0].starts_on,
        )


class Away(NamedTuple):
    employee: Ref[Employee]
    from_: Date
    until: Date


def people(work: Work) -> Iterator[Figure | Rows]:
    """Who works here today, and who is on leave within the week."""
    yield Figure(lazy("Employees"), work.select(Employee).where(_here(work)).count(), link=Link("hr.employee"))
    yield from _away(work, work.select(LeaveRequest))


def _here(work: Work) -> Any:
    return (Employee.starts_on <= work.today) & (Employee.ends_on.is_null() | (Employee.ends_on >= work.today))


def _away(work: Work, requests: Any) -> Iterator[Figure | Rows]:
    soon = requests.where(
        LeaveRequest.state == "approved",
        LeaveRequest.starts_on <= work.today + timedelta(days=SOON),
        LeaveRequest.ends_on >= work.today,
    )
    away = [
        Away(Ref(each.employee_id), each.starts_on, each.ends_on) for each in soon.order_by(LeaveRequest.starts_on)
    ]
    yield Figure(lazy("Away today"), sum(each.from_ <= work.today for each in away))
    if away:
        labels = {"employee": lazy("Employee"), "from_": lazy("From"), "until": lazy("Until")}
        yield Rows(Away, away, title=lazy("Away within a week"), labels=labels)


class Paid(NamedTuple):
    period: str
    gross: Money
    cost: Money


def payrolls(work: Work) -> Iterator[Figure | Rows]:
    """What the last run comes to, and how it has gone."""
    runs = list(
        work.select(PayrollRun).where(PayrollRun.state != "draft").order_by(PayrollRun.ends_on.desc()).limit(RUNS)
    )
    if not runs:
        return
    last = runs[0]
    yield Figure(lazy("Last payroll, net"), last.net, note=last.code, link=Link("hr.payroll-run", id=last.id))
    yield Figure(lazy("Cost"), last.cost)
    labels = {"period": lazy("Period"), "gross": lazy("Gross"), "cost": lazy("Cost")}
    rows = [Paid(run.code, run.gross, run.cost) for run in reversed(runs)]
    chart = Bars(x="period", y=["gross", "cost"])
    yield Rows(Paid, rows, title=lazy("Gross and cost by period"), labels=labels, chart=chart)


def payment_file(work: Work, run: PayrollRun) -> Iterator[ToDo]:
    """Beside a run that was paid: what the bank is sent."""
    if run.state == "paid":
        yield ToDo(_("SEPA file for the bank"), Link(f"/api/v1/hr/payroll-runs/{quote(run.code)}/sepa.xml"))


def papers(work: Work) -> Iterator[ToDo]:
    found = list(expiring_documents(work, within_days=30))
    if found:
        link = Link("hr.expiring-documents", {"within_days": 30})
        yield ToDo(lazy("Documents that run out"), link, count=len(found), due=found[0].expires_on)


panels = [
    Panel("hr.mine", mine, label=lazy("My matters"), permission="hr.leave-request", own=True),
    Panel("hr.my-pay", my_pay, label=lazy("My pay"), permission="hr.payslip", own=True),
    Panel("hr.my-team", my_team, label=lazy("My team"), permission="hr.timesheet", own=True),
    Panel("hr.people", people, label=lazy("People"), permission="hr.leave-request"),
    Panel(
        "hr.feed-address",
        address_panel,
        on="hr.calendar-feed",
        label=lazy("For your calendar program"),
        permission="hr.calendar-feed",
    ),
    Panel("hr.payrolls", payrolls, label=lazy("Payroll"), permission="hr.payroll-run"),
    Panel("hr.bank", payment_file, label=lazy("Payment"), on="hr.payroll-run", permission="hr.payment-file"),
    Panel("hr.papers", papers, label=lazy("Papers"), permission="hr.expiring-documents"),
]
