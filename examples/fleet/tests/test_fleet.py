"""The fleet from outside, alone and with everybody that it knows, on each database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda.testing.contract import PluginContract
from trastienda_fleet.costs import per_100_km

PLATE = "1234 BCD"
OWN = {
    "fleet.vehicle": {"plate": PLATE},
    "fleet.trip": {"start": 10, "end": 30},
    "contacts.party": {"is_company": False, "country": "", "tax_id": "", "email": "a@example.org", "ext": {
        "fleet": {"licence": "L-1", "licence_until": "2030-01-01", "own_car": True}}},
}  # fmt: skip


class TestContract(PluginContract):
    plugin = "fleet"
    values = OWN

    @pytest.fixture
    def trastienda_plugins(self) -> tuple[str, ...]:
        return ("fleet",)


@pytest.fixture
def api(client: FlaskClient) -> Callable[..., Any]:
    """api("POST", "fleet/trips", {...}, status=201): the answer's JSON."""

    def call(method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = client.open(f"/api/v1/{path}", method=method, json=body, headers=sent)
        assert answer.status_code == status, answer.text
        return answer.json

    return call


@pytest.fixture
def vehicle(api: Callable[..., Any]) -> Any:
    return api("POST", "fleet/vehicles", {"plate": PLATE, "name": "Van"}, status=201)


def trip(api: Callable[..., Any], start: int, end: int, status: int = 201) -> Any:
    body = {"vehicle": PLATE, "date": "2026-03-02", "start": start, "end": end}
    return api("POST", "fleet/trips", body, status=status)


def fuel(api: Callable[..., Any], cost: str, **more: Any) -> Any:
    body = {"vehicle": PLATE, "date": "2026-03-02", "litres": "40", "cost": cost, **more}
    return api("POST", "fleet/refuellings", body, status=201)


def test_cost_per_100_km_is_to_the_cent() -> None:
    assert [per_100_km(Decimal(cost), distance) for cost, distance in (("10", 300), ("0", 5), ("7", 0))] == [
        Decimal("3.33"), Decimal("0.00"), None]  # fmt: skip


def test_trip_moves_the_odometer_and_none_turns_it_back(api: Callable[..., Any], vehicle: Any) -> None:
    assert trip(api, 0, 120)["distance"] == 120
    trip(api, 40, 60)
    assert api("GET", f"fleet/vehicles/{vehicle['id']}")["odometer"] == 120
    assert list(trip(api, 120, 100, status=422)["errors"]) == ["end"]


def test_sold_vehicle_drives_no_more(api: Callable[..., Any], vehicle: Any, frozen: Callable[[date], Any]) -> None:
    frozen(date(2026, 3, 1))
    assert api("POST", f"fleet/vehicles/{vehicle['id']}/actions/sell", {})["sold_on"] == "2026-03-01"
    assert trip(api, 0, 10, status=409)["detail"] == "1234 BCD is sold"
    assert api("GET", "fleet/trips")["items"] == []


def test_costs_are_of_the_days_asked_for(api: Callable[..., Any], vehicle: Any) -> None:
    trip(api, 0, 200)
    fuel(api, "50.00")
    fuel(api, "30.00", date="2026-04-01")
    row = api("GET", "reports/fleet.costs?from=2026-03-01&to=2026-03-31")["rows"][0]
    assert (row["vehicle"]["key"], row["distance"], row["litres"], row["cost"], row["cost_per_100_km"]) == (
        PLATE, 200, "40", "50.00", "25.00")  # fmt: skip
    assert api("GET", "reports/fleet.costs")["totals"] == {"distance": 200, "litres": "80", "cost": "80.00"}


def test_driver_card_is_part_of_the_party(api: Callable[..., Any], vehicle: Any) -> None:
    card = {"licence": "L-1", "licence_until": "2026-05-01", "preferred_vehicle": PLATE}
    made = api("POST", "contacts/parties",
               {"code": "P1", "name": "Driver", "is_company": False, "ext": {"fleet": card}}, status=201)  # fmt: skip
    assert (made["ext"]["fleet"]["preferred_vehicle"]["key"], made["ext"]["fleet"]["may_drive"]) == (PLATE, True)
    listed = api("GET", f"contacts/parties?ext.fleet.preferred_vehicle={PLATE.replace(' ', '%20')}")["items"]
    assert [each["code"] for each in listed] == ["P1"]
    refused = api("PATCH", f"contacts/parties/{made['id']}", {"is_company": True}, status=422, If_Match='"1"')
    assert refused["errors"] == {"ext.fleet.licence": ["A company has no driving licence"]}
    renewed = api("POST", f"contacts/parties/{made['id']}/actions/fleet.renew", {"until": "2031-05-01"})
    assert renewed["ext"]["fleet"]["licence_until"] == "2031-05-01"


def test_panels_say_what_waits_and_what_it_costs(
    api: Callable[..., Any], vehicle: Any, browser_client: FlaskClient, frozen: Callable[[date], Any]
) -> None:
    frozen(date(2026, 6, 1))
    trip(api, 0, 200)
    fuel(api, "50.00")
    page = browser_client.get("/").text
    assert 'href="/fleet/refuellings?state=draft">Fuel to book</a> <span class="count">1</span>' in page
    assert "<svg" in page.split('id="panel-fleet.overview"')[1].split("</section>")[0]
    page = browser_client.get(f"/fleet/vehicles/{vehicle['id']}").text
    assert "25.00" in page.split('id="panel-fleet.vehicle-figures"')[1].split("</section>")[0]


def test_driver_writes_trips_and_nothing_else(api: Callable[..., Any], vehicle: Any, sign_in: Any) -> None:
    driver = sign_in("fleet.driver")
    body = {"vehicle": PLATE, "date": "2026-03-02", "start": 0, "end": 5}
    assert driver.post("/api/v1/fleet/trips", json=body).status_code == 201
    assert driver.get("/api/v1/reports/fleet.costs").status_code == 403
    assert driver.post("/api/v1/fleet/refuellings", json={}).status_code == 403


@pytest.mark.database("sqlite")
def test_alone_it_books_fuel_without_a_ledger(api: Callable[..., Any], vehicle: Any) -> None:
    made = fuel(api, "50.00")
    assert api("POST", f"fleet/refuellings/{made['id']}/actions/book", {})["state"] == "booked"


def test_licence_goes_with_the_data_of_its_driver(client: FlaskClient) -> None:
    card = {"licence": "LIC-4711", "own_car": True, "licence_until": "2030-01-01"}
    made = client.post("/api/v1/contacts/parties", json={
        "code": "D1", "name": "Ana", "is_company": False, "ext": {"fleet": card}})  # fmt: skip
    assert made.status_code == 201, made.text
    place = f"/api/v1/privacy/contacts.party/{made.json['id']}"
    assert "LIC-4711" in client.get(place).text
    assert client.delete(place).status_code == 200
    now = client.get(f"/api/v1/contacts/parties/{made.json['id']}").json["ext"]["fleet"]
    assert (now["licence"], now["licence_until"], now["own_car"]) == ("", None, False)
    assert "LIC-4711" not in client.get(place).text
