"""The layers of a FIFO stock as they are kept: what is left of each receipt."""

from collections.abc import Iterator, Sequence
from datetime import date as Date
from decimal import Decimal

from trastienda import Work

from .moves import Move
from .valuation import Layer, StockValue
from .value_tables import CostLayer, ProductValue


def layers_for(work: Work, row: ProductValue, quantity: Decimal, *, first: int | None) -> Iterator[Layer]:
    """The oldest layers, as many as the quantity needs, and the one that goods are returned from."""
    if row.method != "fifo":
        return
    query = (work.select(CostLayer, CostLayer.move, CostLayer.quantity, CostLayer.value)
             .where(CostLayer.product == row.product_id).order_by(CostLayer.date, CostLayer.move))
    everything = first is not None
    for move, left, value in work.rows(query):
        yield Layer(move, left, value)
        quantity -= left
        if quantity <= 0 and not everything:
            return


def save_layers(work: Work, row: ProductValue, stock: StockValue, loaded: Sequence[Layer], day: Date) -> None:
    """Write the layers that differ from those loaded; new ones are of the day."""
    before, after = {each.move: each for each in loaded}, {each.move: each for each in stock.layers}
    if gone := [number for number in before if number not in after]:
        work.execute(CostLayer.delete().where(CostLayer.move.in_(gone)))
    for number, layer in after.items():
        if number not in before:
            work.execute(CostLayer.insert(company=work.company, product=row.product_id, move=number, date=day,
                                          quantity=layer.quantity, value=layer.value))
        elif layer != before[number]:
            work.execute(CostLayer.update(quantity=layer.quantity, value=layer.value)
                         .where(CostLayer.move == number))


def rewrite_layers(work: Work, row: ProductValue, stock: StockValue) -> None:
    """All of a product's layers anew, each of the day of its move."""
    work.execute(CostLayer.delete().where(CostLayer.company == work.company, CostLayer.product == row.product_id))
    if stock.layers:
        days = dict(work.rows(work.select(Move, Move.id, Move.date)
                              .where(Move.id.in_([each.move for each in stock.layers]))))
        work.execute(CostLayer.insert_many([
            {"company": work.company, "product": row.product_id, "move": each.move, "date": days[each.move],
             "quantity": each.quantity, "value": each.value} for each in stock.layers]))
