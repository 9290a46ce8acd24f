"""Actions on one record and on many, batches, reports and plugins' own addresses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

LINES = [{"account": "100", "debit": "1"}, {"account": "200", "credit": "1"}]


def test_transition_moves_the_state_and_the_version(api: Any) -> None:
    entry = api.entry("R1")
    answer = api.as_(If_Match='"1"').call("POST", f"toy/entries/{entry['id']}/actions/post")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert answer.json == {**entry, "state": "posted", "number": "E/0001", "version": 2}


def test_transition_from_another_state_is_refused(api: Any) -> None:
    path = f"toy/entries/{api.entry('R1')['id']}"
    posted = api.ok("POST", f"{path}/actions/post")
    answer = api.call("POST", f"{path}/actions/post")
    assert (answer.status_code, list(answer.json["errors"])) == (409, ["state"])
    assert api.get(path).json == posted


def test_action_on_a_record_that_moved_on_is_refused(api: Any) -> None:
    path = f"toy/entries/{api.entry('R1')['id']}"
    api.as_(If_Match="*").call("PATCH", path, {"reference": "R2"})
    assert api.as_(If_Match='"1"').call("POST", f"{path}/actions/post").status_code == 412
    assert api.get(path).json["state"] == "draft"


def test_parameters_of_an_action_are_checked_like_fields(api: Any) -> None:
    account = api.account("A1")
    path = f"toy/accounts/{account['id']}/actions/adjust"
    wrong = [
        ("ceiling", {}), ("ceiling", {"ceiling": 1.5}), ("on", {"ceiling": "1", "on": "x"}),
        ("tone", {"ceiling": "1", "tone": "shrill"}), ("like", {"ceiling": "1", "like": "nothing"}),
        ("nothing", {"ceiling": "1", "nothing": 1}), ("from_", {"ceiling": "1", "from_": "x"}),
    ]  # fmt: skip
    for named, body in wrong:
        answer = api.call("POST", path, body)
        assert (answer.status_code, list(answer.json["errors"])) == (422, [named]), body
    assert api.get(f"toy/accounts/{account['id']}").json == account
    body = {"ceiling": "2", "on": "2026-01-02", "like": "A1", "tone": "loud", "from": "here"}
    assert api.ok("POST", path, body)["notes"] == f"loud 2026-01-02 {account['id']} here"


def test_transition_without_parameters_takes_none(api: Any) -> None:
    path = f"toy/entries/{api.entry('R1')['id']}/actions/cancel"
    answer = api.call("POST", path, {"why": "x"})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["why"])
    assert api.ok("POST", path, {})["state"] == "cancelled"


def test_action_on_many_tells_of_each_and_undoes_only_what_failed(api: Any) -> None:
    ids = [api.entry(f"R{i}")["id"] for i in range(3)]
    empty = api.entry("R3", lines=[])["id"]
    api.ok("POST", f"toy/entries/{ids[1]}/actions/post")
    results = api.ok("POST", "toy/entries/actions/post", {"ids": [*ids, empty, 999, ids[0]]})["results"]
    assert [(each["id"], each["ok"], each.get("status")) for each in results] == [
        (ids[0], True, None), (ids[1], False, 409), (ids[2], True, None), (empty, False, 409), (999, False, 404),
    ]  # fmt: skip
    assert [row["number"] for row in api.get("toy/entries", sort="reference").json["items"]] == [
        "E/0002", "E/0001", "E/0003", None]  # fmt: skip


def test_action_on_many_takes_the_parameters_beside_the_ids(api: Any) -> None:
    ids = [api.account(f"A{i}")["id"] for i in range(2)]
    assert [each["ok"] for each in api.ok(
        "POST", "toy/accounts/actions/adjust", {"ids": ids, "ceiling": "3"})["results"]] == [True, True]  # fmt: skip
    assert [row["ceiling"] for row in api.get("toy/accounts", id__in=f"{ids[0]},{ids[1]}").json["items"]] == [
        "3.00"
    ] * 2


def test_ids_that_are_none_are_refused(api: Any) -> None:
    for ids in (None, [], 1, ["1"], [True], [1.0], [0], [-1], [2**63], list(range(1, 1002)), {"1": 1}):
        answer = api.call("POST", "toy/entries/actions/post", {"ids": ids})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["ids"]), str(ids)[:50]


def batch(*operations: Any) -> dict[str, Any]:
    return {"operations": list(operations)}


def create(path: str, **body: Any) -> dict[str, Any]:
    return {"method": "POST", "path": path, "body": body}


def test_batch_does_all_in_one_transaction_in_order(api: Any) -> None:
    account = api.account("A0")
    answer = api.ok("POST", "batch", batch(
        create("toy/accounts", code="A1", name="One", parent="A0"),
        create("/api/v1/toy/accounts", code="A2", name="Two", parent="A1"),
        {"method": "PATCH", "path": f"toy/accounts/{account['id']}", "body": {"parent": "A2"}, "if_match": '"1"'},
        {"method": "POST", "path": f"toy/accounts/{account['id']}/actions/adjust", "body": {"ceiling": "1"}},
    ))  # fmt: skip
    assert [(each["code"], each["parent"]["key"], each["ceiling"]) for each in answer["results"]] == [
        ("A1", "A0", None), ("A2", "A1", None), ("A0", "A2", "1.00"), ("A0", "A2", "1.00")]  # fmt: skip
    removal = {"method": "DELETE", "path": f"toy/accounts/{api.account('A9')['id']}", "if_match": "*"}
    assert api.ok("POST", "batch", batch(removal)) == {"results": [{"deleted": True}]}


def test_batches_that_name_the_same_records_crosswise_wait_in_turn(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is a victim that has to begin again."""
    ids = [api.account(f"C{number}")["id"] for number in range(8)]
    again: list[float] = []
    monkeypatch.setattr("trastienda.storage.database.time.sleep", again.append)

    def send(turn: int) -> int:
        order = ids if turn % 2 else ids[::-1]
        changes = [{"method": "PATCH", "path": f"toy/accounts/{each}", "if_match": "*", "body": {"name": f"N{turn}"}}
                   for each in order]
        return int(api.as_().call("POST", "batch", {"operations": changes}).status_code)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(24))) == {200}
    assert again == []


