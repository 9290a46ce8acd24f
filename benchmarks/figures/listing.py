"""A list page of 50 postings, against a bare Flask endpoint that runs the same SELECT with raw sqlite3."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl

from trastienda import Actor
from trastienda.entities.query import parse_query
from trastienda.entities.read import list_page

from ..bench import Bench
from ..books import FIRST_CODE, Books
from ..http import TRASTIENDA, Client, Server, request, serving, until_answer
from ..measuring import Measured, compare, percentile_95, seconds

SIZES = (10_000, 100_000, 1_000_000)
#: What the URL asks for, by the case's name.
CASES = {"newest first": "", "of one account": f"account={FIRST_CODE + 5}"}
REQUESTS = 100
LEAST, LEAST_FLAT = 0.6, 0.8


@dataclass(frozen=True)
class Pair:
    """The two servers of one size."""

    rows: int
    token: str
    own: Server
    bare: Server

    def ours(self, query: str) -> tuple[Server, bytes]:
        path = f"/api/v1/accounting/postings?{query}".removesuffix("?")
        return self.own, request("GET", path, token=self.token)

    def baseline(self, query: str) -> tuple[Server, bytes]:
        return self.bare, request("GET", f"/list/{list(CASES.values()).index(query)}")


def measure(bench: Bench) -> list[Measured]:
    with ExitStack() as servers:
        pairs = [start(servers, bench.filled(bench.rows(size))) for size in SIZES]
        return [*against_the_same_select(bench, pairs), *from_few_to_many(bench, pairs)]


def start(servers: ExitStack, books: Books) -> Pair:
    selects = books.path.with_suffix(".sql")
    selects.write_text("\n".join(select_of(books, query) for query in CASES.values()))
    environment = {"BENCH_DATABASE": str(books.path), "BENCH_SELECTS": str(selects)}
    own = servers.enter_context(serving([TRASTIENDA, "serve"], books.environment))
    bare = servers.enter_context(serving(["-m", "benchmarks.baseline", "listing"], environment))
    with books.raw() as connection:
        (rows,) = connection.execute("SELECT count(*) FROM accounting_posting").fetchone()
    return Pair(rows, books.token, own, bare)


def select_of(books: Books, query: str) -> str:
    """The statement by which Trastienda answers, as SQLite was told it, values included."""
    statements: list[str] = []
    site = books.site()
    parameters = parse_qsl(query)
    with site.active():
        company, actor = site.company("BENCH"), Actor.system("cli")
        entity = site.registry.entities["accounting.posting"]
        connection = site.database.connection()
        connection.set_trace_callback(statements.append)
        list_page(site, actor, company, entity, parse_query(site, actor, entity, parameters))
        connection.set_trace_callback(None)
        site.database.close()
    (statement,) = statements
    return " ".join(statement.split())


def against_the_same_select(bench: Bench, pairs: Sequence[Pair]) -> list[Measured]:
    found = []
    for pair in pairs:
        for name, query in CASES.items():
            case = f"{name}, {pair.rows:,} rows"
            bench.tell(case)
            for server, asked in (pair.ours(query), pair.baseline(query)):
                until_answer(server, asked)
            found.append(
                compare(
                    "listing",
                    case,
                    baseline=partial(mean, *pair.baseline(query), bench.rows(REQUESTS)),
                    ours=partial(mean, *pair.ours(query), bench.rows(REQUESTS)),
                    rounds=bench.rounds,
                    unit="ms",
                    least=LEAST,
                )
            )
    return found


def from_few_to_many(bench: Bench, pairs: Sequence[Pair]) -> list[Measured]:
    """Ours against ours: does a page take longer where there are more rows?"""
    few, many = pairs[0], pairs[-1]
    found = []
    for name, query in CASES.items():
        case = f"{name}, p95, {few.rows:,} against {many.rows:,} rows"
        bench.tell(case)
        found.append(
            compare(
                "listing",
                case,
                baseline=partial(slowest, *few.ours(query), bench.rows(REQUESTS)),
                ours=partial(slowest, *many.ours(query), bench.rows(REQUESTS)),
                rounds=bench.rounds,
                unit="ms",
                least=LEAST_FLAT,
            )
        )
    return found


def mean(server: Server, asked: bytes, count: int) -> float:
    """Milliseconds of one request, on one connection kept alive."""
    with Client(server.port) as client:
        return seconds(lambda: [client.send(asked) for _ in range(count)]) / count * 1000


def slowest(server: Server, asked: bytes, count: int) -> float:
    """The 95th percentile, in milliseconds."""
    with Client(server.port) as client:
        return percentile_95([seconds(partial(client.send, asked)) * 1000 for _ in range(count)])
