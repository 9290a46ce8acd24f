"""Requests for leave: asked for, decided, and written to the ledger day by day.

A day's two halves can be taken once only: `LeaveDay` has a unique row for each, so that two requests sent at the
same moment cannot both have it.
"""

from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal

from peewee import BooleanField, CharField, DateField, ForeignKeyField, TextField

from trastienda import Company, Fault, QuantityField, Record, Refusal, Row, StateField, User, Work, number_text
from trastienda import gettext as _

from ..contracts import planned_hours
from ..employees import Employee, oneself
from ..working_time import days_between
from .allocations import accrue_all
from .delegations import is_deputy
from .ledger import LeaveEntry, balance
from .types import LeaveType

HALF = Decimal("0.5")
LONGEST = 2 * 366


class LeaveRequest(Record):
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    leave_type = ForeignKeyField(LeaveType, on_delete="RESTRICT", verbose_name="Leave type")
    starts_on = DateField(verbose_name="First day")
    ends_on = DateField(verbose_name="Last day")
    from_noon = BooleanField(default=False, verbose_name="First day from noon")
    until_noon = BooleanField(default=False, verbose_name="Last day until noon")
    days = QuantityField(default=Decimal(0), verbose_name="Days", help_text="Counted when it is submitted")
    reason = TextField(default="", verbose_name="Reason")
    state = StateField("draft", "submitted", "approved", "refused", "cancelled", verbose_name="State")
    decided_by = ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="Decided by")
    answer = CharField(200, default="", verbose_name="Answer")

    employee_id: int
    leave_type_id: int
    decided_by_id: int | None

    class Meta:
        indexes = ((("company", "starts_on"), False),)


class LeaveDay(Row):
    """A half of a day that a request has taken, before or after noon."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    employee = ForeignKeyField(Employee, on_delete="RESTRICT")
    date = DateField()
    half = CharField(2)
    request = ForeignKeyField(LeaveRequest, on_delete="CASCADE")

    class Meta:
        indexes = ((("company", "employee", "date", "half"), True),)


class LeaveRefused(Refusal):
    def __init__(self, request: LeaveRequest, why: str) -> None:
        super().__init__(why)
        self.request = request


def request_faults(request: LeaveRequest) -> Iterator[Fault]:
    length = (request.ends_on - request.starts_on).days
    if length < 0:
        yield Fault(LeaveRequest.ends_on, _("The last day is before the first"))
    elif length > LONGEST:
        yield Fault(LeaveRequest.ends_on, _("A request is for two years at most"))
    elif length == 0 and request.from_noon and request.until_noon:
        yield Fault(LeaveRequest.until_noon, _("From noon until noon of the same day is nothing"))


def halves(request: LeaveRequest, days: list[Date]) -> list[tuple[Date, str]]:
    """The halves of the days that it takes."""
    found = [(day, half) for day in days for half in ("am", "pm")]
    if request.from_noon:
        found = [each for each in found if each != (request.starts_on, "am")]
    if request.until_noon:
        found = [each for each in found if each != (request.ends_on, "pm")]
    return found


def type_of_last(work: Work) -> LeaveType | None:
    """With which a new request begins: what one asked for last."""
    me = oneself(work)
    asked = work.select(LeaveRequest).where(LeaveRequest.employee == me).order_by(LeaveRequest.id.desc())
    last = asked.first() if me is not None else None
    return None if last is None else work.get(LeaveType, last.leave_type_id)


def submit(work: Work, request: LeaveRequest) -> None:
    """Run of draft -> submitted: the days are counted and taken, and must be there to be had."""
    kind = work.get(LeaveType, request.leave_type_id)
    employee = work.lock(work.get(Employee, request.employee_id))
    if kind.counts == "working":
        days = list(planned_hours(work, employee, request.starts_on, request.ends_on))
    else:
        days = list(days_between(request.starts_on, request.ends_on))
    taken = halves(request, days)
    if not taken:
        raise LeaveRefused(request, _("There is no working day in these days"))
    _refuse_overlap(work, request, taken)
    request.days = HALF * len(taken)
    if kind.limited:
        _refuse_beyond_balance(work, request)
    rows = [
        {"company": work.company.id, "employee": employee.id, "date": day, "half": half, "request": request.id}
        for day, half in taken
    ]
    work.flush()
    for start in range(0, len(rows), 100):
        work.execute(LeaveDay.insert_many(rows[start : start + 100]))


def _refuse_overlap(work: Work, request: LeaveRequest, taken: list[tuple[Date, str]]) -> None:
    days = {day for day, _half in taken}
    query = work.select(LeaveDay, LeaveDay.date, LeaveDay.half).where(
        (LeaveDay.employee == request.employee_id) & LeaveDay.date.between(min(days), max(days))
    )
    clash = sorted(set(work.rows(query)) & set(taken))
    if clash:
        text = _("{day} is in another request already")
        raise LeaveRefused(request, text.format(day=clash[0][0].isoformat()))


def _refuse_beyond_balance(work: Work, request: LeaveRequest) -> None:
    """Open requests count as taken. What accrues until the first day of leave may be used."""
    until = max(request.starts_on, work.today)
    accrue_all(work, request.employee_id, request.leave_type_id, until=until)
    work.flush()
    standing = balance(work, request.employee_id, request.leave_type_id, on=until)
    other = work.select(LeaveRequest).where(
        (LeaveRequest.employee == request.employee_id)
        & (LeaveRequest.leave_type == request.leave_type_id)
        & (LeaveRequest.state == "submitted")
        & (LeaveRequest.id != request.id)
    )
    standing -= sum((each.days for each in other), Decimal(0))
    future = work.select(LeaveEntry).where(
        (LeaveEntry.employee == request.employee_id)
        & (LeaveEntry.leave_type == request.leave_type_id)
        & (LeaveEntry.date > until)
        & LeaveEntry.kind.in_(["taken", "returned"])
    )
    standing += sum((each.days for each in future), Decimal(0))
    if request.days > standing:
        text = _("{days} days are asked for, {balance} are there")
        there = number_text(round(standing, 3))
        raise LeaveRefused(request, text.format(days=number_text(request.days), balance=there))


def approve(work: Work, request: LeaveRequest, *, answer: str = "") -> None:
    """Run of submitted -> approved: the days are written to the ledger, each on its own date."""
    _decide(work, request, answer)
    work.add_all([(entry, ()) for entry in _entries(work, request, sign=-1, kind="taken")])


def refuse(work: Work, request: LeaveRequest, *, answer: str = "") -> None:
    _decide(work, request, answer)
    _give_back(work, request)


def withdraw(work: Work, request: LeaveRequest) -> None:
    """Run of submitted -> draft: it may be changed and asked for again."""
    _give_back(work, request)


def cancel(work: Work, request: LeaveRequest) -> None:
    """Run of approved -> cancelled: the ledger gets the opposite entries. What has begun is HR's to cancel."""
    work.add_all([(entry, ()) for entry in _entries(work, request, sign=1, kind="returned")])
    _give_back(work, request)