def test_batch_with_one_fault_writes_nothing_and_names_it(api: Any) -> None:
    account = api.account("A0")
    before, path = api.figures(), f"toy/accounts/{account['id']}"
    good = [
        create("toy/accounts", code="A1", name="One"),
        {"method": "PATCH", "path": path, "body": {"rank": 1}, "if_match": "*"},
    ]
    faults: list[tuple[int, str, Any]] = [
        (422, "operations.2.code", create("toy/accounts", code="A1", name="Again")),
        (422, "operations.2.name", create("toy/accounts", code="A3")),
        (
            422,
            "operations.2.lines.1.account",
            create("toy/entries", date="2026-01-02", lines=[LINES[0], {"credit": "1"}]),
        ),
        (422, "operations.2.lines", create("toy/entries", date="2026-01-02", lines=LINES[:1])),
        (404, "operations.2", create("toy/nothing", code="A3")),
        (422, "operations.2.path", create("reports/toy.balances/x/y", code="A3")),
        (422, "operations.2.path", {"method": "POST", "path": None}),
        (422, "operations.2.method", {"method": "GET", "path": path}),
        (422, "operations.2.method", {"method": "PUT", "path": path}),
        (428, "operations.2", {"method": "PATCH", "path": path, "body": {"rank": 2}}),
        (428, "operations.2", {"method": "DELETE", "path": path}),
        (412, "operations.2", {"method": "PATCH", "path": path, "body": {"rank": 2}, "if_match": '"1"'}),
        (404, "operations.2", {"method": "DELETE", "path": "toy/accounts/999", "if_match": "*"}),
        (404, "operations.2", {"method": "POST", "path": f"{path}/actions/nothing"}),
        (422, "operations.2.ceiling", {"method": "POST", "path": f"{path}/actions/adjust", "body": {}}),
        (403, "operations.2", create("toy/postings", debit="1")),
        (422, "operations.2", {"method": "POST", "path": "toy/accounts", "extra": 1}),
        (422, "operations.2", "x"),
    ]
    for status, named, fault in faults:
        answer = api.call("POST", "batch", batch(*good, fault))
        assert (answer.status_code, list(answer.json["errors"])) == (status, [named]), (fault, answer.text)
        assert answer.mimetype == "application/problem+json"
    for body in (None, {}, batch(), {"operations": {}}, batch(*[good[0]] * 1001)):
        assert list(api.call("POST", "batch", body).json["errors"]) == ["operations"]
    assert (api.figures(), api.get(path).json) == (before, account)


