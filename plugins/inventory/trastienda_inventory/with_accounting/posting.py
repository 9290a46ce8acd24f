"""What is posted of the stock: the value of each move, with the move."""

from collections.abc import Iterable, Iterator
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import JOIN

from trastienda import Work
from trastienda import gettext as _
from trastienda_accounting import JournalEntry, Line, credit, debit, first_open_day, post_entry

from ..moves import Move
from ..products import Product
from ..value_tables import ValueEntry
from ..warehouses import HOLDING, Location
from .accounts import StockPosting, account_of, journal_of


class Booking(NamedTuple):
    """Entries of one cause on one day: an entry of the journal to be."""

    source: str
    date: Date
    text: str
    lines: list[Line]


def post_move(work: Work, move: Move) -> None:
    """Runs when a move is done: its own value, and what it changed of others'."""
    _post(work, _bookings(work, ValueEntry.cause == move.id))


def post_revaluation(work: Work, entry: ValueEntry) -> None:
    _post(work, _bookings(work, ValueEntry.id.in_([entry.id, entry.counter_id or entry.id])))


def post_to_ledger(work: Work) -> int:
    """Post what is not in the ledger yet, oldest first; the number of entries. Days that are closed or have no
    period go to the first open day."""
    posted = {source for (source,) in work.rows(
        work.select(JournalEntry, JournalEntry.source).where(JournalEntry.source.startswith("inventory.")))}
    waiting = [each for each in _bookings(work, ValueEntry.id > 0) if each.source not in posted]
    _post(work, [each._replace(date=first_open_day(work, each.date)) for each in waiting])
    return len(waiting)


def _post(work: Work, bookings: Iterable[Booking]) -> None:
    for each in bookings:
        post_entry(work, source=each.source, journal=journal_of(work), date=each.date, reference=each.text,
                   description=_("Stock: {what}").format(what=each.text), lines=each.lines)


def _bookings(work: Work, where: Any) -> Iterator[Booking]:
    """By cause and day, in the order of the entries."""
    source, target = Location.alias(), Location.alias()
    query = (
        work.select(ValueEntry, ValueEntry.id, ValueEntry.cause, ValueEntry.kind, ValueEntry.date, ValueEntry.value,
                    Product.code, source.kind, target.kind, ValueEntry.category, ValueEntry.counter,
                    ValueEntry.price_difference)
        .join(Product, on=ValueEntry.product == Product.id)
        .join(Move, JOIN.LEFT_OUTER, on=ValueEntry.move == Move.id)
        .join(source, JOIN.LEFT_OUTER, on=Move.from_location == source.id)
        .join(target, JOIN.LEFT_OUTER, on=Move.to_location == target.id)
        .where(where, (ValueEntry.value != 0) | (ValueEntry.price_difference != 0)).order_by(ValueEntry.id)
    )
    found: dict[tuple[str, Date], tuple[str, dict[str, Decimal]]] = {}
    for number, cause, kind, day, value, product, came_from, went_to, category, counter, difference in work.rows(query):
        name = f"inventory.move/{cause}" if cause else f"inventory.value/{counter or number}"
        outside = went_to if came_from in HOLDING else came_from
        _text, sums = found.setdefault((name, day), (product, {}))
        for account, amount in _amounts(work, kind, outside, category, value=value, difference=difference):
            sums[account] = sums.get(account, Decimal(0)) + amount
    for (name, day), (product, sums) in found.items():
        lines = [line for account, amount in sums.items() for line in _side(account, amount)]
        if lines:
            yield Booking(f"{name}/{day.isoformat()}", day, product, lines)


def _amounts(work: Work, kind: str, outside: str | None, category: int | None, *, value: Decimal,
             difference: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Accounts and what each is debited: the stock's first. Goods that go over to another category have none but
    those of the categories; what was paid beyond the standard cost is a difference in price."""
    yield account_of(work, "stock", "inventory", category), value
    if kind == "reclassification":
        return
    if work.settings(StockPosting).method == "continental":
        difference = Decimal(0)
    if difference:
        yield account_of(work, "price_difference", "purchase_price_difference"), difference
    yield counterpart(work, kind, outside, category), -value - difference


def counterpart(work: Work, kind: str, outside: str | None, category: int | None = None) -> str:
    """The account against which the stock's value moves; `outside` is the kind of the place beyond the company."""
    if work.settings(StockPosting).method == "continental":
        return account_of(work, "change_in_stock", "inventory_change", category)
    if kind == "revaluation" or outside == "loss":
        return account_of(work, "difference", "inventory_difference")
    if outside == "supplier" and kind != "settlement":
        return account_of(work, "goods_received", "goods_received_not_invoiced")
    return account_of(work, "cost_of_goods", "cost_of_goods", category)


def _side(account: str, amount: Decimal) -> list[Line]:
    """A debit, or where negative a credit; nothing for nothing."""
    if amount > 0:
        return [debit(account, amount)]
    return [credit(account, -amount)] if amount < 0 else []
