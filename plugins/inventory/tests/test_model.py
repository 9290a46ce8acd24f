"""A state machine: whatever is done in whatever order, stock and value are those of a plain model that replays it."""

from __future__ import annotations

import os
from datetime import date as Date
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from trastienda import Work
from trastienda_inventory import InsufficientStock, Product
from trastienda_inventory.categories import Category
from trastienda_inventory.stock import stock_at
from trastienda_inventory.value_tables import values_at
from trastienda_inventory.values import ReturnedTooMuch

if TYPE_CHECKING:
    from .conftest import Store

#: A thousand take a quarter of an hour: TRASTIENDA_STOCK_EXAMPLES=1000.
EXAMPLES = int(os.environ.get("TRASTIENDA_STOCK_EXAMPLES", "12"))
CENT = Decimal("0.01")
LAST = 15


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


class Told:
    """One move as it was told: `day`, what it adds (`quantity` below zero leaves), at which value it came."""

    def __init__(self, day: int, quantity: Decimal, *, value: Decimal = Decimal(0), place: str,
                 returns: int | None = None, other: str = "") -> None:
        self.day, self.quantity, self.value, self.place = day, quantity, value, place
        self.returns, self.other = returns, other


class Model:
    """A list of moves; everything asked of it is worked out anew from all of them, by day and then as told."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.moves: dict[int, Told] = {}

    def ordered(self) -> list[tuple[int, Told]]:
        return sorted(self.moves.items(), key=lambda item: item[1].day)

    def on_hand(self, place: str, day: int = LAST) -> Decimal:
        found = Decimal(0)
        for told in self.moves.values():
            if told.day <= day:
                found += told.quantity if told.place == place else Decimal(0)
                found += -told.quantity if told.other == place else Decimal(0)
        return found

    def lowest_since(self, place: str, day: int) -> Decimal:
        return min(self.on_hand(place, each) for each in range(day, LAST + 1))

    def left_to_return(self, number: int) -> Decimal:
        back = sum((abs(told.quantity) for told in self.moves.values() if told.returns == number), Decimal(0))
        return abs(self.moves[number].quantity) - back

    def worth(self) -> tuple[Decimal, Decimal]:
        """Quantity and value."""
        layers: list[list[Any]] = []  # of [number, quantity, value]; under moving average there is one
        gave: dict[int, Decimal] = {}
        back: dict[int, list[Decimal]] = {}
        for number, told in self.ordered():
            value = told.value
            if told.other:
                continue
            if told.returns is not None:
                size, done = abs(self.moves[told.returns].quantity), back.setdefault(told.returns, [Decimal(0)] * 2)
                whole, part = abs(gave[told.returns]), abs(told.quantity)
                value = whole - done[1] if done[0] + part == size else cents(whole * part / size)
                done[0], done[1] = done[0] + part, done[1] + value
            if told.quantity > 0:
                self._come(layers, number, told.quantity, value)
                gave[number] = value
            else:
                gave[number] = self._go(layers, -told.quantity, number=told.returns, value=value)
        return sum((each[1] for each in layers), Decimal(0)), sum((each[2] for each in layers), Decimal(0))

    def _come(self, layers: list[list[Any]], number: int, quantity: Decimal, value: Decimal) -> None:
        if self.method == "average" and layers:
            layers[0][1] += quantity
            layers[0][2] += value
        else:
            layers.append([number, quantity, value])

    def _go(self, layers: list[list[Any]], quantity: Decimal, *, number: int | None, value: Decimal) -> Decimal:
        cost = Decimal(0)
        order = sorted(layers, key=lambda each: each[0] != number) if self.method == "fifo" else layers
        for layer in order:
            taken = min(quantity, layer[1])
            part = layer[2] if taken == layer[1] else cents(layer[2] * taken / layer[1])
            if self.method == "average" and number is not None and taken < layer[1]:
                part = min(value, layer[2])
            layer[1] -= taken
            layer[2] -= part
            cost, quantity = cost + part, quantity - taken
        layers[:] = [each for each in layers if each[1]]
        return cost


DAYS = st.integers(1, LAST)
QUANTITIES = st.decimals("0.1", 20, places=1)
COSTS = st.decimals(0, 9, places=2)


def machine(store: Store, method: str) -> type[RuleBasedStateMachine]:
    return type("Stock", (Stock,), {"store": store, "method": method})


class Stock(RuleBasedStateMachine):
    """One product of its own an example."""

    store: Store
    method: str
    numbers = count(1)

    @initialize()
    def begin(self) -> None:
        self.product = f"P{next(self.numbers)}"
        self.model = Model(self.method)
        self.store.write(lambda work: work.add(Product(
            code=self.product, name=self.product, unit=work.get(Product, self.method).__data__["unit"],
            category=work.get(Category, self.method).id)))

    @rule(day=DAYS, quantity=QUANTITIES, cost=COSTS, place=st.sampled_from(["STOCK", "BACK"]))
    def receive(self, day: int, quantity: Decimal, cost: Decimal, place: str) -> None:
        number = self.store.receive(self.product, str(quantity), str(cost), day=day, to=place)
        self.model.moves[number] = Told(day, quantity, value=cents(quantity * cost), place=place)

    @rule(day=DAYS, quantity=QUANTITIES, place=st.sampled_from(["STOCK", "BACK"]))
    def issue(self, day: int, quantity: Decimal, place: str) -> None:
        if self.model.lowest_since(place, day) < quantity:
            with pytest.raises(InsufficientStock):
                self.store.issue(self.product, str(quantity), day=day, source=place)
        else:
            number = self.store.issue(self.product, str(quantity), day=day, source=place)
            self.model.moves[number] = Told(day, -quantity, place=place)

    @rule(day=DAYS, quantity=QUANTITIES)
    def transfer(self, day: int, quantity: Decimal) -> None:
        if self.model.lowest_since("STOCK", day) >= quantity:
            number = self.store.move(self.product, str(quantity), "STOCK", "BACK", day=day, cost=None)
            self.model.moves[number] = Told(day, quantity, place="BACK", other="STOCK")

    @precondition(lambda self: any(not told.other for told in self.model.moves.values()))
    @rule(data=st.data(), later=st.integers(0, 5), quantity=QUANTITIES)
    def give_back(self, data: st.DataObject, later: int, quantity: Decimal) -> None:
        kinds = sorted(number for number, told in self.model.moves.items()
                       if not told.other and told.returns is None)
        original = data.draw(st.sampled_from(kinds))
        told = self.model.moves[original]
        day, inward = min(told.day + later, LAST), told.quantity < 0
        ends = ("CUS", told.place) if inward else (told.place, "SUP")
        if not inward and self.model.lowest_since(told.place, day) < quantity:
            return
        back = self.store.draft(self.product, str(quantity), *ends, day=day, returns=original)
        if self.model.left_to_return(original) < quantity:
            with pytest.raises(ReturnedTooMuch):
                self.store.act(back, "do")
            return
        self.store.act(back, "do")
        self.model.moves[back] = Told(day, quantity if inward else -quantity, place=told.place, returns=original)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "model"):
            return

        def body(work: Work) -> tuple[Any, ...]:
            product = work.get(Product, self.product).id
            places = {place: self.store.on_hand(self.product, place) for place in ("STOCK", "BACK")}
            past = sum(stock_at(work, Date(2026, 6, 7), product=product).values(), Decimal(0))
            return places, values_at(work, Date(2026, 6, LAST)).get(product, (Decimal(0), Decimal(0))), past

        places, worth, past = self.store.read(body)
        assert places == {place: self.model.on_hand(place) for place in ("STOCK", "BACK")}
        assert past == self.model.on_hand("STOCK", 7) + self.model.on_hand("BACK", 7)
        assert worth == self.model.worth()

    def teardown(self) -> None:
        assert self.store.well()


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_stock_and_value_are_those_of_a_plain_model(store: Store, method: str) -> None:
    run_state_machine_as_test(machine(store, method), settings=settings(
        max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)))
