"""Moves entered late: what they do to the value of later moves of their product becomes new entries."""

from collections import deque
from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal

from peewee import Case, fn

from trastienda import Work, total

from .currency import quantum_of
from .layers import rewrite_layers
from .moves import Move
from .valuation import Done, Layer, StockValue, corrections, layers_left, revalue, unit_cost
from .value_entries import Effect, write_effects
from .value_tables import DayValue, ProductValue, ValueEntry


def enter_before(work: Work, row: ProductValue, move: Move, done: Done) -> Decimal:
    """A move dated before others of its product: those are valued again, what differs is new entries."""
    work.flush_sums()
    stock = _stock_at(work, row, move.date)
    value, settlement = value_move(stock, done)
    later = list(_later_moves(work, row, move))
    fixes = corrections([each for each, _ in later], revalue(stock, [each for each, _ in later]))
    effects = [Effect(move.id, "move", move.date, value, done.quantity)]
    if settlement:
        effects.append(Effect(move.id, "settlement", move.date, settlement))
    effects += [
        Effect(each.move, "adjustment" if each.quantity < 0 or each.returns else "settlement", day, fixes[each.move])
        for each, day in later if each.move in fixes
    ]
    rewrite_layers(work, row, stock)
    row.quantity, row.value, row.last_cost = stock.quantity, stock.value, stock.last_cost
    write_effects(work, row, move, effects)
    return abs(value)


def value_move(stock: StockValue, done: Done) -> tuple[Decimal, Decimal]:
    if done.quantity > 0:
        came = stock.receive(done.move, done.quantity, done.cost)
        return came.value, came.settlement
    original = done.cost if done.returns is not None else None
    return -stock.issue(-done.quantity, original=original, layer=done.returns), Decimal(0)


def _stock_at(work: Work, row: ProductValue, day: Date) -> StockValue:
    """As the stock stood at the end of a day, by what is known now of the moves until then."""
    until = (DayValue.product == row.product_id) & (DayValue.date <= day)
    quantity, value = next(work.rows(
        work.select(DayValue, total(DayValue.quantity), total(DayValue.moved)).where(until)))
    quantity, value = quantity or Decimal(0), value or Decimal(0)
    receipts = list(_receipts_until(work, row, day, quantity))
    layers = layers_left(receipts, quantity=quantity, value=value) if row.method == "fifo" else deque()
    last = unit_cost(receipts[0].value, receipts[0].quantity) if receipts else row.last_cost
    return StockValue(row.method, quantum_of(work.company.currency), row.standard, quantity, value, last, layers)  # type: ignore[arg-type]


def _receipts_until(work: Work, row: ProductValue, day: Date, quantity: Decimal) -> Iterator[Layer]:
    """Newest first, one at least, as many as the quantity needs; without what was sent back."""
    entries = (
        work.select(ValueEntry, ValueEntry.move, ValueEntry.quantity, ValueEntry.value)
        .where(ValueEntry.product == row.product_id, ValueEntry.moved_on <= day,
               ValueEntry.kind == "move", ValueEntry.quantity > 0)
        .order_by(ValueEntry.moved_on.desc(), ValueEntry.id.desc())
    )
    for move, came, value in work.rows(entries):
        sent_back = (Move.returns == move) & (ValueEntry.moved_on <= day)
        corrected = (ValueEntry.move == move) & (ValueEntry.kind == "adjustment")
        less, change = next(work.rows(
            work.select(ValueEntry, total(ValueEntry.quantity), total(ValueEntry.value))
            .join(Move, on=(ValueEntry.move == Move.id)).where(sent_back | corrected)))
        layer = Layer(move, came + (less or 0), value + (change or 0))
        if layer.quantity > 0:
            yield layer
            quantity -= layer.quantity
            if quantity <= 0:
                return


def _later_moves(work: Work, row: ProductValue, move: Move) -> Iterator[tuple[Done, Date]]:
    """The product's moves of later days in their order, each with what it changed the value by so far."""
    own = Case(None, [(ValueEntry.kind.in_(["move", "adjustment"]), ValueEntry.value)], 0)
    found = (
        work.select(ValueEntry, ValueEntry.move, ValueEntry.moved_on, fn.MIN(ValueEntry.id),
                    total(ValueEntry.quantity), total(ValueEntry.value),
                    fn.SUM(own).converter(ValueEntry.value.python_value))
        .where(ValueEntry.product == row.product_id, ValueEntry.moved_on > move.date)
        .group_by(ValueEntry.move, ValueEntry.moved_on).order_by(ValueEntry.moved_on, fn.MIN(ValueEntry.id))
    )
    returns, sizes = _returns(work, row, move)
    for number, day, _first, quantity, value, cost in work.rows(found):
        original = returns.get(number)
        yield Done(number, quantity, cost=abs(cost), total=value, returns=original,
                   returned_of=sizes.get(original or 0, Decimal(0))), day


def _returns(work: Work, row: ProductValue, move: Move) -> tuple[dict[int, int], dict[int, Decimal]]:
    """Of later moves that return another: which one, and how much that had moved."""
    after = (Move.product == row.product_id) & (Move.date > move.date) & Move.returns.is_null(False)
    returns = dict(work.rows(work.select(Move, Move.id, Move.returns).where(after)))
    sizes = work.select(ValueEntry, ValueEntry.move, total(ValueEntry.quantity)).where(
        ValueEntry.move.in_(sorted(set(returns.values())))).group_by(ValueEntry.move)
    return returns, {number: abs(size) for number, size in work.rows(sizes)} if returns else {}
