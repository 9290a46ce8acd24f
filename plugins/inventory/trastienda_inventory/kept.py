"""What stock hangs on no longer changes once there were moves: a unit, a way of tracking, a kind of place."""

from collections.abc import Iterator
from typing import Any

from trastienda import Fault
from trastienda import gettext as _

from .lots import Lot
from .moves import OPEN, Move
from .products import Product
from .units import Unit
from .warehouses import Location

#: States of moves that hang on what stays.
COUNTING = (*OPEN, "done")


def kept_product_faults(product: Product) -> Iterator[Fault]:
    moved = _changed(product, (Product.unit, Product.kind, Product.tracking))
    if moved and Move.select().where(Move.product == product.id, Move.state.in_(COUNTING)).exists():
        yield from _faults(moved, _("There are moves of it: this stays"))


def kept_location_faults(location: Location) -> Iterator[Fault]:
    if moved := _changed(location, (Location.kind,)):
        through = (Move.from_location == location.id) | (Move.to_location == location.id)
        if Move.select().where(through, Move.state.in_(COUNTING)).exists():
            yield from _faults(moved, _("There are moves of it: this stays"))


def kept_lot_faults(lot: Lot) -> Iterator[Fault]:
    moved = _changed(lot, (Lot.product,))
    if moved and Move.select().where(Move.lot == lot.id).exists():
        yield from _faults(moved, _("There are moves of it: this stays"))


def kept_unit_faults(unit: Unit) -> Iterator[Fault]:
    if moved := _changed(unit, (Unit.kind, Unit.numerator, Unit.denominator)):
        used = Product.select().where(Product.unit == unit.id).exists() or Move.select().where(
            Move.unit == unit.id).exists()
        if used:
            yield from _faults(moved, _("Products are measured in it: this stays"))


def _changed(record: Any, columns: tuple[Any, ...]) -> list[Any]:
    """Those that are no longer as they are stored; none of a new record."""
    identity = record.__data__.get("id")
    stored = type(record).select(*columns).where(type(record).id == identity).tuples().first() if identity else None
    return [] if stored is None else [
        column for column, value in zip(columns, stored, strict=True) if record.__data__[column.name] != value]


def _faults(columns: list[Any], text: str) -> Iterator[Fault]:
    for column in columns:
        yield Fault(column, text)
