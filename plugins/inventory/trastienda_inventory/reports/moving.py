"""What came and went in a time, move by move and by product, and how often the stock was turned over."""

from collections.abc import Iterator
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from peewee import JOIN, Case, fn

from trastienda import Link, Money, Quantity, Rate, Ref, Styled, Work, total
from trastienda import gettext as _

from ..moves import Move
from ..products import Product
from ..value_tables import DayValue, ValueEntry
from ..warehouses import Location

ZERO = Decimal(0)


class CardRow(NamedTuple):
    """A change of quantity or value on the books' day, and what there was after it."""

    date: Date | None
    what: str
    from_location: Ref[Location] | None
    to_location: Ref[Location] | None
    quantity: Quantity | None
    stock: Quantity
    value: Money | None
    stock_value: Money


class MovementRow(NamedTuple):
    product: str
    name: str
    opening: Quantity
    came: Quantity
    went: Quantity
    closing: Quantity


class TurnoverRow(NamedTuple):
    """The stock is the mean of its value at both ends; `days` is how long it lasts."""

    product: str
    name: str
    cost: Money
    average_stock: Money
    turnover: Rate | None
    days: int | None


def stock_card(work: Work, *, product: Ref[Product], from_: Date | None = None, to: Date | None = None
               ) -> Iterator[Styled]:
    """What happened to one product's stock and its value."""
    first, last = period(work, from_, to)
    stock, worth = _until(work, first - timedelta(days=1)).get(product, (ZERO, ZERO))
    yield Styled(CardRow(None, _("Opening"), None, None, None, stock, None, worth), kind="subtotal")
    kinds = {"move": _("Move"), "settlement": _("Settlement"), "adjustment": _("Adjustment"),
             "revaluation": _("Revaluation")}
    query = (
        work.select(ValueEntry, ValueEntry.date, ValueEntry.kind, Move.reference, Move.from_location, Move.to_location,
                    ValueEntry.quantity, ValueEntry.value, ValueEntry.move)
        .join(Move, JOIN.LEFT_OUTER, on=(ValueEntry.move == Move.id))
        .where(ValueEntry.product == product, ValueEntry.date.between(first, last),
               ValueEntry.kind != "reclassification")
        .order_by(ValueEntry.date, ValueEntry.id)
    )
    for day, kind, reference, source, target, quantity, value, move in work.rows(query):
        stock, worth = stock + quantity, worth + value
        what = " ".join(filter(None, [kinds[kind], reference]))
        row = CardRow(day, what, Ref(source) if source else None, Ref(target) if target else None,
                      quantity or None, stock, value, worth)
        yield Styled(row, link=Link("inventory.move", id=move) if move else None)


def movements(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[MovementRow]:
    """What came into the company's stock and left it, by product; transfers inside are neither."""
    first, last = period(work, from_, to)
    before = _until(work, first - timedelta(days=1))
    came = fn.SUM(Case(None, [(ValueEntry.quantity > 0, ValueEntry.quantity)], 0))
    query = (
        work.select(ValueEntry, ValueEntry.product, came.converter(ValueEntry.quantity.python_value),
                    total(ValueEntry.quantity))
        .where(ValueEntry.moved_on.between(first, last)).group_by(ValueEntry.product)
    )
    found = {product: (plus, change) for product, plus, change in work.rows(query)}
    for number, code, name in _products(work):
        opening, (plus, change) = before.get(number, (ZERO, ZERO))[0], found.get(number, (ZERO, ZERO))
        if opening or plus or change:
            yield MovementRow(code, name, opening, plus, plus - change, opening + change)


def turnover(work: Work, *, from_: Date | None = None, to: Date | None = None) -> Iterator[TurnoverRow]:
    """What left the stock, at cost, over the mean stock."""
    first, last = period(work, from_, to)
    before, after = _until(work, first - timedelta(days=1)), _until(work, last)
    query = (
        work.select(ValueEntry, ValueEntry.product, total(ValueEntry.value))
        .join(Move, on=(ValueEntry.move == Move.id)).join(Location, on=(Move.to_location == Location.id))
        .where(ValueEntry.moved_on.between(first, last), Location.kind.not_in(["internal", "transit"]))
        .group_by(ValueEntry.product)
    )
    costs = {product: -value for product, value in work.rows(query)}
    days = (last - first).days + 1
    for number, code, name in _products(work):
        if number in costs:
            mean = (before.get(number, (ZERO, ZERO))[1] + after.get(number, (ZERO, ZERO))[1]) / 2
            times = costs[number] / mean if mean > 0 else None
            yield TurnoverRow(code, name, costs[number], mean, times, round(days / times) if times else None)


def period(work: Work, first: Date | None, last: Date | None) -> tuple[Date, Date]:
    """Without ends, this year until today."""
    end = last or work.today
    return first or end.replace(month=1, day=1), end


def _until(work: Work, day: Date) -> dict[int, tuple[Decimal, Decimal]]:
    """Quantity and value of each product at the end of a day."""
    query = (work.select(DayValue, DayValue.product, total(DayValue.quantity), total(DayValue.value))
             .where(DayValue.date <= day).group_by(DayValue.product))
    return {product: (quantity, value) for product, quantity, value in work.rows(query)}


def _products(work: Work) -> Iterator[tuple[int, str, str]]:
    return work.rows(work.select(Product, Product.id, Product.code, Product.name).order_by(Product.code))
