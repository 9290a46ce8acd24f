"""A company with a warehouse and a product of each valuation, on each database."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest

from trastienda import Actor, Company, Plugin, Site, Work
from trastienda.cli.inspecting import differences
from trastienda.entities.importing import Options, Result, import_file
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade
from trastienda_inventory import Location, Lot, Move, Picking, Product, Unit, Warehouse, move_stock, plugin
from trastienda_inventory.categories import Category
from trastienda_inventory.stock import available_at
from trastienda_inventory.value_tables import ProductValue

T = TypeVar("T")
NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
REFERENCES: dict[str, type[Any]] = {"lot": Lot, "unit": Unit, "picking": Picking, "returns": Move}
METHODS = ("average", "fifo", "standard")


class Store:
    """The company ACME as its storekeeper sees it; days are of June 2026."""

    #: Closes days of June, where a test's books can be closed.
    close: Callable[[int, int], object]

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

    def load(self, entity: str, text: str, *, action: str | None = None) -> Result:
        """Import a CSV file."""
        return import_file(self.site, self.actor, self.company, self.site.registry.entities[entity],
                           BytesIO(text.encode()), name="file.csv", options=Options(action=action))

    def draft(self, product: str, quantity: str, source: str = "STOCK", target: str = "CUS", *, day: int = 10,
              **more: Any) -> int:
        def body(work: Work) -> int:
            values = {name: work.get(REFERENCES[name], value).id if name in REFERENCES else value
                      for name, value in more.items()}
            return work.add(Move(
                product=work.get(Product, product).id, quantity=Decimal(quantity), date=Date(2026, 6, day),
                from_location=work.get(Location, source).id, to_location=work.get(Location, target).id, **values)).id

        return self.write(body)

    def state(self, move: int) -> str:
        return self.read(lambda work: work.get(Move, move).state)

    def on_hand(self, product: str, location: str = "STOCK") -> Decimal:
        return self.read(lambda work: available_at(work, work.get(Product, product), work.get(Location, location)))

    def well(self) -> bool:
        """Whether what the doctor asks has no finding."""
        def body(work: Work) -> list[str]:
            found = [text for check in plugin.checks for text in check.run(work)]
            return found + [text for tally in plugin.tallies for text in differences(tally)]

        found = self.read(body)
        assert found == []
        return True

    def rows_and_queries(self, run: Callable[..., Any]) -> tuple[int, int]:
        """How many rows a report has, and how many queries they cost."""
        asked: list[str] = []
        database = self.site.database
        execute = database.execute_sql

        def noting(sql: str, *more: Any, **options: Any) -> Any:
            asked.append(sql)
            return execute(sql, *more, **options)

        def body(work: Work) -> int:
            database.execute_sql = noting
            try:
                return len(list(run(work)))
            finally:
                del database.execute_sql

        return self.read(body), len(asked)

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


def found_company(site: Site) -> None:
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", country="ES").execute()
        Store(site).write(_first_records)
    site.shut()


def open_site(url: str, data: Path, *, plugins: str = "contacts,inventory", extra: Sequence[Plugin] = ()) -> Site:
    site = Site.open(load_settings({"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data),
                                    "TRASTIENDA_PLUGINS": plugins}), extra=extra)
    site.clock = lambda: NOW
    return site


@pytest.fixture
def store(prepared_database: Callable[[str, Callable[[str], object]], str], tmp_path: Path) -> Iterator[Store]:
    url = prepared_database("inventory", lambda url: found_company(open_site(url, tmp_path)))
    site = open_site(url, tmp_path)
    with site.active():
        yield Store(site)
    site.shut()
