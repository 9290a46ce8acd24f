"""What stock hangs on stays, and figures beyond what can be kept are refused at their field."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from trastienda import Invalid, Work
from trastienda_inventory import Location, Lot, Product, Unit

if TYPE_CHECKING:
    from .conftest import Store



class TakenBack(Exception):
    """A change was possible, and is undone."""


CHANGES: list[tuple[str, Callable[[Work], Any]]] = [
    ("unit", lambda work: setattr(work.get(Product, "lotted"), "unit", work.get(Unit, "doz").id)),
    ("kind", lambda work: setattr(work.get(Product, "lotted"), "kind", "service")),
    ("tracking", lambda work: setattr(work.get(Product, "lotted"), "tracking", "none")),
    ("kind", lambda work: setattr(work.get(Location, "STOCK"), "kind", "customer")),
    ("numerator", lambda work: setattr(work.get(Unit, "pc"), "numerator", 2)),
    ("product", lambda work: setattr(work.get(Lot, "L1"), "product", work.get(Product, "other").id)),
]


def products(work: Work) -> None:
    for code in ("lotted", "other"):
        work.add(Product(code=code, name=code, unit=work.get(Unit, "pc").id, tracking="lot"))
    work.add(Lot(code="L1", product=work.get(Product, "lotted").id))


@pytest.mark.parametrize(("field", "change"), CHANGES)
def test_what_stock_hangs_on_changes_only_before_the_first_move(
    store: Store, field: str, change: Callable[[Work], Any]
) -> None:
    store.write(products)
    if field != "numerator":
        with pytest.raises(TakenBack):
            store.write(lambda work: undo(work, change))
    store.act(store.draft("lotted", "1", "SUP", "STOCK", lot="L1", unit_cost=Decimal(1)), "do")
    with pytest.raises(Invalid) as refused:
        store.write(change)
    assert list(refused.value.errors) == [field]


def undo(work: Work, change: Callable[[Work], Any]) -> None:
    """Sees that the change would be taken, and takes it back."""
    change(work)
    work.flush()
    raise TakenBack


@pytest.mark.parametrize(("quantity", "cost"), [("1000000001", "1"), ("1000000000", "1000000000")])
def test_more_than_can_be_kept_is_refused_at_its_field(store: Store, quantity: str, cost: str) -> None:
    with pytest.raises(Invalid) as refused:
        store.receive("average", quantity, cost)
    assert set(refused.value.errors) <= {"quantity", "unit_cost"}
