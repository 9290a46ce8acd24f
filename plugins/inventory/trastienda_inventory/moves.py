"""Stock moves: drafts are edited; a done one never changes again and is corrected by a counter-move."""

from collections.abc import Iterator
from decimal import Decimal

from peewee import CharField, DateField, ForeignKeyField

from trastienda import ChoiceField, Fault, MoneyField, QuantityField, Record, StateField, Work, number_text
from trastienda import gettext as _
from trastienda_contacts import Party

from .lots import Lot
from .products import Product
from .units import Unit, exactly
from .warehouses import Location, first_place

#: States of a move that is still to be done.
OPEN = ("draft", "reserved")
#: From and to what kind of place the goods of a picking go; where to of a transfer is not known.
USUAL_ENDS = {"receipt": ("supplier", "internal"), "delivery": ("internal", "customer"), "transfer": ("internal", "")}
#: Of a quantity, a cost, and of a move's value: sums of a good many of them still fit.
LARGEST = Decimal(1_000_000_000)


class Picking(Record):
    """Moves that are handled together: a delivery note, a receipt, a transfer."""

    number = CharField(30, null=True, verbose_name="Number")
    kind = ChoiceField("receipt", "delivery", "transfer", default="delivery", verbose_name="Kind")
    date = DateField(index=True, verbose_name="Date")
    party = ForeignKeyField(Party, null=True, on_delete="RESTRICT", verbose_name="Party")
    reference = CharField(60, default="", verbose_name="Reference")
    from_location = ForeignKeyField(
        Location, null=True, on_delete="RESTRICT", backref="pickings_out", verbose_name="Origin",
        help_text="For moves that are added to it; empty: as usual for its kind")
    to_location = ForeignKeyField(
        Location, null=True, on_delete="RESTRICT", backref="pickings_in", verbose_name="Destination")
    back_order_of = ForeignKeyField(
        "self", null=True, on_delete="RESTRICT", backref="back_orders", verbose_name="Back-order of")
    state = StateField("draft", "done", "cancelled", verbose_name="State")

    from_location_id: int | None
    to_location_id: int | None

    class Meta:
        indexes = ((("company", "number"), True),)


class Move(Record):
    reference = CharField(60, default="", index=True, verbose_name="Reference")
    date = DateField(verbose_name="Date")
    product = ForeignKeyField(Product, on_delete="RESTRICT", verbose_name="Product")
    quantity = QuantityField(verbose_name="Quantity")
    unit = ForeignKeyField(Unit, null=True, on_delete="RESTRICT", verbose_name="Unit", help_text="Empty: the product's")
    from_location = ForeignKeyField(Location, on_delete="RESTRICT", backref="moves_out", verbose_name="Origin")
    to_location = ForeignKeyField(Location, on_delete="RESTRICT", backref="moves_in", verbose_name="Destination")
    lot = ForeignKeyField(Lot, null=True, on_delete="RESTRICT", verbose_name="Lot")
    unit_cost = QuantityField(
        null=True, verbose_name="Unit cost", help_text="Of goods received, per unit of the move; empty: as known"
    )
    unit_price = QuantityField(
        null=True, verbose_name="Unit price", help_text="Net, of goods sold, per unit of the move: for statistics"
    )
    picking = ForeignKeyField(Picking, null=True, on_delete="RESTRICT", backref="moves", verbose_name="Picking")
    returns = ForeignKeyField(
        "self",
        null=True,
        on_delete="RESTRICT",
        backref="returned_by",
        verbose_name="Returns",
        help_text="The done move whose goods come back, at the cost they had",
    )
    back_order_of = ForeignKeyField(
        "self", null=True, on_delete="RESTRICT", backref="back_orders", verbose_name="Back-order of"
    )
    stock_quantity = QuantityField(null=True, verbose_name="Quantity in stock", help_text="In the product's unit")
    value = MoneyField(null=True, verbose_name="Value", help_text="Of what entered or left the company's stock")
    state = StateField("draft", "reserved", "done", "cancelled", verbose_name="State")

    product_id: int
    unit_id: int | None
    from_location_id: int
    to_location_id: int
    lot_id: int | None
    picking_id: int | None
    returns_id: int | None

    class Meta:
        indexes = ((("company", "product", "date"), False), (("company", "state", "product"), False))


