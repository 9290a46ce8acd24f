"""Stock counts: what the books say is frozen, what is there is entered, and the difference is moved."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from peewee import CharField, DateField, ForeignKeyField

from trastienda import Child, Fault, Invalid, Quantity, QuantityField, Record, Refusal, StateField, Work
from trastienda import gettext as _

from .lots import Lot
from .moves import Move
from .moving import lock_stock
from .products import Product
from .services import product_by_code_or_barcode
from .stock import StockBalance
from .warehouses import Location


class StockCount(Record):
    code = CharField(30, verbose_name="Code")
    date = DateField(verbose_name="Date")
    location = ForeignKeyField(Location, on_delete="RESTRICT", backref="counts", verbose_name="Location")
    loss_location = ForeignKeyField(
        Location, null=True, on_delete="RESTRICT", backref="loss_counts", verbose_name="Differences go to",
        help_text="A location of kind loss; empty: the first")
    state = StateField("draft", "counting", "posted", "cancelled", verbose_name="State")

    location_id: int
    loss_location_id: int | None

    class Meta:
        indexes = ((("company", "code"), True),)


class CountLine(Child):
    count = ForeignKeyField(StockCount, on_delete="CASCADE")
    product = ForeignKeyField(Product, on_delete="RESTRICT", verbose_name="Product")
    lot = ForeignKeyField(Lot, null=True, on_delete="RESTRICT", verbose_name="Lot")
    expected = QuantityField(null=True, verbose_name="In the books")
    counted = QuantityField(null=True, verbose_name="Counted", help_text="In the product's unit; empty: not counted")
    difference = QuantityField(null=True, verbose_name="Difference")

    product_id: int
    lot_id: int | None


class NothingCounted(Refusal):
    def __init__(self, count: StockCount) -> None:
        super().__init__(_("Nothing of {code} has been counted").format(code=count.code))
        self.count = count


class NoLossLocation(Refusal):
    field = "loss_location"

    def __init__(self) -> None:
        super().__init__(_("There is no location of kind loss for the differences"))


def count_faults(count: StockCount) -> Iterator[Fault]:
    if not count.code.strip():
        yield Fault(StockCount.code, _("A count needs a code"))
    if not count.location.holds_stock:
        yield Fault(StockCount.location, _("Nothing is kept at {code}").format(code=count.location.code))
    if count.loss_location is not None and count.loss_location.kind != "loss":
        yield Fault(StockCount.loss_location, _("{code} is no place for losses").format(code=count.loss_location.code))
    seen: set[tuple[int, int | None]] = set()
    for line in count.lines_of(CountLine):
        if (line.product_id, line.lot_id) in seen:
            yield Fault(CountLine.product, _("It is counted twice"), line=line)
        seen.add((line.product_id, line.lot_id))
        if line.counted is not None and line.counted < 0:
            yield Fault(CountLine.counted, _("Less than nothing cannot be there"), line=line)
        if line.lot is not None and line.lot.product_id != line.product_id:
            yield Fault(CountLine.lot, _("Lot {code} is of another product").format(code=line.lot.code), line=line)
        if line.lot is None and line.product.tracking != "none":
            text = _("Product {code} is kept by lots: say which").format(code=line.product.code)
            yield Fault(CountLine.lot, text, line=line)


def start(work: Work, count: StockCount) -> None:
    """Run of draft -> counting: the lines are what the books say is there now, and what was entered before."""
    lines = count.lines_of(CountLine)
    known = {(line.product_id, line.lot_id): line for line in lines}
    rows = work.select(StockBalance).where(StockBalance.location == count.location_id, StockBalance.on_hand != 0)
    books = {(row.product_id, row.lot or None): row.on_hand for row in rows}
    for product, lot in sorted(books.keys() - known.keys(), key=lambda each: (each[0], each[1] or 0)):
        known[product, lot] = CountLine(product=product, lot=lot)
        lines.append(known[product, lot])
    for key, line in known.items():
        line.expected = books.get(key, Decimal(0))


def scan(work: Work, count: StockCount, *, product: str, quantity: Quantity = Decimal(1), lot: str = "") -> None:
    """Add to what was counted of a product, named by its code or a barcode."""
    found = product_by_code_or_barcode(work, product)
    if found is None:
        raise Invalid({"product": [_("No product has the code or barcode {text}").format(text=product)]})
    of = work.find(Lot, lot) if lot else None
    if lot and of is None:
        raise Invalid({"lot": [_("There is no lot {code}").format(code=lot)]})
    lines = count.lines_of(CountLine)
    for line in lines:
        if (line.product_id, line.lot_id) == (found.id, of.id if of else None):
            line.counted = (line.counted or Decimal(0)) + quantity
            return
    lines.append(CountLine(product=found.id, lot=of.id if of else None, expected=Decimal(0), counted=quantity))


def post(work: Work, count: StockCount, *, not_counted: Literal["keep", "nothing"] = "keep") -> None:
    """Run of counting -> posted: differences are moved from or to the place for losses.

    `not_counted` says of lines without a figure whether the books are right or nothing is there.
    """
    lines = count.lines_of(CountLine)
    for line in lines:
        if line.counted is None and not_counted == "nothing":
            line.counted = Decimal(0)
        if line.counted is not None:
            line.difference = line.counted - (line.expected or Decimal(0))
    counted = [line for line in lines if line.difference is not None]
    if not counted:
        raise NothingCounted(count)
    loss = _loss_location(work, count)
    lock_stock(work, products={line.product_id for line in counted if line.difference}, places=[count.location_id])
    for line in sorted(counted, key=lambda each: (each.product_id, each.lot_id or 0)):
        if line.difference:
            ends = (loss, count.location_id) if line.difference > 0 else (count.location_id, loss)
            move = work.add(Move(product=line.product_id, lot=line.lot_id, quantity=abs(line.difference),
                                 date=count.date, reference=count.code, from_location=ends[0], to_location=ends[1]))
            work.act(move, "do")


def _loss_location(work: Work, count: StockCount) -> int:
    if count.loss_location_id is not None:
        return count.loss_location_id
    first = work.select(Location).where(Location.kind == "loss").order_by(Location.code).first()
    if first is None:
        raise NoLossLocation
    found: int = first.id
    return found
