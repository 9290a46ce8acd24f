"""What will be where: on hand, reserved, and what moves that are not done yet will bring and take."""

from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import SQL

from trastienda import Prepared, Quantity, Ref, Work, total

from ..lots import Lot
from ..planned import PlannedStock
from ..products import Product
from ..stock import NO_LOT, DayStock, StockBalance
from ..warehouses import HOLDING, Location
from .stock import is_now

#: Product, location, lot.
Place = tuple[int, int, int]
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
    """By product, location and lot: on hand now, with what is planned until a day; without a day, all that is
    planned. One query over what is kept."""
    past = not is_now(work, at)
    query = _then(work, at or work.today, product) if past else _now(work, until=at, product=product)
    held: dict[Place, list[Decimal]] = {}
    for _code, *place, on_hand, reserved, comes, goes in work.rows(query):
        if location in (None, place[1]):
            sums = held.setdefault((place[0], place[1], place[2]), [ZERO] * 4)
            held[place[0], place[1], place[2]] = [
                a + b for a, b in zip(sums, (on_hand, reserved, comes, goes), strict=True)]
    for (number, where, lot), (quantity, reserved, comes, goes) in held.items():
        if quantity or reserved or comes or goes:
            yield ForecastRow(
                Ref(number), Ref(where), Ref(lot) if lot != NO_LOT else None, quantity,
                *(None,) * 5 if past else (reserved, quantity - reserved, comes, goes, quantity + comes - goes))


class ProductForecast(NamedTuple):
    on_hand: Decimal
    reserved: Decimal
    incoming: Decimal
    outgoing: Decimal

    @property
    def expected(self) -> Decimal:
        return self.on_hand + self.incoming - self.outgoing


HELD = Prepared(lambda company, product: StockBalance.select(
    total(StockBalance.on_hand), total(StockBalance.reserved)
).where(StockBalance.company == company, StockBalance.product == product))
COMING = Prepared(lambda company, product: PlannedStock.select(
    total(PlannedStock.incoming), total(PlannedStock.outgoing)
).join(Location).where(
    Location.kind.in_(HOLDING), PlannedStock.company == company, PlannedStock.product == product))


def product_forecast(work: Work, product: Product) -> ProductForecast:
    """The sums of a product's `forecast`, with all that is planned, for a glance."""
    held, coming = (next(work.rows(query, product=product.id)) for query in (HELD, COMING))
    return ProductForecast(*(each or ZERO for each in (*held, *coming)))


class LowStockRow(NamedTuple):
    product: Ref[Product]
    name: str
    minimum: Quantity
    on_hand: Quantity
    incoming: Quantity
    outgoing: Quantity
    forecast: Quantity
    short: Quantity


def low_stock(work: Work) -> Iterator[LowStockRow]:
    """The products that will have less than their minimum when all that is planned is done: what is on its way, a
    receipt that was ordered, counts as had (in the textbooks: the inventory position below the reorder point)."""
    kept = (Product.minimum_stock > 0) & Product.active
    held = dict(work.rows(
        work.select(StockBalance, StockBalance.product, total(StockBalance.on_hand))
        .join(Product).where(kept).group_by(StockBalance.product)))
    planned = {product: (comes, goes) for product, comes, goes in work.rows(
        work.select(PlannedStock, PlannedStock.product, total(PlannedStock.incoming), total(PlannedStock.outgoing))
        .join(Product).where(kept).switch(PlannedStock).join(Location).where(Location.kind.in_(HOLDING))
        .group_by(PlannedStock.product))}
    for product in work.select(Product).where(kept).order_by(Product.code):
        on_hand, (comes, goes) = held.get(product.id, ZERO), planned.get(product.id, (ZERO, ZERO))
        short = product.minimum_stock - (expected := on_hand + comes - goes)
        if short > 0:
            yield LowStockRow(Ref(product.id), product.name, product.minimum_stock, on_hand, comes, goes,
                              expected, short)


def _now(work: Work, *, until: Date | None, product: Ref[Product] | None) -> Any:
    """Code of the product; product, location and lot; on hand, reserved, incoming, outgoing, in one row or two."""
    nothing = SQL("0").converter(StockBalance.on_hand.python_value)
    held = (
        work.select(StockBalance, Product.code.alias("code"), StockBalance.product.alias("product"),
                    StockBalance.location.alias("place"), StockBalance.lot.alias("lot"), StockBalance.on_hand,
                    StockBalance.reserved, nothing, nothing)
        .join(Product).where((StockBalance.on_hand != 0) | (StockBalance.reserved != 0))
    )
    coming = (
        work.select(PlannedStock, Product.code, PlannedStock.product, PlannedStock.location, PlannedStock.lot,
                    SQL("0"), SQL("0"), PlannedStock.incoming, PlannedStock.outgoing)
        .join(Product).switch(PlannedStock).join(Location).where(Location.kind.in_(HOLDING))
    )
    if until is not None:
        coming = coming.where(PlannedStock.date <= until)
    if product is not None:
        held, coming = held.where(StockBalance.product == product), coming.where(PlannedStock.product == product)
    both: Any = held.union_all(coming)
    return both.order_by(SQL("1"), SQL("3"), SQL("4"))


def _then(work: Work, day: Date, product: Ref[Product] | None) -> Any:
    """As `_now`, of a day that is past: what the ledger of moves says was on hand."""
    nothing = SQL("0").converter(DayStock.quantity.python_value)
    query: Any = (
        work.select(DayStock, Product.code, DayStock.product, DayStock.location, DayStock.lot,
                    total(DayStock.quantity), nothing, nothing, nothing)
        .join(Product).where(DayStock.date <= day)
        .group_by(Product.code, DayStock.product, DayStock.location, DayStock.lot)
        .order_by(Product.code, DayStock.location, DayStock.lot)
    )
    return query if product is None else query.where(DayStock.product == product)
