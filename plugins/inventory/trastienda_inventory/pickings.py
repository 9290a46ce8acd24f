"""Pickings: the moves of one delivery, receipt or transfer, done or cancelled together."""

from decimal import Decimal
from typing import Literal

from trastienda import Invalid, Numbering, Quantity, Refusal, Work, lazy_gettext
from trastienda import gettext as _

from .moves import OPEN, Move, Picking
from .moving import lock_stock
from .services import product_by_code_or_barcode

#: By a picking's kind.
NUMBERS = {
    kind: Numbering(f"inventory.{kind}", Picking.number, f"{prefix}/{{year}}/{{number:05}}", label=label,
                    restarts=("yearly", "monthly", "never"))
    for kind, prefix, label in (
        ("receipt", "IN", lazy_gettext("Receipts")),
        ("delivery", "OUT", lazy_gettext("Deliveries")),
        ("transfer", "INT", lazy_gettext("Transfers")),
    )
}


class EmptyPicking(Refusal):
    def __init__(self, picking: Picking) -> None:
        super().__init__(_("The picking has no moves to do"))
        self.picking = picking


def open_moves(work: Work, picking: Picking) -> list[Move]:
    """Those not done yet, with their stock, locked in one order, so that two pickings never wait for each other."""
    found = work.select(Move, Move.id).where(Move.picking == picking, Move.state.in_(OPEN))
    moves = work.lock_many(Move, [number for (number,) in work.rows(found)])
    if moves:
        lock_stock(work, products={move.product_id for move in moves},
                   places={place for move in moves for place in (move.from_location_id, move.to_location_id)})
    return sorted(moves, key=lambda move: (move.product_id, move.id))


def add_to_picking(
    work: Work, picking: Picking, *, product: str, quantity: Quantity = Decimal(1), unit_cost: Quantity | None = None
) -> None:
    """A move of a product, named by its code or a barcode; one that is there as a draft already gets more of it."""
    if picking.from_location_id is None or picking.to_location_id is None:
        raise Invalid({"product": [_("Say first where the picking goes from and to")]})
    found = product_by_code_or_barcode(work, product)
    if found is None:
        raise Invalid({"product": [_("No product has the code or barcode {text}").format(text=product)]})
    for move in open_moves(work, picking):
        if move.product_id == found.id and move.state == "draft" and move.unit_id is None and move.lot_id is None:
            move.quantity += quantity
            if unit_cost is not None:
                move.unit_cost = unit_cost
            return
    work.add(Move(
        picking=picking.id, product=found.id, quantity=quantity, date=picking.date, reference=picking.reference,
        from_location=picking.from_location_id, to_location=picking.to_location_id, unit_cost=unit_cost))


def do_picking(work: Work, picking: Picking, *, rest: Literal["do", "back-order", "cancel"] = "do") -> None:
    """Run of draft -> done: the picking gets its number, once something of it has moved.

    `rest` says what becomes of the moves that are not done yet: they are done now, wait in a picking of their own,
    or are cancelled.
    """
    moves = open_moves(work, picking)
    done = work.select(Move).where(Move.picking == picking, Move.state == "done").exists()
    if not done and (not moves or rest != "do"):
        raise EmptyPicking(picking)
    if rest == "back-order":
        _put_back(work, picking, moves)
    for move in moves if rest != "back-order" else ():
        work.act(move, "do" if rest == "do" else "cancel")
    work.number(picking, NUMBERS[picking.kind], on=picking.date)


def _put_back(work: Work, picking: Picking, moves: list[Move]) -> None:
    """What is not done waits in a new picking; what was reserved stays so."""
    if not moves:
        return
    waiting = work.add(Picking(
        kind=picking.kind, date=picking.date, party=picking.__data__["party"], reference=picking.reference,
        from_location=picking.from_location_id, to_location=picking.to_location_id, back_order_of=picking.id))
    for move in moves:
        kept = move.state == "reserved"
        if kept:
            work.act(move, "unreserve")
        move.picking = waiting
        if kept:
            work.flush()
            work.act(move, "reserve")


def reserve_picking(work: Work, picking: Picking) -> None:
    """Reserve every draft move of it."""
    for move in open_moves(work, picking):
        if move.state == "draft":
            work.act(move, "reserve")


def cancel_picking(work: Work, picking: Picking) -> None:
    """Run of draft -> cancelled, its moves with it."""
    for move in open_moves(work, picking):
        work.act(move, "cancel")
