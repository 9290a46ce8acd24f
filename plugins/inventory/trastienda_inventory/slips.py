"""The slip of a picking: what to take from where, or what was taken, with barcodes to scan."""

from typing import Any, NamedTuple

from trastienda import Barcode, Block, Document, Field, Print, Quantity, Rows, Signatures, Work, lazy_gettext
from trastienda import gettext as _

from .lots import Lot
from .moves import Move, Picking
from .products import Product
from .units import Unit
from .warehouses import Location

LABELS = {"product": "Product", "name": "Name", "lot": "Lot", "quantity": "Quantity", "unit": "Unit",
          "from_location": "Origin", "to_location": "Destination", "state": "State", "move": "Stock move",
          "available": "Available"}
STATES = {"draft": lazy_gettext("Draft"), "reserved": lazy_gettext("Reserved"), "done": lazy_gettext("Done")}


class SlipLine(NamedTuple):
    product: str
    name: str
    lot: str
    quantity: Quantity
    unit: str
    from_location: str
    to_location: str
    state: str


def moves_of(work: Work, picking: Picking) -> list[Move]:
    """All but the cancelled ones, by product."""
    found = work.select(Move).where(Move.picking == picking.id, Move.state != "cancelled").order_by(Move.id)
    return sorted(found, key=lambda move: str(work.get(Product, move.product_id).code))


def slip_lines(work: Work, picking: Picking) -> list[SlipLine]:
    lines = []
    for move in moves_of(work, picking):
        product = work.get(Product, move.product_id)
        lines.append(SlipLine(
            product.code, product.name, work.get(Lot, move.lot_id).code if move.lot_id else "", move.quantity,
            work.get(Unit, move.unit_id or product.unit_id).code, work.get(Location, move.from_location_id).code,
            work.get(Location, move.to_location_id).code, str(STATES[move.state])))
    return lines


def slip(work: Work, picking: Picking) -> Document:
    """What is moved; then a barcode for the slip and for each product that has one."""
    titles = {"delivery": _("Delivery note"), "receipt": _("Goods receipt"), "transfer": _("Transfer slip")}
    lines = slip_lines(work, picking)
    number = picking.number or f"#{picking.id}"
    party = picking.party
    products = [work.get(Product, code) for code in dict.fromkeys(line.product for line in lines)]
    return Document(
        titles[picking.kind], number=number,
        parts=[
            Block(_("Party"), [Field("", party.name), Field(_("Code"), party.code)] if party is not None else []),
            Block(_("Picking"), [Field(_("Date"), picking.date), Field(_("Reference"), picking.reference)]),
            Rows(SlipLine, lines, labels=LABELS),
            Barcode(number, label=_("This slip")),
            *(Barcode(each.barcode, label=f"{each.code} {each.name}") for each in products if each.barcode),
            Signatures([_("Handed over by"), _("Received by")]),
        ],
    )


prints: list[Print[Any]] = [Print("slip", "inventory.picking", slip, label="Slip")]
