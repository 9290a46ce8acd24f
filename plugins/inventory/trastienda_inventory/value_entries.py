"""Entering changes of value: the entries, and the sums by day that follow from them."""

from collections.abc import Sequence
from datetime import date as Date
from decimal import Decimal
from typing import Any, NamedTuple

from peewee import EXCLUDED

from trastienda import Work

from .moves import Move
from .open_days import first_open_day
from .value_tables import DayValue, ProductValue, ValueEntry


class Effect(NamedTuple):
    """A change of value to be entered."""

    move: int | None
    kind: str
    moved_on: Date
    value: Decimal
    quantity: Decimal = Decimal(0)


def write_effects(work: Work, row: ProductValue, move: Move | None, effects: Sequence[Effect]) -> None:
    """Enter changes of value on the first open day on or after the day of the move that each is of."""
    sums: dict[Date, list[Decimal]] = {}
    rows: list[dict[str, Any]] = []
    for each in effects:
        day = each.moved_on if move is None or each.move == move.id else first_open_day(work, each.moved_on)
        rows.append({"company": work.company, "product": row.product_id, "move": each.move, "cause": move,
                     "kind": each.kind, "date": day, "moved_on": each.moved_on, "quantity": each.quantity,
                     "value": each.value})
        booked = sums.setdefault(day, [Decimal(0)] * 3)
        booked[1] += each.value
        moved = sums.setdefault(each.moved_on, [Decimal(0)] * 3)
        moved[0] += each.quantity
        moved[2] += each.value
    for start in range(0, len(rows), 500):
        work.execute(ValueEntry.insert_many(rows[start:start + 500]))
    columns = [DayValue.quantity, DayValue.value, DayValue.moved]
    for day, (quantity, value, moved_value) in sorted(sums.items()):
        work.execute(
            DayValue.insert(company=work.company, product=row.product_id, date=day, quantity=quantity, value=value,
                            moved=moved_value)
            .on_conflict(conflict_target=[DayValue.company, DayValue.product, DayValue.date],
                         update={each: each + getattr(EXCLUDED, each.column_name) for each in columns}))
