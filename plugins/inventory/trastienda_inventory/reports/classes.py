"""Which few products matter most, and which lots expire soon."""

from collections.abc import Iterator, Mapping
from datetime import date as Date
from datetime import timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from trastienda import Money, Quantity, Rate, Ref, Work, total

from ..lots import Lot
from ..moves import Move
from ..products import Product
from ..stock import StockBalance
from ..value_tables import ValueEntry
from ..warehouses import Location
from .moving import period

ZERO = Decimal(0)
#: A product is of the first class whose share of the whole its cumulative share does not exceed.
CLASSES = (("A", Decimal("0.80")), ("B", Decimal("0.95")), ("C", Decimal(1)))


class AbcRow(NamedTuple):
    rank: int
    product: Ref[Product]
    amount: Money
    share: Rate
    cumulative: Rate
    abc_class: str


class ExpiringRow(NamedTuple):
    lot: Ref[Lot]
    product: Ref[Product]
    location: Ref[Location]
    quantity: Quantity
    expires_on: Date
    days_left: int


def abc(work: Work, *, by: Literal["revenue", "value"] = "revenue", from_: Date | None = None, to: Date | None = None
        ) -> Iterator[AbcRow]:
    """Products by what their sales brought (net), or cost: A up to 80 % of all, B up to 95 %, C the rest."""
    first, last = period(work, from_, to)
    amounts = revenue(work, first, last) if by == "revenue" else cost(work, first, last)
    for rank, (product, amount, share, cumulative, name) in enumerate(classified(amounts), 1):
        yield AbcRow(rank, Ref(product), amount, percent(share), percent(cumulative), name)


def percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.01"))


def classified(amounts: Mapping[int, Decimal]) -> Iterator[tuple[int, Decimal, Decimal, Decimal, str]]:
    """Product, amount, share, cumulative share and class, the greatest first; what brought nothing is left out."""
    ranked = sorted(((amount, product) for product, amount in amounts.items() if amount > 0),
                    key=lambda each: (-each[0], each[1]))
    whole, so_far = sum((amount for amount, _ in ranked), ZERO), ZERO
    for amount, product in ranked:
        so_far += amount
        name = next(name for name, share in CLASSES if so_far <= share * whole)
        yield product, amount, amount / whole, so_far / whole, name


def revenue(work: Work, first: Date, last: Date) -> dict[int, Decimal]:
    """Net, by product: what was delivered to customers at its price, less what came back."""
    source, target = Location.alias(), Location.alias()
    query = (
        work.select(Move, Move.product, Move.unit_price, target.kind, total(Move.quantity))
        .join(source, on=(Move.from_location == source.id)).switch(Move)
        .join(target, on=(Move.to_location == target.id))
        .where(Move.state == "done", Move.unit_price.is_null(False), Move.date.between(first, last),
               (source.kind == "customer") | (target.kind == "customer"))
        .group_by(Move.product, Move.unit_price, target.kind)
    )
    sums: dict[int, Decimal] = {}
    for product, price, kind, quantity in work.rows(query):
        sums[product] = sums.get(product, ZERO) + price * (quantity if kind == "customer" else -quantity)
    return sums


def cost(work: Work, first: Date, last: Date) -> dict[int, Decimal]:
    """By product: the value of what was delivered to customers, less what came back."""
    source, target = Location.alias(), Location.alias()
    query = (
        work.select(ValueEntry, ValueEntry.product, total(ValueEntry.value))
        .join(Move, on=(ValueEntry.move == Move.id)).join(source, on=(Move.from_location == source.id)).switch(Move)
        .join(target, on=(Move.to_location == target.id))
        .where(ValueEntry.moved_on.between(first, last), (source.kind == "customer") | (target.kind == "customer"))
        .group_by(ValueEntry.product)
    )
    return {product: -value for product, value in work.rows(query)}


def expiring_lots(work: Work, *, days: int = 30) -> Iterator[ExpiringRow]:
    """What is in stock of lots that have expired or will within so many days, the first to expire first."""
    until = work.today + timedelta(days=max(min(days, 36_500), 0))
    query = (
        work.select(StockBalance, Lot.id, StockBalance.product, StockBalance.location, StockBalance.on_hand,
                    Lot.expires_on)
        .join(Lot, on=(StockBalance.lot == Lot.id))
        .where(StockBalance.on_hand != 0, Lot.expires_on <= until).order_by(Lot.expires_on, Lot.id)
    )
    for lot, product, location, quantity, expires_on in work.rows(query):
        yield ExpiringRow(Ref(lot), Ref(product), Ref(location), quantity, expires_on, (expires_on - work.today).days)
