"""Fifty clients take the last ten units: ten get one each, whatever the database, and nobody sees a lock."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date as Date
from decimal import Decimal
from typing import TYPE_CHECKING

from trastienda import Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_token, add_user
from trastienda_inventory import Location, Move, Picking, Product, move_stock
from trastienda_inventory.stock import StockBalance

if TYPE_CHECKING:
    from .conftest import Store

#: All of them: TRASTIENDA_RACE_ROUNDS=200 python -m pytest plugins/inventory/tests/test_last_units.py
ROUNDS = int(os.environ.get("TRASTIENDA_RACE_ROUNDS", "2"))
CLIENTS, UNITS = 50, 10
DAY = Date(2026, 6, 10)


def stock_up(work: Work) -> list[int]:
    """Ten units of two products, and an order of one of each for every client."""
    stock, customer = work.get(Location, "STOCK").id, work.get(Location, "CUS").id
    for product in ("average", "fifo"):
        move_stock(work, product=product, quantity=Decimal(UNITS), from_location="SUP", to_location="STOCK",
                   date=DAY, unit_cost=Decimal("1.07"))
    wanted = [work.get(Product, code).id for code in ("average", "fifo")]
    drafts = work.add_all([
        (Move(product=wanted[client % 2], quantity=Decimal(1), date=DAY, from_location=stock, to_location=customer), ())
        for client in range(CLIENTS)])
    return [draft.id for draft in drafts]


def token(work: Work) -> str:
    user = add_user(work, name="clerk", password=None, roles=["inventory.clerk"])
    return add_token(work, user=user, name="scanner")


def test_fifty_clients_take_the_last_ten_units(store: Store) -> None:
    app = create_app(store.site)
    headers = {"Authorization": f"Bearer {store.write(token)}", "X-Company": "ACME"}

    def client(order: tuple[int, int]) -> str:
        number, move = order
        with app.test_client() as http:
            for action in ("reserve", "do") if number % 3 == 0 else ("do",):
                answer = http.post(f"/api/v1/inventory/moves/{move}/actions/{action}", json={}, headers=headers)
                if answer.status_code != 200:
                    return f"{answer.status_code} {next(iter(answer.json['errors']))}"
        return "done"

    for _round in range(ROUNDS):
        moves = store.write(stock_up)
        with ThreadPoolExecutor(CLIENTS) as pool:
            outcomes = Counter(pool.map(client, enumerate(moves)))
        assert outcomes == {"done": 2 * UNITS, "409 quantity": CLIENTS - 2 * UNITS}
        left = store.read(lambda work: [(row.on_hand, row.reserved) for row in work.select(StockBalance)])
        assert left == [(0, 0), (0, 0)]
        assert [store.worth(product) for product in ("average", "fifo")] == [(0, 0), (0, 0)]
    assert store.well()


def test_works_that_take_products_in_opposite_orders_all_end(store: Store) -> None:
    for product in ("average", "fifo"):
        store.receive(product, "200", "1")

    def client(number: int) -> str:
        def both(work: Work) -> None:
            for product in ("average", "fifo") if number % 2 else ("fifo", "average"):
                move_stock(work, product=product, quantity=Decimal(1), from_location="STOCK", to_location="CUS",
                           date=DAY)

        with store.site.active():
            store.write(both)
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert Counter(pool.map(client, range(12))) == {"done": 12}
    assert [store.worth(product) for product in ("average", "fifo")] == [(188, 188), (188, 188)]
    assert store.well()


def deadlocks(store: Store) -> int:
    """How many the server has counted; SQLite's one writer at a time has none."""
    if store.site.database.dialect == "sqlite":
        return 0
    cursor = store.site.database.execute_sql(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(cursor.fetchone()[0])


def test_pickings_of_the_same_products_in_opposite_orders_never_wait_for_each_other(store: Store) -> None:
    for product in ("average", "fifo", "standard"):
        store.receive(product, "200", "1")
        store.receive(product, "200", "1", to="BACK")

    def made(number: int) -> Callable[[Work], int]:
        def body(work: Work) -> int:
            customer, *places = (work.get(Location, code).id for code in ("CUS", "STOCK", "BACK"))
            picking = work.add(Picking(kind="delivery", date=DAY))
            for product in ("average", "fifo", "standard")[::-1 if number % 3 else 1]:
                for place in places[::-1 if number % 2 else 1]:
                    work.add(Move(picking=picking.id, product=work.get(Product, product).id, quantity=Decimal(2),
                                  date=DAY, from_location=place, to_location=customer))
            return picking.id

        return body

    pickings = [store.write(made(number)) for number in range(24)]
    before = deadlocks(store)

    def client(picking: int) -> str:
        with store.site.active():
            for action in ("reserve", "do"):
                store.write(lambda work, action=action: work.act(  # type: ignore[misc]
                    work.lock(work.get(Picking, picking)), action))
        return "done"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(client, pickings)) == {"done": 24}
    time.sleep(0 if store.site.database.dialect == "sqlite" else 1)  # the server tells its statistics late
    assert deadlocks(store) == before
    assert store.well()
