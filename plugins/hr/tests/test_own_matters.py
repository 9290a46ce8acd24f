"""What is one's own: seen, begun with, and not decided upon, whatever one's role."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import Company, User, Work
from trastienda.api.app import create_app
from trastienda.entities.query import parse_query
from trastienda.entities.read import list_page
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import browser_client
from trastienda_hr import Employee, LeaveRequest
from trastienda_hr.access import deputised
from trastienda_hr.clock import ClockRecord, now
from trastienda_hr.leave.delegations import Delegation
from trastienda_hr.leave.requests import LeaveRefused
from trastienda_hr.leave.types import LeaveType
from trastienda_hr.timesheets import Timesheet, TimesheetLine, TimesheetRefused

if TYPE_CHECKING:
    from .conftest import Firm

ROLES = [("hr.officer",), ("hr.manager",), ("hr.officer", "hr.manager", "hr.self-service")]


@pytest.mark.parametrize("roles", ROLES)
def test_timesheet_of_ones_own_is_not_approved(firm: Firm, roles: tuple[str, ...]) -> None:
    def make(work: Work, code: str) -> int:
        sheet = Timesheet(employee=firm.id_of(code), starts_on=Date(2026, 6, 8), ends_on=Date(2026, 6, 14))
        added = work.add(sheet, [TimesheetLine(date=Date(2026, 6, 8), activity="Stock", hours=Decimal(8))])
        work.act(added, "submit")
        return added.id

    own, anothers = firm.write(lambda work: (make(work, "CHIEF"), make(work, "ONE")))
    actor = firm.as_("chief", *roles)
    for action in ("approve", "refuse"):
        with pytest.raises(TimesheetRefused, match="own hours"):
            firm.act(Timesheet, own, action, actor)
    firm.act(Timesheet, anothers, "approve", actor)


@pytest.mark.parametrize("roles", ROLES)
def test_leave_of_ones_own_is_not_decided(firm: Firm, roles: tuple[str, ...]) -> None:
    day = Date(2026, 6, 22)

    def make(work: Work) -> int:
        unpaid = work.get(LeaveType, "UNPAID")
        request = work.add(
            LeaveRequest(employee=firm.id_of("CHIEF"), leave_type=unpaid.id, starts_on=day, ends_on=day)
        )
        work.act(request, "submit")
        return request.id

    own = firm.write(make)
    for action in ("approve", "refuse"):
        with pytest.raises(LeaveRefused, match="own leave"):
            firm.act(LeaveRequest, own, action, firm.as_("chief", *roles))


def deputy_of_a_day(firm: Firm, day: Date) -> None:
    firm.write(lambda work: work.add(Delegation(
        manager=firm.id_of("BOSS"), deputy=firm.id_of("OTHER"), starts_on=day, ends_on=day)))  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "moment", "stands_in"),
    [
        ("Europe/Madrid", datetime(2026, 6, 15, 21, 59, tzinfo=UTC), False),
        ("Europe/Madrid", datetime(2026, 6, 15, 22, 1, tzinfo=UTC), True),
        ("Pacific/Kiritimati", datetime(2026, 6, 15, 10, 1, tzinfo=UTC), True),
        ("America/Los_Angeles", datetime(2026, 6, 16, 6, 59, tzinfo=UTC), False),
        ("America/Los_Angeles", datetime(2026, 6, 17, 6, 59, tzinfo=UTC), True),
    ],
)
def test_deputy_sees_the_team_on_the_company_s_own_day(
    firm: Firm, zone: str, moment: datetime, stands_in: bool
) -> None:
    """By the site's clock, read where the company is: not by the machine's, nor by UTC."""
    deputy_of_a_day(firm, Date(2026, 6, 16))
    company = firm.company
    Company.update(time_zone=zone).where(Company.id == company.id).execute()
    firm.site.clock = lambda: moment
    user = User.get(User.name == "other")
    firm.write(lambda work: work.save(work.get(User, "other")).lines_of(RoleAssignment).append(
        RoleAssignment(role="hr.manager")))  # fmt: skip
    company = firm.site.company("ACME")
    actor = firm.site.actor(user, company, via="tests")
    permission = firm.site.permissions.of(actor, "hr.leave-request", "approve")
    found = Employee.select(Employee.id).where(Employee.id.in_(deputised(actor))).order_by(Employee.id).tuples()
    assert permission.where is not None
    assert [identity for (identity,) in found] == ([firm.id_of("CHIEF"), firm.id_of("OTHER")] if stands_in else [])


def shown(firm: Firm, name: str, roles: tuple[str, ...], address: str) -> Any:
    actor = firm.as_(name, *roles)
    entity = firm.site.registry.entities[address]
    query = parse_query(firm.site, actor, entity, [("limit", "200")])
    return list_page(firm.site, actor, firm.company, entity, query).items


def test_manager_reads_the_names_of_his_team_and_no_others(firm: Firm) -> None:
    """A reference shows whom it names to whoever may read that record, also where he may not read all."""
    day = Date(2026, 6, 22)

    def make(work: Work) -> None:
        for code in ("ONE", "CHIEF"):
            kind = work.get(LeaveType, "UNPAID")
            request = LeaveRequest(employee=firm.id_of(code), leave_type=kind.id, starts_on=day, ends_on=day)
            work.act(work.add(request), "submit")

    firm.write(make)
    team = shown(firm, "chief", ("hr.manager",), "hr.leave-request")
    assert [each["employee"] for each in team] == [{"id": firm.id_of("ONE"), "key": "ONE", "label": "ONE"}]
    own = shown(firm, "chief", ("hr.self-service",), "hr.leave-request")
    assert [each["employee"]["key"] for each in own] == ["CHIEF"]
    staff = shown(firm, "chief", ("hr.manager",), "hr.employee")
    assert {each["code"]: each["manager"] for each in staff} == {code: {"id": firm.id_of("CHIEF")} for code in
                                                               ("ONE", "TWO")}  # fmt: skip


def test_first_page_tells_whether_one_has_clocked_in(firm: Firm) -> None:
    firm.write(lambda work: work.save(work.get(User, "one")).lines_of(RoleAssignment).append(
        RoleAssignment(role="hr.self-service")))  # fmt: skip
    client = browser_client(create_app(firm.site), firm.site, User.get(User.name == "one"))
    assert re.search(r'href="/hr/clock-records/new">Clock in<', client.get("/").text)
    firm.write(lambda work: work.add(ClockRecord(employee=firm.id_of("ONE"), date=work.today, clock_in=now(work))))
    assert "Clock out" in client.get("/").text


def test_first_page_of_a_manager_tells_of_his_team_alone(firm: Firm) -> None:
    firm.write(lambda work: work.save(work.get(User, "chief")).lines_of(RoleAssignment).append(
        RoleAssignment(role="hr.manager")))  # fmt: skip
    client = browser_client(create_app(firm.site), firm.site, User.get(User.name == "chief"))
    page = client.get("/").text
    assert "In my team" in page
    assert re.search(r"In my team.*?>2<", page, re.S)
