"""Reserving, doing and cancelling moves: the only verbs that touch the stock.

Locks are taken in one order: the moves, the values of their products, the balances of the locations; of each kind by
product, place and lot. What handles several moves takes all of them beforehand.
"""

from collections.abc import Collection
from datetime import date as Date
from decimal import Decimal

from trastienda import Invalid, Quantity, Refusal, Work
from trastienda import gettext as _

from .currency import quantum_of
from .lots import Lot
from .moves import LARGEST, Move
from .open_days import first_open_day
from .products import Product
from .stock import StockBalance, held_of_lot, put, release, take
from .stock import reserve as reserve_stock
from .units import Unit, convert
from .valuation import StockValue
from .value_tables import ProductValue
from .values import keep_moved, lock_value, original_cost, value_issue, value_receipt
from .warehouses import Location


class DayNotOpen(Refusal):
    """The books of the move's day are closed."""

    field = "date"

    def __init__(self, day: Date, *, first_open: Date) -> None:
        text = _("{day} is closed: the first open day is {first}")
        super().__init__(text.format(day=day.isoformat(), first=first_open.isoformat()))
        self.day, self.first_open = day, first_open


class LotExpired(Refusal):
    field = "lot"

    def __init__(self, lot: Lot, expired_on: Date) -> None:
        super().__init__(_("Lot {code} expired on {day}").format(code=lot.code, day=expired_on.isoformat()))
        self.lot = lot


class SerialNumberTaken(Refusal):
    field = "lot"

    def __init__(self, lot: Lot) -> None:
        super().__init__(_("Serial number {code} is in stock already").format(code=lot.code))
        self.lot = lot


def lock_stock(work: Work, *, products: Collection[int], places: Collection[int]) -> None:
    """Lock the values of products and their balances at places."""
    values, balances = work.select(ProductValue), work.select(StockBalance)
    work.lock_found(values.where(ProductValue.product.in_(products)).order_by(ProductValue.product))
    work.lock_found(balances.where(StockBalance.product.in_(products), StockBalance.location.in_(places))
                    .order_by(StockBalance.product, StockBalance.location, StockBalance.lot))


def stock_quantity(work: Work, move: Move) -> Decimal:
    """The move's quantity in its product's unit, exactly."""
    product = work.get(Product, move.product_id)
    source = work.get(Unit, move.unit_id or product.unit_id)
    quantity = convert(move.quantity, source=source, target=work.get(Unit, product.unit_id))
    if quantity > LARGEST:
        raise Invalid({"quantity": [_("More than can be kept")]})
    return quantity


def reserve(work: Work, move: Move) -> None:
    """Run of draft -> reserved: the goods stay where they are, for this move alone."""
    move.stock_quantity = stock_quantity(work, move)
    source = work.get(Location, move.from_location_id)
    if source.holds_stock:
        _require_lot(work, move, day=max(move.date, work.today))
        reserve_stock(work, move, source, move.stock_quantity)


def unreserve(work: Work, move: Move) -> None:
    """Run of reserved -> draft."""
    _release(work, move)


def cancel(work: Work, move: Move) -> None:
    """Run of draft or reserved -> cancelled."""
    if move.state == "reserved":
        _release(work, move)


def do(work: Work, move: Move, *, quantity: Quantity | None = None) -> None:
    """Run of -> done: the goods have moved. Of a part only, the rest becomes a new draft, its back-order."""
    _require_open_day(work, move)
    product = work.get(Product, move.product_id)
    row = lock_value(work, product)
    if move.state == "reserved":
        _release(work, move)
    if quantity is not None and quantity != move.quantity:
        _split(work, move, quantity)
    moved = move.stock_quantity = stock_quantity(work, move)
    _require_lot(work, move, day=move.date)
    source, target = work.get(Location, move.from_location_id), work.get(Location, move.to_location_id)
    if source.holds_stock and target.holds_stock:
        lock_stock(work, products=[product.id], places=[source.id, target.id])
    if source.holds_stock:
        take(work, move, source, moved, latest=row.last_moved)
    if target.holds_stock:
        put(work, move, target, moved)
        if product.tracking == "serial" and held_of_lot(work, move.lot_id or 0) > 1:
            raise SerialNumberTaken(work.get(Lot, move.lot_id or 0))
    if target.holds_stock and not source.holds_stock:
        value = _receipt_value(work, move, moved)
        move.value = value_receipt(work, row, move, quantity=moved, value=value)
    elif source.holds_stock and not target.holds_stock:
        original = original_cost(work, move, moved)
        move.value = value_issue(work, row, move, quantity=moved, original=original)
    else:
        move.value = Decimal(0)
        keep_moved(work, row, move)


def _receipt_value(work: Work, move: Move, moved: Decimal) -> Decimal | None:
    if move.returns_id is not None:
        return original_cost(work, move, moved)
    if move.unit_cost is None:
        return None
    value = StockValue("average", quantum_of(work.company.currency)).cost_of(move.quantity, move.unit_cost)
    if value > LARGEST:
        raise Invalid({"unit_cost": [_("More than can be kept")]})
    return value


def _release(work: Work, move: Move) -> None:
    source = work.get(Location, move.from_location_id)
    if source.holds_stock:
        release(work, move, source, move.stock_quantity or Decimal(0))


def _split(work: Work, move: Move, quantity: Decimal) -> None:
    if not 0 < quantity < move.quantity:
        raise Invalid({"quantity": [_("Between zero and what the move has")]})
    rest = Move(
        **{name: value for name, value in move.__data__.items()
           if name not in ("id", "version", "search_text", "state", "stock_quantity", "value")})
    rest.quantity, rest.back_order_of = move.quantity - quantity, move.id
    work.add(rest)
    move.quantity = quantity


def _require_open_day(work: Work, move: Move) -> None:
    """Goods have moved by today, and on a day that the books still take."""
    if move.date > work.today:
        raise Invalid({"date": [_("Goods cannot have moved on a day to come")]})
    first = first_open_day(work, move.date)
    if first != move.date:
        raise DayNotOpen(move.date, first_open=first)


def _require_lot(work: Work, move: Move, *, day: Date) -> None:
    """What is kept by lots names one, and what has expired goes to no customer."""
    product = work.get(Product, move.product_id)
    if product.tracking == "none":
        return
    if move.lot_id is None:
        raise Invalid({"lot": [_("Product {code} is kept by lots: say which").format(code=product.code)]})
    if product.tracking == "serial" and move.stock_quantity != 1:
        raise Invalid({"quantity": [_("A serial number is one piece")]})
    lot = work.get(Lot, move.lot_id)
    if lot.expires_on is not None and lot.expires_on < day and work.get(
            Location, move.to_location_id).kind == "customer":
        raise LotExpired(lot, lot.expires_on)
