"""An address that a calendar program can read without a header: its owner's, for this alone, until it is revoked."""

from __future__ import annotations

from datetime import date as Date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from icalendar import Calendar

from trastienda import User, Work
from trastienda.api.app import create_app
from trastienda.storage.models import RoleAssignment
from trastienda.testing.sites import bearer_client
from trastienda_hr import Employee, LeaveRequest
from trastienda_hr.leave.types import LeaveType

if TYPE_CHECKING:
    from .conftest import Firm

FEEDS = "/api/v1/hr/calendar-feeds"


@pytest.fixture
def app(firm: Firm) -> Flask:
    def body(work: Work) -> None:
        for code, kind in (("ONE", "UNPAID"), ("TWO", "SICK"), ("CHIEF", "UNPAID"), ("OTHER", "SICK")):
            day = Date(2026, 6, 22)
            person, leave_type = work.get(Employee, code), work.get(LeaveType, kind)
            dates = {"starts_on": day, "ends_on": day}
            asked = LeaveRequest(employee=person.id, leave_type=leave_type.id, reason="X-RAY", **dates)
            work.act(work.add(asked), "submit")
            work.act(asked, "approve")
        for name, role in (("one", "hr.self-service"), ("chief", "hr.manager"), ("other", "hr.officer")):
            work.save(work.get(User, name)).lines_of(RoleAssignment)[:] = [RoleAssignment(role=role)]

    firm.write(body)
    return create_app(firm.site)


def make(app: Flask, firm: Firm, name: str) -> tuple[int, str, Any]:
    """The feed's id, its address without the host, and its owner's client."""
    client = bearer_client(app, firm.site, User.get(User.name == name))
    made = client.post(FEEDS, json={"name": "telephone"})
    assert made.status_code == 201, made.text
    told = client.get(f"{FEEDS}/{made.json['id']}/address")
    assert told.status_code == 200, told.text
    parts = urlsplit(told.json["address"])
    return made.json["id"], f"{parts.path}?{parts.query}", client


def away(app: Flask, address: str) -> list[str]:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar"), answer.text
    assert "X-RAY" not in answer.text
    assert "SICK" not in answer.text.upper()
    return [str(event["summary"]) for event in Calendar.from_ical(answer.data).walk("VEVENT")]


@pytest.mark.parametrize(
    ("name", "names"),
    [("one", ["ONE"]), ("chief", ["ONE"]), ("other", ["ONE", "TWO", "CHIEF", "OTHER"])],
)
def test_address_alone_shows_whose_leave_its_owner_may_see_and_never_why(
    app: Flask, firm: Firm, name: str, names: list[str]
) -> None:
    _id, address, _client = make(app, firm, name)
    assert away(app, address) == [f"{each} is away" for each in names]


def test_address_opens_nothing_but_the_feed(app: Flask, firm: Firm) -> None:
    _id, address, _client = make(app, firm, "other")
    query = address.partition("?")[2]
    paths = ["hr/leave-requests", "hr/calendar-feeds", "hr/employees", "hr/calendar-feeds/1/address", "changes"]
    assert [app.test_client().get(f"/api/v1/{path}?{query}").status_code for path in paths] == [401] * len(paths)
    assert app.test_client().post(address, json={}).status_code == 404


def test_revoked_address_and_one_that_was_changed_open_nothing(app: Flask, firm: Firm) -> None:
    number, address, client = make(app, firm, "one")
    another, without = address.replace(f"key={number}.", "key=99."), address.rpartition(".")[0]
    for wrong in (address[:-1], address + "A", another, without):
        assert app.test_client().get(wrong).status_code == 401, wrong
    assert client.post(f"{FEEDS}/{number}/actions/revoke").status_code == 200
    assert app.test_client().get(address).status_code == 401
    assert client.get(f"{FEEDS}/{number}/address").status_code == 404


def test_address_is_told_to_its_owner_alone_and_stands_in_no_row(app: Flask, firm: Firm) -> None:
    number, address, client = make(app, firm, "one")
    secret = address.partition(".ics?key=")[2].partition(".")[2]
    for name in ("chief", "other"):
        other = bearer_client(app, firm.site, User.get(User.name == name))
        assert other.get(f"{FEEDS}/{number}/address").status_code in (403, 404)
        assert [item["id"] for item in other.get(FEEDS).json["items"]] == []
    assert secret not in client.get(f"{FEEDS}/{number}").text + client.get(f"{FEEDS}/{number}/history").text
    rows = firm.site.database.execute_sql("SELECT * FROM hr_calendar_feed").fetchall()
    audit = firm.site.database.execute_sql("SELECT changes FROM core_audit_record").fetchall()
    assert secret not in repr(rows) + repr(audit)


def test_owner_who_lost_the_right_or_the_account_has_no_feed(app: Flask, firm: Firm) -> None:
    _id, address, _client = make(app, firm, "one")
    firm.write(lambda work: work.save(work.get(User, "one")).lines_of(RoleAssignment).clear())
    assert app.test_client().get(address).status_code in (403, 404)
    User.update(active=False).where(User.name == "one").execute()
    assert app.test_client().get(address).status_code == 401


def test_header_does_not_take_the_address_to_another_company(app: Flask, firm: Firm) -> None:
    _id, address, _client = make(app, firm, "one")
    answer = app.test_client().get(address, headers={"X-Company": "NOBODY"})
    assert "ONE is away" in answer.text
