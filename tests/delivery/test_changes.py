"""The change feed: everything, once, in the order of the commits, and to nobody more than he may read."""

from __future__ import annotations

import threading
from typing import Any

import peewee
import pytest
from flask.testing import FlaskClient

from trastienda import Company, Grant, Plugin, Refusal, Role, Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.delivery.webhooks import Webhook
from trastienda.builtin.identity.administration import add_user
from trastienda.security.audit import AuditRecord, AuditSeal
from trastienda.testing.sites import SYSTEM, bearer_client

from ..jobs.conftest import OpenSite, acme


def without_b(actor: Any) -> peewee.Node:
    return ~User.name.startswith("b")


ROLES = Plugin("chores", roles=[
    Role("chores.some", [Grant("identity.user", ["read"], where=without_b)]),
    Role("chores.guest", [Grant("chores.nothing", ["read"])])])


@pytest.fixture
def site(open_site: OpenSite) -> Site:
    return open_site(ROLES)


def write(site: Site, body: Any) -> Any:
    return site.write(SYSTEM, acme(site), body)


def hire(site: Site, *names: str, role: str = "") -> list[User]:
    return write(site, lambda work: [
        add_user(work, name=name, password=None, roles=[role] if role else []) for name in names])


def client(site: Site, name: str, role: str) -> FlaskClient:
    return bearer_client(create_app(site), site, hire(site, name, role=role)[0])


def pages(client: FlaskClient, after: str, *, limit: int = 50, entity: str = "") -> tuple[list[dict[str, Any]], str]:
    """All pages after a position, and the position after them."""
    items: list[dict[str, Any]] = []
    while True:
        answer = client.get("/api/v1/changes", query_string={"after": after, "limit": limit, "entity": entity})
        assert answer.status_code == 200, answer.json
        items += answer.json["items"]
        after = answer.json["next"]
        if not answer.json["more"]:
            return items, after


def told(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["key"], each["action"]) for each in items]


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_every_change_is_told_in_its_order_deletions_too(site: Site, limit: int) -> None:
    admin = client(site, "root", "admin")
    _, start = pages(admin, "latest")
    ana, bob = hire(site, "ana", "bob")
    with pytest.raises(Refusal):
        write(site, undone)
    write(site, lambda work: work.act(work.get(User, ana.id), "disable"))
    write(site, lambda work: work.delete(work.get(User, bob.id)))
    hire(site, "carl")
    items, end = pages(admin, start, limit=limit)
    assert told(items) == [("ana", "create"), ("bob", "create"), ("ana", "disable"), ("bob", "delete"),
                           ("carl", "create")]
    assert [each["version"] for each in items] == [2, None, 2, None, 1]
    assert set(items[0]) == {"at", "entity", "path", "id", "key", "action", "version"}
    assert items[0]["path"] == "/api/v1/identity/users"
    assert pages(admin, end) == ([], end)
    assert pages(admin, "0") == pages(admin, "")
    assert told(pages(admin, "0")[0])[-5:] == told(items)
    hire(site, "dora")
    assert told(pages(admin, end)[0]) == [("dora", "create")]


def undone(work: Work) -> None:
    add_user(work, name="eve", password=None, roles=[])
    raise Refusal("no")


def test_own_and_shared_records_are_both_told(site: Site) -> None:
    admin = client(site, "root", "admin")
    _, start = pages(admin, "latest")
    hire(site, "ana")
    write(site, lambda work: work.add(Webhook(name="w", url="https://example.com/", owner=None)))
    hire(site, "bob")
    items, _ = pages(admin, start, limit=1)
    assert [each["entity"] for each in items] == ["delivery.webhook", "identity.user", "identity.user"]
    only, _ = pages(admin, start, entity="delivery.webhook,identity.company")
    assert [each["entity"] for each in only] == ["delivery.webhook"]


