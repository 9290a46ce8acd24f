"""What goods are worth: standard cost, moving average, first in first out. Plain values, no database.

A stock is a quantity and a total value; a unit cost is derived from them, and the last issue takes what is left,
so that no cent stays behind. Below zero a stock owes goods at the cost that was assumed when they left; the goods
that arrive next settle the debt, and the difference is a settlement.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

Method = Literal["standard", "average", "fifo"]
ZERO = Decimal(0)


class Layer(NamedTuple):
    """What is left of one receipt."""

    move: int
    quantity: Decimal
    value: Decimal


@dataclass
class StockValue:
    """One product's stock as it is valued; `quantum` is the currency's smallest amount, `last_cost` a unit's."""

    method: Method
    quantum: Decimal
    standard: Decimal = ZERO
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    last_cost: Decimal = ZERO
    layers: deque[Layer] = field(default_factory=deque)

    def receive(self, move: int, quantity: Decimal, value: Decimal) -> "Received":
        """Goods come in at a total value; under standard cost their value is the standard's."""
        if self.method == "standard":
            value = self.round(Fraction(quantity) * Fraction(self.standard))
            if self.quantity + quantity == ZERO:
                value = -self.value
            settlement, left, left_value = ZERO, ZERO, ZERO
        else:
            settlement, left, left_value = self._settle(quantity, value)
        if self.method == "fifo" and left > ZERO:
            self.layers.append(Layer(move, left, left_value))
        self.quantity += quantity
        self.value += value + settlement
        self.last_cost = unit_cost(value, quantity)
        return Received(value, settlement)

    def _settle(self, quantity: Decimal, value: Decimal) -> tuple[Decimal, Decimal, Decimal]:
        """The correction of what was owed, and the quantity and value of the goods that it leaves over."""
        owed = max(-self.quantity, ZERO)
        settled = min(owed, quantity)
        if settled == ZERO:
            return ZERO, quantity, value
        cost = value if settled == quantity else self.share(value, settled, quantity)
        debt = self.value if settled == owed else self.share(self.value, settled, owed)
        return -cost - debt, quantity - settled, value - cost

    def issue(
        self, quantity: Decimal, *, original: Decimal | None = None, layer: int | None = None
    ) -> Decimal:
        """The cost of goods that leave; with `original`, of goods sent back from that layer at that cost."""
        if self.method == "standard":
            cost = self.round(Fraction(quantity) * Fraction(self.standard))
            if quantity == self.quantity:
                cost = self.value
        else:
            covered = min(quantity, max(self.quantity, ZERO))
            cost = self._covered_cost(covered, original=original, layer=layer)
            cost += self.round(Fraction(quantity - covered) * Fraction(self.last_cost))
        self.quantity -= quantity
        self.value -= cost
        return cost

    def _covered_cost(self, quantity: Decimal, *, original: Decimal | None, layer: int | None) -> Decimal:
        if quantity == ZERO:
            return ZERO
        if quantity == self.quantity:
            self.last_cost = unit_cost(self.value, self.quantity)
            self.layers.clear()
            return self.value
        if self.method == "fifo":
            return self._take_layers(quantity, first=layer)
        if original is not None:
            return min(original, self.value)
        return self.share(self.value, quantity, self.quantity)

    def _take_layers(self, quantity: Decimal, *, first: int | None) -> Decimal:
        """From the layer named, then from the oldest on; a layer that is used up gives all its value."""
        order = sorted(self.layers, key=lambda each: each.move != first)
        left: dict[int, Layer] = {each.move: each for each in self.layers}
        cost = ZERO
        for each in order:
            if quantity == ZERO:
                break
            taken = min(quantity, each.quantity)
            part = each.value if taken == each.quantity else self.share(each.value, taken, each.quantity)
            left[each.move] = each._replace(quantity=each.quantity - taken, value=each.value - part)
            self.last_cost = unit_cost(each.value, each.quantity)
            cost, quantity = cost + part, quantity - taken
        self.layers = deque(left[each.move] for each in self.layers if left[each.move].quantity > ZERO)
        return cost

    def cost_of(self, quantity: Decimal, cost: Decimal) -> Decimal:
        """The value of a quantity at a cost per unit."""
        return self.round(Fraction(quantity) * Fraction(cost))

    def share(self, value: Decimal, part: Decimal, whole: Decimal) -> Decimal:
        return self.round(Fraction(value) * Fraction(part) / Fraction(whole))

    def round(self, amount: Fraction) -> Decimal:
        """To the currency's smallest amount, halves away from zero."""
        return rounded(amount, self.quantum)


class Received(NamedTuple):
    """The value that came in, and the correction of goods that had left before."""

    value: Decimal
    settlement: Decimal


def rounded(amount: Fraction, quantum: Decimal) -> Decimal:
    """To a multiple of `quantum`, halves away from zero."""
    scaled = abs(amount) / Fraction(quantum)
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return (Decimal(whole) * quantum).copy_sign(Decimal(1 if amount >= 0 else -1)) if whole else ZERO


def unit_cost(value: Decimal, quantity: Decimal) -> Decimal:
    """To ten decimals: an estimate for goods that leave before they have come, never a truth."""
    if quantity == ZERO:
        return ZERO
    return (value / quantity).quantize(Decimal("1e-10"), rounding=ROUND_HALF_UP)


# -- replaying what was done since a day
@dataclass(frozen=True)
class Done:
    """A done move, as valuing it again needs it: `quantity` is signed, `total` what it changed the value by."""

    move: int
    quantity: Decimal
    cost: Decimal = ZERO
    total: Decimal = ZERO
    returns: int | None = None
    returned_of: Decimal = ZERO


def revalue(stock: StockValue, moves: Iterable[Done]) -> dict[int, Decimal]:
    """What each move changes the stock's value by, in order; receipts keep their cost, returns their original's."""
    totals: dict[int, Decimal] = {}
    given: dict[int, tuple[Decimal, Decimal]] = {}
    for each in moves:
        cost = each.cost
        if each.returns is not None and each.returns in totals:
            size, whole = abs(each.quantity), abs(totals[each.returns])
            back, value = given.get(each.returns, (ZERO, ZERO))
            rest = back + size == each.returned_of
            cost = whole - value if rest else stock.share(whole, size, each.returned_of)
            given[each.returns] = back + size, value + cost
        if each.quantity > ZERO:
            came = stock.receive(each.move, each.quantity, cost)
            totals[each.move] = came.value + came.settlement
        else:
            kept = cost if each.returns is not None else None
            totals[each.move] = -stock.issue(-each.quantity, original=kept, layer=each.returns)
    return totals


def corrections(moves: Sequence[Done], totals: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """By move, what must be added to what it has been valued at so far."""
    return {each.move: totals[each.move] - each.total for each in moves if totals[each.move] != each.total}


def layers_left(receipts: Iterable[Layer], *, quantity: Decimal, value: Decimal) -> deque[Layer]:
    """The layers of a FIFO stock, from its receipts, newest first: as many as cover the quantity; the oldest of
    them has what the others leave of it and of the value."""
    found: deque[Layer] = deque()
    for each in receipts:
        if quantity <= ZERO:
            return found
        taken = min(quantity, each.quantity)
        part = value if taken == quantity else each.value
        found.appendleft(Layer(each.move, taken, part))
        quantity, value = quantity - taken, value - part
    if quantity > ZERO and found:
        oldest = found.popleft()
        found.appendleft(oldest._replace(quantity=oldest.quantity + quantity, value=oldest.value + value))
    return found