def test_report_has_its_columns_rows_and_totals(api: Any) -> None:
    api.entry("R1")
    accounts = {row["code"]: row["id"] for row in api.ok("GET", "toy/accounts")["items"]}
    report = api.get("reports/toy.balances", kind="asset", to="2026-12-31").json
    assert report["rows"] == [
        {"account": {"id": accounts["100"], "key": "100", "label": "Account 100"}, "name": "Account 100",
         "debit": "12.50", "opened": None, "lines": 1},
        {"account": {"id": accounts["200"], "key": "200", "label": "Account 200"}, "name": "Account 200",
         "debit": "0.00", "opened": None, "lines": 1},
    ]  # fmt: skip
    assert (report["totals"], report["parameters"]) == ({"debit": "12.50"}, {"kind": "asset", "to": "2026-12-31"})
    assert [each["type"] for each in report["columns"]] == ["ref", "text", "money", "date", "integer"]
    assert api.get("reports").json["items"][0]["name"] == "toy.balances"


def test_report_comes_in_every_format(api: Any) -> None:
    kinds = {each: api.get("reports/toy.balances", format=each).mimetype for each in ("json", "csv", "xlsx", "pdf")}
    assert kinds == {
        "json": "application/json", "csv": "text/csv", "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }  # fmt: skip


def test_plugins_own_address_takes_what_its_function_declares(api: Any) -> None:
    assert api.get("toy/echo/5", word="ñ").json == {"number": 5, "word": "ñ", "company": "ACME"}
    assert api.ok("POST", "toy/shout", {"word": "ja", "times": 2}) == {"word": "JAJA"}
    for body in ({}, {"word": 5}, {"word": "x", "nothing": 1}, [], 5):
        assert api.call("POST", "toy/shout", body).status_code == 422, body
    assert api.as_("clerk").get("toy/echo/5").status_code == 403


def test_import_is_all_or_nothing_and_names_row_and_column(api: Any) -> None:
    before = api.figures()
    good = b"code,name,ceiling\nI1,One,1.5\nI2,Two,\n"
    dry = api.call("POST", "toy/accounts/import?dry_run=true", raw=good, content_type="text/csv")
    assert (dry.status_code, dry.json["rows"], dry.json["created"], api.figures()) == (200, 2, 2, before)
    bad = api.call("POST", "toy/accounts/import", raw=good + b"I3,,x\n", content_type="text/csv")
    assert (bad.status_code, bad.mimetype) == (422, "application/problem+json")
    assert [(each["row"], each["column"]) for each in bad.json["errors"]] == [(4, "ceiling")]
    assert api.figures() == before
    assert api.call("POST", "toy/accounts/import", raw=good, content_type="text/csv").json["created"] == 2
    assert Decimal(api.get("toy/accounts", code="I1").json["items"][0]["ceiling"]) == Decimal("1.5")


def test_export_is_what_the_list_shows(api: Any) -> None:
    api.account("A1", ceiling="1.5", parent="100")
    answer = api.get("toy/accounts/export", fields="code,parent,ceiling", sort="-code", q="account")
    assert answer.text.splitlines() == ["code,parent,ceiling", "A1,100,1.50", "200,,", "100,,"]
    lines = api.get("toy/accounts/export", format="jsonl", code="A1").text.splitlines()
    assert len(lines) == 1
    assert api.get("toy/accounts/export", format="xlsx").data[:2] == b"PK"