def derive_places(work: Work, picking: Picking) -> None:
    """A new one that says nothing of its places has those where goods of its kind come from and go to first."""
    source, target = USUAL_ENDS[picking.kind]
    if picking.__data__.get("id") is None:
        if picking.from_location_id is None and (place := first_place(work, source)) is not None:
            picking.from_location_id = place.id
        if picking.to_location_id is None and target and (place := first_place(work, target)) is not None:
            picking.to_location_id = place.id


def derive_stock_quantity(work: Work, move: Move) -> None:
    """What a draft will move, in its product's unit; None where that is not exact, which is a fault."""
    if move.state == "draft":
        product = work.get(Product, move.product_id)
        source = work.get(Unit, move.unit_id or product.unit_id)
        quantity = exactly(move.quantity, source=source, target=work.get(Unit, product.unit_id))
        move.stock_quantity = quantity if quantity is not None and quantity <= LARGEST else None


def move_faults(move: Move) -> Iterator[Fault]:
    product, lot = move.product, move.lot
    yield from _figure_faults(move)
    if product.kind != "goods":
        yield Fault(Move.product, _("Product {code} is a service: there is nothing to move").format(code=product.code))
    if move.unit is not None and move.unit.kind != product.unit.kind:
        yield Fault(Move.unit, _("Product {code} is not measured in {unit}").format(
            code=product.code, unit=move.unit.code))
    elif move.unit is not None:
        yield from _unit_faults(move, move.unit, product.unit)
    if move.from_location_id == move.to_location_id:
        yield Fault(Move.to_location, _("A move goes to another location"))
    for column, location in ((Move.from_location, move.from_location), (Move.to_location, move.to_location)):
        if location.kind == "view":
            yield Fault(column, _("Location {code} only groups others").format(code=location.code))
    if lot is not None and lot.product_id != move.product_id:
        yield Fault(Move.lot, _("Lot {code} is of another product").format(code=lot.code))
    if move.returns is not None:
        yield from _return_faults(move, move.returns)


def _figure_faults(move: Move) -> Iterator[Fault]:
    if move.quantity <= Decimal(0):
        yield Fault(Move.quantity, _("A move has a quantity above zero"))
    if move.unit_cost is not None and move.unit_cost < 0:
        yield Fault(Move.unit_cost, _("A cost is not negative"))
    if move.unit_price is not None and move.unit_price < 0:
        yield Fault(Move.unit_price, _("A price is not negative"))
    for column, figure in ((Move.quantity, move.quantity), (Move.unit_cost, move.unit_cost)):
        if figure is not None and figure > LARGEST:
            yield Fault(column, _("More than can be kept"))


def _unit_faults(move: Move, unit: Unit, target: Unit) -> Iterator[Fault]:
    quantity = exactly(move.quantity, source=unit, target=target)
    if quantity is None:
        text = _("{quantity} {source} is no exact quantity of {target}")
        yield Fault(Move.quantity, text.format(quantity=number_text(move.quantity), source=unit.code,
                                               target=target.code))
    elif quantity > LARGEST:
        yield Fault(Move.quantity, _("More than can be kept"))


def _return_faults(move: Move, original: Move) -> Iterator[Fault]:
    if original.state != "done":
        yield Fault(Move.returns, _("Only a done move can be returned"))
    elif original.product_id != move.product_id:
        yield Fault(Move.returns, _("The move that is returned is of another product"))
    elif original.from_location.holds_stock != move.to_location.holds_stock:
        yield Fault(Move.returns, _("A return goes the other way"))
    elif move.date < original.date:
        yield Fault(Move.date, _("Goods do not come back before they went"))
