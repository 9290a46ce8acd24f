"""Stock counts: entered in a grid, by a file or by a scanner, and the differences moved."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Refusal, Work
from trastienda_inventory import Location, Move, Product, StockCount
from trastienda_inventory.counts import CountLine, NoLossLocation, NothingCounted
from trastienda_inventory.stock import InsufficientStock

if TYPE_CHECKING:
    from .conftest import Store


@pytest.fixture
def stocked(store: Store) -> Store:
    store.write(lambda work: work.add(Location(code="LOSS", name="Differences", kind="loss")))
    store.receive("average", "10", "3")
    store.receive("fifo", "4", "5")
    return store


def count(store: Store) -> int:
    return store.write(lambda work: work.add(StockCount(
        code="C1", date=Date(2026, 6, 12), location=work.get(Location, "STOCK").id)).id)


def act(store: Store, action: str, **parameters: object) -> None:
    store.write(lambda work: work.act(work.lock(work.get(StockCount, "C1")), action, **parameters))


def lines(store: Store) -> dict[str, tuple[Decimal | None, ...]]:
    def body(work: Work) -> dict[str, tuple[Decimal | None, ...]]:
        return {work.get(Product, line.product_id).code: (line.expected, line.counted, line.difference)
                for line in work.get(StockCount, "C1").lines_of(CountLine)}

    return store.read(body)


def test_differences_are_moved_from_and_to_the_place_for_losses(stocked: Store) -> None:
    count(stocked)
    act(stocked, "start")
    assert lines(stocked) == {"average": (10, None, None), "fifo": (4, None, None)}

    def enter(work: Work) -> None:
        for line in work.lock(work.get(StockCount, "C1")).lines_of(CountLine):
            line.counted = Decimal(8 if work.get(Product, line.product_id).code == "average" else 5)

    stocked.write(enter)
    act(stocked, "post")
    assert lines(stocked) == {"average": (10, 8, -2), "fifo": (4, 5, 1)}
    assert stocked.worth("average") == (8, 24)
    assert stocked.worth("fifo") == (5, 25)
    moved = stocked.read(lambda work: [
        (move.date.day, move.from_location.code, move.to_location.code, move.quantity)
        for move in work.select(Move).where(Move.reference == "C1").order_by(Move.id)])
    assert sorted(moved) == [(12, "LOSS", "STOCK", 1), (12, "STOCK", "LOSS", 2)]
    assert stocked.well()
    with pytest.raises(Refusal):
        act(stocked, "post")


def test_what_moves_while_counting_is_no_difference(stocked: Store) -> None:
    count(stocked)
    act(stocked, "start")
    stocked.issue("average", "3")
    for _ in range(10):
        act(stocked, "scan", product="average")
    act(stocked, "post")
    assert stocked.on_hand("average") == 7
    assert stocked.on_hand("fifo") == 4


def test_a_scanner_counts_by_barcode_and_what_nobody_counted_can_be_nothing(stocked: Store) -> None:
    stocked.write(lambda work: setattr(work.get(Product, "fifo"), "barcode", "4006381333931"))
    count(stocked)
    act(stocked, "start")
    for _ in range(3):
        act(stocked, "scan", product="4006381333931")
    act(stocked, "scan", product="standard", quantity=Decimal(2))
    with pytest.raises(Invalid, match="product"):
        act(stocked, "scan", product="4006381333932")
    act(stocked, "post", not_counted="nothing")
    assert lines(stocked) == {"average": (10, 0, -10), "fifo": (4, 3, -1), "standard": (0, 2, 2)}
    assert stocked.worth("standard") == (2, 20)
    assert stocked.well()


def test_a_file_of_figures_is_a_count(stocked: Store) -> None:
    text = "code,date,location,product,counted\nC1,2026-06-12,STOCK,average,9\nC1,2026-06-12,STOCK,fifo,4\n"
    result = stocked.load("inventory.count", text)
    assert (result.errors, result.created) == ([], 1)
    act(stocked, "start")
    act(stocked, "post")
    assert lines(stocked) == {"average": (10, 9, -1), "fifo": (4, 4, 0)}


def test_a_count_of_nothing_or_without_a_place_for_losses_is_refused(store: Store) -> None:
    store.receive("average", "1", "1")
    count(store)
    act(store, "start")
    with pytest.raises(NothingCounted):
        act(store, "post")
    with pytest.raises(NoLossLocation):
        act(store, "post", not_counted="nothing")


def test_reserved_goods_are_not_counted_away_unseen(stocked: Store) -> None:
    stocked.act(stocked.draft("fifo", "4"), "reserve")
    count(stocked)
    act(stocked, "start")
    with pytest.raises(InsufficientStock):
        act(stocked, "post", not_counted="nothing")
    assert stocked.on_hand("average") == 10


def test_a_line_twice_is_a_fault_of_that_line(stocked: Store) -> None:
    text = "code,date,location,product,counted\nC1,2026-06-12,STOCK,fifo,9\nC1,2026-06-12,STOCK,fifo,4\n"
    assert [(each.row, each.column) for each in stocked.load("inventory.count", text).errors] == [(3, "product")]
