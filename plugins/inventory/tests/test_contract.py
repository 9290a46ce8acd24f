"""What every plugin owes its users, asked of this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trastienda import Work
from trastienda.testing.contract import PluginContract
from trastienda_inventory import Location, Product, Unit


def first_records(work: Work) -> None:
    piece = work.add(Unit(code="PIECE", name="Piece"))
    for code, tracking in (("PLAIN", "none"), ("LOTTED", "lot")):
        work.add(Product(code=code, name=code, unit=piece.id, tracking=tracking))
    for code, kind in (("HERE", "internal"), ("THERE", "customer"), ("GONE", "loss")):
        work.add(Location(code=code, name=code, kind=kind))


class TestContract(PluginContract):
    plugin = "inventory"
    values = {
        "inventory.product": {"barcode": "4006381333931"},
        "inventory.lot": {"product": "LOTTED"},
        "inventory.move": {"product": "PLAIN", "from_location": "HERE", "to_location": "THERE"},
        "inventory.count": {"location": "HERE", "lines": [{"product": "PLAIN", "counted": "2"}]},
    }
    parameters = {"inventory.stock-card": {"product": "PLAIN"}}

    @pytest.fixture(autouse=True)
    def _there(self, write: Callable[[Callable[[Work], Any]], Any]) -> None:
        write(first_records)
