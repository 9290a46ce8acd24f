"""A company with a warehouse and a product of each valuation, on each database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest

from trastienda import Actor, Company, Site, Work
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade
from trastienda_inventory import Location, Move, Product, Unit, Warehouse, move_stock
from trastienda_inventory.categories import Category
from trastienda_inventory.values import ProductValue

T = TypeVar("T")
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
METHODS = ("average", "fifo", "standard")


class Store:
    """The company ACME as its storekeeper sees it; days are of June 2026."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.company = site.company("ACME")
        self.actor = Actor.system("tests")

    def write(self, body: Callable[[Work], T]) -> T:
        return self.site.write(self.actor, self.company, body)

    def read(self, body: Callable[[Work], T]) -> T:
        return self.site.read(self.actor, self.company, body)

    def move(self, product: str, quantity: str, source: str, target: str, *, day: int, cost: str | None) -> int:
        return self.write(lambda work: move_stock(
            work, product=product, quantity=Decimal(quantity), from_location=source, to_location=target,
            date=Date(2026, 6, day), unit_cost=None if cost is None else Decimal(cost)).id)

    def receive(self, product: str, quantity: str, cost: str | None, *, day: int = 10, to: str = "STOCK") -> int:
        return self.move(product, quantity, "SUP", to, day=day, cost=cost)

    def issue(self, product: str, quantity: str, *, day: int = 10, source: str = "STOCK") -> int:
        return self.move(product, quantity, source, "CUS", day=day, cost=None)

    def act(self, move: int, action: str, **parameters: object) -> None:
        self.write(lambda work: work.act(work.lock(work.get(Move, move)), action, **parameters))

    def worth(self, product: str) -> tuple[Decimal, Decimal]:
        def body(work: Work) -> tuple[Decimal, Decimal]:
            row = work.select(ProductValue).where(ProductValue.product == work.get(Product, product)).get()
            return row.quantity, row.value

        return self.read(body)

    def report(self, run: Callable[..., Any], **parameters: object) -> list[Any]:
        return self.read(lambda work: list(run(work, **parameters)))


def _first_records(work: Work) -> None:
    piece = work.add(Unit(code="pc", name="Piece"))
    work.add(Unit(code="doz", name="Dozen", numerator=12))
    warehouse = work.add(Warehouse(code="W", name="Warehouse"))
    for code, kind, negative in (("STOCK", "internal", False), ("BACK", "internal", False),
                                 ("FREE", "internal", True), ("SUP", "supplier", False), ("CUS", "customer", False)):
        work.add(Location(code=code, name=code, kind=kind, warehouse=warehouse, allow_negative=negative))
    for method in METHODS:
        category = work.add(Category(code=method, name=method, valuation=method))
        work.add(Product(code=method, name=method, unit=piece, category=category, standard_cost=Decimal(10)))


def _found(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", country="ES").execute()
        Store(site).write(_first_records)
    shut(site)


def open_site(url: str, data: Path) -> Site:
    site = Site.open(load_settings({"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data),
                                    "TRASTIENDA_PLUGINS": "contacts,inventory"}))
    site.clock = lambda: NOW
    return site


def shut(site: Site) -> None:
    getattr(site.database, "close_all", site.database.close)()


@pytest.fixture
def store(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Store]:
    url = prepared_database("inventory", lambda url: _found(open_site(url, tmp_path)))
    site = open_site(url, tmp_path)
    with site.active():
        yield Store(site)
    shut(site)
