"""Forms of one's own matters begin with oneself."""

from __future__ import annotations

import re
from datetime import date as Date
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient

from trastienda import User, Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.testing import sites
from trastienda_hr import Employee, PayrollRun

if TYPE_CHECKING:
    from .conftest import Firm

pytestmark = pytest.mark.database("sqlite")


def client_of(firm: Firm, role: str, *, employee: str = "") -> FlaskClient:
    def enter(work: Work) -> User:
        user = add_user(work, name="new", password=None, roles=[role])
        if employee:
            work.lock(work.get(Employee, employee)).user = user
        return user

    return sites.browser_client(create_app(firm.site), firm.site, firm.write(enter))


def begun(client: FlaskClient, path: str, name: str) -> str:
    page = client.get(f"/hr/{path}/new")
    assert page.status_code == 200
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    assert found is not None
    value = re.search(r'value="(.*?)"', found[0])
    return value[1] if value else ""


@pytest.mark.parametrize("path", ["leave-requests", "clock-records", "timesheets"])
def test_a_form_of_ones_own_begins_with_oneself(firm: Firm, path: str) -> None:
    assert begun(client_of(firm, "hr.self-service", employee="ONE"), path, "employee") == "ONE"


def test_a_clock_record_begins_now(firm: Firm) -> None:
    client = client_of(firm, "hr.self-service", employee="ONE")
    assert begun(client, "clock-records", "date") == "2026-06-15"
    assert begun(client, "clock-records", "clock_in") == "2026-06-15T12:00"


def test_who_is_no_employee_begins_with_nobody(firm: Firm) -> None:
    assert begun(client_of(firm, "hr.officer"), "leave-requests", "employee") == ""


def test_a_timesheet_is_of_this_week_and_a_run_of_the_month_whose_turn_it_is(firm: Firm) -> None:
    client = client_of(firm, "admin")
    assert [begun(client, "timesheets", name) for name in ("starts_on", "ends_on")] == ["2026-06-15", "2026-06-21"]
    names = ("code", "starts_on", "ends_on")
    assert [begun(client, "payroll-runs", name) for name in names] == ["2026-06", "2026-06-01", "2026-06-30"]
    firm.write(lambda work: work.add(PayrollRun(code="7", starts_on=Date(2026, 12, 1), ends_on=Date(2026, 12, 31))))
    assert [begun(client, "payroll-runs", name) for name in names] == ["2027-01", "2027-01-01", "2027-01-31"]


def test_what_an_employee_makes_daily_is_at_hand_on_the_start_page(firm: Firm) -> None:
    page = client_of(firm, "hr.self-service", employee="ONE").get("/").text
    shortcuts = re.findall(r'<nav class="shortcuts.*?</nav>', page, re.DOTALL)[0]
    made = re.findall(r'href="/hr/(.*?)/new"', shortcuts)
    assert made == ["clock-records", "timesheets", "leave-requests"]
