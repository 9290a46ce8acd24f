"""Stock on hand by product and location, and its value by product, at the end of any day."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from peewee import JOIN, SQL, fn

from trastienda import Money, Quantity, Work, total

from ..currency import quantum_of
from ..products import Product
from ..stock import DayStock, StockBalance
from ..valuation import StockValue
from ..value_tables import DayValue, ProductValue
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
    """What is where; lots are added up. One query over what is kept of now, or two over the days until then."""
    values = {} if is_now(work, at) else dict(work.rows(_worth(work, at)))
    quantum = quantum_of(work.company.currency)
    for product, group in groupby(work.rows(_places(work, at)), key=itemgetter(0)):
        rows = list(group)
        worth = rows[0][6] or values.get(product, Decimal(0))
        shares = [worth] if len(rows) == 1 else apportion(worth, [row[4] for row in rows], quantum=quantum)
        for (_product, code, name, place, quantity, reserved, _worth_of_all), value in zip(rows, shares, strict=True):
            available = None if reserved is None else quantity - reserved
            yield OnHandRow(code, name, place, quantity, reserved, available, value)


def valuation(work: Work, *, at: Date | None = None) -> Iterator[ValuationRow]:
    """What the company's stock is worth, as it was booked until the end of the day."""
    for code, name, quantity, value in work.rows(_values(work, at)):
        yield ValuationRow(code, name, None, quantity, value)


def is_now(work: Work, at: Date | None) -> bool:
    """No move is done on a day to come, so that what is kept of now holds for today and every later day."""
    return at is None or at >= work.today


def _places(work: Work, at: Date | None) -> Any:
    """Id, code and name of the product, code of the location, quantity, and (now) what is reserved of it and what
    all of the product is worth."""
    by = (Product.id, Product.code, Product.name, Location.code)
    query: Any
    if is_now(work, at):
        quantity, reserved = fn.SUM(StockBalance.on_hand), fn.SUM(StockBalance.reserved)
        query = work.select(StockBalance, *by, total(StockBalance.on_hand), total(StockBalance.reserved),
                            fn.MAX(ProductValue.value).converter(ProductValue.value.python_value))
        valued = (ProductValue.company == StockBalance.company) & (ProductValue.product == StockBalance.product)
        query = (query.join(Product).switch(StockBalance).join(Location).switch(StockBalance)
                 .join(ProductValue, JOIN.LEFT_OUTER, on=valued))
        kept = (quantity != 0) | (reserved != 0)
    else:
        quantity = fn.SUM(DayStock.quantity)
        query = work.select(DayStock, *by, total(DayStock.quantity), SQL("NULL"), SQL("NULL"))
        query = query.join(Product).switch(DayStock).join(Location).where(DayStock.date <= at)
        kept = quantity != 0
    return query.group_by(Product.id, Location.id).having(kept).order_by(Product.code, Location.code)


def _worth(work: Work, at: Date | None) -> Any:
    """Id of the product, and its value on a day that is past."""
    return (work.select(DayValue, DayValue.product, total(DayValue.value)).where(DayValue.date <= at)
            .group_by(DayValue.product))


def _values(work: Work, at: Date | None) -> Any:
    """Code and name of the product, quantity and value."""
    if is_now(work, at):
        kept = (ProductValue.quantity != 0) | (ProductValue.value != 0)
        return (work.select(ProductValue, Product.code, Product.name, ProductValue.quantity, ProductValue.value)
                .join(Product).where(kept).order_by(Product.code))
    booked = (fn.SUM(DayValue.quantity) != 0) | (fn.SUM(DayValue.value) != 0)
    return (work.select(DayValue, Product.code, Product.name, total(DayValue.quantity), total(DayValue.value))
            .join(Product).where(DayValue.date <= at).group_by(Product.code, Product.name).having(booked)
            .order_by(Product.code))


def apportion(value: Decimal, quantities: Sequence[Decimal], *, quantum: Decimal) -> list[Decimal]:
    """A value by quantity, without a remainder: the last share takes it."""
    whole, shares = sum(quantities, Decimal(0)), list[Decimal]()
    if not whole:
        return [Decimal(0)] * (len(quantities) - 1) + [value] if quantities else []
    stock = StockValue("average", quantum)
    for quantity in quantities[:-1]:
        shares.append(stock.share(value, quantity, whole))
    return [*shares, value - sum(shares, Decimal(0))]
