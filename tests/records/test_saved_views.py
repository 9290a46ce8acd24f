"""Saved views: everybody keeps his own, and sees those shared with him."""

from __future__ import annotations

from typing import Any

import pytest

from trastienda import Site
from trastienda.builtin.records.saved_views import default_view, views_for
from trastienda.entities import write
from trastienda.security.actor import Actor

ADDRESS = "/api/v1/records/views"
VIEW = {"entity": "contacts.party", "name": "Customers", "query": "roles__contains=customer&sort=-name",
        "columns": "code,name"}  # fmt: skip


def names(client: Any) -> list[str]:
    return [each["name"] for each in client.get(ADDRESS).json["items"]]


def test_view_is_kept_as_it_was_and_is_its_makers(sign_in: Any) -> None:
    client = sign_in("contacts.reader")
    made = client.post(ADDRESS, json={**VIEW, "query": "active=true&sort=-name"})
    assert made.status_code == 201, made.text
    assert {name: made.json[name] for name in ("entity", "name", "query", "columns", "shared_with", "is_default")} == {
        **VIEW, "query": "active=true&sort=-name", "shared_with": "me", "is_default": False}  # fmt: skip
    assert made.json["owner"]["id"] > 0
    assert made.json["version"] == 1


def test_others_see_what_is_shared_with_them_and_change_none(sign_in: Any) -> None:
    clerk, other, stranger = sign_in("contacts.reader"), sign_in("contacts.reader"), sign_in("auditor")
    made = {}
    for name, shared in (("mine", {}), ("ours", {"shared_with": "role", "role": "contacts.reader"}),
                         ("all", {"shared_with": "everyone"})):  # fmt: skip
        answer = clerk.post(ADDRESS, json={"entity": "contacts.party", "name": name, **shared})
        assert answer.status_code == 201, answer.text
        made[name] = answer.json["id"]
    assert names(clerk) == ["all", "mine", "ours"]
    assert names(other) == ["all", "ours"]
    assert other.get(f"{ADDRESS}/{made['mine']}").status_code == 404
    for name in made:
        answer = other.patch(f"{ADDRESS}/{made[name]}", json={"name": "x"}, headers={"If-Match": "*"})
        assert answer.status_code == 404
        assert other.delete(f"{ADDRESS}/{made[name]}", headers={"If-Match": "*"}).status_code == 404
    assert clerk.patch(f"{ADDRESS}/{made['mine']}", json={"name": "x"}, headers={"If-Match": '"1"'}).status_code == 200
    assert names(stranger) == ["all", "ours", "x"]
    assert stranger.delete(f"{ADDRESS}/{made['all']}", headers={"If-Match": "*"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"entity": "contacts.nothing"}, "entity"),
        ({"query": "nothing=1"}, "query"),
        ({"query": "limit=5"}, "query"),
        ({"query": "&".join(f"code={i}" for i in range(101))}, "query"),
        ({"columns": "code,nothing"}, "columns"),
        ({"shared_with": "role"}, "role"),
        ({"shared_with": "role", "role": "nobody"}, "role"),
        ({"role": "admin"}, "role"),
        ({"shared_with": "world"}, "shared_with"),
        ({"owner": 1}, "owner"),
        ({"name": ""}, "name"),
    ],
)
@pytest.mark.database("sqlite")
def test_view_that_its_list_would_refuse_is_refused(client: Any, change: dict[str, str], field: str) -> None:
    given = {"entity": "contacts.party", "name": "A", **change}
    answer = client.post(ADDRESS, json=given)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), answer.text
    if field != "owner":
        good = client.post(ADDRESS, json={"entity": "contacts.party", "name": "A"}).json
        answer = client.patch(f"{ADDRESS}/{good['id']}", json=change, headers={"If-Match": "*"})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field]), answer.text


@pytest.mark.database("sqlite")
def test_list_that_one_may_not_read_cannot_be_kept(sign_in: Any) -> None:
    answer = sign_in("contacts.reader").post(ADDRESS, json={"entity": "identity.user", "name": "A"})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["entity"])


def test_own_views_come_first_and_the_nearest_default_wins(site: Site, user: Any) -> None:
    company = site.company("ACME")
    ann, bob = (site.actor(user("contacts.reader"), company, via="api") for _ in range(2))

    def make(actor: Actor, name: str, **values: Any) -> None:
        entity = site.registry.entities["records.view"]
        shaped = write.shape(site, actor, entity, {"entity": "contacts.party", "name": name, **values})
        site.write(actor, company, lambda work: write.create(work, entity, shaped))

    make(bob, "a everyone", shared_with="everyone", is_default=True)
    make(bob, "b role", shared_with="role", role="contacts.reader", is_default=True)
    make(bob, "private")
    make(ann, "c mine")
    seen = views_for(site.work(ann, company), "contacts.party")
    assert [view.name for view in seen] == ["c mine", "b role", "a everyone"]
    assert getattr(default_view(seen), "name", None) == "b role"
    assert views_for(site.work(ann, company), "contacts.address") == []
