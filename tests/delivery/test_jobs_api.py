"""Jobs over REST: one's own for everybody, all for administrators."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from trastienda import Grant, Job, Plugin, Refusal, Role, Site, User, Work
from trastienda.api.app import create_app
from trastienda.api.openapi import document
from trastienda.builtin.identity.administration import add_user
from trastienda.jobs.worker import run_due
from trastienda.testing.sites import SYSTEM, bearer_client

from ..jobs.conftest import OpenSite, acme


def hire(work: Work, *, name: str) -> dict[str, str]:
    add_user(work, name=name, password=None, roles=[])
    return {"hired": name}


def refuse(work: Work) -> None:
    raise Refusal("not today")


CHORES = Plugin("chores", roles=[Role("chores.clerk", [Grant("chores.*", ["start"])]), Role("chores.guest", [])],
                jobs=[Job("chores.hire", hire, on_request=True), Job("chores.refuse", refuse, on_request=True),
                      Job("chores.inner", hire)])


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    return open_site(CHORES)


def client(site: Site, name: str, role: str) -> FlaskClient:
    made: User = site.write(SYSTEM, acme(site), lambda work: add_user(work, name=name, password=None, roles=[role]))
    return bearer_client(create_app(site), site, made)


def test_a_job_is_started_by_who_may_and_seen_by_who_asked(site: Site) -> None:
    clerk, other, admin = client(site, "ana", "chores.clerk"), client(site, "bob", "chores.clerk"), client(
        site, "eve", "admin")
    answer = clerk.post("/api/v1/jobs/chores.hire", json={"name": "carl"})
    assert answer.status_code == 202
    identity = answer.json["id"]
    assert clerk.get(f"/api/v1/delivery/jobs/{identity}").json["state"] == "queued"
    run_due(site)
    shown = clerk.get(f"/api/v1/delivery/jobs/{identity}").json
    assert (shown["state"], shown["result"]) == ("done", '{"hired":"carl"}')
    assert admin.get(f"/api/v1/delivery/jobs/{identity}").json["requested_by"]["key"] == "ana"
    assert set(shown) & {"worker", "lease_until", "lane"} == set()
    assert [other.get(path).status_code for path in (
        f"/api/v1/delivery/jobs/{identity}", f"/api/v1/delivery/jobs/{identity}/history")] == [404, 404]
    assert other.get("/api/v1/delivery/jobs").json["items"] == []
    assert [each["id"] for each in admin.get("/api/v1/delivery/jobs").json["items"]] == [identity]


def test_starting_twice_with_one_key_starts_once(site: Site) -> None:
    clerk = client(site, "ana", "chores.clerk")
    headers = {"Idempotency-Key": "1"}
    answers = [clerk.post("/api/v1/jobs/chores.hire", json={"name": "carl"}, headers=headers).json for _ in range(2)]
    assert answers[0] == answers[1]
    assert run_due(site) == 1


def test_what_cannot_be_started_says_why(site: Site) -> None:
    clerk, guest = client(site, "ana", "chores.clerk"), client(site, "bob", "chores.guest")
    assert guest.post("/api/v1/jobs/chores.hire", json={"name": "x"}).status_code == 403
    assert clerk.post("/api/v1/jobs/chores.inner", json={"name": "x"}).status_code == 404
    assert clerk.post("/api/v1/jobs/delivery.send-mail", json={"mail": 1}).status_code == 404
    wrong = clerk.post("/api/v1/jobs/chores.hire", json={"nam": "x"})
    assert (wrong.status_code, sorted(wrong.json["errors"])) == (422, ["nam", "name"])
    assert clerk.post("/api/v1/jobs/chores.hire", json=[1]).status_code == 422


def test_a_failed_job_is_retried_or_discarded_by_an_administrator_alone(site: Site) -> None:
    clerk, admin = client(site, "ana", "chores.clerk"), client(site, "eve", "admin")
    identity = clerk.post("/api/v1/jobs/chores.refuse").json["id"]
    run_due(site)
    path = f"/api/v1/delivery/jobs/{identity}"
    assert clerk.get(path).json["message"] == "Refused: not today"
    assert clerk.post(f"{path}/actions/retry").status_code == 403
    assert admin.post(f"{path}/actions/retry").json["state"] == "queued"
    assert run_due(site) == 1
    assert admin.post(f"{path}/actions/discard").json["state"] == "cancelled"
    assert admin.post(f"{path}/actions/discard").status_code == 409
    assert [each["action"] for each in admin.get(f"{path}/history").json["items"]] == ["discard", "retry"]


def test_who_asked_may_cancel_what_waits(site: Site) -> None:
    clerk, other = client(site, "ana", "chores.clerk"), client(site, "bob", "chores.clerk")
    identity = clerk.post("/api/v1/jobs/chores.hire", json={"name": "carl"}).json["id"]
    path = f"/api/v1/delivery/jobs/{identity}/actions/cancel"
    assert other.post(path).status_code == 404
    assert clerk.post(path).json["state"] == "cancelled"
    assert run_due(site) == 0


def test_jobs_are_written_by_nobody(site: Site) -> None:
    admin = client(site, "eve", "admin")
    identity = admin.post("/api/v1/jobs/chores.hire", json={"name": "carl"}).json["id"]
    assert admin.post("/api/v1/delivery/jobs", json={"name": "chores.hire"}).status_code == 403
    answer = admin.patch(f"/api/v1/delivery/jobs/{identity}", json={"state": "done"}, headers={"If-Match": "*"})
    assert answer.status_code == 403


@pytest.mark.database("sqlite")
def test_jobs_that_can_be_started_are_described(site: Site) -> None:
    paths = document(site)["paths"]
    assert [path for path in paths if path.startswith("/api/v1/jobs/")] == [  # type: ignore[attr-defined]
        "/api/v1/jobs/chores.hire", "/api/v1/jobs/chores.refuse"]
