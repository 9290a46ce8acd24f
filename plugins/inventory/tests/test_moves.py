"""Moving goods: what it does to stock and value, and what stands against it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda_inventory import InsufficientStock, Location, Move, Product
from trastienda_inventory.reports.stock import on_hand, valuation

if TYPE_CHECKING:
    from .conftest import Store


@pytest.mark.parametrize(("method", "left"), [("average", 75), ("fifo", 100), ("standard", 50)])
def test_two_receipts_and_an_issue_leave_the_value_of_the_method(store: Store, method: str, left: int) -> None:
    store.receive(method, "10", "10")
    store.receive(method, "10", "20")
    store.issue(method, "15")
    assert store.worth(method) == (5, left)
    assert [(row.product, row.location, row.quantity, row.value) for row in store.report(on_hand)] == [
        (method, "STOCK", 5, left)]
    assert [(row.product, row.quantity, row.value) for row in store.report(valuation)] == [(method, 5, left)]
    assert store.well()


def test_goods_sent_before_they_came_are_settled_when_they_come(store: Store) -> None:
    for cost in ("10", "20"):
        store.receive("fifo", "10", cost, to="FREE")
    store.issue("fifo", "30", source="FREE")
    for cost in ("30", "40"):
        store.receive("fifo", "10", cost, to="FREE")
    assert store.worth("fifo") == (10, 400)
    assert store.well()


@pytest.mark.parametrize(("method", "left"), [("average", "8902.06"), ("fifo", "8955")])
def test_textbook_of_three_purchases_and_two_sales(store: Store, method: str, left: str) -> None:
    for received, cost, sold in (("150", "21", "120"), ("225", "27", "180"), ("210", "33", None)):
        store.receive(method, received, cost)
        if sold:
            store.issue(method, sold)
    assert store.worth(method) == (285, Decimal(left))
    assert store.well()


@pytest.mark.parametrize(("method", "left"), [("average", "95"), ("fifo", "110")])
def test_a_receipt_entered_late_gives_what_entering_it_in_time_gives(store: Store, method: str, left: str) -> None:
    store.receive(method, "10", "10", day=2)
    store.issue(method, "8", day=5)
    store.receive(method, "6", "15", day=3)
    assert store.worth(method) == (8, Decimal(left))
    assert store.well()


def test_nothing_goes_below_zero_and_a_reservation_is_kept(store: Store) -> None:
    store.receive("average", "10", "1")
    held = store.write(lambda work: work.add(Move(
        product=work.get(Product, "average").id, quantity=Decimal(4), date=Date(2026, 6, 10),
        from_location=work.get(Location, "STOCK").id, to_location=work.get(Location, "CUS").id)).id)
    store.act(held, "reserve")
    with pytest.raises(InsufficientStock) as refused:
        store.issue("average", "7")
    assert (refused.value.wanted, refused.value.available) == (7, 6)
    store.act(held, "do", quantity=Decimal(3))
    rest = store.read(lambda work: [(m.quantity, m.state) for m in work.select(Move).where(Move.back_order_of == held)])
    assert rest == [(1, "draft")]
    assert store.worth("average") == (7, 7)
    assert store.well()


def test_a_late_issue_that_leaves_a_hole_is_refused(store: Store) -> None:
    store.receive("average", "10", "1", day=8)
    with pytest.raises(InsufficientStock):
        store.issue("average", "1", day=5)


def test_goods_come_back_at_the_cost_they_had(store: Store) -> None:
    store.receive("average", "10", "10")
    sold = store.issue("average", "4")
    store.receive("average", "6", "20")
    back = store.write(lambda work: work.add(Move(
        product=work.get(Product, "average").id, quantity=Decimal(4), date=Date(2026, 6, 11), returns=sold,
        from_location=work.get(Location, "CUS").id, to_location=work.get(Location, "STOCK").id)).id)
    store.act(back, "do")
    assert store.worth("average") == (16, 220)
    assert store.well()


def test_goods_that_a_later_transfer_brings_are_not_there_before_it(store: Store) -> None:
    store.receive("average", "10", "1", day=8)
    store.move("average", "10", "STOCK", "BACK", day=9, cost=None)
    with pytest.raises(InsufficientStock):
        store.issue("average", "1", day=8, source="BACK")
    assert store.issue("average", "1", day=9, source="BACK")
    assert store.well()


def test_last_ten_units_go_to_ten_of_many_clients(store: Store) -> None:
    store.receive("average", "10", "1")

    def client(_number: int) -> bool:
        with store.site.active():
            try:
                store.issue("average", "1")
            except InsufficientStock:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(client, range(30)))
    assert outcomes.count(True) == 10
    assert store.worth("average") == (0, 0)
    assert store.well()
