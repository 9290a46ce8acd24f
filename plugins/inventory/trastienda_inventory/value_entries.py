"""Entering changes of value: the entries, and the sums by day that follow from them."""

from collections.abc import Sequence
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from trastienda import Work

from .moves import Move
from .open_days import first_open_day
from .value_tables import NO_CATEGORY, DayValue, ProductValue, ValueEntry


class Effect(NamedTuple):
    """A change of value to be entered."""

    move: int | None
    kind: str
    moved_on: Date
    value: Decimal
    quantity: Decimal = Decimal(0)
    price_difference: Decimal = Decimal(0)


def write_effects(work: Work, row: ProductValue, move: Move | None, effects: Sequence[Effect], *,
                  counter: int | None = None) -> None:
    """Enter changes of value on the first open day on or after the day of the move that each is of."""
    rows: list[dict[str, Any]] = []
    for each in effects:
        own = move is None or (each.move == move.id and each.moved_on == move.date)
        day = each.moved_on if own else first_open_day(work, each.moved_on)
        rows.append({"company": work.company, "product": row.product_id, "move": each.move, "cause": move,
                     "kind": each.kind, "date": day, "moved_on": each.moved_on, "quantity": each.quantity,
                     "category": row.category_id, "counter": counter, "value": each.value,
                     "price_difference": each.price_difference})
        booked, moved = ({"company": work.company.id, "product": row.product_id, "date": date,
                          "category": row.category_id or NO_CATEGORY} for date in (day, each.moved_on))
        work.tally(DayValue, booked, quantity=Decimal(0), value=each.value, moved=Decimal(0))
        work.tally(DayValue, moved, quantity=each.quantity, value=Decimal(0), moved=each.value)
    for start in range(0, len(rows), 500):
        work.execute(ValueEntry.insert_many(rows[start:start + 500]))


def last_entry(work: Work, product: int) -> ValueEntry:
    """The product's entry that was written last; its value is locked, so that nobody else writes one."""
    found: ValueEntry = (work.select(ValueEntry).where(ValueEntry.product == product)
                         .order_by(ValueEntry.id.desc()).limit(1).get())
    return found
