"""Nobody reads another's salary, bank account or payslip without the right to it, at any door of the core."""

from __future__ import annotations

from datetime import date as Date
from typing import TYPE_CHECKING

import pytest

from trastienda import Actor, Forbidden, NotFound
from trastienda.entities.query import parse_query
from trastienda.entities.read import list_page, one
from trastienda.reports.run import run_report
from trastienda_hr import Employee, PayrollRun

if TYPE_CHECKING:
    from .conftest import Firm

EVERYBODY = ["BOSS", "CHIEF", "ONE", "OTHER", "TWO"]
READERS = [
    (("hr.self-service",), "one", {"hr.employee": ["ONE"], "hr.salary": ["ONE"], "hr.personal-data": ["ONE"]}),
    (("hr.manager",), "chief", {"hr.employee": ["ONE", "TWO"], "hr.salary": None, "hr.personal-data": None}),
    (
        ("hr.manager", "hr.self-service"),
        "chief",
        {"hr.employee": ["CHIEF", "ONE", "TWO"], "hr.salary": ["CHIEF"], "hr.personal-data": ["CHIEF"]},
    ),
    (("hr.manager", "hr.team-salaries"), "chief", {"hr.salary": ["ONE", "TWO"], "hr.personal-data": None}),
    (("hr.officer",), "other", {"hr.employee": EVERYBODY, "hr.salary": None, "hr.payslip": None}),
    (("hr.payroll-officer",), "other", {"hr.salary": EVERYBODY, "hr.payslip": EVERYBODY, "hr.document": None}),
    (("hr.self-service",), "two", {"hr.payslip": []}),
    (("accounting.accountant",), "two", {"hr.employee": None, "hr.salary": None}),
]


def codes(firm: Firm, actor: Actor, name: str) -> list[str] | None:
    """Whose records of an entity the actor is shown; None: the door is shut."""
    entity = firm.site.registry.entities[name]
    try:
        query = parse_query(firm.site, actor, entity, [("limit", "200"), ("count", "exact")])
        page = list_page(firm.site, actor, firm.company, entity, query)
    except Forbidden:
        return None
    ids = [item["id"] if name == "hr.employee" else item["employee"]["id"] for item in page.items]
    assert page.count == len(ids)
    known = firm.read(lambda work: dict(work.rows(work.select(Employee, Employee.id, Employee.code))))
    return sorted(known[each] for each in ids)


@pytest.fixture
def computed(firm: Firm) -> Firm:
    firm.write(
        lambda work: work.act(
            work.add(PayrollRun(code="5", starts_on=Date(2026, 5, 1), ends_on=Date(2026, 5, 31))), "compute"
        )
    )
    return firm


@pytest.mark.parametrize(("roles", "user", "seen"), READERS)
def test_each_role_sees_its_own_rows_only(
    computed: Firm, roles: tuple[str, ...], user: str, seen: dict[str, list[str] | None]
) -> None:
    actor = computed.as_(user, *roles)
    assert {name: codes(computed, actor, name) for name in seen} == seen


def test_approved_payslip_is_shown_to_its_employee_alone(computed: Firm) -> None:
    computed.act(PayrollRun, "5", "approve")
    assert codes(computed, computed.as_("two", "hr.self-service"), "hr.payslip") == ["TWO"]
    assert codes(computed, computed.as_("chief", "hr.manager"), "hr.payslip") is None


def test_record_of_another_is_not_found_by_its_id(firm: Firm) -> None:
    actor = firm.as_("one", "hr.self-service")
    entity = firm.site.registry.entities["hr.employee"]
    with pytest.raises(NotFound):
        one(firm.site, actor, firm.company, entity, firm.id_of("TWO"))


@pytest.mark.parametrize("report", ["hr.payroll-register", "hr.payroll-cost", "hr.leave-liability"])
@pytest.mark.parametrize("role", ["hr.officer", "hr.manager", "hr.self-service"])
def test_reports_of_pay_are_shut_to_others(firm: Firm, report: str, role: str) -> None:
    with pytest.raises(Forbidden):
        run_report(firm.site, firm.as_("chief", role), firm.company, report, {})


def test_org_chart_of_a_manager_has_his_team_only(firm: Firm) -> None:
    table = run_report(firm.site, firm.as_("chief", "hr.manager"), firm.company, "hr.org-chart", {})
    assert [row.values["name"] for row in table.rows] == ["ONE", "TWO"]
