"""What is planned is kept with every change of an open move, whoever makes it, and the doctor finds what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import Invalid, Prepared, Ref, Work
from trastienda.cli.inspecting import findings
from trastienda_inventory import Lot, Move, Picking, Product
from trastienda_inventory.planned import PlannedStock
from trastienda_inventory.reports.forecast import HELD, forecast, low_stock, product_forecast

if TYPE_CHECKING:
    from .conftest import Store

ZERO = Decimal(0)


def planned(store: Store) -> list[tuple[str, str, int, Decimal, Decimal]]:
    """Product, place, day of June, incoming, outgoing; of the places that hold stock."""
    query = PlannedStock.select().order_by(PlannedStock.product, PlannedStock.location, PlannedStock.date)
    return store.read(lambda work: [
        (row.product.code, row.location.code, row.date.day, row.incoming, row.outgoing)
        for row in query if row.location.holds_stock])


def change(store: Store, move: int, **values: object) -> None:
    def body(work: Work) -> None:
        found = work.lock(work.get(Move, move))
        for name, value in values.items():
            setattr(found, name, value)

    store.write(body)


def test_every_change_of_an_open_move_is_in_what_is_planned(store: Store) -> None:
    store.receive("average", "50", "1")
    move = store.draft("average", "3", day=20)
    other = store.draft("average", "4", "SUP", "STOCK", day=20)
    assert planned(store) == [("average", "STOCK", 20, 4, 3)]
    change(store, move, quantity=Decimal(5), date=Date(2026, 6, 21))
    assert planned(store) == [("average", "STOCK", 20, 4, 0), ("average", "STOCK", 21, 0, 5)]
    store.act(move, "reserve")
    assert planned(store)[1:] == [("average", "STOCK", 21, 0, 5)]
    store.act(other, "cancel")
    assert planned(store) == [("average", "STOCK", 21, 0, 5)]
    store.act(move, "unreserve")
    change(store, move, date=Date(2026, 6, 12))
    store.act(move, "do", quantity=Decimal(2))
    assert planned(store) == [("average", "STOCK", 12, 0, 3)]
    rest = store.read(lambda work: work.select(Move).where(Move.back_order_of == move).get().id)
    store.write(lambda work: work.delete(work.get(Move, rest)))
    assert planned(store) == []
    assert store.well()


def test_a_glance_at_a_product_says_what_its_forecast_sums_to(store: Store) -> None:
    store.receive("average", "50", "1")
    store.act(store.draft("average", "3", day=20), "reserve")
    store.draft("average", "4", "SUP", "STOCK", day=20)
    store.receive("fifo", "7", "1")

    def both(work: Work) -> list[object]:
        product = work.get(Product, "average")
        rows = list(forecast(work, product=Ref(product.id)))
        sums = tuple(sum(each) for each in zip(*((row.on_hand, row.reserved, row.incoming, row.outgoing)
                                                for row in rows), strict=True))
        return [sums, product_forecast(work, product)]

    assert store.read(both) == [(50, 3, 4, 3)] * 2
    assert store.read(lambda work: product_forecast(work, work.get(Product, "standard")).expected) == 0


def test_a_prepared_query_wants_its_own_parameters_and_the_company_first(store: Store) -> None:
    with pytest.raises(TypeError, match="the query wants product"):
        store.read(lambda work: list(work.rows(HELD, part=1)))
    with pytest.raises(TypeError, match="is the company"):
        Prepared(lambda product: Product.select().where(Product.id == product))


def test_an_imported_draft_is_planned_in_its_products_unit(store: Store) -> None:
    text = "date,product,quantity,unit,from_location,to_location\n2026-06-20,fifo,2,doz,SUP,STOCK\n"
    assert store.load("inventory.move", text).errors == []
    assert planned(store) == [("fifo", "STOCK", 20, 24, 0)]
    assert store.well()


def test_a_draft_that_is_made_and_done_at_once_leaves_no_row_of_what_was_planned(store: Store) -> None:
    store.receive("average", "5", "1")
    assert store.read(lambda work: work.select(PlannedStock).count()) == 0


def test_what_a_refused_work_planned_is_gone_with_it(store: Store) -> None:
    def body(work: Work) -> None:
        work.add(Move(product=work.get(Product, "average").id, quantity=Decimal(1), date=work.today,
                      from_location=1, to_location=2))
        raise KeyError

    with pytest.raises(KeyError):
        store.write(body)
    assert planned(store) == []


TAMPERED: list[Callable[[], Any]] = [
    lambda: PlannedStock.update(incoming=Decimal(9)).where(PlannedStock.incoming == 4),
    lambda: PlannedStock.delete().where(PlannedStock.outgoing == 3),
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_the_doctor_finds_a_tampered_figure(store: Store, tamper: Callable[[], Any]) -> None:
    store.receive("average", "5", "1")
    store.draft("average", "3", day=20)
    store.draft("average", "4", "SUP", "STOCK", day=21)
    assert store.well()
    store.write(lambda work: work.execute(tamper()))
    found = [text for owner, text in findings(store.site) if owner == "inventory"]
    assert len(found) == 1
    assert found[0].startswith("inventory_planned_stock, company 1, product 1, location 1, lot 0, date 2026-06-2")


def test_forecast_of_a_day_takes_what_is_planned_until_then_by_lot_and_place(store: Store) -> None:
    def lots(work: Work) -> None:
        milk = work.add(Product(code="milk", name="Milk", tracking="lot", unit=work.get(Product, "average").unit_id))
        for code in ("A", "B"):
            work.add(Lot(code=code, product=milk.id))

    store.write(lots)
    for lot, quantity in (("A", "5"), ("B", "7")):
        store.act(store.draft("milk", quantity, "SUP", "STOCK", lot=lot, day=10), "do")
    late = store.draft("milk", "1", lot="A", day=11)
    store.draft("milk", "2", lot="B", day=20)
    store.draft("milk", "4", "STOCK", "BACK", lot="B", day=25)

    def told(**given: Any) -> list[tuple[str, str, Decimal, Decimal | None, Decimal | None, Decimal | None]]:
        def body(work: Work) -> Any:
            codes = dict(work.rows(work.select(Lot, Lot.id, Lot.code)))
            places = {2: "BACK"}
            return [(codes[row.lot], places.get(row.location, "STOCK"), row.on_hand, row.incoming, row.outgoing,
                     row.forecast) for row in forecast(work, **given)]

        return store.read(body)

    assert told() == [("A", "STOCK", 5, 0, 1, 4), ("B", "STOCK", 7, 0, 6, 1), ("B", "BACK", 0, 4, 0, 4)]
    assert told(at=Date(2026, 6, 20)) == [("A", "STOCK", 5, 0, 1, 4), ("B", "STOCK", 7, 0, 2, 5)]
    assert told(at=Date(2026, 6, 15)) == [("A", "STOCK", 5, 0, 1, 4), ("B", "STOCK", 7, 0, 0, 7)]
    assert told(at=Date(2026, 6, 10)) == [("A", "STOCK", 5, None, None, None), ("B", "STOCK", 7, None, None, None)]
    assert told(at=Date(2026, 6, 9)) == []
    assert store.state(late) == "draft"


def test_forecast_costs_one_query(store: Store) -> None:
    store.receive("average", "5", "1")
    store.draft("fifo", "3", "SUP", "STOCK", day=20)
    assert store.rows_and_queries(forecast) == (2, 1)


def test_moves_that_go_to_a_back_order_stay_planned(store: Store) -> None:
    store.receive("average", "9", "1")

    def body(work: Work) -> int:
        made = work.add(Picking(kind="delivery", date=Date(2026, 6, 12), from_location=1, to_location=5))
        for product in ("average", "fifo"):
            work.act(made, "add", product=product, quantity=Decimal(4))
        work.flush()
        first = work.select(Move).where(Move.picking == made.id).order_by(Move.id).get()
        work.act(work.lock(first), "do")
        return made.id

    made = store.write(body)
    store.write(lambda work: work.act(work.lock(work.get(Picking, made)), "do", rest="back-order"))
    assert planned(store) == [("fifo", "STOCK", 12, 0, 4)]
    assert store.well()


def test_below_the_minimum_is_what_will_not_be_there_once_all_that_is_planned_is_done(store: Store) -> None:
    def want(work: Work) -> None:
        for product in ("average", "fifo"):
            work.get(Product, product).minimum_stock = Decimal(10)

    def short() -> list[tuple[Decimal, ...]]:
        return store.read(lambda work: [tuple(row[2:]) for row in low_stock(work)])

    assert short() == []
    store.receive("average", "12", "1")
    store.receive("standard", "1", "1")
    store.write(want)
    assert short() == [(10, 0, 0, 0, 0, 10)], "fifo, of which there never was any"
    store.draft("average", "5", day=20)
    coming = store.draft("fifo", "30", "SUP", "STOCK", day=10)
    assert short() == [(10, 12, 0, 5, 7, 3)], "average, of which five will go"
    store.act(coming, "do", quantity=Decimal(9))
    assert [row[-1] for row in short()] == [3], "the rest of fifo is still on its way"


def test_a_minimum_is_not_negative(store: Store) -> None:
    def body(work: Work) -> None:
        work.get(Product, "fifo").minimum_stock = Decimal(-1)

    with pytest.raises(Invalid, match="minimum_stock"):
        store.write(body)