def yet_to_come(day: Date, today: Date) -> bool:
    return day > today


def begun(day: Date, today: Date) -> bool:
    return day <= today


def _decide(work: Work, request: LeaveRequest, answer: str) -> None:
    """Nobody decides on his own leave; a deputy decides on his chief's team only while he is deputy."""
    me = work.select(Employee).where(Employee.user == work.actor.user).first() if work.actor.user else None
    if me is not None and me.id == request.employee_id:
        raise LeaveRefused(request, _("Nobody decides on his own leave"))
    employee = work.get(Employee, request.employee_id)
    if me is not None and employee.manager_id is not None and "hr.officer" not in work.actor.roles:
        chiefs = _chain(work, employee)
        stands_in = is_deputy(work, deputy=me.id, manager=employee.manager_id, on=work.today)
        if me.id not in chiefs and not stands_in and "admin" not in work.actor.roles:
            raise LeaveRefused(request, _("Only the employee's managers, their deputy or HR decide"))
    request.decided_by_id = work.actor.user
    request.answer = answer


def _chain(work: Work, employee: Employee) -> set[int]:
    found: set[int] = set()
    above = employee.manager_id
    while above is not None and above not in found:
        found.add(above)
        above = work.get(Employee, above).manager_id
    return found


def _entries(work: Work, request: LeaveRequest, *, sign: int, kind: str) -> Iterator[LeaveEntry]:
    query = work.select(LeaveDay, LeaveDay.date).where(LeaveDay.request == request.id)
    days: dict[Date, Decimal] = {}
    for (day,) in work.rows(query.order_by(LeaveDay.date)):
        days[day] = days.get(day, Decimal(0)) + HALF
    for day, part in days.items():
        yield LeaveEntry(
            employee=request.employee_id,
            leave_type=request.leave_type_id,
            date=day,
            days=part * sign,
            kind=kind,
            source=f"hr.leave-request/{request.id}",
        )


def _give_back(work: Work, request: LeaveRequest) -> None:
    work.execute(LeaveDay.delete().where(LeaveDay.request == request.id))
