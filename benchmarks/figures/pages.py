"""A list or a form as a page, against the JSON of the same records: same server, same session, in turns."""

from __future__ import annotations

import re
import subprocess
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import orjson

from ..bench import Bench
from ..http import HOST, TRASTIENDA, Client, Server, request, serving, surroundings, until_answer
from ..measuring import Measured, compare
from .listing import mean

ENTITIES = (
    "accounting/entries",
    "contacts/parties",
    "inventory/products",
    "inventory/moves",
    "hr/employees",
    "hr/leave-requests",
)
REQUESTS = 40
#: A page may cost three times its JSON.
LEAST = 1 / 3


def measure(bench: Bench) -> list[Measured]:
    """On the demo company, as its administrator."""
    bench.tell("making the demo company")
    data = bench.folder / "pages"
    made = subprocess.run(
        [TRASTIENDA, "demo", "--data", str(data), "--no-serve"],
        env=surroundings({}), check=True, capture_output=True, text=True,
    )  # fmt: skip
    name, password = re.findall(r"Sign in as (\S+) with the password (\S+)", made.stdout)[0]
    environment = {
        "TRASTIENDA_DATABASE": f"sqlite:///{data / 'trastienda.db'}",
        "TRASTIENDA_DATA": str(data),
        "TRASTIENDA_WORKERS": "1",
        "TRASTIENDA_LOG_LEVEL": "warning",
    }
    with serving([TRASTIENDA, "serve"], environment) as server:
        until_answer(server, request("GET", "/sign-in"))
        cookies = signed_in(server, name, password)
        return [measured for path in ENTITIES for measured in of_entity(bench, server, cookies, path)]


def of_entity(bench: Bench, server: Server, cookies: str, path: str) -> list[Measured]:
    """The first page of its list, and the form of the first record there."""
    ask = partial(request, "GET", cookies=cookies)
    with Client(server.port) as client:
        first = orjson.loads(client.send(ask(f"/api/v1/{path}")))["items"][0]["id"]
    found = []
    for kind, place in (("list", path), ("form", f"{path}/{first}")):
        bench.tell(f"{kind} of {path}")
        page, json = ask(f"/{place}"), ask(f"/api/v1/{place}")
        mean(server, page, 3)
        count = bench.rows(REQUESTS)
        found.append(
            compare(
                "pages",
                f"{kind} of {path} against its JSON",
                baseline=partial(mean, server, json, count),
                ours=partial(mean, server, page, count),
                rounds=bench.rounds,
                unit="ms",
                least=LEAST,
            )
        )
    return found


def signed_in(server: Server, name: str, password: str) -> str:
    """The cookies of a browser that has seen its first page."""
    jar: dict[str, str] = {}
    door = _visit(server, "GET", "/sign-in", jar)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', door)[0]
    _visit(server, "POST", "/sign-in", jar, {"csrf_token": token, "name": name, "password": password})
    _visit(server, "GET", "/", jar)
    return _as_header(jar)


def _visit(server: Server, method: str, path: str, jar: dict[str, str], form: dict[str, str] | None = None) -> str:
    connection = HTTPConnection(HOST, server.port, timeout=30)
    headers = {"Cookie": _as_header(jar), "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, urlencode(form) if form else None, headers)
    answer: HTTPResponse = connection.getresponse()
    for each in answer.headers.get_all("Set-Cookie") or ():
        cookie, _, value = each.partition(";")[0].partition("=")
        jar[cookie] = value
    text = answer.read().decode()
    connection.close()
    return text


def _as_header(jar: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items() if value)
