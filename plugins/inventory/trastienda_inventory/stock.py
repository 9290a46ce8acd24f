"""How much is where: kept in the transaction of each move, per product, location and lot, and per day."""

from datetime import date as Date
from decimal import Decimal
from typing import Any

from peewee import EXCLUDED, SQL, BigIntegerField, Case, CompositeKey, DateField, ForeignKeyField, ModelSelect, fn

from trastienda import Company, QuantityField, Refusal, Row, Tally, Work, number_text, total
from trastienda import gettext as _

from .lots import Lot
from .moves import Move
from .products import Product
from .warehouses import HOLDING, Location

#: Stock that is kept by no lot: a unique key cannot hold a NULL.
NO_LOT = 0


class StockBalance(Row):
    """What is in a location now, and how much of it is reserved for moves to come."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    location = ForeignKeyField(Location, on_delete="RESTRICT")
    lot = BigIntegerField(default=NO_LOT, index=True)
    on_hand = QuantityField(default=Decimal(0))
    reserved = QuantityField(default=Decimal(0))

    product_id: int
    location_id: int

    class Meta:
        primary_key = CompositeKey("company", "product", "location", "lot")


class DayStock(Row):
    """What came to a location less what left it, by the moves' day."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    location = ForeignKeyField(Location, on_delete="RESTRICT")
    lot = BigIntegerField(default=NO_LOT)
    date = DateField()
    quantity = QuantityField(default=Decimal(0))

    class Meta:
        primary_key = CompositeKey("company", "product", "location", "lot", "date")
        indexes = ((("company", "date"), False),)


class InsufficientStock(Refusal):
    """A location that may not go below zero has less than is asked for."""

    field = "quantity"

    def __init__(self, product: Product, location: Location, *, wanted: Decimal, available: Decimal) -> None:
        text = _("{wanted} of {product} are wanted at {location}, {available} are available")
        super().__init__(text.format(
            wanted=number_text(wanted), product=product.code, location=location.code,
            available=number_text(available)))
        self.product, self.location, self.wanted, self.available = product, location, wanted, available


def put(work: Work, move: Move, location: Location, quantity: Decimal) -> None:
    """Goods come to a location; the row stays locked until the transaction ends."""
    _add(work, move, location, on_hand=quantity)
    _add_day(work, move, location, quantity)


def take(work: Work, move: Move, location: Location, quantity: Decimal, *, latest: Date | None) -> None:
    """Goods leave a location. Raises InsufficientStock where that forbids it, today or on a day since the move's;
    `latest` is the day of the product's last move."""
    if location.allow_negative:
        _add(work, move, location, on_hand=-quantity)
    else:
        changed = work.execute(
            StockBalance.update(on_hand=StockBalance.on_hand - quantity)
            .where(*_key(work, move, location), StockBalance.on_hand >= StockBalance.reserved + quantity)
        )
        if not changed:
            raise InsufficientStock(move.product, location, wanted=quantity,
                                    available=available_at(work, move.product, location, lot=move.lot))
        if latest is not None and move.date < latest:
            _refuse_hole(work, move, location, quantity)
    _add_day(work, move, location, -quantity)


def reserve(work: Work, move: Move, location: Location, quantity: Decimal) -> None:
    """Keep goods for a move. Raises InsufficientStock."""
    changed = work.execute(
        StockBalance.update(reserved=StockBalance.reserved + quantity)
        .where(*_key(work, move, location), StockBalance.on_hand >= StockBalance.reserved + quantity)
    )
    if not changed:
        raise InsufficientStock(move.product, location, wanted=quantity,
                                available=available_at(work, move.product, location, lot=move.lot))


def release(work: Work, move: Move, location: Location, quantity: Decimal) -> None:
    work.execute(
        StockBalance.update(reserved=StockBalance.reserved - quantity).where(*_key(work, move, location))
    )


