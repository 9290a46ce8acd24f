"""What will be where: on hand, reserved, and what moves that are not done yet will bring and take."""

from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from trastienda import Quantity, Ref, Work, total

from ..lots import Lot
from ..moves import Move
from ..products import Product
from ..stock import NO_LOT, StockBalance, stock_at
from ..units import Unit
from ..valuation import rounded
from ..warehouses import HOLDING, Location
from .stock import is_now

#: Product, location, lot.
Place = tuple[int, int, int]
QUANTUM = Decimal("0.000001")
ZERO = Decimal(0)


class ForecastRow(NamedTuple):
    """Of a day that is past only what was on hand is known."""

    product: Ref[Product]
    location: Ref[Location]
    lot: Ref[Lot] | None
    on_hand: Quantity
    reserved: Quantity | None
    available: Quantity | None
    incoming: Quantity | None
    outgoing: Quantity | None
    forecast: Quantity | None


def forecast(work: Work, *, at: Date | None = None, product: Ref[Product] | None = None,
             location: Ref[Location] | None = None) -> Iterator[ForecastRow]:
    """By product, location and lot, with the moves that are planned until a day; without a day, all of them."""
    past = not is_now(work, at)
    held = {key: (quantity, ZERO) for key, quantity in stock_at(work, at or work.today).items()} if past else now(work)
    coming, going = ({}, {}) if past else planned(work, until=at)
    codes = dict(work.rows(work.select(Product, Product.id, Product.code)))
    for key in sorted({*held, *coming, *going}, key=lambda each: (codes[each[0]], each[1:])):
        if product not in (None, key[0]) or location not in (None, key[1]):
            continue
        (quantity, reserved), comes, goes = held.get(key, (ZERO, ZERO)), coming.get(key, ZERO), going.get(key, ZERO)
        yield ForecastRow(
            Ref(key[0]), Ref(key[1]), Ref(key[2]) if key[2] != NO_LOT else None, quantity,
            *(None,) * 5 if past else (reserved, quantity - reserved, comes, goes, quantity + comes - goes))


def now(work: Work) -> dict[Place, tuple[Decimal, Decimal]]:
    """On hand and reserved."""
    rows = work.select(StockBalance).where((StockBalance.on_hand != 0) | (StockBalance.reserved != 0))
    return {(row.product_id, row.location_id, row.lot): (row.on_hand, row.reserved) for row in rows}


def planned(work: Work, *, until: Date | None) -> tuple[dict[Place, Decimal], dict[Place, Decimal]]:
    """What drafts and reserved moves will bring and take, in the products' units; the cost is that of the open moves.

    A draft in a unit that is no exact quantity of the product's is counted to the sixth decimal.
    """
    units = {unit.id: unit.ratio for unit in work.select(Unit)}
    holding = {number for (number,) in work.rows(work.select(Location, Location.id).where(Location.kind.in_(HOLDING)))}
    own = (Move.product, Product.unit, Move.unit, Move.from_location, Move.to_location, Move.lot)
    query = (work.select(Move, *own, total(Move.quantity)).join(Product, on=Move.product == Product.id)
             .where(Move.state.in_(["draft", "reserved"])).group_by(*own))
    if until is not None:
        query = query.where(Move.date <= until)
    coming: dict[Place, Decimal] = {}
    going: dict[Place, Decimal] = {}
    for product, unit, other, source, target, lot, quantity in work.rows(query):
        ratio = units[other] / units[unit] if other else Fraction(1)
        amount = rounded(Fraction(quantity) * ratio, QUANTUM)
        for place, sums in ((target, coming), (source, going)):
            if place in holding:
                key = (product, place, lot or NO_LOT)
                sums[key] = sums.get(key, ZERO) + amount
    return coming, going
