"""Stock on hand by product and location, and its value by product, at the end of any day."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from trastienda import Money, Quantity, Work, total

from ..currency import quantum_of
from ..products import Product
from ..stock import StockBalance, stock_at
from ..valuation import StockValue
from ..value_tables import values_at
from ..warehouses import Location


class OnHandRow(NamedTuple):
    """Reserved and available are of now, and only told for today; the value is the location's share."""

    product: str
    name: str
    location: str
    quantity: Quantity
    reserved: Quantity | None
    available: Quantity | None
    value: Money


class ValuationRow(NamedTuple):
    product: str
    name: str
    location: str | None
    quantity: Quantity
    value: Money


def on_hand(work: Work, *, at: Date | None = None) -> Iterator[OnHandRow]:
    """What is where; lots are added up."""
    day = at or work.today
    products, places = _products(work), dict(work.rows(work.select(Location, Location.id, Location.code)))
    held: dict[int, dict[int, Decimal]] = {}
    for (product, location, _lot), quantity in stock_at(work, day).items():
        row = held.setdefault(product, {})
        row[location] = row.get(location, Decimal(0)) + quantity
    reserved = _reserved(work) if at is None or at >= work.today else None
    values, quantum = values_at(work, day), quantum_of(work.company.currency)
    for product in sorted(held, key=lambda each: products[each][0]):
        here = {place: held[product][place] for place in sorted(held[product], key=lambda each: places[each])}
        shares = apportion(values.get(product, (Decimal(0), Decimal(0)))[1], list(here.values()), quantum=quantum)
        for (place, quantity), value in zip(here.items(), shares, strict=True):
            kept = None if reserved is None else reserved.get((product, place), Decimal(0))
            yield OnHandRow(*products[product], places[place], quantity, kept,
                            None if kept is None else quantity - kept, value)


def valuation(work: Work, *, at: Date | None = None) -> Iterator[ValuationRow]:
    """What the company's stock is worth, as it was booked until the end of the day."""
    products = _products(work)
    found = values_at(work, at or work.today)
    for product in sorted(found, key=lambda each: products[each][0]):
        yield ValuationRow(*products[product], None, *found[product])


def apportion(value: Decimal, quantities: Sequence[Decimal], *, quantum: Decimal) -> list[Decimal]:
    """A value by quantity, without a remainder: the last share takes it."""
    whole, shares = sum(quantities, Decimal(0)), list[Decimal]()
    if not whole:
        return [Decimal(0)] * (len(quantities) - 1) + [value] if quantities else []
    stock = StockValue("average", quantum)
    for quantity in quantities[:-1]:
        shares.append(stock.share(value, quantity, whole))
    return [*shares, value - sum(shares, Decimal(0))]


def _products(work: Work) -> dict[int, tuple[str, str]]:
    found = work.select(Product, Product.id, Product.code, Product.name)
    return {number: (code, name) for number, code, name in work.rows(found)}


def _reserved(work: Work) -> dict[tuple[int, int], Decimal]:
    query = (work.select(StockBalance, StockBalance.product, StockBalance.location, total(StockBalance.reserved))
             .where(StockBalance.reserved != 0).group_by(StockBalance.product, StockBalance.location))
    return {(product, location): reserved for product, location, reserved in work.rows(query)}