def test_nobody_is_told_of_what_he_may_not_read(site: Site) -> None:
    admin, some, guest = client(site, "root", "admin"), client(site, "some", "chores.some"), client(
        site, "guest", "chores.guest")
    _, start = pages(admin, "latest")
    write(site, lambda work: work.add(Webhook(name="w", url="https://example.com/", owner=None)))
    ana, _ = hire(site, "ana", "bob")
    write(site, lambda work: work.delete(work.get(User, ana.id)))
    hire(site, "carl")
    assert len(pages(admin, start)[0]) == 5
    assert told(pages(some, start)[0]) == [("carl", "create")]
    assert pages(guest, start)[0] == []
    assert guest.get("/api/v1/changes?entity=identity.user").status_code == 403
    assert create_app(site).test_client().get("/api/v1/changes").status_code == 401


def test_another_companys_records_are_not_told(site: Site) -> None:
    admin = client(site, "root", "admin")
    other: Company = write(site, lambda work: work.add(Company(code="OTHER", name="Other", currency="EUR")))
    _, start = pages(admin, "latest")
    site.write(SYSTEM, other, lambda work: work.add(Webhook(name="w", url="https://example.com/", owner=None)))
    assert pages(admin, start)[0] == []
    answer = admin.get("/api/v1/changes", query_string={"after": start}, headers={"X-Company": "OTHER"})
    assert [each["entity"] for each in answer.json["items"]] == ["delivery.webhook"]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize(("query", "name"), [
    ("after=x", "after"), ("after=1.2", "after"), ("after=-1.0-0.0", "after"), ("after=1.1-1.1%00", "after"),
    (f"after={'9' * 19}.1-1.1", "after"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"),
    ("limit=%D9%A1", "limit"), ("entity=nothing.here", "entity"), ("since=1", "since"), ("limit=1&limit=2", "limit"),
])
def test_bad_questions_are_named(site: Site, query: str, name: str) -> None:
    answer = client(site, "root", "admin").get(f"/api/v1/changes?{query}")
    assert (answer.status_code, list(answer.json["errors"])) == (400, [name])


@pytest.mark.database("postgresql")
def test_a_change_with_earlier_ids_that_is_committed_later_is_not_passed_over(site: Site) -> None:
    admin = client(site, "root", "admin")
    _, start = pages(admin, "latest")
    written, go_on = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        add_user(work, name="slow", password=None, roles=[])
        work.checkpoint()
        work.checkpoint()  # its rows have their ids now
        written.set()
        assert go_on.wait(20)

    def run() -> None:
        with site.active():
            write(site, slow)

    thread = threading.Thread(target=run)
    thread.start()
    assert written.wait(20)
    hire(site, "quick")
    items, position = pages(admin, start)
    assert told(items) == [("quick", "create")]
    go_on.set()
    thread.join()
    slower, quicker = (AuditRecord.get(AuditRecord.key == name).id for name in ("slow", "quick"))
    assert slower < quicker
    assert told(pages(admin, position)[0]) == [("slow", "create")]


def test_a_reader_beside_writers_sees_everything_once_in_order(site: Site) -> None:
    admin = client(site, "root", "admin")
    _, position = pages(admin, "latest")
    start = AuditSeal.select(peewee.fn.MAX(AuditSeal.number)).where(AuditSeal.chain == 0).scalar()

    def many(number: int) -> None:
        with site.active():
            for each in range(12):
                hire(site, f"u{number}-{each}a", f"u{number}-{each}b")

    threads = [threading.Thread(target=many, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    seen: list[dict[str, Any]] = []
    while any(thread.is_alive() for thread in threads):
        items, position = pages(admin, position, limit=7)
        seen += items
    seen += pages(admin, position, limit=7)[0]
    kept = (AuditRecord.select(AuditRecord.record)
            .join(AuditSeal, on=(AuditSeal.batch == AuditRecord.batch) & (AuditSeal.chain == AuditRecord.chain))
            .where(AuditSeal.chain == 0, AuditSeal.number > start).order_by(AuditSeal.number, AuditRecord.id))
    assert len(seen) == 96
    assert [each["id"] for each in seen] == [record for (record,) in kept.tuples()]
