"""Reports about people and their time; each shows those alone whom the reader may see."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect, fn

from trastienda import Invalid, Money, Quantity, Ref, Styled, Work, total
from trastienda import gettext as _

from ..clock import ClockRecord, hours
from ..contracts import planned_hours
from ..departments import Department
from ..employees import Employee, employed_on
from ..leave.ledger import LeaveEntry
from ..leave.requests import LeaveDay, LeaveRequest
from ..leave.types import LeaveType
from ..salaries import salary_on

NOTHING = Decimal(0)
ONE_DAY = timedelta(days=1)
LONGEST = timedelta(days=36_525)
MONTHLY_HOURS_YEAR = Decimal(365)


def seen(work: Work, query: "ModelSelect[Any]", entity: str) -> "ModelSelect[Any]":
    """The query within the rows that the reader may read of an entity."""
    permission = work.site.permissions.require(work.actor, entity, "read")
    return query if permission.where is None else query.where(permission.where)


def dates(work: Work, from_: Date | None, to: Date | None) -> tuple[Date, Date]:
    """This year until today, unless said otherwise."""
    last = to or work.today
    first = from_ or Date(last.year, 1, 1)
    if last - first > LONGEST:
        raise Invalid({"from": [_("At most a hundred years.")]})
    return first, last


class OrgChartRow(NamedTuple):
    name: str
    employee: Ref[Employee]
    position: str
    department: str


def org_chart(work: Work, *, on: Date | None = None) -> Iterator[Styled]:
    """Who reports to whom; those without a manager that the reader may see come first."""
    day = on or work.today
    people = [each for each in seen(work, work.select(Employee), "hr.employee") if employed_on(each, day)]
    known = {each.id: each for each in people}
    below: dict[int | None, list[Employee]] = {}
    for each in sorted(people, key=lambda one: one.name):
        below.setdefault(each.manager_id if each.manager_id in known else None, []).append(each)

    def rows(manager: int | None, level: int) -> Iterator[Styled]:
        for each in below.get(manager, ()):
            position = each.position.name if each.position else ""
            department = each.department.name if each.department else ""
            yield Styled(OrgChartRow(each.name, Ref(each.id), position, department), level=level)
            yield from rows(each.id, level + 1)

    yield from rows(None, 0)


class HeadcountRow(NamedTuple):
    department: str
    employees: int


def headcount(work: Work, *, on: Date | None = None) -> Iterator[HeadcountRow]:
    """Employed on a day, by department."""
    day = on or work.today
    employed = (
        (Employee.starts_on.is_null() | (Employee.starts_on <= day))
        & (Employee.ends_on.is_null() | (Employee.ends_on >= day))
        & ~(Employee.left & Employee.ends_on.is_null())
    )
    query = (
        seen(work, work.select(Employee, Department.name, fn.COUNT(Employee.id)), "hr.employee")
        .join(Department, JOIN.LEFT_OUTER, on=Employee.department == Department.id)
        .where(employed)
        .group_by(Department.name)
        .order_by(Department.name)
    )
    for department, count in work.rows(query):
        yield HeadcountRow(department or "", count)


class TurnoverRow(NamedTuple):
    month: str
    joined: int
    left: int


def turnover(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[TurnoverRow]:
    """First and last days by month. Leavers without a known last day are in none."""
    first, last = dates(work, from_, to)
    query = seen(work, work.select(Employee, Employee.starts_on, Employee.ends_on), "hr.employee")
    months: dict[str, list[int]] = {}
    day = first.replace(day=1)
    while day <= last:
        months[f"{day:%Y-%m}"] = [0, 0]
        day = (day + timedelta(days=31)).replace(day=1)
    for begun, ended in work.rows(query):
        for place, each in enumerate((begun, ended)):
            if each is not None and first <= each <= last:
                months[f"{each:%Y-%m}"][place] += 1
    for month, (joined, left) in months.items():
        yield TurnoverRow(month, joined, left)


class AbsenceRow(NamedTuple):
    department: str
    leave_type: str
    days: Quantity


def absence(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[AbsenceRow]:
    """Days of leave taken, by department and type."""
    first, last = dates(work, from_, to)
    query = (
        work.select(LeaveEntry, Department.name, LeaveType.name, total(LeaveEntry.days))
        .join(Employee, on=LeaveEntry.employee == Employee.id)
        .join(Department, JOIN.LEFT_OUTER, on=Employee.department == Department.id)
        .join(LeaveType, on=LeaveEntry.leave_type == LeaveType.id)
        .where(LeaveEntry.kind.in_(["taken", "returned"]) & LeaveEntry.date.between(first, last))
    )
    query = seen(work, query, "hr.leave-entry").group_by(Department.name, LeaveType.name)
    for department, kind, days in work.rows(query.order_by(Department.name, LeaveType.name)):
        yield AbsenceRow(department or "", kind, -days)


class TeamDay(NamedTuple):
    date: Date
    employee: Ref[Employee]
    away: str
    state: str


def team_calendar(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[TeamDay]:
    """Who is or asks to be away; not why."""
    first = from_ or work.today
    last = to or first + timedelta(days=30)
    query = (
        work.select(LeaveDay, LeaveDay.date, LeaveDay.employee, fn.COUNT(LeaveDay.half), fn.MIN(LeaveDay.half))
        .select_extend(LeaveRequest.state)
        .join(LeaveRequest, on=LeaveDay.request == LeaveRequest.id)
        .where(LeaveDay.date.between(first, last))
    )
    query = seen(work, query, "hr.leave-request").group_by(LeaveDay.date, LeaveDay.employee, LeaveRequest.state)
    for day, employee, count, half, state in work.rows(query.order_by(LeaveDay.date, LeaveDay.employee)):
        part = _("all day") if count == 2 else _("morning") if half == "am" else _("afternoon")
        yield TeamDay(day, Ref(employee), part, _("Approved") if state == "approved" else _("Submitted"))


class BalanceRow(NamedTuple):
    employee: Ref[Employee]
    leave_type: Ref[LeaveType]
    days: Quantity


def leave_balances(work: Work, *, on: Date | None = None) -> Iterator[BalanceRow]:
    """What stands in the leave ledger at the end of a day."""
    query = (
        work.select(LeaveEntry, LeaveEntry.employee, LeaveEntry.leave_type, total(LeaveEntry.days))
        .where(LeaveEntry.date <= (on or work.today))
        .group_by(LeaveEntry.employee, LeaveEntry.leave_type)
        .order_by(LeaveEntry.employee, LeaveEntry.leave_type)
    )
    for employee, kind, days in work.rows(seen(work, query, "hr.leave-entry")):
        yield BalanceRow(Ref(employee), Ref(kind), days)


class LiabilityRow(NamedTuple):
    employee: Ref[Employee]
    days: Quantity
    daily: Money
    amount: Money


def leave_liability(work: Work, *, on: Date | None = None) -> Iterator[LiabilityRow]:
    """Paid leave not taken, at the daily salary: twelve monthly salaries by 365 days."""
    day = on or work.today
    query = (
        work.select(LeaveEntry, LeaveEntry.employee, total(LeaveEntry.days))
        .join(LeaveType, on=LeaveEntry.leave_type == LeaveType.id)
        .where((LeaveEntry.date <= day) & LeaveType.paid & LeaveType.limited)
        .group_by(LeaveEntry.employee)
        .order_by(LeaveEntry.employee)
    )
    work.site.permissions.require(work.actor, "hr.salary", "read")
    for employee, days in work.rows(query):
        salary = salary_on(work, employee, on=day)
        if salary is not None and days:
            daily = salary.amount * 12 / MONTHLY_HOURS_YEAR
            cent = Decimal("0.01")
            yield LiabilityRow(Ref(employee), days, daily.quantize(cent), (daily * days).quantize(cent))


class OvertimeRow(NamedTuple):
    employee: Ref[Employee]
    worked: Quantity
    planned: Quantity
    overtime: Quantity


def overtime(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[OvertimeRow]:
    """Hours by the clock against those of the calendar, on days within both dates."""
    first, last = dates(work, from_, to)
    query = work.select(ClockRecord, ClockRecord.employee, ClockRecord.clock_in, ClockRecord.clock_out).where(
        ClockRecord.date.between(first, last) & ClockRecord.clock_out.is_null(False) & (ClockRecord.kind != "break")
    )
    worked: dict[int, Decimal] = {}
    for employee, begin, end in work.rows(seen(work, query, "hr.clock-record")):
        worked[employee] = worked.get(employee, NOTHING) + hours(begin, end)
    for employee, done in sorted(worked.items()):
        plan = planned_hours(work, work.get(Employee, employee), first, last)
        due = sum(plan.values(), NOTHING)
        done = done.quantize(Decimal("0.000001"))
        yield OvertimeRow(Ref(employee), done, due, max(NOTHING, done - due))
