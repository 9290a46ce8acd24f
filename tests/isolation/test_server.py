"""Eight clients use a real server while everything of a plugin fails and hangs: none of them notices."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from trastienda import Site
from trastienda.builtin.identity.administration import add_token
from trastienda.settings import load_settings
from trastienda.testing.serving import served
from trastienda.testing.sites import SYSTEM

CLIENTS = 8
#: `TROUBLE_HANG_SECONDS=30 pytest tests/isolation/test_server.py` hangs as long as a slow service may.
HANG_SECONDS = os.environ.get("TROUBLE_HANG_SECONDS", "1.5")
THINGS = "/api/v1/trouble/things"
Call = Callable[..., int]
Send = Callable[..., tuple[int, bytes]]


@pytest.fixture
def token(site: Site, user: Callable[..., object]) -> str:
    admin = user("admin")
    return site.write(SYSTEM, site.company("ACME"), lambda work: add_token(work, user=admin, name="tests"))


@pytest.fixture
def address(site: Site, token: str) -> Iterator[str]:
    """A server with two processes, on the test's database."""
    with served("serve", "--bind", "127.0.0.1:0", "--workers", "2", settings={
        "TRASTIENDA_DATABASE": site.settings.database,
        "TRASTIENDA_DATA": str(site.settings.data),
        "TRASTIENDA_PLUGINS": "trouble",
        "TROUBLE_HANG_SECONDS": HANG_SECONDS,
        "TROUBLE_STARTUP": "error",
    }) as server:
        yield server.address


@pytest.fixture
def send(address: str, token: str) -> Send:
    """send("GET", path): the status and the body of the answer."""

    def one(method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        data = json.dumps(body).encode() if body is not None else None
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        try:
            with urlopen(Request(address + path, data, sent, method=method), timeout=60) as answer:
                return int(answer.status), answer.read()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read()

    return one


@pytest.fixture
def call(send: Send) -> Call:
    """call("GET", path): the status of the answer."""
    return lambda *given, **headers: send(*given, **headers)[0]


def faults(send: Send, how: str) -> list[int]:
    """The plugin misbehaves in each of its places; the answers' statuses."""
    send("POST", THINGS, {"code": f"for {how}"})
    beside = json.loads(send("POST", THINGS, {"code": f"panel {how}"})[1])["id"]

    def call(*given: Any, **headers: str) -> int:
        return send(*given, **headers)[0]

    return [
        call("POST", THINGS, {"code": f"rule {how}"}),
        call("POST", THINGS, {"code": f"subscriber {how}"}),
        call("POST", f"{THINGS}/1/actions/act", {"how": how}),
        call("GET", f"/api/v1/trouble/poke?how={how}"),
        call("GET", f"/api/v1/trouble/through?how={how}"),
        call("GET", f"/trouble/things/{beside}"),
        call("GET", f"/trouble/page?how={how}"),
        call("GET", f"/api/v1/reports/trouble.report?how={how}"),
        call("GET", f"/api/v1/reports/trouble.report?late={quote(f'f-{how}')}&format=odd"),
        call("GET", THINGS, Authorization="", X_Trouble=how),
        call("POST", THINGS, {"code": f"afterwards {how}"}),
        call("POST", "/api/v1/jobs/trouble.chore", {"how": how}),
    ]


def chores(send: Send) -> list[tuple[str, bool]]:
    """(state, whether the plugin is named) of the four jobs that misbehave, when each was attempted."""
    path = "/api/v1/delivery/jobs?name=trouble.chore&sort=id"
    for _ in range(200):
        found = json.loads(send("GET", path)[1])["items"]
        if len(found) == 4 and all(each["attempts"] and each["state"] != "running" for each in found):
            return [(each["state"], "trouble" in each["message"]) for each in found]
        time.sleep(0.1)
    raise AssertionError(f"not attempted in 20 seconds: {found}")


def test_no_other_request_fails(call: Call, send: Send) -> None:
    over = threading.Event()
    seen: Counter[tuple[str, int]] = Counter()

    def use(client: int) -> None:
        for number in count():
            if over.is_set():
                return
            seen["GET", call("GET", f"{THINGS}?limit=5")] += 1
            seen["POST", call("POST", THINGS, {"code": f"{client}-{number}"})] += 1

    threads = [threading.Thread(target=use, args=[number]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        failed = [faults(send, how) for how in ("error", "exit")]
        wrong = faults(send, "type")
        hung = faults(send, "hang")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert failed == [[500, 500, 500, 500, 500, 200, 500, 500, 500, 500, 201, 202]] * 2
    assert wrong == [500, 201, 200, 500, 200, 200, 500, 500, 500, 500, 201, 202]
    assert hung == [201, 201, 200, 200, 200, 200, 200, 200, 200, 401, 201, 202]
    assert chores(send) == [("queued", True)] * 3 + [("done", False)], "tried again later, and named"
    page = send("GET", "/plugins")[1].decode()
    told = re.search(r"Failed since the server started: (\d+)", page)
    assert told is not None
    assert int(told[1]) > 2 * 10  # of both processes, whichever answers
    assert set(seen) == {("GET", 200), ("POST", 201)}
    assert min(seen.values()) > CLIENTS


def test_writers_wait_longer_than_a_plugin_hangs() -> None:
    """A hang of 30 s in SQLite's one writer must not turn the others away; a worker must outlive it as well."""
    from trastienda.cli.serving import WORKER_TIMEOUT_SECONDS
    from trastienda.storage.database import WRITE_TIMEOUT

    assert 30 < WRITE_TIMEOUT < WORKER_TIMEOUT_SECONDS
    assert load_settings({}).threads > 1
