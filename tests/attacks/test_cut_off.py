"""The answer is cut off and the request sent again under the same key: one effect, one answer, through every door.

Seen to catch: keys that are not kept.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from typing import Any

import pytest
from werkzeug.serving import make_server

from trastienda.security.audit import verify

from .stage import Stage

TIMES = 84  # of each of six kinds: some 500
#: Closes with a reset, the answer unread.
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire."""

    path: str
    body: bytes
    kind: str = "application/json"


@dataclass(frozen=True)
class Wire:
    """A server on a socket, and a client that may hang up."""

    stage: Stage
    port: int

    def headers(self, sent: Sent, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.stage.tokens['admin']}", "Content-Type": sent.kind,
                "Content-Length": str(len(sent.body)), "Idempotency-Key": key}  # fmt: skip

    def hang_up(self, sent: Sent, key: str, *, after: int) -> None:
        """Send so many bytes of the request and go away."""
        head = "".join(f"{name}: {text}\r\n" for name, text in self.headers(sent, key).items())
        whole = f"POST {sent.path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode() + sent.body
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(whole[: after or len(whole)])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)

    def insist(self, sent: Sent, key: str) -> tuple[int, bytes]:
        """Until there is an answer other than that it is being worked on."""
        for _ in range(200):
            connection = HTTPConnection("127.0.0.1", self.port)
            connection.request("POST", sent.path, sent.body, self.headers(sent, key))
            answer = connection.getresponse()
            status, data = answer.status, answer.read()
            connection.close()
            if not (status == 409 and b"being worked on" in data) and status != 503:
                return status, data
        raise AssertionError("it is worked on for ever")


@pytest.fixture
def wire(own_quiet: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    server = make_server("127.0.0.1", 0, own_quiet.app, threaded=True)
    monkeypatch.setattr(server, "log", lambda *_: None)
    monkeypatch.setattr(server.RequestHandlerClass, "log_request", lambda *_: None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Wire(own_quiet, server.server_port)
    server.shutdown()
    thread.join()


def as_json(path: str, value: Any) -> Sent:
    return Sent(f"/api/v1/{path}", json.dumps(value).encode())


class Kinds:
    """A new request of each kind, and what they must have led to."""

    def __init__(self, stage: Stage) -> None:
        self.client = stage.api("admin")
        self.numbers = count(1)
        self.party = self.client.get("/api/v1/contacts/parties?limit=1").json["items"][0]["id"]
        accounts = self.client.get("/api/v1/accounting/accounts?postable=true&limit=2").json["items"]
        self.accounts = [each["code"] for each in accounts]

    def entry(self) -> int:
        lines = [{"account": self.accounts[0], "debit": "1"}, {"account": self.accounts[1], "credit": "1"}]
        made = self.client.post("/api/v1/accounting/entries", json={
            "date": "2026-11-20", "journal": "APE", "lines": lines})  # fmt: skip
        return int(made.json["id"])

    def of(self, kind: str) -> Sent:
        code = f"CUT{next(self.numbers):04}"
        match kind:
            case "create":
                return as_json("contacts/parties", {"code": code, "name": code})
            case "batch":
                made = {"method": "POST", "path": "contacts/parties", "body": {"code": code, "name": code}}
                return as_json("batch", {"operations": [made]})
            case "import":
                return Sent("/api/v1/contacts/parties/import", f"code,name\n{code},{code}\n".encode(), "text/csv")
            case "action":
                return as_json(f"accounting/entries/{self.entry()}/actions/post", {})
            case "bulk":
                return as_json("accounting/entries/actions/post", {"ids": [self.entry()]})
            case _:
                return as_json(f"contacts/parties/{self.party}/comments", {"text": code})

    def figures(self) -> dict[str, int]:
        """Parties, postings and comments that there are."""
        site = self.client.application.extensions["trastienda"]
        queries = (
            ("parties", "SELECT COUNT(*) FROM contacts_party WHERE code LIKE ?", "CUT%"),
            ("comments", "SELECT COUNT(*) FROM records_comment WHERE text LIKE ?", "CUT%"),
            ("posted", "SELECT COUNT(*) FROM accounting_journal_entry WHERE number LIKE ?", "APE/2026/%"),
            ("last", "SELECT COALESCE(MAX(CAST(SUBSTR(number, 10) AS INTEGER)), 0) FROM accounting_journal_entry "
                     "WHERE number LIKE ?", "APE/2026/%"),
        )  # fmt: skip
        with site.active():
            mark, run = site.database.placeholder, site.database.execute_sql
            return {name: run(sql.replace("?", mark), (like,)).fetchone()[0] for name, sql, like in queries}


KINDS = ("create", "batch", "import", "action", "bulk", "comment")


def test_500_requests_whose_answers_are_cut_off_have_one_effect_each(wire: Wire) -> None:
    kinds = Kinds(wire.stage)
    before, wrong = kinds.figures(), []
    for number in range(TIMES):
        for kind in KINDS:
            sent, key = kinds.of(kind), uuid.uuid4().hex
            wire.hang_up(sent, key, after=200 if number % 7 == 6 else 0)
            first = wire.insist(sent, key)
            if first[0] not in (200, 201) or wire.insist(sent, key) != first:
                wrong.append((kind, first))
    assert wrong == []
    after = kinds.figures()
    assert {name: after[name] - before[name] for name in after} == {
        "parties": 3 * TIMES, "comments": TIMES, "posted": 2 * TIMES, "last": 2 * TIMES}  # fmt: skip
    assert after["posted"] == after["last"]
    with wire.stage.site.active():
        assert verify(wire.stage.site.database)[2] == []


@pytest.mark.parametrize("kind", KINDS)
def test_eight_at_once_with_one_key_have_one_effect_and_one_answer(wire: Wire, kind: str) -> None:
    kinds = Kinds(wire.stage)
    sent, before = kinds.of(kind), kinds.figures()
    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(lambda _: wire.insist(sent, "the same"), range(8)))
    assert len(answers) == 1, answers
    assert next(iter(answers))[0] in (200, 201)
    after = kinds.figures()
    of = {"action": "posted", "bulk": "posted", "comment": "comments"}.get(kind, "parties")
    changed = {name for name in after if after[name] != before[name]} - {"last"}
    assert (changed, after[of] - before[of]) == ({of}, 1)
