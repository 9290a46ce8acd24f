"""Each kind of master data is put aside: out of its list, and refused by its field in a new document."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Site

pytestmark = pytest.mark.plugins("accounting", "hr", "inventory")
API = "/api/v1"
ANY = {"If-Match": "*"}
MOVE = {"date": "2026-03-01", "product": "P", "quantity": "1", "from_location": "SUP", "to_location": "WH1"}
#: What is archived, by its path and its code, and a document that then names it: where, what, and by which field.
NAMED = [
    ("accounting/journals", "GEN", "accounting/entries", {
        "date": "2026-03-01", "journal": "GEN",
        "lines": [{"account": "2", "debit": "1"}, {"account": "3", "credit": "1"}]}, "journal"),
    ("inventory/locations", "WH1", "inventory/moves", MOVE, "to_location"),
    ("inventory/units", "BOX", "inventory/moves", {**MOVE, "unit": "BOX"}, "unit"),
    ("inventory/lots", "L1", "inventory/moves", {**MOVE, "lot": "L1"}, "lot"),
    ("inventory/warehouses", "WB", "inventory/locations", {"code": "N", "name": "N", "warehouse": "WB"}, "warehouse"),
    ("inventory/categories", "CAT", "inventory/products", {"code": "N", "name": "N", "unit": "U", "category": "CAT"},
     "category"),
    ("hr/employees", "GONE", "hr/contracts", {"employee": "GONE", "starts_on": "2026-01-01"}, "employee"),
    ("hr/calendars", "CAL", "hr/contracts", {"employee": "HERE", "starts_on": "2026-01-01", "calendar": "CAL"},
     "calendar"),
]  # fmt: skip


@pytest.fixture
def firm(client: FlaskClient, site: Site) -> FlaskClient:
    """One of each that there is here."""
    for path, body in (
        ("accounting/accounts", {"code": "2", "name": "2", "kind": "asset", "postable": True}),
        ("accounting/accounts", {"code": "3", "name": "3", "kind": "asset", "postable": True}),
        ("accounting/journals", {"code": "GEN", "name": "General"}),
        ("inventory/units", {"code": "U", "name": "Piece"}),
        ("inventory/units", {"code": "BOX", "name": "Box", "numerator": 6}),
        ("inventory/categories", {"code": "CAT", "name": "Category"}),
        ("inventory/products", {"code": "P", "name": "P", "unit": "U", "tracking": "lot"}),
        ("inventory/lots", {"code": "L1", "product": "P"}),
        ("inventory/warehouses", {"code": "WA", "name": "A"}),
        ("inventory/warehouses", {"code": "WB", "name": "B"}),
        ("inventory/locations", {"code": "SUP", "name": "Suppliers", "kind": "supplier"}),
        ("inventory/locations", {"code": "WH1", "name": "Shelf", "warehouse": "WA"}),
        ("hr/employees", {"code": "GONE", "first_name": "A", "starts_on": "2020-01-01", "ends_on": "2021-01-31"}),
        ("hr/employees", {"code": "HERE", "first_name": "B", "starts_on": "2020-01-01"}),
        ("hr/calendars", {"code": "CAL", "name": "Summer"}),
    ):
        if path in site.registry.by_path:
            made = client.post(f"{API}/{path}", json=body)
            assert made.status_code == 201, (path, made.text)
    return client


def act(client: FlaskClient, path: str, code: str, action: str) -> Any:
    (found,) = client.get(f"{API}/{path}", query_string={"code": code, "archived": "all"}).json["items"]
    return client.post(f"{API}/{path}/{found['id']}/actions/{action}", json={})


def codes(client: FlaskClient, path: str, **query: str) -> set[str]:
    return {each["code"] for each in client.get(f"{API}/{path}", query_string=query).json["items"]}


def test_archived_one_leaves_its_list_and_is_refused_by_the_field_that_names_it(firm: FlaskClient) -> None:
    for path, code, where, body, field in NAMED:
        assert act(firm, path, code, "archive").status_code == 200, (path, code)
        assert (code in codes(firm, path), code in codes(firm, path, archived="true")) == (False, True)
        refused = firm.post(f"{API}/{where}", json=body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, [field]), (path, refused.text)
        assert "archived" in refused.json["errors"][field][0]
        assert act(firm, path, code, "bring-back").status_code == 200


@pytest.mark.database("sqlite")
def test_look_ups_on_screen_offer_it_no_more(firm: FlaskClient, browser_client: FlaskClient) -> None:
    for path, code, _where, _body, _field in NAMED:
        look_up = f"/{path}/lookup?q={code}"
        assert code in [each["key"] for each in browser_client.get(look_up).json["items"]]
        act(firm, path, code, "archive")
        assert code not in [each["key"] for each in browser_client.get(look_up).json["items"]]


@pytest.mark.plugins("hr", "inventory")
def test_what_is_still_in_use_stays(firm: FlaskClient) -> None:
    refused = act(firm, "inventory/warehouses", "WA", "archive")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["active"])
    refused = act(firm, "hr/employees", "HERE", "archive")
    assert (refused.status_code, refused.json["errors"]) == (422, {"active": ["The employment has not ended"]})
    done = firm.post(f"{API}/inventory/moves", json={**MOVE, "lot": "L1", "unit_cost": "1"})
    assert firm.post(f"{API}/inventory/moves/{done.json['id']}/actions/do", json={}).status_code == 200
    for path, code in (("inventory/locations", "WH1"), ("inventory/lots", "L1")):
        refused = act(firm, path, code, "archive")
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["active"]), refused.text
    assert act(firm, "inventory/locations", "SUP", "archive").status_code == 200


#: Records that documents name and that are not put aside: what is a document itself, or ends by its own state or date.
OTHERWISE = {
    "accounting.entry", "accounting.fiscal-year", "accounting.period", "accounting.dimension-set", "hr.payroll-run",
    "identity.company", "identity.role", "identity.user", "inventory.count", "inventory.picking", "records.mapping",
}  # fmt: skip


@pytest.mark.database("sqlite")
def test_whatever_has_a_code_can_be_put_aside_or_ends_by_itself(site: Site) -> None:
    lacking = {name for name, entity in site.registry.entities.items() if entity.key is not None
               and entity.archive is None} - OTHERWISE  # fmt: skip
    assert lacking == set()
