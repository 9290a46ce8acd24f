"""Notifications: one's own, read once, by mail where it is wanted."""

from __future__ import annotations

from flask.testing import FlaskClient

from trastienda import Grant, Plugin, Role, Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.delivery.mail import Mail
from trastienda.builtin.identity.administration import add_user
from trastienda.testing.sites import SYSTEM, bearer_client

from ..jobs.conftest import OpenSite, acme

GUESTS = Plugin("chores", roles=[Role("chores.guest", [Grant("chores.nothing", ["read"])])])


def test_a_user_sees_and_reads_his_own_notifications_alone(open_site: OpenSite) -> None:
    site = open_site(GUESTS)
    ana, bob = hire(site, "ana"), hire(site, "bob")
    first, second = client(site, ana), client(site, bob)

    def tell(work: Work) -> int:
        notify = work.site.registry.services["user.notify/1"]
        return int(notify(work, user=ana, subject="Approve it", record=bob, by_mail=True))

    identity = site.write(SYSTEM, acme(site), tell)
    (shown,) = first.get("/api/v1/delivery/notifications?read_at__isnull=true").json["items"]
    assert (shown["subject"], shown["read_at"]) == ("Approve it", None)
    whole = first.get(f"/api/v1/delivery/notifications/{identity}").json
    assert (whole["entity"], whole["record"]) == ("identity.user", bob.id)
    path = f"/api/v1/delivery/notifications/{identity}"
    assert second.get("/api/v1/delivery/notifications").json["items"] == []
    assert [second.get(path).status_code, second.post(f"{path}/actions/mark-read").status_code] == [404, 404]
    read = first.post(f"{path}/actions/mark-read").json["read_at"]
    assert read is not None
    assert first.get("/api/v1/delivery/notifications?read_at__isnull=true").json["items"] == []
    assert first.post("/api/v1/delivery/notifications", json={"subject": "x"}).status_code == 403
    assert [(each.to, each.subject) for each in Mail.select()] == [("ana@example.com", "Approve it")]


def hire(site: Site, name: str) -> User:
    def add(work: Work) -> User:
        return add_user(work, name=name, password=None, roles=["chores.guest"], email=f"{name}@example.com")

    return site.write(SYSTEM, acme(site), add)


def client(site: Site, user: User) -> FlaskClient:
    return bearer_client(create_app(site), site, user)
