"""Whatever comes in wrong is refused with the field's name, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

LINES = [{"account": "100", "debit": "1"}, {"account": "200", "credit": "1"}]


def entry(**values: Any) -> dict[str, Any]:
    return {"reference": "BAD", "date": "2026-01-02", "lines": LINES, **values}


def line(**values: Any) -> dict[str, Any]:
    return entry(lines=[{**LINES[0], **values}, LINES[1]])


def account(**values: Any) -> dict[str, Any]:
    return {"code": "BAD", "name": "Bad", **values}


BAD_ENTRIES: list[tuple[str, Any]] = [
    ("lines", line(debit="1.01")),
    ("lines.0.debit", line(debit=1.5)),
    ("lines.0.debit", line(debit="1.00001")),
    ("lines.0.debit", line(debit="1.001")),
    ("lines.0.debit", line(debit=str(2**63))),
    ("lines.0.debit", line(debit=2**63)),
    ("lines.0.debit", line(debit=2**64)),
    ("lines.0.debit", line(debit="9" * 5000)),
    ("lines.0.debit", line(debit=float("nan"))),
    ("lines.0.debit", line(debit=float("inf"))),
    ("lines.0.debit", line(debit="NaN")),
    ("lines.0.debit", line(debit="1e3")),
    ("lines.0.debit", line(debit="")),
    ("lines.0.debit", line(debit=True)),
    ("lines.0.debit", line(debit=None)),
    ("lines.0.debit", line(debit=["1"])),
    ("lines.0.debit", entry(lines=[{**LINES[0], "credit": "1"}, {"account": "200"}])),
    ("lines.0.account", line(account="nothing")),
    ("lines.0.account", line(account=2**62)),
    ("lines.0.account", line(account=2**64)),
    ("lines.0.account", line(account=0)),
    ("lines.0.account", line(account=-1)),
    ("lines.0.account", line(account=1.0)),
    ("lines.0.account", line(account=True)),
    ("lines.0.account", line(account=None)),
    ("lines.0.account", line(account="")),
    ("lines.0.account", line(account="\x00")),
    ("lines.0.account", line(account="x" * 501)),
    ("lines.0.account", line(account={})),
    ("lines.0.account", line(account={"id": "100"})),
    ("lines.0.account", line(account={"key": 100})),
    ("lines.0.account", line(account={"id": {"id": 1}})),
    ("lines.0.account", entry(lines=[{"debit": "1"}, LINES[1]])),
    ("lines.0.nothing", line(nothing=1)),
    ("lines.0.entry", line(entry=1)),
    ("lines.0.company", line(company=1)),
    ("lines.0.date", line(date="2026-01-01")),
    ("lines.0", entry(lines=[[], LINES[1]])),
    ("lines.1", entry(lines=[LINES[0], "x"])),
    ("lines", entry(lines={"0": LINES[0]})),
    ("lines", entry(lines="x")),
    ("lines", entry(lines=None)),
    ("date", entry(date="2026-02-30")),
    ("date", entry(date="2026-1-2")),
    ("date", entry(date=20260102)),
    ("date", entry(date=None)),
    ("date", {"reference": "BAD", "lines": LINES}),
    ("number", entry(number="E/1")),
    ("state", entry(state="posted")),
    ("version", entry(version=1)),
    ("id", entry(id=1)),
    ("company", entry(company=1)),
    ("search_text", entry(search_text="x")),
    ("nothing", entry(nothing=1)),
    ("ext", entry(ext={})),
    ("reference", entry(reference="x" * 61)),
    ("reference", entry(reference="x" * 1_000_000)),
    ("reference", entry(reference="a\x00b")),
    ("reference", entry(reference=["x"])),
    ("reference", entry(reference=5)),
]
BAD_ACCOUNTS: list[tuple[str, Any]] = [
    ("code", account(code="")),
    ("code", account(code="  ")),
    ("code", account(code="100")),
    ("code", {"name": "Bad"}),
    ("kind", account(kind="other")),
    ("kind", account(kind=None)),
    ("active", account(active="perhaps")),
    ("active", account(active=1)),
    ("rank", account(rank=2**31)),
    ("rank", account(rank=1.0)),
    ("rank", account(rank="x")),
    ("big", account(big=2**63)),
    ("big", account(big=-(2**63))),
    ("rate", account(rate="0.12345678901")),
    ("stock", account(stock="1.0000001")),
    ("ceiling", account(ceiling="1.001")),
    ("seen_at", account(seen_at="2026-01-01T00:00:00")),
    ("opened", account(opened="0999-12-31")),
    ("opened", account(opened="9001-01-01")),
    ("seen_at", account(seen_at="0001-01-01T00:00:00+14:00")),
    ("seen_at", account(seen_at="9999-12-31T23:59:59-14:00")),
    ("seen_at", account(seen_at=5)),
    ("notes", account(notes="x" * 100_001)),
    ("notes", account(notes="\x00")),
    ("origin", account(origin="file")),
    ("double", account(double=2)),
    ("parent", account(parent="BAD")),
    ("ext.nobody", account(ext={"nobody": {}})),
    ("ext.paint.budget", account(ext={"paint": {"budget": 0.5}})),
    ("ext.paint.budget", account(ext={"paint": {"budget": "0.001"}})),
    ("ext.paint.nothing", account(ext={"paint": {"nothing": 1}})),
    ("ext.paint", account(ext={"paint": "red"})),
    ("ext", account(ext=5)),
]


def refusal(answer: Any) -> tuple[int, list[str]]:
    assert answer.mimetype == "application/problem+json", answer.text
    assert answer.json["status"] == answer.status_code
    assert all(texts and all(texts) for texts in answer.json["errors"].values())
    return answer.status_code, list(answer.json["errors"])


def test_bad_values_are_refused_by_field_and_nothing_is_written(api: Any) -> None:
    before = api.figures()
    for path, cases in (("toy/entries", BAD_ENTRIES), ("toy/accounts", BAD_ACCOUNTS)):
        for named, body in cases:
            assert refusal(api.call("POST", path, body)) == (422, [named]), str(body)[:300]
    assert api.figures() == before


def test_bad_changes_are_refused_by_field_and_nothing_is_written(api: Any) -> None:
    path = f"toy/entries/{api.entry('R1')['id']}"
    before = api.get(path).json
    for named, body in BAD_ENTRIES:
        if "date" in body:
            answer = api.as_(If_Match="*").call("PATCH", path, body)
            assert refusal(answer) == (422, [named]), str(body)[:300]
    assert api.get(path).json == before


def test_every_wrong_field_is_named_at_once(api: Any) -> None:
    body = {"date": "x", "nothing": 1, "state": "posted", "lines": [{"debit": 1.5}, {"account": "200", "credit": "x"}]}
    status, named = refusal(api.call("POST", "toy/entries", body))
    assert (status, sorted(named)) == (
        422, ["date", "lines.0.account", "lines.0.debit", "lines.1.credit", "nothing", "state"])  # fmt: skip


NOT_OBJECTS = [
    b"", b"{", b"nul", b"\xff\xfe{}", b'{"code": "\xff", "name": "x"}', b'{"code": "\xed\xa0\x80", "name": "x"}',
    rb'{"code": "\ud800", "name": "x"}', rb'{"\ud800": 1, "code": "x", "name": "x"}', b"[" * 100_000,
    b'{"a":' * 100_000, b"[]", b"null", b"5", b'"x"', b"9" * 5000, b'{"code": "A", "name": "x"} x', b"\x00",
    '{"code": "A", "name": "x"}'.encode("utf-16"),
]  # fmt: skip
DOORS = [
    ("POST", "toy/accounts"), ("POST", "toy/accounts/actions/adjust"), ("PATCH", "toy/accounts/1"), ("POST", "batch"),
    ("POST", "toy/accounts/1/actions/adjust"), ("POST", "toy/shout"),
]  # fmt: skip


@pytest.mark.database("sqlite")
def test_body_that_is_no_object_is_refused_by_every_door(api: Any) -> None:
    before = api.figures()
    for body in NOT_OBJECTS:
        for method, path in DOORS:
            answer = api.as_(If_Match="*").call(method, path, raw=body, content_type="application/json")
            assert answer.status_code in (400, 422), (path, body[:50], answer.text)
            assert answer.mimetype == "application/problem+json"
    assert api.figures() == before


def test_deep_nesting_is_refused_by_field(api: Any) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = {"id": deep}
    assert refusal(api.call("POST", "toy/accounts", account(parent=deep))) == (422, ["parent"])
    deep = []
    for _ in range(200):
        deep = [deep]
    assert refusal(api.call("POST", "toy/accounts", account(notes=deep))) == (422, ["notes"])


@pytest.mark.database("sqlite")
def test_body_larger_than_the_limit_is_refused(api: Any) -> None:
    size = api.site.settings.max_upload_mb * 2**20 + 1
    answer = api.call("POST", "toy/accounts", raw=b" " * size, content_type="application/json")
    assert (answer.status_code, answer.json["status"]) == (413, 413)


PROBLEMS = [
    ("GET", "nothing/here", 404), ("GET", "toy/accounts/999", 404), ("GET", f"toy/accounts/{2**63}", 404),
    ("GET", f"toy/accounts/{'9' * 400}", 404), ("GET", "toy/accounts/x", 404), ("GET", "toy/accounts/0", 404),
    ("GET", "toy/accounts/999/history", 404), ("GET", "reports/nothing", 404),
    ("GET", "reports/toy.balances?nothing=1", 422),
    ("GET", "reports/toy.balances?kind=other", 422), ("GET", "reports/toy.balances?to=2026-02-30", 422),
    ("GET", "reports/toy.balances?format=odt", 400), ("GET", "reports/toy.balances?format=svg", 400),
    ("GET", "toy/accounts/export?format=odt", 400), ("GET", "toy/accounts/export?nothing=1", 400),
    ("GET", "toy/echo/5?nothing=1", 422), ("GET", "toy/echo/x", 404), ("POST", "toy/accounts/999/actions/adjust", 404),
    ("POST", "toy/accounts/1/actions/nothing", 404), ("POST", "toy/accounts/actions/nothing", 404),
    ("POST", "toy/accounts/import?nothing=1", 400), ("PUT", "toy/accounts", 405), ("DELETE", "toy/accounts", 405),
    ("GET", "batch", 405),
]  # fmt: skip


def test_every_refusal_is_a_problem_document(api: Any) -> None:
    for method, path, status in PROBLEMS:
        answer = api.call(method, path, {"ids": [1], "ceiling": "1"} if method == "POST" else None)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (path, answer.text)
        assert {"type", "title", "status", "detail"} <= set(answer.json)
        assert answer.headers["X-Request-Id"]
        assert "Traceback" not in answer.text


def test_nobody_is_let_in_without_a_valid_token(api: Any) -> None:
    doors = [
        ("GET", "toy/accounts"),
        ("POST", "toy/accounts"),
        ("GET", "openapi.json"),
        ("POST", "batch"),
        ("GET", "reports"),
    ]
    for method, path in doors:
        answer = api.client.open(f"/api/v1/{path}", method=method)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), path
        for header in ("Bearer no", "Bearer ", "Basic YTpi", "Bearer " + "x" * 5000):
            answer = api.client.open(f"/api/v1/{path}", method=method, headers={"Authorization": header})
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json"), (path, header)
