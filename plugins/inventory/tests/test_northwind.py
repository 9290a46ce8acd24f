"""A food trader's real year and a half: imported and replayed, it comes to what adding it up by hand comes to."""

from __future__ import annotations

import csv
import os
from collections import Counter
from datetime import date as Date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from trastienda_inventory.reports.classes import abc
from trastienda_inventory.reports.stock import on_hand, valuation

if TYPE_CHECKING:
    from .conftest import Store

SHARED = Path(os.environ.get("TRASTIENDA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
NORTHWIND = SHARED / "northwind"
pytestmark = [
    pytest.mark.skipif(not NORTHWIND.is_dir(), reason=f"the trader's data is not at {NORTHWIND}"),
    pytest.mark.database("sqlite"),
]
CENT = Decimal("0.01")
OPENED = "2016-07-01"
LOT = Decimal(60)


class Told(NamedTuple):
    """A move as the file has it, and what a replay needs of it."""

    date: str
    product: str
    quantity: Decimal
    cost: Decimal | None
    price: Decimal | None


def table(name: str) -> list[dict[str, str]]:
    with (NORTHWIND / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def method_of(product: str) -> str:
    return ("average", "fifo")[int(product) % 2]


def moves() -> list[Told]:
    """Opening stock, each order's lines on its day, and a receipt wherever there would not be enough."""
    prices = {row["ProductID"]: Decimal(row["UnitPrice"]) for row in table("products")}
    days = {row["OrderID"]: row["OrderDate"][:10] for row in table("orders")}
    held: dict[str, Decimal] = Counter()  # type: ignore[assignment]
    received: Counter[str] = Counter()
    told: list[Told] = []

    def receive(day: str, product: str, quantity: Decimal) -> None:
        received[product] += 1
        cost = (prices[product] * (60 + received[product] % 7) / 100).quantize(CENT)
        told.append(Told(day, product, quantity, cost, None))
        held[product] += quantity

    for row in table("products"):
        if quantity := Decimal(row["UnitsInStock"]):
            receive(OPENED, row["ProductID"], quantity)
    for row in sorted(table("order_details"), key=lambda row: days[row["OrderID"]]):
        day, product, quantity = days[row["OrderID"]], row["ProductID"], Decimal(row["Quantity"])
        if held[product] < quantity:
            receive(day, product, max(LOT, quantity))
        held[product] -= quantity
        told.append(Told(day, product, quantity, None, Decimal(row["UnitPrice"]) * (1 - Decimal(row["Discount"]))))
    return told


def replay(told: list[Told], until: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Quantity and value of each product, from lists of receipts."""
    layers: dict[str, list[list[Decimal]]] = {}
    for move in told:
        if move.date > until:
            break
        stock = layers.setdefault(move.product, [])
        if move.cost is not None:
            if method_of(move.product) == "average" and stock:
                stock[0] = [stock[0][0] + move.quantity, stock[0][1] + move.quantity * move.cost]
            else:
                stock.append([move.quantity, move.quantity * move.cost])
            continue
        left = move.quantity
        while left:
            quantity, value = stock[0]
            taken = min(left, quantity)
            part = value if taken == quantity else (value * taken / quantity).quantize(CENT, ROUND_HALF_UP)
            stock[0], left = [quantity - taken, value - part], left - taken
            if not stock[0][0]:
                del stock[0]
    sums = {product: (sum(each[0] for each in stock), sum(each[1] for each in stock))
            for product, stock in layers.items()}
    return {product: (Decimal(quantity), Decimal(value)) for product, (quantity, value) in sums.items() if quantity}


def lines(*rows: tuple[object, ...]) -> str:
    def cell(value: object) -> str:
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"'

    return "".join(",".join(map(cell, row)) + "\n" for row in rows)


@pytest.fixture
def trader(store: Store) -> Store:
    """Suppliers, products with their suppliers' prices, opening stock and every order line, through imports."""
    suppliers = lines(("code", "name", "is_company", "role"), *(
        (f"S{row['SupplierID']}", row["CompanyName"], "true", "supplier") for row in table("suppliers")))
    products = lines(("code", "name", "unit", "category", "supplier_prices.supplier", "supplier_prices.price"), *(
        (row["ProductID"], row["ProductName"], "pc", method_of(row["ProductID"]), f"S{row['SupplierID']}",
         row["UnitPrice"]) for row in table("products")))
    told = lines(
        ("date", "product", "quantity", "from_location", "to_location", "unit_cost", "unit_price"),
        *((move.date, move.product, move.quantity, *(("SUP", "STOCK") if move.cost is not None else ("STOCK", "CUS")),
           move.cost, None if move.price is None else f"{move.price:f}") for move in moves()))
    for entity, text, action in (("contacts.party", suppliers, None), ("inventory.product", products, None),
                                 ("inventory.move", told, "do")):
        result = store.load(entity, text, action=action)
        assert result.errors == []
    return store


def test_stock_value_and_classes_are_those_of_a_recomputation(trader: Store) -> None:
    told = moves()
    assert sum(move.price is not None for move in told) == 2155
    for at in ("2016-07-31", "2016-12-31", "2017-06-30", "2017-12-31", "2018-02-15", "2018-05-06", "2026-06-15"):
        expected = replay(told, at)
        day = Date.fromisoformat(at)
        found = {row.product: (row.quantity, row.value) for row in trader.report(valuation, at=day)}
        assert found == expected
        assert {row.product: row.quantity for row in trader.report(on_hand, at=day)} == {
            product: quantity for product, (quantity, _) in expected.items()}
    rows = trader.report(abc, from_=Date(2016, 1, 1), to=Date(2018, 12, 31))
    assert sum(row.amount for row in rows) == Decimal("1265793.0395")
    classes = Counter(row.abc_class for row in rows)
    assert (classes["A"], classes["A"] + classes["B"], sum(classes.values())) == (35, 58, 77)
    assert trader.well()
