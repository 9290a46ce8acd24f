"""Allocations: the right to leave, granted at once or accruing from a day on."""

from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal

from peewee import DateField, ForeignKeyField

from trastienda import Fault, QuantityField, Record, StateField, User, Work, total
from trastienda import gettext as _

from ..employees import Employee
from .accrual import movements, rounded
from .ledger import NOTHING, LeaveEntry
from .types import LeaveType, policy_of


class LeaveAllocation(Record):
    employee = ForeignKeyField(Employee, on_delete="RESTRICT", verbose_name="Employee")
    leave_type = ForeignKeyField(LeaveType, on_delete="RESTRICT", verbose_name="Leave type")
    starts_on = DateField(verbose_name="From")
    ends_on = DateField(null=True, verbose_name="Until", help_text="What was granted at once lapses after it")
    days = QuantityField(verbose_name="Days", help_text="Granted at once, or a year where the type accrues")
    accrued_until = DateField(null=True, verbose_name="Booked until")
    state = StateField("draft", "submitted", "approved", "refused", verbose_name="State")
    decided_by = ForeignKeyField(User, null=True, on_delete="SET NULL", verbose_name="Decided by")

    employee_id: int
    leave_type_id: int
    decided_by_id: int | None


def allocation_faults(allocation: LeaveAllocation) -> Iterator[Fault]:
    if allocation.ends_on and allocation.ends_on < allocation.starts_on:
        yield Fault(LeaveAllocation.ends_on, _("The last day is before the first"))
    if allocation.days <= 0:
        yield Fault(LeaveAllocation.days, _("More than nothing"))


def approve_allocation(work: Work, allocation: LeaveAllocation) -> None:
    """Run of submitted -> approved: what is granted is booked, what accrues is booked until today."""
    allocation.decided_by_id = work.actor.user
    kind = work.get(LeaveType, allocation.leave_type_id)
    if kind.accrual == "none":
        _book(work, allocation, allocation.starts_on, allocation.days, "grant")
    else:
        accrue(work, allocation)


def decide(work: Work, allocation: LeaveAllocation) -> None:
    allocation.decided_by_id = work.actor.user


def accrue(work: Work, allocation: LeaveAllocation, *, until: Date | None = None) -> None:
    """Book what has accrued and lapsed by a day (today), as far as it isn't booked yet."""
    kind = work.get(LeaveType, allocation.leave_type_id)
    last = max(until or work.today, allocation.accrued_until or allocation.starts_on)
    if kind.accrual == "none":
        _expire_grant(work, allocation, last)
        allocation.accrued_until = last
        return
    employee = work.get(Employee, allocation.employee_id)
    left = min(filter(None, (employee.ends_on, allocation.ends_on)), default=None)
    wanted = movements(
        policy_of(kind, days_per_year=allocation.days),
        joined=allocation.starts_on,
        until=last,
        taken=_taken(work, allocation),
        left=left,
    )
    for word in ("accrual", "expiry"):
        own = [each for each in wanted if each.kind == word]
        dated = [(each.date, each.days) for each in own]
        _book_difference(work, allocation, dated, kind=word, last=last)
    allocation.accrued_until = last


def _book_difference(
    work: Work, allocation: LeaveAllocation, wanted: list[tuple[Date, Decimal]], *, kind: str, last: Date
) -> None:
    """Add entries until those booked add up to what is wanted by each day; sums are rounded, not their parts."""
    query = work.select(LeaveEntry, LeaveEntry.date, LeaveEntry.days)
    booked = list(work.rows(query.where((LeaveEntry.source == source_of(allocation)) & (LeaveEntry.kind == kind))))
    exact = NOTHING
    for date, days in [*wanted, (last, NOTHING)]:
        exact += days
        missing = rounded(exact) - sum((value for day, value in booked if day <= date), NOTHING)
        if missing:
            _book(work, allocation, date, missing, kind)
            booked.append((date, missing))


def _expire_grant(work: Work, allocation: LeaveAllocation, last: Date) -> None:
    """What is left of a grant lapses after its last day."""
    if allocation.ends_on is None or allocation.ends_on >= last:
        return
    taken = sum((days for _day, days in _taken(work, allocation)), NOTHING)
    gone = LeaveEntry.select().where((LeaveEntry.source == source_of(allocation)) & (LeaveEntry.kind == "expiry"))
    if (left := allocation.days - taken) > 0 and not gone.exists():
        _book(work, allocation, allocation.ends_on, -left, "expiry")


def _taken(work: Work, allocation: LeaveAllocation) -> list[tuple[Date, Decimal]]:
    """Days taken in the allocation's time, net of those given back."""
    query = work.select(LeaveEntry, LeaveEntry.date, total(LeaveEntry.days)).where(
        (LeaveEntry.employee == allocation.employee_id)
        & (LeaveEntry.leave_type == allocation.leave_type_id)
        & LeaveEntry.kind.in_(["taken", "returned"])
        & (LeaveEntry.date >= allocation.starts_on)
    )
    if allocation.ends_on is not None:
        query = query.where(LeaveEntry.date <= allocation.ends_on)
    return [(date, -days) for date, days in work.rows(query.group_by(LeaveEntry.date)) if days]


def _book(work: Work, allocation: LeaveAllocation, date: Date, days: Decimal, kind: str) -> None:
    work.add(
        LeaveEntry(
            employee=allocation.employee_id,
            leave_type=allocation.leave_type_id,
            date=date,
            days=days,
            kind=kind,
            source=source_of(allocation),
        )
    )


def source_of(allocation: LeaveAllocation) -> str:
    return f"hr.leave-allocation/{allocation.id}"


def waiting_to_accrue(work: Work) -> list[int]:
    """Approved allocations that are not booked until today."""
    late = LeaveAllocation.accrued_until.is_null() | (LeaveAllocation.accrued_until < work.today)
    query = work.select(LeaveAllocation, LeaveAllocation.id).where((LeaveAllocation.state == "approved") & late)
    return [number for (number,) in work.rows(query.order_by(LeaveAllocation.id))]


def accrue_all(work: Work, employee: int, leave_type: int, *, until: Date) -> None:
    """Bring an employee's approved allocations of a type up to a day."""
    query = work.select(LeaveAllocation, LeaveAllocation.id).where(
        (LeaveAllocation.employee == employee)
        & (LeaveAllocation.leave_type == leave_type)
        & (LeaveAllocation.state == "approved")
    )
    ids = [number for (number,) in work.rows(query)]
    for allocation in work.lock_many(LeaveAllocation, ids):
        accrue(work, allocation, until=until)
