"""What the reports say of a small month, and what they cost."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import Work
from trastienda.reports.run import run_report
from trastienda_inventory import Location, Lot, Product
from trastienda_inventory.reports.classes import abc, classified, expiring_lots
from trastienda_inventory.reports.forecast import forecast
from trastienda_inventory.reports.moving import movements, stock_card, turnover
from trastienda_inventory.reports.stock import apportion, on_hand

if TYPE_CHECKING:
    from .conftest import Store

JUNE = {"from_": Date(2026, 6, 1), "to": Date(2026, 6, 30)}


@pytest.fixture
def month(store: Store) -> Store:
    store.receive("average", "10", "2", day=2)
    store.receive("fifo", "4", "5", day=3)
    sale = store.draft("average", "4", day=5, unit_price=Decimal("3.5"))
    store.act(sale, "do")
    back = store.draft("average", "1", "CUS", "STOCK", day=6, returns=sale, unit_price=Decimal("3.5"))
    store.act(back, "do")
    store.act(store.draft("fifo", "1", day=7, unit_price=Decimal(9)), "do")
    store.move("average", "2", "STOCK", "BACK", day=8, cost=None)
    return store


def test_stock_card_tells_each_change_and_what_was_left(month: Store) -> None:
    product = month.read(lambda work: work.get(Product, "average").id)
    rows = [each.row for each in month.report(stock_card, product=product, **JUNE)]
    assert [(row.date and row.date.day, row.quantity, row.stock, row.value, row.stock_value) for row in rows] == [
        (None, None, 0, None, 0), (2, 10, 10, 20, 20), (5, -4, 6, -8, 12), (6, 1, 7, 2, 14)]


def test_movements_and_turnover_are_of_the_companys_stock(month: Store) -> None:
    assert [tuple(row) for row in month.report(movements, **JUNE)] == [
        ("average", "average", 0, 11, 4, 7), ("fifo", "fifo", 0, 4, 1, 3)]
    assert [(row.product, row.cost, row.average_stock, row.turnover) for row in month.report(turnover, **JUNE)] == [
        ("average", 8, 7, Decimal(8) / 7), ("fifo", 5, Decimal("7.5"), 5 / Decimal("7.5"))]


def test_abc_is_by_what_was_sold_less_what_came_back(month: Store) -> None:
    codes = {month.read(lambda work, code=code: work.get(Product, code).id): code for code in ("average", "fifo")}
    assert [(codes[row.product], row.amount) for row in month.report(abc, **JUNE)] == [
        ("average", Decimal("10.5")), ("fifo", 9)]
    assert [(codes[row.product], row.amount) for row in month.report(abc, by="value", **JUNE)] == [
        ("average", 6), ("fifo", 5)]


def test_classes_end_where_the_cumulative_share_passes_their_end() -> None:
    amounts = {1: Decimal(60), 2: Decimal(20), 3: Decimal(15), 4: Decimal(5), 5: Decimal(0), 6: Decimal(-3)}
    assert [(product, name) for product, *_, name in classified(amounts)] == [(1, "A"), (2, "A"), (3, "B"), (4, "C")]


def test_forecast_is_stock_and_what_is_planned_until_the_day(month: Store) -> None:
    month.draft("average", "2", "SUP", "STOCK", day=20, unit_cost=Decimal(1))
    month.draft("average", "1", "SUP", "STOCK", unit="doz", day=25)
    held = month.draft("average", "3", day=20)
    month.act(held, "reserve")

    def told(**given: Any) -> list[tuple[Any, ...]]:
        stock = month.read(lambda work: work.get(Location, "STOCK").id)
        average = month.read(lambda work: work.get(Product, "average").id)
        return [tuple(row)[3:] for row in month.report(forecast, product=average, location=stock, **given)]

    assert told() == [(5, 3, 2, 14, 3, 16)]
    assert told(at=Date(2026, 6, 20)) == [(5, 3, 2, 2, 3, 4)]
    assert told(at=Date(2026, 6, 5)) == [(6, None, None, None, None, None)]


def test_on_hand_shares_a_products_value_over_its_places_without_a_remainder(month: Store) -> None:
    assert [tuple(row) for row in month.report(on_hand)] == [
        ("average", "average", "BACK", 2, 0, 2, 4), ("average", "average", "STOCK", 5, 0, 5, 10),
        ("fifo", "fifo", "STOCK", 3, 0, 3, 15)]
    assert apportion(Decimal(10), [Decimal(1)] * 3, quantum=Decimal("0.01")) == [
        Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]


def test_on_hand_costs_one_query_however_many_products(month: Store) -> None:
    assert month.rows_and_queries(on_hand) == (3, 1)


def test_expiring_lots_are_those_still_in_stock(store: Store) -> None:
    def lots(work: Work) -> None:
        product = work.add(Product(code="milk", name="Milk", tracking="lot", unit=work.get(Product, "average").unit))
        for code, day in (("A", Date(2026, 6, 12)), ("B", Date(2026, 7, 1)), ("C", Date(2027, 1, 1))):
            work.add(Lot(code=code, product=product.id, expires_on=day))

    store.write(lots)
    for lot in ("A", "B", "C"):
        store.act(store.draft("milk", "1", "SUP", "STOCK", lot=lot), "do")
    assert [row.days_left for row in store.report(expiring_lots)] == [-3, 16]
    assert [row.days_left for row in store.report(expiring_lots, days=0)] == [-3]


@pytest.mark.parametrize("name", ["on-hand", "valuation", "forecast", "movements", "turnover", "abc", "expiring-lots"])
def test_every_report_makes_a_table(month: Store, name: str) -> None:
    table = run_report(month.site, month.actor, month.company, f"inventory.{name}", {})
    assert (len(table.rows) > 0) is (name != "expiring-lots")
