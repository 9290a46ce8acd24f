"""Who sees and does what. Rows are reached by grants; nothing private stands on a row that others may read."""

from collections.abc import Callable
from typing import Any, cast

from peewee import ModelSelect, Node

from trastienda import Actor, Grant, Role

from .assignments import Assignment
from .clock import ClockRecord
from .contracts import Contract
from .documents import Document
from .employees import Employee
from .leave.allocations import LeaveAllocation
from .leave.delegations import Delegation
from .leave.feeds import CalendarFeed
from .leave.ledger import LeaveEntry
from .leave.requests import LeaveRequest
from .leave.types import LeaveType
from .payroll.payslips import Payslip
from .personal_data import PersonalData
from .salaries import Salary
from .timesheets import Timesheet

READ = ("read", "run", "export")
NOBODY = 0
PEOPLE = ("hr.employee", "hr.assignment", "hr.department", "hr.position")
TIME = ("hr.calendar", "hr.contract", "hr.clock-record", "hr.timesheet")
LEAVE = ("hr.leave-type", "hr.leave-allocation", "hr.leave-request", "hr.leave-entry")
PAY = ("hr.salary", "hr.salary-structure", "hr.statutory-figure", "hr.payroll-run", "hr.payroll-input", "hr.payslip")
PEOPLE_REPORTS = (
    "hr.org-chart",
    "hr.headcount",
    "hr.turnover",
    "hr.absence",
    "hr.team-calendar",
    "hr.overtime",
    "hr.expiring-documents",
    "hr.leave-balances",
)
PAY_REPORTS = ("hr.figures-in-force", "hr.payroll-register", "hr.payroll-cost", "hr.leave-liability")
TEAM_REPORTS = ("hr.team-calendar", "hr.overtime", "hr.leave-balances")


def me(actor: Actor) -> "ModelSelect[Any]":
    """The id of the employee who is linked to the actor's user."""
    employee = Employee.alias()
    return employee.select(employee.id).where(employee.user == (actor.user or NOBODY))


def team(actor: Actor) -> "ModelSelect[Any]":
    """The ids of those who report to the actor, directly or through others."""
    direct, below = Employee.alias(), Employee.alias()
    first = direct.select(direct.id).where(direct.manager.in_(me(actor)))
    found = first.cte("team", recursive=True, columns=("id",))
    found = found.union(below.select(below.id).join(found, on=below.manager == found.c.id))
    return cast("ModelSelect[Any]", found.select_from(found.c.id))


def deputised(actor: Actor) -> "ModelSelect[Any]":
    """The ids of those whose managers have the actor as their deputy today."""
    chief = Employee.alias()
    managers = Delegation.select(Delegation.manager).where(
        Delegation.deputy.in_(me(actor)) & (Delegation.starts_on <= actor.today) & (Delegation.ends_on >= actor.today)
    )
    return chief.select(chief.id).where(chief.manager.in_(managers))


def own(model: type[Any]) -> Callable[[Actor], Node]:
    return lambda actor: model.employee.in_(me(actor))


def of_team(model: type[Any]) -> Callable[[Actor], Node]:
    return lambda actor: model.employee.in_(team(actor))


def own_record(actor: Actor) -> Node:
    return Employee.user == (actor.user or NOBODY)


def team_record(actor: Actor) -> Node:
    return Employee.id.in_(team(actor))


def own_payslips(actor: Actor) -> Node:
    return Payslip.employee.in_(me(actor)) & (Payslip.state == "approved")


def plain_leave_of_team(actor: Actor) -> Node:
    """Requests of the team, of which the reason for the absence is nobody's secret."""
    mine = LeaveRequest.employee.in_(team(actor)) | LeaveRequest.employee.in_(deputised(actor))
    return mine & LeaveRequest.leave_type.not_in(_sensitive())


def plain_days_of_team(actor: Actor) -> Node:
    """What the team has left, and took, of leave of the same kinds."""
    return LeaveEntry.employee.in_(team(actor)) & LeaveEntry.leave_type.not_in(_sensitive())


