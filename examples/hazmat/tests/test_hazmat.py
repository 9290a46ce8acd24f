"""Dangerous goods, alone and beside another plugin that extends the same product: neither knows of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Work
from trastienda.testing.contract import PluginContract
from trastienda_inventory import Unit

PETROL = {"un_number": "1203", "hazard_class": "3", "net_mass": "0.75", "limited_quantity": False}


class TestContract(PluginContract):
    plugin = "hazmat"
    values = {"inventory.product": {"kind": "goods", "barcode": "", "ext": {"hazmat": PETROL}}}

    @pytest.fixture
    def trastienda_plugins(self) -> tuple[str, ...]:
        return ("hazmat",)


@pytest.fixture
def product(client: FlaskClient, write: Callable[..., Any]) -> Callable[..., Any]:
    """product("P", kind="goods", fleet={...}): the answer to a POST of one."""
    write(lambda work: _unit(work))

    def make(code: str, *, kind: str = "goods", **ext: Any) -> Any:
        body = {"code": code, "name": code, "kind": kind, "unit": "L", "ext": ext}
        return client.post("/api/v1/inventory/products", json=body).json

    return make


def _unit(work: Work) -> None:
    if work.find(Unit, "L") is None:
        work.add(Unit(code="L", name="Litre", dimension="volume"))


def test_service_is_not_dangerous(product: Callable[..., Any]) -> None:
    refused = product("P", kind="service", hazmat=PETROL)
    assert refused["errors"] == {"ext.hazmat.un_number": ["A service is not dangerous goods"]}


@pytest.mark.parametrize(("wrong", "field"), [({"un_number": "12A3"}, "un_number"), ({"net_mass": "0"}, "net_mass"),
                                              ({"hazard_class": "10"}, "hazard_class")])  # fmt: skip
def test_wrong_goods_are_refused_at_their_field(product: Callable[..., Any], wrong: Any, field: str) -> None:
    assert list(product("P", hazmat={**PETROL, **wrong})["errors"]) == [f"ext.hazmat.{field}"]


@pytest.mark.plugins("fleet")
def test_two_extenders_of_a_product_do_not_know_of_each_other(client: FlaskClient, product: Callable[..., Any]) -> None:
    client.post("/api/v1/fleet/vehicles", json={"plate": "1234 BCD", "name": "Van"})
    both = product("OIL", hazmat=PETROL, fleet={"fits": "1234 BCD", "lasts": 15_000})
    product("PETROL", hazmat=PETROL)
    product("TYRE", fleet={"lasts": 40_000})
    assert both["ext"]["hazmat"] == {**PETROL, "dangerous": True}
    assert (both["ext"]["fleet"]["fits"]["key"], both["ext"]["fleet"]["lasts"]) == ("1234 BCD", 15_000)
    found = client.get("/api/v1/inventory/products?ext.hazmat.dangerous=true&sort=-ext.fleet.lasts").json["items"]
    assert [each["code"] for each in found] == ["OIL", "PETROL"]
    changed = client.patch(f"/api/v1/inventory/products/{both['id']}", json={"ext": {"fleet": {"lasts": 9}}},
                           headers={"If-Match": '"1"'}).json  # fmt: skip
    assert (changed["ext"]["hazmat"], changed["ext"]["fleet"]["lasts"]) == (both["ext"]["hazmat"], 9)
    client.patch(f"/api/v1/inventory/products/{both['id']}", json={"ext": {"hazmat": None}},
                 headers={"If-Match": '"2"'})  # fmt: skip
    history = client.get(f"/api/v1/inventory/products/{both['id']}/history").json["items"]
    assert [sorted({name.split(".")[1] for name in each["changes"]}) for each in history[:2]] == [["hazmat"], ["fleet"]]
