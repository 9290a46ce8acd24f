"""What a storekeeper sees at a glance: work that waits, what the stock is worth, and beside a product what there is."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from peewee import fn

from trastienda import Figure, Link, Panel, Quantity, Ref, Rows, ToDo, Work, total
from trastienda import gettext as _

from .categories import METHODS, Category, method_of
from .lots import Lot
from .moves import OPEN, Move, Picking
from .products import Product
from .reports.forecast import low_stock, product_forecast
from .slips import LABELS, STATES, moves_of
from .stock import StockBalance, available_at
from .value_tables import ProductValue

EXPIRY_DAYS = 30


def stock_panel(work: Work) -> Iterator[Figure | ToDo]:
    worth = next(work.rows(work.select(ProductValue, total(ProductValue.value))))[0] or Decimal(0)
    yield Figure(_("Stock value"), worth, link=Link("inventory.valuation"))
    waiting = (work.select(Picking, Picking.kind, fn.COUNT(Picking.id), fn.MIN(Picking.date))
               .where(Picking.state == "draft").group_by(Picking.kind))
    labels = {"delivery": _("Deliveries to do"), "receipt": _("Receipts to do"), "transfer": _("Transfers to do")}
    for kind, count, first in work.rows(waiting):
        yield ToDo(labels[kind], Link("inventory.picking", {"kind": kind, "state": "draft"}), count=count, due=first)
    low = sum(1 for _row in low_stock(work))
    if low:
        yield ToDo(_("Below their minimum"), Link("inventory.low-stock"), count=low)
    until = work.today + timedelta(days=EXPIRY_DAYS)
    expiring = (work.select(StockBalance, fn.COUNT(fn.DISTINCT(Lot.id)), fn.MIN(Lot.expires_on))
                .join(Lot, on=(StockBalance.lot == Lot.id)).where(StockBalance.on_hand > 0, Lot.expires_on <= until))
    count, first = next(work.rows(expiring))
    if count:
        yield ToDo(_("Lots that expire"), Link("inventory.expiring-lots"), count=count, due=first)


def product_panel(work: Work, product: Product) -> Iterator[Figure]:
    """Of services there is none."""
    if product.kind != "goods":
        return
    there = product_forecast(work, product)
    card = Link("inventory.stock-card", {"product": product.code})
    yield Figure(_("On hand"), there.on_hand, kind="quantity", link=card)
    yield Figure(_("Available"), there.on_hand - there.reserved, kind="quantity")
    yield Figure(_("Incoming"), there.incoming, kind="quantity")
    yield Figure(_("Outgoing"), there.outgoing, kind="quantity")
    yield Figure(_("Forecast"), there.expected, kind="quantity", attention=there.expected < 0)



class MovedLine(NamedTuple):
    move: Ref[Move]
    product: str
    lot: str
    state: str
    quantity: Quantity
    available: Quantity | None


def picking_panel(work: Work, picking: Picking) -> Iterator[Rows]:
    """Its moves, each leading to its own page, where a part of it is done or it is changed; of those that wait, what
    there is for them."""
    rows = []
    for move in moves_of(work, picking):
        there = None
        if move.state in OPEN and move.from_location.holds_stock and picking.state == "draft":
            there = available_at(work, move.product, move.from_location, lot=move.lot)
            there += (move.stock_quantity or 0) if move.state == "reserved" else 0
        product, lot = f"{move.product.code} {move.product.name}", move.lot.code if move.lot else ""
        rows.append(MovedLine(Ref(move.id), product, lot, str(STATES[move.state]), move.quantity, there))
    if rows:
        yield Rows(MovedLine, rows, labels=LABELS)


def category_panel(work: Work, category: Category) -> Iterator[Figure]:
    """How its goods are valued, and which category says so."""
    method, source = method_of(work, category.id)
    note = "" if source in (None, category.code) else _("as category {code}").format(code=source)
    yield Figure(_("Valuation"), str(METHODS[method]), note=note)


panels = [
    Panel("inventory.category-valuation", category_panel, label="What applies", on="inventory.category",
          permission="inventory.category"),
    Panel("inventory.stock", stock_panel, label="In the warehouse", permission="inventory.picking"),
    Panel("inventory.product-stock", product_panel, label="What there is", on="inventory.product",
          permission="inventory.product"),
    Panel("inventory.picking-moves", picking_panel, label="Moves", on="inventory.picking",
          permission="inventory.move"),
]
