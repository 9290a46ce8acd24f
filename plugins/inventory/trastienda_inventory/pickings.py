"""Pickings: the moves of one delivery, receipt or transfer, done or cancelled together."""

from trastienda import Refusal, Work
from trastienda import gettext as _

from .moves import Move, Picking


class EmptyPicking(Refusal):
    def __init__(self, picking: Picking) -> None:
        super().__init__(_("The picking has no moves to do"))
        self.picking = picking


def open_moves(work: Work, picking: Picking) -> list[Move]:
    """Those not done yet, in the order of their products, so that two pickings never wait for each other."""
    found = work.select(Move, Move.id).where(Move.picking == picking, Move.state.in_(["draft", "reserved"]))
    ids = [number for (number,) in work.rows(found)]
    return sorted(work.lock_many(Move, ids), key=lambda move: (move.product_id, move.id))


def do_picking(work: Work, picking: Picking) -> None:
    """Run of draft -> done: every move that is not cancelled is done, and the picking gets its number."""
    moves = open_moves(work, picking)
    if not moves:
        raise EmptyPicking(picking)
    for move in moves:
        work.act(move, "do")
    series = f"inventory.picking/{picking.kind}/{picking.date.year}"
    prefix = {"receipt": "IN", "delivery": "OUT", "transfer": "INT"}[picking.kind]
    year = picking.date.year
    work.number(picking, Picking.number, series=series, template=lambda number: f"{prefix}/{year}/{number:05}")


def reserve_picking(work: Work, picking: Picking) -> None:
    """Reserve every draft move of it."""
    for move in open_moves(work, picking):
        if move.state == "draft":
            work.act(move, "reserve")


def cancel_picking(work: Work, picking: Picking) -> None:
    """Run of draft -> cancelled, its moves with it."""
    for move in open_moves(work, picking):
        work.act(move, "cancel")
