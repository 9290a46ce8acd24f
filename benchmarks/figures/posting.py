"""Posting a two-line entry over HTTP, against a bare Flask and peewee endpoint that writes the same rows."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from ..bench import Bench
from ..books import ACCOUNTS, FIRST_CODE, YEAR, Books
from ..http import TRASTIENDA, Client, Server, request, serving, until_answer
from ..measuring import Measured, compare, seconds
from ..postgres import postgres_books

REQUESTS = 100
LEAST = 0.5
numbers = itertools.count(1)
#: The requests of one block, ready to be sent; what they need is made by the client first.
Prepare = Callable[[Client, int], list[bytes]]


@dataclass(frozen=True)
class Door:
    """Where a server creates a draft, where it posts the one with this id, and how it does both at once."""

    server: Server
    token: str
    drafts: str
    post: str
    both: str
    wrap: Callable[[dict[str, object]], object]

    def creating(self, client: Client, count: int) -> list[bytes]:
        return [self._send(self.drafts, entry()) for _ in range(count)]

    def posting(self, client: Client, count: int) -> list[bytes]:
        made = [orjson.loads(client.send(each)) for each in self.creating(client, count)]
        return [self._send(self.post.format(each["id"]), {}) for each in made]

    def creating_and_posting(self, client: Client, count: int) -> list[bytes]:
        return [self._send(self.both, self.wrap(entry())) for _ in range(count)]

    def _send(self, path: str, body: object) -> bytes:
        return request("POST", path, token=self.token, body=orjson.dumps(body))


def batch(entry: dict[str, object]) -> object:
    """One request, one transaction: create it, then post what was created."""
    return {
        "operations": [
            {"method": "POST", "path": "accounting/entries", "body": entry},
            {"method": "POST", "path": "accounting/entries/$0/actions/post", "body": {}},
        ]
    }


def entry() -> dict[str, object]:
    """No two alike."""
    number = next(numbers)
    debit, credit = (f"{FIRST_CODE + (number * 3 + line) % ACCOUNTS}" for line in (0, 1))
    amount = f"{100 + number * 7919 % 100000}.25"
    return {
        "reference": f"B{number}",
        "date": f"{YEAR}-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "journal": "GEN",
        "description": f"Invoice {number}",
        "lines": [{"account": debit, "debit": amount}, {"account": credit, "credit": amount}],
    }


def measure(bench: Bench) -> list[Measured]:
    books = bench.books("posting")
    found = between(bench, "posting", books, books.copy("bare"))
    if bench.postgres is not None:
        with postgres_books(bench.postgres, bench.folder / "postgres") as (own, bare):
            found += between(bench, "posting, PostgreSQL", own, bare)
    return found


def between(bench: Bench, figure: str, books: Books, bare: Books) -> list[Measured]:
    """Two servers on equal books."""
    own = serving([TRASTIENDA, "serve"], books.environment)
    raw = serving(["-m", "benchmarks.baseline", "posting"], {"BENCH_DATABASE": bare.database})
    with own as ours, raw as theirs:
        until_answer(ours, request("GET", "/healthz"))
        until_answer(theirs, request("GET", "/healthz"))
        entries = "/api/v1/accounting/entries"
        mine = Door(ours, books.token, entries, f"{entries}/{{}}/actions/post", "/api/v1/batch", batch)
        other = Door(theirs, bare.token, "/drafts", "/drafts/{}/post", "/entries", lambda entry: entry)
        count = bench.rows(REQUESTS)

        def case(name: str, baseline: Prepare, own: Prepare) -> Measured:
            bench.tell(f"{figure}: {name}")
            return compare(
                figure,
                name,
                baseline=lambda: milliseconds(theirs, baseline, count),
                ours=lambda: milliseconds(ours, own, count),
                rounds=bench.rounds,
                unit="ms",
                least=LEAST,
            )

        return [
            case("create and post, one request", other.creating_and_posting, mine.creating_and_posting),
            case("create a draft", other.creating, mine.creating),
            case("post a draft", other.posting, mine.posting),
        ]


def milliseconds(server: Server, prepare: Prepare, count: int) -> float:
    """Of one request, on one connection kept alive."""
    with Client(server.port) as client:
        requests = prepare(client, count)

        def send() -> None:
            for each in requests:
                client.send(each)

        return seconds(send) / count * 1000
