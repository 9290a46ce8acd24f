"""Lists: filters, order, pages, columns."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

NOW = "2026-03-04T05:06:07Z"


@pytest.fixture
def accounts(api: Any) -> list[dict[str, Any]]:
    """Two that were there and ten more, with values that repeat and values that are missing."""
    for i in range(10):
        api.account(
            f"A{i}",
            kind="debt" if i % 2 else "asset",
            active=i % 3 == 0,
            opened=None if i % 4 == 0 else f"2026-01-{1 + i % 3:02d}",
            seen_at=NOW if i % 5 == 0 else None,
            rank=None if i % 3 == 1 else i // 4,
            rate=None if i % 2 else "0.2100000001",
            ceiling=f"{i % 3}.50",
            parent="100" if i < 3 else None,
        )
    return api.ok("GET", "toy/accounts")["items"]


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json["items"]]


FOUND: list[tuple[dict[str, Any], str]] = [
    ({"code": "A1"}, "A1"),
    ({"code": ["A1", "A2"]}, "A1 A2"),
    ({"code__in": "A1,A2,no"}, "A1 A2"),
    ({"code__ne": "100", "code__lt": "A2"}, "200 A0 A1"),
    ({"kind": "debt", "code__gte": "A5"}, "A5 A7 A9"),
    ({"active": "true", "code__startswith": "A"}, "A0 A3 A6 A9"),
    ({"opened__lte": "2026-01-01"}, "A3 A6 A9"),
    ({"opened__isnull": "true"}, "100 200 A0 A4 A8"),
    ({"opened__isnull": "false", "opened__gt": "2026-01-02"}, "A2 A5"),
    ({"seen_at": NOW}, "A0 A5"),
    ({"ceiling": "1.5"}, "A1 A4 A7"),
    ({"ceiling__gte": "2.5"}, "A2 A5 A8"),
    ({"rank__ne": "0", "code__startswith": "A"}, "A1 A4 A5 A6 A7 A8 A9"),
    ({"double": "2"}, "A5 A6"),
    ({"parent": "100"}, "A0 A1 A2"),
    ({"parent.name": "Account 100", "code__gt": "A0"}, "A1 A2"),
    ({"parent__isnull": "false"}, "A0 A1 A2"),
    ({"name__contains": "t a1"}, "A1"),
    ({"name__contains": "%"}, ""),
    ({"q": "ACCOUNT 1"}, "100"),
    ({"ext.paint.budget__isnull": "false"}, ""),
]


def test_filters_find_what_they_say(api: Any, accounts: Any) -> None:
    answers = [(query, " ".join(codes(api.get("toy/accounts", sort="code", **query)))) for query, _ in FOUND]
    assert answers == FOUND


ORDERS = [
    "code", "-code", "kind", "-kind,code", "opened", "-opened", "rank,-opened", "-rank,ceiling", "seen_at",
    "active,rank", "-active", "rate", "-ceiling", "parent", "-parent,rank", "parent.name", "double", "id", "-id",
    "big", "stock", "ext.paint.colour", "parent.id", "name,kind,active,rank,opened",
]  # fmt: skip


def test_pages_have_every_row_once_and_in_order(api: Any, accounts: Any, pages: Any) -> None:
    everything = sorted(row["id"] for row in accounts)
    for sort in ORDERS:
        whole = [row["id"] for row in api.ok("GET", f"toy/accounts?sort={sort}")["items"]]
        assert sorted(whole) == everything
        for limit in (1, 5):
            found = pages("toy/accounts", sort=sort, limit=limit)
            assert [row["id"] for page in found for row in page] == whole, sort
            assert {len(page) for page in found[:-1]} == {limit}


def test_records_without_a_value_come_last(api: Any, accounts: Any) -> None:
    for sort in ("opened", "-opened", "rank", "-rank", "parent", "-parent"):
        rows = api.ok("GET", f"toy/accounts?sort={sort}")["items"]
        missing = [row[sort.strip("-")] is None for row in rows]
        assert missing == sorted(missing), sort
        assert set(missing) == {True, False}


def test_references_without_key_are_sorted_filtered_and_paged_by_id(api: Any, pages: Any) -> None:
    first = api.ok("POST", "toy/diaries", {"text": "first"})["id"]
    ids = [api.ok("POST", "toy/diaries", {"text": str(i), "follows": first})["id"] for i in range(3)]
    assert [row["id"] for page in pages("toy/diaries", sort="-follows", limit=1) for row in page] == [
        *reversed(ids), first]  # fmt: skip
    answer = api.get("toy/diaries", follows=first, sort="id")
    assert [(row["id"], row["follows"]) for row in answer.json["items"]] == [(each, {"id": first}) for each in ids]
    assert api.get("toy/diaries", follows="first").json["errors"] == {"follows": ["Give a whole number."]}


def test_a_row_that_comes_in_before_the_cursor_moves_nothing(api: Any, accounts: Any) -> None:
    page = api.get("toy/accounts", sort="code", limit=5).json
    api.account("000")
    rest = api.get("toy/accounts", sort="code", cursor=page["next"]).json["items"]
    assert [row["code"] for row in page["items"] + rest] == [row["code"] for row in accounts]


def cursor_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


ORDER = "opened,active"
TAMPERED = [
    "x", "ñ", "!!", "5", "e30", "W10", "=", "A" * 3000, cursor_of(5), cursor_of(ORDER), cursor_of("code", "A1", 3),
    cursor_of(ORDER, "2026-01-01", True), cursor_of(ORDER, "2026-01-01", True, 2**63),
    cursor_of(ORDER, "2026-01-01", True, -(2**63) - 1), cursor_of(ORDER, "2026-01-01", True, True),
    cursor_of(ORDER, "2026-01-01", True, None), cursor_of(ORDER, "2026-01-01", True, 1.5),
    cursor_of(ORDER, "2026-02-30", True, 1), cursor_of(ORDER, 5, True, 1),
    cursor_of(ORDER, "2026-01-01", "true", 1), cursor_of(ORDER, "2026-01-01", 2, 1),
    cursor_of(ORDER, ["2026-01-01"], True, 1), cursor_of(ORDER, "\x00", True, 1),
    cursor_of(ORDER, "2026-01-01", True, 1, 1), cursor_of(ORDER, {"a": 1}, True, "1"),
]  # fmt: skip
MISFITS: list[tuple[str, Any]] = [
    ("big", 2**63), ("big", True), ("ceiling", "1"), ("code", 1), ("code", "\x00"), ("parent", 1), ("parent.id", "A"),
    ("seen_at", "2026"), ("rank", 1.0), ("rate", [1]),
]  # fmt: skip


def test_cursor_that_was_tampered_with_is_refused(api: Any, accounts: Any) -> None:
    cursors = [(ORDER, each) for each in TAMPERED] + [(sort, cursor_of(sort, value, 1)) for sort, value in MISFITS]
    for sort, cursor in cursors:
        answer = api.get("toy/accounts", sort=sort, cursor=cursor)
        assert (answer.status_code, list(answer.json["errors"])) == (400, ["cursor"]), (sort, cursor)


NOT_OFFERED = {
    "limit": ["201", "0", "1e2", "-1", "9" * 400, "x"],
    "sort": ["nothing", "id,id,id,id,id,id", "--code", "secret.x"],
    "fields": ["code,nothing", ",", "lines"],
    "include": ["nothing"],
    "expand": ["all"],
    "count": ["some"],
    "q": ["x" * 501, "\x00"],
    "nothing": ["1"],
    "company": ["1"],
    "search_text": ["x"],
    "parent.secret.x": ["1"],
    "parent.double": ["1"],
    "code__like": ["1"],
    "code": ["\x00", "", "x" * 21],
    "code__contains": ["\x00"],
    "parent": ["\x00"],
    "parent.id": ["9" * 19, "A", ""],
    "opened": ["2026-02-30", "tomorrow", "٢٠٢٦-01-01"],
    "opened__gte": [""],
    "opened__isnull": ["1"],
    "rank": ["x", str(2**31), "1.0"],
    "rank__contains": ["1"],
    "id": ["9" * 19, "1,2"],
    "big__in": [f"1,{2**63}", ""],
    "ceiling": ["1.00001", "NaN", "1" * 30, "1e2", "Infinity", "٣"],
    "active": ["perhaps"],
    "kind": ["other"],
    "seen_at": ["0001-01-01T00:00:00+14:00", "2026-01-01", "now"],
}


def test_query_that_is_not_offered_is_refused_by_name(api: Any) -> None:
    for name, texts in NOT_OFFERED.items():
        for text in texts:
            answer = api.get("toy/accounts", **{name: text})
            assert answer.status_code == 400, (name, text, answer.text)
            assert list(answer.json["errors"]) == [name], (name, text)


def test_text_search_is_refused_where_there_is_none(api: Any) -> None:
    assert list(api.get("toy/diaries", q="x").json["errors"]) == ["q"]


def test_count_is_exact_and_of_all_pages(api: Any, accounts: Any) -> None:
    assert api.get("toy/accounts", kind="debt", limit=2, count="exact").json["count"] == 5
    assert api.get("toy/accounts", q="account a", limit=2, count="exact").json["count"] == 10
    assert "count" not in api.get("toy/accounts").json


def test_fields_are_those_asked_for_in_that_order(api: Any) -> None:
    item = api.get("toy/accounts", fields="name,version,id,name", limit=1, sort="code").json["items"][0]
    assert list(item.items())[:2] == [("name", "Account 100"), ("version", 1)]
    assert list(item) == ["name", "version", "id"]


def test_lines_come_only_when_included(api: Any) -> None:
    api.entry("R1")
    assert "lines" not in api.get("toy/entries").json["items"][0]
    (item,) = api.get("toy/entries", include="lines").json["items"]
    assert [(line["account"]["key"], line["debit"], line["credit"]) for line in item["lines"]] == [
        ("100", "12.50", "0.00"), ("200", "0.00", "12.50")]  # fmt: skip


def test_reference_is_shown_with_key_and_label_or_as_its_id_alone(api: Any) -> None:
    entry = api.entry("R1")
    account = entry["lines"][0]["account"]
    assert account == {"id": account["id"], "key": "100", "label": "Account 100"}
    (row,) = api.get("toy/postings", expand="none", account="100").json["items"]
    assert (row["account"], row["entry"]) == ({"id": account["id"]}, {"id": entry["id"]})


def test_children_of_a_record_are_listed_on_their_own_and_never_written_there(api: Any) -> None:
    entry = api.entry("R1")
    rows = api.get("toy/postings", **{"entry.state": "draft", "sort": "id"}).json["items"]
    assert [row["id"] for row in rows] == [line["id"] for line in entry["lines"]]
    assert api.call("POST", "toy/postings", {"debit": "1"}).status_code == 403
    assert api.as_(If_Match="*").call("PATCH", f"toy/postings/{rows[0]['id']}", {"debit": "1"}).status_code == 403
    assert api.call("DELETE", f"toy/postings/{rows[0]['id']}").status_code == 403


def test_page_takes_one_query_whatever_its_columns(api: Any, accounts: Any, statements: Any) -> None:
    queries = [{}, {"fields": "id"}, {"sort": "parent,-rank", "q": "a", "kind": "debt"}, {"expand": "none"}]
    for query in queries:
        with statements() as seen:
            assert api.get("toy/accounts", **query).status_code == 200
        assert len([each for each in seen if "toy_account" in each]) == 1, query


def test_count_and_each_kind_of_lines_take_one_query_more(api: Any, statements: Any) -> None:
    for i in range(5):
        api.entry(f"R{i}")
    with statements() as seen:
        assert len(api.get("toy/entries", include="lines", count="exact").json["items"]) == 5
    assert len([each for each in seen if "toy_" in each]) == 3