def available_at(work: Work, product: Product, location: Location, *, lot: Lot | None = None) -> Decimal:
    """On hand less reserved."""
    row = (
        work.select(StockBalance)
        .where(StockBalance.product == product, StockBalance.location == location,
               StockBalance.lot == (lot.id if lot else NO_LOT))
        .first()
    )
    return row.on_hand - row.reserved if row is not None else Decimal(0)


def held_of_lot(work: Work, lot: int) -> Decimal:
    """On hand of a lot, in all places together."""
    found: Decimal | None = next(work.rows(
        work.select(StockBalance, total(StockBalance.on_hand)).where(StockBalance.lot == lot)))[0]
    return found or Decimal(0)


def stock_at(work: Work, day: Date, *, product: int | None = None) -> dict[tuple[int, int, int], Decimal]:
    """On hand at the end of a day, by product, location and lot; what is zero is left out."""
    query = (
        work.select(DayStock, DayStock.product, DayStock.location, DayStock.lot, total(DayStock.quantity))
        .where(DayStock.date <= day)
        .group_by(DayStock.product, DayStock.location, DayStock.lot)
        .having(fn.SUM(DayStock.quantity) != 0)
    )
    if product is not None:
        query = query.where(DayStock.product == product)
    return {(each, location, lot): quantity for each, location, lot, quantity in work.rows(query)}


def _key(work: Work, move: Move, location: Location) -> tuple[Any, ...]:
    return (StockBalance.company == work.company, StockBalance.product == move.product_id,
            StockBalance.location == location, StockBalance.lot == (move.lot_id or NO_LOT))


def _add(work: Work, move: Move, location: Location, *, on_hand: Decimal) -> None:
    work.execute(
        StockBalance.insert(company=work.company, product=move.product_id, location=location,
                            lot=move.lot_id or NO_LOT, on_hand=on_hand, reserved=Decimal(0))
        .on_conflict(
            conflict_target=[StockBalance.company, StockBalance.product, StockBalance.location, StockBalance.lot],
            update={StockBalance.on_hand: StockBalance.on_hand + EXCLUDED.on_hand},
        )
    )


def _add_day(work: Work, move: Move, location: Location, quantity: Decimal) -> None:
    work.tally(DayStock, {"company": work.company.id, "product": move.product_id, "location": location.id,
                          "lot": move.lot_id or NO_LOT, "date": move.date}, quantity=quantity)


def _refuse_hole(work: Work, move: Move, location: Location, quantity: Decimal) -> None:
    """A back-dated move must leave enough on every day since: the days' sums are walked from the last."""
    work.flush_sums()
    here = (DayStock.product == move.product_id) & (DayStock.location == location)
    here &= DayStock.lot == (move.lot_id or NO_LOT)
    later = dict(work.rows(
        work.select(DayStock, DayStock.date, DayStock.quantity).where(here & (DayStock.date > move.date))))
    if not later:
        return
    balance = work.select(StockBalance).where(*_key(work, move, location)).get().on_hand
    lowest = balance
    for day in sorted(later, reverse=True):
        balance -= later[day]
        lowest = min(lowest, balance)
    if lowest < 0:
        raise InsufficientStock(move.product, location, wanted=quantity, available=quantity + lowest)


def recompute_days() -> "ModelSelect[Any]":
    """The days' sums from the done moves: each is told once where it came to, once where it left."""
    lot = fn.COALESCE(Move.lot, SQL(str(NO_LOT)))
    came = Case(None, [(Location.id == Move.to_location, Move.stock_quantity)], SQL("0") - Move.stock_quantity)
    return (
        Move.select(Move.company, Move.product, Location.id.alias("location"), lot.alias("lot"), Move.date,
                    fn.SUM(came).converter(DayStock.quantity.python_value).alias("quantity"))
        .join(Location, on=(Location.id == Move.to_location) | (Location.id == Move.from_location))
        .where(Move.state == "done", Location.kind.in_(HOLDING))
        .group_by(Move.company, Move.product, Location.id, lot, Move.date)
    )


tallies = [
    Tally(DayStock, recompute_days,
          key=[DayStock.company, DayStock.product, DayStock.location, DayStock.lot, DayStock.date],
          sums=[DayStock.quantity]),
]
