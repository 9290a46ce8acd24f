"""The fleet together with the plugins that it has glue with, and with one that it knows nothing of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from trastienda import Work
from trastienda.testing.contract import PluginContract

from .test_fleet import OWN, PLATE, api, fuel, vehicle

__all__ = ["api", "vehicle"]
ALL = ("accounting", "hr", "inventory", "hazmat")
Api = Callable[..., Any]


@pytest.mark.plugins("hr", "inventory")
class TestContractWithOthers(PluginContract):
    """Of what glue adds, as well."""

    plugin = "fleet"
    values = {
        **OWN,
        "hr.employee": {"email": "", "starts_on": "2026-01-01", "ends_on": None,
                        "ext": {"fleet": {"since": "2026-02-01"}}},
        "inventory.product": {"kind": "goods", "barcode": "", "ext": {"fleet": {"lasts": 50_000}}},
    }  # fmt: skip

    @pytest.fixture
    def trastienda_plugins(self, trastienda_plugins: tuple[str, ...]) -> tuple[str, ...]:
        return trastienda_plugins


@pytest.fixture
def books(write: Callable[..., Any]) -> None:
    from trastienda_accounting import FiscalYear, apply_chart

    def open_books(work: Work) -> None:
        apply_chart(work, "pgc_pymes")
        work.add(FiscalYear(code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)))

    write(open_books)


@pytest.mark.plugins(*ALL)
def test_booked_fuel_is_posted_in_the_same_transaction(api: Api, vehicle: Any, books: None, read: Any) -> None:
    from trastienda_accounting import JournalEntry, Posting

    made = fuel(api, "50.00")
    api("POST", f"fleet/refuellings/{made['id']}/actions/book", {})

    def entry(work: Work) -> Any:
        (found,) = work.select(JournalEntry)
        sums = [(line.account.code, line.debit, line.credit) for line in found.lines_of(Posting)]
        return found.source, found.state, sums

    fifty, none = Decimal(50), Decimal(0)
    assert read(entry) == (f"fleet.refuelling/{made['id']}", "posted", [("628", fifty, none), ("4000", none, fifty)])


@pytest.mark.plugins(*ALL)
def test_fuel_that_the_ledger_refuses_is_not_booked(api: Api, vehicle: Any, books: None) -> None:
    made = fuel(api, "50.00", date="2019-01-01")
    refused = api("POST", f"fleet/refuellings/{made['id']}/actions/book", {}, status=409)
    assert "2019-01-01" in refused["detail"]
    assert api("GET", f"fleet/refuellings/{made['id']}")["state"] == "draft"
    assert api("GET", "accounting/entries")["items"] == []


@pytest.mark.plugins("hr")
def test_employee_has_a_company_car(api: Api, vehicle: Any) -> None:
    car = {"vehicle": PLATE, "since": "2026-01-01"}
    body = {"code": "E1", "name": "Driver", "starts_on": "2026-02-01", "ext": {"fleet": car}}
    refused = api("POST", "hr/employees", body, status=422)
    assert refused["errors"] == {"ext.fleet.since": ["That day is before the employee's first"]}
    car["since"] = "2026-03-01"
    made = api("POST", "hr/employees", body, status=201)
    assert made["ext"]["fleet"]["vehicle"]["key"] == PLATE
