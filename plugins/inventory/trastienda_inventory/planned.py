"""What is planned to come and to go, by product, place, lot and day: kept with every change of an open move."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from peewee import SQL, BigIntegerField, Case, CompositeKey, DateField, ForeignKeyField, ModelSelect, fn

from trastienda import Company, QuantityField, Row, Tally

from .moves import OPEN, Move
from .products import Product
from .stock import NO_LOT
from .warehouses import Location

ZERO = Decimal(0)


class PlannedStock(Row):
    """Of drafts and reserved moves, by the day that they are planned for; a day without any has no row."""

    company = ForeignKeyField(Company, on_delete="RESTRICT")
    product = ForeignKeyField(Product, on_delete="RESTRICT")
    location = ForeignKeyField(Location, on_delete="RESTRICT")
    lot = BigIntegerField(default=NO_LOT)
    date = DateField()
    incoming = QuantityField(default=ZERO)
    outgoing = QuantityField(default=ZERO)

    class Meta:
        primary_key = CompositeKey("company", "product", "location", "lot", "date")


def planned_of(move: Move) -> Iterator[tuple[tuple[object, ...], tuple[Decimal, Decimal]]]:
    """What a move will bring to one place and take from the other; nothing once it is done or cancelled."""
    if move.state in OPEN and move.stock_quantity is not None:
        company, product = move.__data__["company"], move.product_id
        lot, day = move.lot_id or NO_LOT, move.date
        yield (company, product, move.to_location_id, lot, day), (move.stock_quantity, ZERO)
        yield (company, product, move.from_location_id, lot, day), (ZERO, move.stock_quantity)


def recompute_planned() -> "ModelSelect[Any]":
    """From the open moves: each is told once where it will come to, once where it will leave."""
    lot = fn.COALESCE(Move.lot, SQL(str(NO_LOT)))
    comes = fn.SUM(Case(None, [(Location.id == Move.to_location, Move.stock_quantity)], 0))
    goes = fn.SUM(Case(None, [(Location.id == Move.from_location, Move.stock_quantity)], 0))
    quantity = PlannedStock.incoming.python_value
    return (
        Move.select(Move.company, Move.product, Location.id.alias("location"), lot.alias("lot"), Move.date,
                    comes.converter(quantity).alias("incoming"), goes.converter(quantity).alias("outgoing"))
        .join(Location, on=(Location.id == Move.to_location) | (Location.id == Move.from_location))
        .where(Move.state.in_(OPEN), Move.stock_quantity.is_null(False))
        .group_by(Move.company, Move.product, Location.id, lot, Move.date)
    )


tallies = [
    Tally(PlannedStock, recompute_planned,
          key=[PlannedStock.company, PlannedStock.product, PlannedStock.location, PlannedStock.lot, PlannedStock.date],
          sums=[PlannedStock.incoming, PlannedStock.outgoing], follows=Move, adds=planned_of, sparse=True),
]