def _sensitive() -> "ModelSelect[Any]":
    return LeaveType.select(LeaveType.id).where(LeaveType.sensitive)


def own_delegations(actor: Actor) -> Node:
    return Delegation.manager.in_(me(actor))


def own_feeds(actor: Actor) -> Node:
    return CalendarFeed.user == (actor.user or NOBODY)


def _feeds() -> list[Grant]:
    """Everybody who sees any leave may have it in his calendar program."""
    verbs = (*READ, "create", "update", "delete", "revoke")
    return [Grant("hr.leave-feed", ["run"]), Grant("hr.calendar-feed", verbs, where=own_feeds)]


def _read(*names: str) -> list[Grant]:
    return [Grant(name, READ) for name in names]


def _all(*names: str) -> list[Grant]:
    return [Grant(name) for name in names]


OFFICER = Role(
    "hr.officer",
    [
        *_all(*PEOPLE, *TIME, "hr.personal-data", "hr.document", *LEAVE, "hr.delegation"),
        *_read(*PEOPLE_REPORTS),
        Grant("hr.accrue-leave", ["start"]),
        *_feeds(),
    ],
    label="HR officer",
)
PAYROLL = Role(
    "hr.payroll-officer",
    [
        *_all(*PAY),
        Grant("hr.employee", ("comment",)),
        *_read(*PEOPLE, "hr.calendar", "hr.contract", "hr.personal-data", *PAY_REPORTS, "hr.payment-file"),
        Grant("settings.hr.*", ("read", "update")),
    ],
    label="Payroll officer",
)
MANAGER = Role(
    "hr.manager",
    [
        *_read("hr.department", "hr.position", "hr.calendar", "hr.leave-type", *TEAM_REPORTS, "hr.org-chart"),
        Grant("hr.employee", READ, where=team_record),
        Grant("hr.assignment", READ, where=of_team(Assignment)),
        Grant("hr.leave-request", (*READ, "comment", "approve", "refuse"), where=plain_leave_of_team),
        Grant("hr.leave-entry", READ, where=plain_days_of_team),
        Grant("hr.delegation", (*READ, "create", "update", "delete"), where=own_delegations),
        Grant("hr.timesheet", (*READ, "comment", "approve", "refuse"), where=of_team(Timesheet)),
        Grant("hr.clock-record", READ, where=of_team(ClockRecord)),
        *_feeds(),
    ],
    label="Manager",
)
TEAM_SALARIES = Role(
    "hr.team-salaries", [Grant("hr.salary", READ, where=of_team(Salary))], label="Sees the team's salaries"
)
SELF_SERVICE = Role(
    "hr.self-service",
    [
        *_read("hr.department", "hr.position", "hr.calendar", "hr.leave-type"),
        Grant("hr.employee", READ, where=own_record),
        *(
            Grant(name, READ, where=own(model))
            for name, model in (
                ("hr.assignment", Assignment),
                ("hr.personal-data", PersonalData),
                ("hr.document", Document),
                ("hr.contract", Contract),
                ("hr.salary", Salary),
                ("hr.leave-allocation", LeaveAllocation),
                ("hr.leave-entry", LeaveEntry),
            )
        ),
        Grant("hr.payslip", READ, where=own_payslips),
        Grant(
            "hr.leave-request",
            (*READ, "create", "update", "delete", "submit", "withdraw", "cancel"),
            where=own(LeaveRequest),
        ),
        Grant("hr.clock-record", (*READ, "comment", "create", "clock-out"), where=own(ClockRecord)),
        Grant("hr.timesheet", (*READ, "create", "update", "delete", "submit"), where=own(Timesheet)),
        *_feeds(),
    ],
    label="Employee, own matters",
)
AUDITOR = Role("hr.auditor", [Grant("hr.*", READ)], label="Auditor of people and payroll")

roles = [OFFICER, PAYROLL, MANAGER, TEAM_SALARIES, SELF_SERVICE, AUDITOR]
