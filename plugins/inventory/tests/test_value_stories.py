"""What stock is worth: remainders, returns, late entries, closed days, and a new standard cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Plugin, Refusal, Service, Site, Work
from trastienda_inventory import Move, Product
from trastienda_inventory.moving import DayNotOpen
from trastienda_inventory.open_days import FIRST_OPEN_DAY
from trastienda_inventory.reports.stock import valuation
from trastienda_inventory.value_tables import ValueEntry
from trastienda_inventory.values import ReturnedTooMuch, ValuedOtherwiseThen

from .conftest import Store, found_company, open_site

if TYPE_CHECKING:
    from trastienda_inventory.reports.stock import ValuationRow


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_the_last_of_seventy_issues_takes_the_last_cent(store: Store, method: str) -> None:
    store.receive(method, "2", "4.63")
    store.receive(method, "5", "3.04")
    for _ in range(70):
        store.issue(method, "0.1")
    assert store.worth(method) == (0, 0)
    assert store.well()


def return_of(store: Store, move: int, quantity: str, source: str, target: str, *, day: int = 11) -> int:
    product = store.read(lambda work: work.get(Move, move).product.code)
    back = store.draft(product, quantity, source, target, day=day, returns=move)
    store.act(back, "do")
    return back


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_returns_in_parts_take_back_all_that_was_given_and_no_more(store: Store, method: str) -> None:
    store.receive(method, "3", "3.3333")
    sold = store.issue(method, "3")
    for _ in range(3):
        return_of(store, sold, "1", "CUS", "STOCK")
    assert store.worth(method) == (3, 10)
    with pytest.raises(ReturnedTooMuch):
        return_of(store, sold, "1", "CUS", "STOCK")


def test_goods_sent_back_to_the_supplier_leave_at_what_they_cost(store: Store) -> None:
    store.receive("fifo", "10", "1")
    bought = store.receive("fifo", "10", "2")
    return_of(store, bought, "4", "STOCK", "SUP")
    assert store.worth("fifo") == (16, 22)
    store.issue("fifo", "12", day=11)
    assert store.worth("fifo") == (4, 8)
    assert store.well()


def entries(store: Store, product: str) -> list[tuple[str, int, int, Decimal]]:
    """Kind, day booked, day moved and value."""
    def body(work: Work) -> list[tuple[str, int, int, Decimal]]:
        of = work.get(Product, product)
        return [(each.kind, each.date.day, each.moved_on.day, each.value)
                for each in work.select(ValueEntry).where(ValueEntry.product == of).order_by(ValueEntry.id)]

    return store.read(body)


def value_on(store: Store, day: int) -> list[tuple[Decimal, Decimal]]:
    rows: list[ValuationRow] = store.report(valuation, at=Date(2026, 6, day))
    return [(row.quantity, row.value) for row in rows]


def test_a_late_receipt_adds_entries_and_changes_none(store: Store) -> None:
    store.receive("average", "10", "10", day=2)
    store.issue("average", "8", day=5)
    before = entries(store, "average")
    store.receive("average", "6", "15", day=3)
    assert entries(store, "average") == [*before, ("move", 3, 3, 90), ("adjustment", 5, 5, -15)]
    assert [value_on(store, day) for day in (2, 3, 4, 5)] == [[(10, 100)], [(16, 190)], [(16, 190)], [(8, 95)]]
    assert store.well()


@pytest.fixture
def closed(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Store]:
    """A store whose books some other plugin keeps."""
    days: set[int] = set()

    def first_open(_work: Work, day: Date) -> Date:
        while day.day in days:
            day += timedelta(days=1)
        return day

    books = Plugin("books", services=[Service(FIRST_OPEN_DAY, first_open)])
    url = prepared_database("inventory", lambda url: found_company(open_site(url, tmp_path)))
    site: Site = open_site(url, tmp_path, extra=[books])
    with site.active():
        store = Store(site)
        store.close = lambda first, last: days.update(range(first, last + 1))
        yield store
    site.shut()


def test_a_move_on_a_closed_day_is_refused_with_the_day_named(closed: Store) -> None:
    closed.close(1, 5)
    with pytest.raises(DayNotOpen) as refused:
        closed.receive("average", "1", "1", day=5)
    assert refused.value.first_open == Date(2026, 6, 6)
    assert list(refused.value.errors) == ["date"]


def test_what_a_late_move_changes_in_closed_days_is_booked_on_the_first_open_one(closed: Store) -> None:
    closed.receive("average", "10", "10", day=2)
    closed.receive("average", "10", "10", day=6)
    closed.issue("average", "8", day=9)
    closed.issue("average", "2", day=12)
    closed.close(5, 10)
    closed.receive("average", "20", "25", day=4)
    assert entries(closed, "average")[4:] == [
        ("move", 4, 4, 500), ("adjustment", 11, 9, -60), ("adjustment", 12, 12, -15)]
    assert [value_on(closed, day) for day in (10, 11, 12)] == [[(32, 620)], [(32, 560)], [(30, 525)]]
    assert closed.well()


def test_goods_do_not_move_on_a_day_to_come(store: Store) -> None:
    with pytest.raises(Invalid) as refused:
        store.receive("average", "1", "1", day=16)
    assert list(refused.value.errors) == ["date"]


def test_a_new_standard_cost_revalues_the_stock_by_an_entry_of_today(store: Store) -> None:
    store.receive("standard", "10", "9", day=2)
    with pytest.raises(Invalid, match="Revalue"):
        store.write(lambda work: setattr(work.get(Product, "standard"), "standard_cost", Decimal(12)))
    store.write(lambda work: work.act(work.get(Product, "standard"), "revalue", standard_cost=Decimal(12)))
    assert entries(store, "standard") == [("move", 2, 2, 100), ("revaluation", 15, 15, 20)]
    assert [value_on(store, day) for day in (14, 15)] == [[(10, 100)], [(10, 120)]]
    store.issue("standard", "10", day=15)
    assert store.worth("standard") == (0, 0)
    assert store.well()


def test_another_valuation_begins_with_the_next_empty_stock_and_bars_earlier_days(store: Store) -> None:
    store.receive("average", "1", "5", day=2)
    store.issue("average", "1", day=4)

    def body(work: Work) -> None:
        work.get(Product, "average").category = work.get(Product, "fifo").category_id  # type: ignore[assignment]

    store.write(body)
    store.receive("average", "1", "1", day=6)
    store.receive("average", "1", "3", day=7)
    store.issue("average", "1", day=8)
    assert store.worth("average") == (1, 3)
    with pytest.raises(ValuedOtherwiseThen):
        store.receive("average", "1", "1", day=3)
    store.receive("average", "1", "2", day=5)
    assert store.worth("average") == (2, 4)
    assert store.well()


@pytest.mark.parametrize("action", ["do", "cancel", "unreserve"])
def test_a_reservation_ends_with_its_move(store: Store, action: str) -> None:
    store.receive("average", "5", "1")
    move = store.draft("average", "5")
    store.act(move, "reserve")
    assert store.on_hand("average") == 0
    with pytest.raises(Refusal):
        store.write(lambda work: setattr(work.get(Move, move), "quantity", Decimal(4)))
    store.act(move, action)
    assert store.state(move) == {"do": "done", "cancel": "cancelled", "unreserve": "draft"}[action]
    assert store.on_hand("average") == (0 if action == "do" else 5)
    assert store.well()


def test_a_reserved_move_that_is_done_late_and_in_part_leaves_a_back_order(store: Store) -> None:
    store.receive("average", "5", "1", day=2)
    move = store.draft("average", "4", day=3)
    store.act(move, "reserve")
    store.receive("average", "5", "2", day=6)
    store.act(move, "do", quantity=Decimal(3))
    assert store.worth("average") == (7, 12)
    assert store.read(lambda work: [each.state for each in work.select(Move).where(Move.back_order_of == move)]) == [
        "draft"]
    assert store.well()
