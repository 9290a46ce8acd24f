"""A database to measure the stock on: a company with products, two locations of its own and a token."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from trastienda import Actor, Company, Site
from trastienda.cli.context import disconnect
from trastienda.settings import load_settings
from trastienda.storage.models import User
from trastienda.upgrade import upgrade
from trastienda_inventory import Location, Product, Unit

from .books import Books

PRODUCTS = 1000
FIRST_DAY = date(2024, 1, 1)
DAYS = 700
#: After every generated move.
DAY = "2026-01-15"
_PLUGINS = "identity,formats,contacts,inventory"
#: Receipts of ten at two each and deliveries of one, spread over days and products.
_FILL = (
    f"""CREATE TEMP TABLE generated AS
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :moves)
    SELECT n, :product + n % :products AS product,
           date('{FIRST_DAY}', '+' || (n * {DAYS} / (:moves + 1)) || ' days') AS day,
           CASE WHEN (n - 1) / :products % 10 = 0 THEN 10000000 ELSE -1000000 END AS quantity FROM numbers""",
    """INSERT INTO inventory_move (id, version, search_text, company_id, reference, date, product_id, quantity,
        from_location_id, to_location_id, unit_cost, stock_quantity, value, state)
    SELECT n, 2, 'g', :company, 'G', day, product, abs(quantity), iif(quantity > 0, :supplier, :stock),
        iif(quantity > 0, :stock, :customer), 2000000, abs(quantity), abs(quantity) / 50, 'done' FROM generated""",
    """INSERT INTO inventory_value_entry (id, company_id, product_id, move_id, cause_id, kind, date, moved_on,
        quantity, value, price_difference)
    SELECT n, :company, product, n, n, 'move', day, day, quantity, quantity / 50, 0 FROM generated""",
    """INSERT INTO inventory_day_stock (company_id, product_id, location_id, lot, date, quantity)
    SELECT :company, product, :stock, 0, day, sum(quantity) FROM generated GROUP BY product, day""",
    """INSERT INTO inventory_day_value (company_id, product_id, date, category, quantity, value, moved)
    SELECT :company, product, day, 0, sum(quantity), sum(quantity) / 50, sum(quantity) / 50 FROM generated
    GROUP BY product, day""",
    """INSERT INTO inventory_stock_balance (company_id, product_id, location_id, lot, on_hand, reserved)
    SELECT :company, product, :stock, 0, sum(quantity), 0 FROM generated GROUP BY product""",
    """INSERT INTO inventory_product_value (company_id, product_id, method, standard, quantity, value, last_cost,
        last_date, moves)
    SELECT :company, product, 'average', 0, sum(quantity), sum(quantity) / 50, 20000000000, max(day), count(*)
    FROM generated GROUP BY product""",
)


class Store(Books):
    """As Books, with the stock's plugins."""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "TRASTIENDA_PLUGINS": _PLUGINS}

    def copy(self, name: str) -> Store:
        made = super().copy(name)
        return Store(made.path, made.token)

    def fill(self, postings: int, *, products: int = PRODUCTS) -> None:
        """With so many done moves of the first products, straight into the tables."""
        with self.raw() as connection:
            connection.execute("PRAGMA foreign_keys = 0")
            connection.execute("PRAGMA synchronous = off")
            connection.execute("PRAGMA cache_size = -400000")
            first = {
                name: connection.execute(f"SELECT min(id) FROM {table} WHERE {where}").fetchone()[0]
                for name, table, where in (
                    ("company", "core_company", "1"),
                    ("product", "inventory_product", "1"),
                    ("supplier", "inventory_location", "kind = 'supplier'"),
                    ("stock", "inventory_location", "kind = 'internal'"),
                    ("customer", "inventory_location", "kind = 'customer'"),
                )
            }
            connection.execute("BEGIN")
            for statement in _FILL:
                connection.execute(statement, {**first, "moves": postings, "products": products})
            connection.execute("COMMIT")
            connection.execute("ANALYZE")


def make_store(path: Path) -> Store:
    """With no moves yet."""
    path.parent.mkdir(parents=True)
    empty = Store(path, token="")
    site: Site = Site.open(load_settings(empty.environment))
    upgrade(site, report=lambda _: None)
    with site.active():
        Company.insert(code="BENCH", name="Bench").execute()
        token = str(site.write(Actor.system("cli"), site.company("BENCH"), _fill))
    disconnect(site)
    return Store(path, token)


def _fill(work: Any) -> str:
    """Products P1000, P1001 and so on; locations SUP, STOCK and CUS."""
    piece = work.add(Unit(code="pc", name="Piece"))
    for code, kind in (("SUP", "supplier"), ("STOCK", "internal"), ("CUS", "customer")):
        work.add(Location(code=code, name=code, kind=kind))
    work.add_all([(Product(code=f"P{1000 + number}", name=f"Product {number}", unit=piece.id,
                           standard_cost=Decimal(2)), ()) for number in range(PRODUCTS)])
    services = work.site.registry.services
    user: User = services["identity.add-user/1"](work, name="bench", password=None, roles=["admin"])
    return str(services["identity.add-token/1"](work, user=user, name="bench"))
