"""What the doctor asks: does what is kept now agree with the days and the moves?"""

from collections.abc import Sequence
from datetime import date as Date
from decimal import Decimal

from peewee import fn

from trastienda import Check, Work, total
from trastienda import gettext as _

from .moves import Move
from .stock import NO_LOT, StockBalance, stock_at
from .value_tables import CostLayer, ProductValue


def balances_agree(work: Work) -> Sequence[str]:
    """On hand is the sum of all days, reserved what the reserved moves keep."""
    days = {}
    for key, quantity in stock_at(work, max(work.today, _last_day(work))).items():
        days[key] = quantity
    kept = {(row.product_id, row.location_id, row.lot): (row.on_hand, row.reserved)
            for row in work.select(StockBalance)}
    reserved: dict[tuple[int, int, int], Decimal] = {}
    for move in work.select(Move).where(Move.state == "reserved"):
        if move.from_location.holds_stock:
            key = (move.product_id, move.from_location_id, move.lot_id or NO_LOT)
            reserved[key] = reserved.get(key, Decimal(0)) + (move.stock_quantity or Decimal(0))
    zero = Decimal(0)
    return [
        _("Stock of product {product} at location {location}: kept {kept}, recomputed {found}").format(
            product=key[0], location=key[1], kept=kept.get(key, (zero, zero)),
            found=(days.get(key, zero), reserved.get(key, zero)))
        for key in sorted({*days, *kept, *reserved})
        if kept.get(key, (zero, zero)) != (days.get(key, zero), reserved.get(key, zero))
    ]


def layers_agree(work: Work) -> Sequence[str]:
    """The layers of a FIFO product are its stock, where that is not below zero."""
    sums = {product: (quantity, value) for product, quantity, value in work.rows(
        work.select(CostLayer, CostLayer.product, total(CostLayer.quantity), total(CostLayer.value))
        .group_by(CostLayer.product))}
    rows = work.select(ProductValue).where(ProductValue.method == "fifo", ProductValue.quantity >= 0)
    return [
        _("Layers of product {product}: {found}, stock {kept}").format(
            product=row.product_id, found=sums.get(row.product_id), kept=(row.quantity, row.value))
        for row in rows
        if sums.get(row.product_id, (Decimal(0), Decimal(0))) != (row.quantity, row.value)
    ]


def _last_day(work: Work) -> Date:
    found: Date | None = next(work.rows(work.select(ProductValue, fn.MAX(ProductValue.last_date))))[0]
    return found or work.today


checks = [Check("stock balances", balances_agree), Check("cost layers", layers_agree)]
