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
    past, only = not is_now(work, at), int(product) if product is not None else None
    held = now(work, only) if not past else {
        key: (quantity, ZERO) for key, quantity in stock_at(work, at or work.today).items()}
    coming, going = ({}, {}) if past else planned(work, until=at, product=only)
    codes = dict(work.rows(work.select(Product, Product.id, Product.code))) if only is None else {only: ""}
    keys = (key for key in {*held, *coming, *going} if only in (None, key[0]) and location in (None, key[1]))
    for key in sorted(keys, key=lambda each: (codes[each[0]], each[1:])):
        (quantity, reserved), comes, goes = held.get(key, (ZERO, ZERO)), coming.get(key, ZERO), going.get(key, ZERO)
        yield ForecastRow(
            Ref(key[0]), Ref(key[1]), Ref(key[2]) if key[2] != NO_LOT else None, quantity,
            *(None,) * 5 if past else (reserved, quantity - reserved, comes, goes, quantity + comes - goes))


def now(work: Work, product: int | None = None) -> dict[Place, tuple[Decimal, Decimal]]:
    """On hand and reserved, of all products or of one."""
    rows = work.select(
        StockBalance, StockBalance.product, StockBalance.location, StockBalance.lot, StockBalance.on_hand,
        StockBalance.reserved).where((StockBalance.on_hand != 0) | (StockBalance.reserved != 0))
    if product is not None:
        rows = rows.where(StockBalance.product == product)
    return {(item, place, lot): (held, reserved) for item, place, lot, held, reserved in work.rows(rows)}


def planned(work: Work, *, until: Date | None,
            product: int | None = None) -> tuple[dict[Place, Decimal], dict[Place, Decimal]]:
    """What drafts and reserved moves will bring and take, in the products' units; the cost is that of the open moves.

    A draft in a unit that is no exact quantity of the product's is counted to the sixth decimal.
    """
    own = (Move.product, Product.unit, Move.unit, Move.from_location, Move.to_location, Move.lot)
    query = (work.select(Move, *own, total(Move.quantity)).join(Product, on=Move.product == Product.id)
             .where(Move.state.in_(["draft", "reserved"])).group_by(*own))
    if until is not None:
        query = query.where(Move.date <= until)
    if product is not None:
        query = query.where(Move.product == product)
    moves = list(work.rows(query))
    if not moves:
        return {}, {}
    units = {unit.id: unit.ratio for unit in work.select(Unit)}
    holding = {number for (number,) in work.rows(work.select(Location, Location.id).where(Location.kind.in_(HOLDING)))}
    coming: dict[Place, Decimal] = {}
    going: dict[Place, Decimal] = {}
    for item, unit, other, source, target, lot, quantity in moves:
        ratio = units[other] / units[unit] if other else Fraction(1)
        amount = rounded(Fraction(quantity) * ratio, QUANTUM)
        for place, sums in ((target, coming), (source, going)):
            if place in holding:
                key = (item, place, lot or NO_LOT)
                sums[key] = sums.get(key, ZERO) + amount
    return coming, going
