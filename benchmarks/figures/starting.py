"""From the start of the server's process to its first answer, and what an idle worker holds."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from ..bench import Bench
from ..http import TRASTIENDA, request, serving, until_answer
from ..machine import memory
from ..measuring import Measured, summary

MOST_SECONDS = 1.0
MOST_MEGABYTES = 100.0
IDLE_SECONDS = 0.3


def measure(bench: Bench) -> list[Measured]:
    bench.tell("start and idle memory")
    books = bench.books("starting")
    listed = request("GET", "/api/v1/accounting/accounts", token=books.token)
    start([TRASTIENDA, "serve"], books.environment, listed)  # leaves the bytecode behind
    costs: list[tuple[float, float]] = []
    bare: list[tuple[float, float]] = []
    for _ in range(max(bench.rounds // 2, 2)):
        bare.append(start(["-m", "benchmarks.baseline", "hello"], {}, request("GET", "/")))
        costs.append(start([TRASTIENDA, "serve"], books.environment, listed))
    return [
        summary(
            "starting",
            "first list of accounts, against Flask's first hello",
            baseline=[seconds for seconds, _ in bare],
            ours=[seconds for seconds, _ in costs],
            unit="s",
            most=MOST_SECONDS,
        ),
        summary(
            "starting",
            "idle worker, resident",
            baseline=[megabytes for _, megabytes in bare],
            ours=[megabytes for _, megabytes in costs],
            unit="MB",
            most=MOST_MEGABYTES,
        ),
    ]


def start(arguments: Sequence[str], environment: Mapping[str, str], asked: bytes) -> tuple[float, float]:
    """Seconds until the first answer, and the worker's megabytes a moment later."""
    with serving([*arguments], environment) as server:
        taken = until_answer(server, asked)
        time.sleep(IDLE_SECONDS)
        (worker,) = server.workers()
        return taken, memory(worker, "VmRSS")
