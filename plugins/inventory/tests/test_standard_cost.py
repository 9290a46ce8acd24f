"""Standard cost by date: a late move is worth the standard of its day, and what later standards changed is adjusted."""

from __future__ import annotations

from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import Work
from trastienda_inventory import Move, Product
from trastienda_inventory.standard_costs import Step, late_effects
from trastienda_inventory.valuation import StockValue
from trastienda_inventory.value_tables import ValueEntry, values_at

from .conftest import NOW

if TYPE_CHECKING:
    from .conftest import Store

FIRST, SECOND, THIRD = Date(2026, 6, 1), Date(2026, 6, 10), Date(2026, 6, 20)
STEPS = [Step(FIRST, Decimal(10)), Step(SECOND, Decimal(12)), Step(THIRD, Decimal("11.5"))]


@pytest.mark.parametrize(("day", "told"), [
    (Date(2026, 5, 1), [("move", 40), ("revaluation", 8), ("revaluation", -2)]),
    (FIRST, [("move", 40), ("revaluation", 8), ("revaluation", -2)]),
    (SECOND, [("move", 48), ("revaluation", -2)]),
    (THIRD, [("move", 46)]),
])
def test_a_late_move_is_booked_at_the_standard_of_its_day(day: Date, told: list[tuple[str, int]]) -> None:
    stock = StockValue("standard", Decimal("0.01"), Decimal("11.5"))
    effects = late_effects(stock, STEPS, move=1, quantity=Decimal(4), change=Decimal(46), day=day)
    assert [(each.kind, each.value) for each in effects] == told
    left = late_effects(stock, STEPS, move=1, quantity=Decimal(-4), change=Decimal(-46), day=day)
    assert [(each.kind, -each.value) for each in left] == told


def revalue_on(store: Store, day: int, cost: str) -> None:
    store.site.clock = lambda: NOW + timedelta(days=day - NOW.day)
    store.write(lambda work: work.act(work.get(Product, "standard"), "revalue", standard_cost=Decimal(cost)))


def test_late_receipts_and_issues_leave_the_stock_at_the_present_standard(store: Store) -> None:
    store.receive("standard", "10", "9", day=2)
    revalue_on(store, 16, "12")
    revalue_on(store, 18, "11")
    late = store.receive("standard", "5", "9", day=10)
    gone = store.issue("standard", "3", day=17)
    store.issue("standard", "2", day=18)
    product = store.read(lambda work: work.get(Product, "standard").id)
    values = {move: store.read(lambda work, move=move: work.get(Move, move).value) for move in (late, gone)}
    assert values == {late: 50, gone: 36}
    assert store.worth("standard") == (10, 110)
    at = {day: store.read(lambda work, day=day: values_at(work, Date(2026, 6, day)).get(product)) for day in
          (2, 10, 16, 17, 18)}
    assert at == {2: (10, 100), 10: (15, 150), 16: (15, 180), 17: (12, 144), 18: (10, 110)}
    assert store.well()


def test_what_was_paid_beyond_the_standard_is_kept_and_goes_back_with_a_return(store: Store) -> None:
    bought = store.receive("standard", "10", "9.5", day=2)
    revalue_on(store, 16, "12")
    back = store.draft("standard", "4", "STOCK", "SUP", day=16, returns=bought)
    store.act(back, "do")

    def entries(work: Work) -> list[tuple[Any, ...]]:
        return [(entry.move_id, entry.kind, entry.value, entry.price_difference)
                for entry in work.select(ValueEntry).order_by(ValueEntry.id)]

    assert store.read(entries) == [
        (bought, "move", 100, -5), (None, "revaluation", 20, 0), (back, "move", -48, 10)]
    assert store.worth("standard") == (6, 72)
    assert store.well()


def test_goods_received_without_a_cost_differ_by_nothing(store: Store) -> None:
    store.receive("standard", "3", None)
    assert store.read(lambda work: [entry.price_difference for entry in work.select(ValueEntry)]) == [0]
