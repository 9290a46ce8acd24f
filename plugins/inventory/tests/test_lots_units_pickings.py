"""Lots and serial numbers, other units, and moves that are handled together."""

from __future__ import annotations

from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from trastienda import Invalid, Work
from trastienda_inventory import InsufficientStock, Location, Lot, Move, Picking, Product, Unit
from trastienda_inventory.moving import LotExpired, SerialNumberTaken
from trastienda_inventory.pickings import EmptyPicking
from trastienda_inventory.stock import stock_at

if TYPE_CHECKING:
    from .conftest import Store


def tracked(store: Store, tracking: str, *lots: tuple[str, Date | None]) -> None:
    def body(work: Work) -> None:
        product = work.add(Product(code=tracking, name=tracking, unit=work.get(Unit, "pc").id, tracking=tracking))
        for code, expires_on in lots:
            work.add(Lot(code=code, product=product.id, expires_on=expires_on))

    store.write(body)


def receive(store: Store, product: str, quantity: str, *, lot: str) -> None:
    store.act(store.draft(product, quantity, "SUP", "STOCK", lot=lot, unit_cost=Decimal(1)), "do")


def test_what_is_kept_by_lots_moves_by_lots_and_only_its_own(store: Store) -> None:
    tracked(store, "lot", ("L1", None), ("L2", None))
    with pytest.raises(Invalid) as refused:
        store.receive("lot", "5", "1")
    assert list(refused.value.errors) == ["lot"]
    receive(store, "lot", "5", lot="L1")
    receive(store, "lot", "3", lot="L2")
    with pytest.raises(InsufficientStock) as short:
        store.act(store.draft("lot", "4", lot="L2"), "do")
    assert short.value.available == 3
    with pytest.raises(Invalid):
        store.draft("average", "1", lot="L1")

    def held(work: Work) -> list[Decimal]:
        return sorted(stock_at(work, work.today).values())

    assert store.read(held) == [3, 5]
    assert store.well()


def test_a_lot_that_has_expired_goes_to_no_customer_but_may_be_scrapped(store: Store) -> None:
    tracked(store, "lot", ("OLD", Date(2026, 6, 9)), ("GOOD", Date(2026, 6, 10)))
    for lot in ("OLD", "GOOD"):
        receive(store, "lot", "1", lot=lot)
    with pytest.raises(LotExpired):
        store.act(store.draft("lot", "1", lot="OLD"), "do")
    store.act(store.draft("lot", "1", lot="GOOD"), "do")
    store.write(lambda work: work.add(Location(code="LOSS", name="Scrap", kind="loss")))
    store.act(store.draft("lot", "1", "STOCK", "LOSS", lot="OLD"), "do")
    assert store.worth("lot") == (0, 0)


def test_a_serial_number_is_one_piece_and_in_one_place(store: Store) -> None:
    tracked(store, "serial", ("S1", None))
    with pytest.raises(Invalid, match="quantity"):
        receive(store, "serial", "2", lot="S1")
    receive(store, "serial", "1", lot="S1")
    with pytest.raises(SerialNumberTaken):
        receive(store, "serial", "1", lot="S1")
    store.act(store.draft("serial", "1", "STOCK", "BACK", lot="S1"), "do")
    store.act(store.draft("serial", "1", "BACK", "CUS", lot="S1"), "do")
    receive(store, "serial", "1", lot="S1")
    assert store.worth("serial") == (1, 1)
    assert store.well()


def test_a_move_in_dozens_is_a_move_of_pieces_at_the_cost_of_dozens(store: Store) -> None:
    store.act(store.draft("average", "2.5", "SUP", "STOCK", unit="doz", unit_cost=Decimal("3.01")), "do")
    assert store.worth("average") == (30, Decimal("7.53"))
    assert store.on_hand("average") == 30


def test_a_quantity_that_is_no_exact_quantity_of_the_products_unit_is_refused(store: Store) -> None:
    def body(work: Work) -> None:
        dozen = work.get(Unit, "doz")
        work.add(Product(code="eggs", name="Eggs", unit=dozen.id))

    store.write(body)
    with pytest.raises(Invalid, match="quantity: 1 pc is no exact quantity of doz"):
        store.draft("eggs", "1", "SUP", "STOCK", unit="pc")
    store.act(store.draft("eggs", "3", "SUP", "STOCK", unit="pc", unit_cost=Decimal(1)), "do")
    assert store.worth("eggs") == (Decimal("0.25"), 3)


def picking(store: Store, *products: str) -> int:
    def body(work: Work) -> int:
        made = work.add(Picking(kind="delivery", date=Date(2026, 6, 10), from_location=work.get(Location, "STOCK").id,
                                to_location=work.get(Location, "CUS").id))
        for product in products:
            work.act(made, "add", product=product, quantity=Decimal(4))
        return made.id

    return store.write(body)


def act(store: Store, number: int, action: str, **parameters: object) -> None:
    store.write(lambda work: work.act(work.lock(work.get(Picking, number)), action, **parameters))


def moves_of(store: Store, number: int) -> list[tuple[Decimal, str]]:
    return store.read(lambda work: [
        (move.quantity, move.state) for move in work.select(Move).where(Move.picking == number).order_by(Move.id)])


def test_a_picking_is_done_whole_with_a_number_or_not_at_all(store: Store) -> None:
    store.receive("average", "10", "1")
    store.receive("fifo", "3", "1")
    number = picking(store, "average", "fifo")
    with pytest.raises(InsufficientStock):
        act(store, number, "do")
    assert moves_of(store, number) == [(4, "draft"), (4, "draft")]
    store.receive("fifo", "1", "1")
    act(store, number, "do")
    assert moves_of(store, number) == [(4, "done"), (4, "done")]
    assert store.read(lambda work: work.get(Picking, number).number) == "OUT/2026/00001"
    assert store.well()


def test_what_was_not_picked_waits_in_a_picking_of_its_own_still_reserved(store: Store) -> None:
    for product in ("average", "fifo"):
        store.receive(product, "10", "1")
    number = picking(store, "average", "fifo")
    act(store, number, "reserve")
    first = store.read(lambda work: work.select(Move).where(Move.picking == number).order_by(Move.id).first().id)
    store.act(first, "do", quantity=Decimal(3))
    act(store, number, "do", rest="back-order")
    assert moves_of(store, number) == [(3, "done")]
    later = store.read(lambda work: work.select(Picking).where(Picking.back_order_of == number).get().id)
    assert moves_of(store, later) == [(4, "reserved"), (1, "draft")]
    act(store, later, "cancel")
    assert moves_of(store, later) == [(4, "cancelled"), (1, "cancelled")]
    assert store.on_hand("fifo") == 10
    assert store.well()


def test_a_picking_without_moves_is_refused_and_one_scanned_twice_has_twice_as_much(store: Store) -> None:
    with pytest.raises(EmptyPicking):
        act(store, picking(store), "do")
    assert moves_of(store, picking(store, "average", "average")) == [(8, "draft")]
    with pytest.raises(Invalid, match="product"):
        picking(store, "nothing")
