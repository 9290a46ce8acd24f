"""Done stock moves over HTTP against a bare endpoint; on hand and moves with few and with many moves behind them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from trastienda import Actor, Work
from trastienda_inventory import move_stock
from trastienda_inventory.reports.stock import on_hand

from ..bench import Bench
from ..http import TRASTIENDA, request, serving, until_answer
from ..measuring import Measured, compare, seconds
from ..stores import DAY, PRODUCTS, Store, make_store
from .posting import Door, milliseconds

REQUESTS = 100
FEW, MANY, LATER = 1_000, 1_000_000, 10_000
MOVES = 50
LEAST, LEAST_ON_HAND, LEAST_FLAT, MOST_SECONDS = 0.4, 1 / 3, 1 / 1.2, 2
numbers = itertools.count(1)
KEPT = """
    SELECT p.code, p.name, l.code, b.on_hand, b.reserved, v.value FROM inventory_stock_balance b
    JOIN inventory_product p ON p.id = b.product_id JOIN inventory_location l ON l.id = b.location_id
    JOIN inventory_product_value v ON v.company_id = b.company_id AND v.product_id = b.product_id
    WHERE b.company_id = 1 AND b.on_hand <> 0 ORDER BY p.code, l.code"""


def measure(bench: Bench) -> list[Measured]:
    moves = "/api/v1/inventory/moves"
    store = make_store(bench.folder / "stock" / "store.db")
    bare = store.copy("bare")
    found = [over_http(bench, store, bare, moves)]
    few, many = (filled(bench, name, count) for name, count in (("few", FEW), ("many", MANY)))
    found += [on_hand_of(bench, many), flat(bench, few, many), late(bench)]
    return found


def filled(bench: Bench, name: str, count: int) -> Store:
    count = max(bench.rows(count), PRODUCTS)
    bench.tell(f"making {count:,} stock moves")
    store = make_store(bench.folder / name / "store.db")
    store.fill(count)
    return store


def move() -> dict[str, object]:
    number = next(numbers)
    return {"reference": f"B{number}", "date": DAY, "product": f"P{1000 + number % PRODUCTS}", "quantity": "3",
            "from_location": "SUP", "to_location": "STOCK", "unit_cost": "2.5"}


def over_http(bench: Bench, store: Store, bare: Store, moves: str) -> Measured:
    """A receipt is created and done, in one request and one transaction."""
    own = serving([TRASTIENDA, "serve"], store.environment)
    raw = serving(["-m", "benchmarks.baseline", "moving"], {"BENCH_DATABASE": bare.database})
    with own as ours, raw as theirs:
        for server in (ours, theirs):
            until_answer(server, request("GET", "/healthz"))

        def batch(body: dict[str, object]) -> object:
            return {"operations": [{"method": "POST", "path": moves.removeprefix("/api/v1/"), "body": body},
                                   {"method": "POST", "path": "inventory/moves/$0/actions/do", "body": {}}]}

        mine = Receiving(Door(ours, store.token, "", "", "/api/v1/batch", batch))
        other = Receiving(Door(theirs, bare.token, "", "", "/moves", lambda body: body))
        count = bench.rows(REQUESTS)
        bench.tell("stock: a done move, one request")
        return compare("stock", "a done move, one request",
                       baseline=lambda: milliseconds(theirs, other, count),
                       ours=lambda: milliseconds(ours, mine, count),
                       rounds=bench.rounds, unit="ms", least=LEAST)


class Receiving:
    """Prepares so many requests for a door."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def __call__(self, _client: Any, count: int) -> list[bytes]:
        bodies = [orjson.dumps(self.door.wrap(move())) for _ in range(count)]
        return [request("POST", self.door.both, token=self.door.token, body=body) for body in bodies]


def on_hand_of(bench: Bench, store: Store) -> Measured:
    """All products' stock, as the report has it, against the same rows in plain SQL."""
    bench.tell(f"stock: on hand of {PRODUCTS:,} products")
    site = store.site()
    with site.active(), store.raw() as connection:
        company = site.company("BENCH")

        def ours() -> float:
            return seconds(lambda: site.read(Actor.system("cli"), company, lambda work: list(on_hand(work)))) * 1000

        def plain() -> list[tuple[Any, ...]]:
            return [(code, name, place, Decimal(held).scaleb(-6), Decimal(kept).scaleb(-6), Decimal(value).scaleb(-4))
                    for code, name, place, held, kept, value in connection.execute(KEPT)]

        return compare("stock", f"on hand of {PRODUCTS:,} products, against SQL", ours=ours,
                       baseline=lambda: seconds(plain) * 1000, rounds=bench.rounds, unit="ms", least=LEAST_ON_HAND)


def flat(bench: Bench, few: Store, many: Store) -> Measured:
    """Moves of one day, each in a transaction of its own."""
    bench.tell("stock: a done move with few and many behind it")
    with ExitStack() as stack:
        cheap, dear = (stack.enter_context(moving(store)) for store in (few, many))
        return compare("stock", f"a done move, {FEW:,} against {MANY:,} behind it", baseline=cheap, ours=dear,
                       rounds=bench.rounds, unit="ms", least=LEAST_FLAT)


class moving:
    """Milliseconds of a receipt, in this process."""

    def __init__(self, store: Store) -> None:
        self.site = store.site()

    def __enter__(self) -> Callable[[], float]:
        self.active = self.site.active()
        self.active.__enter__()
        company = self.site.company("BENCH")

        def one(work: Work) -> None:
            _receive(work, next(numbers), DAY)

        def receive() -> None:
            for _ in range(MOVES):
                self.site.write(Actor.system("cli"), company, one)

        return lambda: seconds(receive) / MOVES * 1000

    def __exit__(self, *_error: object) -> None:
        self.active.__exit__(None, None, None)


def _receive(work: Work, number: int, day: str) -> None:
    move_stock(work, product=f"P{1000 + number % PRODUCTS}", quantity=Decimal(3), from_location="SUP",
               to_location="STOCK", date=date.fromisoformat(day), unit_cost=Decimal("2.5"))


def late(bench: Bench) -> Measured:
    """A receipt dated before ten thousand moves of its product, against one dated after them."""
    bench.tell(f"stock: a late receipt under {LATER:,} moves")
    store = make_store(bench.folder / "late" / "store.db")
    store.fill(LATER, products=1)
    site = store.site()
    with site.active():
        company = site.company("BENCH")

        def receive(day: str) -> float:
            return seconds(lambda: site.write(Actor.system("cli"), company, lambda work: _receive(work, 0, day)))

        return compare("stock", f"a receipt under {LATER:,} later moves", baseline=lambda: receive(DAY),
                       ours=lambda: receive("2023-12-01"), rounds=min(bench.rounds, 5), unit="s", most=MOST_SECONDS)
