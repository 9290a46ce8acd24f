"""A record never comes to stand below itself, whatever the entity, in one write and in two at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from trastienda import Company, Record, Site
from trastienda.testing.sites import SYSTEM

pytestmark = pytest.mark.plugins("accounting", "hr", "inventory")

NEW: dict[str, dict[str, Any]] = {
    "accounting.account": {"kind": "asset"},
    "hr.department": {},
    "inventory.category": {"valuation": "fifo"},
    "inventory.location": {"kind": "internal"},
}


def grow(client: FlaskClient, site: Site, entity: str, *, count: int = 3) -> tuple[str, list[int]]:
    """So many records, each below the one before: their address and ids."""
    address = f"/api/v1/{site.registry.entities[entity].path}"
    ids: list[int] = []
    for code in map(str, range(count)):
        given = {**NEW[entity], "code": code, "name": code, "parent": {"id": ids[-1]} if ids else None}
        answer = client.post(address, json=given)
        assert answer.status_code == 201, answer.json
        ids.append(answer.json["id"])
    return address, ids


def move(client: FlaskClient, address: str, below: int | None) -> Any:
    version = client.get(address).json["version"]
    return client.patch(address, json={"parent": below and {"id": below}}, headers={"If-Match": f'"{version}"'})


def test_every_entity_that_is_a_tree_is_tried(site: Site) -> None:
    assert {name for name, each in site.registry.entities.items() if each.declared.parent} == set(NEW)


@pytest.mark.parametrize("entity", NEW)
def test_moving_a_record_below_itself_or_below_what_is_under_it_is_refused(
    client: FlaskClient, site: Site, entity: str
) -> None:
    address, ids = grow(client, site, entity)
    for below in (ids[0], ids[2]):
        answer = move(client, f"{address}/{ids[0]}", below)
        assert (answer.status_code, answer.json["errors"]) == (422, {"parent": ["A record cannot stand below itself"]})
    assert move(client, f"{address}/{ids[2]}", ids[0]).status_code == 200
    assert move(client, f"{address}/{ids[1]}", None).status_code == 200
    assert move(client, f"{address}/{ids[0]}", ids[1]).status_code == 200


def test_moves_of_one_work_are_seen_together(site: Site, client: FlaskClient, write: Callable[..., Any]) -> None:
    from trastienda_hr import Department

    _, (first, second, third) = grow(client, site, "hr.department")

    def turn_over(work: Any) -> None:
        one, two, three = (work.get(Department, each) for each in (first, second, third))
        one.parent, two.parent, three.parent = two, three, None

    write(turn_over)
    assert [Department.get_by_id(each).parent_id for each in (first, second, third)] == [second, third, None]


def test_two_branches_moved_below_each_other_at_once_make_no_circle(
    app: Flask, site: Site, client: FlaskClient, company: Company
) -> None:
    """Neither move touches a row that the other one does."""
    address, ids = grow(client, site, "hr.department", count=4)
    top, below_top, other, below_other = ids
    model: type[Record] = site.registry.entities["hr.department"].model
    headers = {"Authorization": client.environ_base["HTTP_AUTHORIZATION"]}
    for _ in range(10):
        site.write(SYSTEM, company, lambda work: [_uproot(work.get(model, each)) for each in (top, other)])
        versions = {each: client.get(f"{address}/{each}").json["version"] for each in (top, other)}
        start = Barrier(2)

        def press(moved: int, below: int, start: Barrier = start, versions: dict[int, int] = versions) -> int:
            start.wait()
            sent = {**headers, "If-Match": f'"{versions[moved]}"'}
            answer = app.test_client().patch(f"{address}/{moved}", json={"parent": {"id": below}}, headers=sent)
            return answer.status_code

        with ThreadPoolExecutor(2) as pool:
            statuses = list(pool.map(press, (top, other), (below_other, below_top)))
        assert sorted(statuses) == [200, 422]


def _uproot(record: Any) -> None:
    record.parent = None
