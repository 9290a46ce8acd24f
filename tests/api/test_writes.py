"""Creating, changing and deleting records, and what remains of it in their history."""

from __future__ import annotations

from typing import Any

BALANCED = [{"account": "100", "debit": "12.50"}, {"account": "200", "credit": "12.50"}]


def test_created_record_is_answered_whole_with_its_address_and_etag(api: Any) -> None:
    answer = api.call(
        "POST",
        "toy/accounts",
        {"code": " A1 ", "name": "Ñandú", "ceiling": 7, "rate": "+0.210", "stock": "1.5", "parent": {"key": "100"},
         "seen_at": "2026-01-01T02:00:00+02:00", "opened": "2026-02-28", "rank": 3,
         "ext": {"paint": {"colour": "red"}}},
    )  # fmt: skip
    made = answer.json
    parent = made.pop("parent")
    assert made == {
        "id": made["id"], "code": "A1", "name": "Ñandú", "kind": "asset", "active": True, "opened": "2026-02-28",
        "seen_at": "2026-01-01T00:00:00Z", "rank": 3, "big": 0, "rate": "0.21", "stock": "1.5", "ceiling": "7.00",
        "notes": "", "secret": "", "origin": "hand", "double": 6,
        "ext": {"paint": {"colour": "red", "budget": None}}, "version": 1,
    }  # fmt: skip
    assert (parent["key"], parent["label"]) == ("100", "Account 100")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/toy/accounts/{made['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert api.get(f"toy/accounts/{made['id']}").json == {**made, "parent": parent}


def test_reference_is_written_as_it_is_read_as_its_id_or_as_its_key(api: Any) -> None:
    account = api.ok("GET", "toy/accounts?code=100")["items"][0]
    written = [{"id": account["id"], "key": "100", "label": "Account 100"}, account["id"], "100", {"key": "100"}]
    read = [api.account(f"A{i}", parent=each)["parent"]["id"] for i, each in enumerate(written)]
    assert read == [account["id"]] * 4


def test_change_needs_the_etag_that_was_read(api: Any) -> None:
    path = f"toy/accounts/{api.account('A1')['id']}"
    changes = {"name": "Other"}
    refused = [
        api.call(method, path, changes if method == "PATCH" else None).status_code for method in ("PATCH", "DELETE")
    ]
    assert refused == [428, 428]
    first = api.as_(If_Match='"1"').call("PATCH", path, changes)
    assert (first.status_code, first.json["name"], first.headers["ETag"]) == (200, "Other", '"2"')
    stale = api.as_(If_Match='"1"').call("PATCH", path, {"name": "Lost"})
    assert (stale.status_code, stale.json["version"]) == (412, 2)
    assert api.as_(If_Match='"1"').call("DELETE", path).status_code == 412
    assert api.as_(If_Match="*").call("PATCH", path, {"rank": 1}).json["version"] == 3
    for wrong in ("x", '"1', '"-1"', '"99999999999"', "1, 2"):
        answer = api.as_(If_Match=wrong).call("PATCH", path, changes)
        assert (answer.status_code in (412, 422), api.get(path).json["version"]) == (True, 3), wrong
    assert api.as_(If_Match='W/"3"').call("DELETE", path).status_code == 204
    assert api.get(path).status_code == 404


def test_record_that_did_not_change_is_not_sent_again(api: Any) -> None:
    path = f"toy/accounts/{api.account('A1')['id']}"
    same = api.as_(If_None_Match='"1"').get(path)
    assert (same.status_code, same.data) == (304, b"")
    api.as_(If_Match="*").call("PATCH", path, {"rank": 1})
    assert api.as_(If_None_Match='"1"').get(path).status_code == 200


def test_change_that_changes_nothing_keeps_the_version(api: Any) -> None:
    account = api.account("A1", rank=1)
    answer = api.as_(If_Match='"1"').call("PATCH", f"toy/accounts/{account['id']}", {"rank": 1, "name": "Account A1"})
    assert answer.json == account


def test_lines_with_their_id_stay_themselves_and_others_are_replaced(api: Any) -> None:
    entry = api.entry("R1")
    kept = entry["lines"][0]
    lines = [{"id": kept["id"], "account": "200", "debit": "20"}, {"account": "100", "credit": "20", "note": "new"}]
    changed = api.as_(If_Match='"1"').call("PATCH", f"toy/entries/{entry['id']}", {"lines": lines}).json
    assert (changed["version"], changed["lines"][0]["id"]) == (2, kept["id"])
    assert changed["lines"][1]["id"] not in [line["id"] for line in entry["lines"]]
    assert [(line["account"]["key"], line["debit"], line["credit"], line["note"]) for line in changed["lines"]] == [
        ("200", "20.00", "0.00", None), ("100", "0.00", "20.00", "new")]  # fmt: skip
    assert api.figures()[3] == 2


def test_line_of_another_record_cannot_be_taken(api: Any) -> None:
    line = api.entry("R1")["lines"][0]["id"]
    other = api.entry("R2")
    lines = [{"id": line, "account": "100", "debit": "1"}, {"account": "200", "credit": "1"}]
    answer = api.as_(If_Match="*").call("PATCH", f"toy/entries/{other['id']}", {"lines": lines})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["lines.0.id"])
    assert api.get(f"toy/entries/{other['id']}").json == other


def test_extension_is_saved_with_its_record_and_moves_its_version(api: Any) -> None:
    path = f"toy/accounts/{api.account('A1')['id']}"
    changed = api.as_(If_Match='"1"').call("PATCH", path, {"ext": {"paint": {"budget": "5"}}}).json
    assert (changed["ext"], changed["version"]) == ({"paint": {"budget": "5.00", "colour": ""}}, 2)
    assert [row["id"] for row in api.get("toy/accounts", **{"ext.paint.budget__gt": "4.99"}).json["items"]] == [
        changed["id"]
    ]


def test_record_that_others_refer_to_is_not_deleted(api: Any) -> None:
    api.entry("R1")
    before = api.figures()
    account = api.ok("GET", "toy/accounts?code=100")["items"][0]["id"]
    assert api.as_(If_Match="*").call("DELETE", f"toy/accounts/{account}").status_code == 409
    assert api.figures() == before


def test_deleted_record_takes_its_lines_with_it(api: Any) -> None:
    before = api.figures()
    entry = api.entry("R1")
    assert api.as_(If_Match='"1"').call("DELETE", f"toy/entries/{entry['id']}").status_code == 204
    assert api.figures() == before


def test_locked_record_is_neither_changed_nor_deleted(api: Any) -> None:
    entry = api.entry("R1")
    path = f"toy/entries/{entry['id']}"
    posted = api.ok("POST", f"{path}/actions/post")
    locked = api.as_(If_Match="*")
    answers = [
        locked.call("PATCH", path, {"reference": "R2"}),
        locked.call("PATCH", path, {"lines": BALANCED}),
        locked.call("DELETE", path),
    ]
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert api.get(path).json == posted


def test_history_tells_who_did_what_newest_first(api: Any) -> None:
    account = api.account("A1", rank=1)
    path = f"toy/accounts/{account['id']}"
    api.as_(If_Match="*").call("PATCH", path, {"rank": 2})
    api.ok("POST", f"{path}/actions/adjust", {"ceiling": "9"})
    items = api.get(f"{path}/history").json["items"]
    assert [(each["action"], each["actor"], each["via"]) for each in items] == [
        ("adjust", "admin", "api"), ("update", "admin", "api"), ("create", "admin", "api")]  # fmt: skip
    assert items[1]["changes"] == {"rank": [1, 2]}
    assert items[0]["changes"]["ceiling"] == [None, "9"]
    assert items[2]["changes"]["code"] == [None, "A1"]


def test_history_of_a_private_field_is_for_those_alone_who_may_read_it(api: Any) -> None:
    path = f"toy/accounts/{api.account('A1', secret='hush')['id']}"
    assert api.get(path).json["secret"] == "hush"
    clerk = api.as_("clerk")
    assert "secret" not in clerk.get(path).json
    assert "secret" not in clerk.get(f"{path}/history").json["items"][0]["changes"]
    assert "secret" not in clerk.get("toy/accounts").json["items"][0]
    refused = clerk.as_(If_Match="*").call("PATCH", path, {"secret": "mine"})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["secret"])
    for query in ({"secret": "hush"}, {"sort": "secret"}, {"fields": "secret"}, {"parent.secret": "hush"}):
        assert clerk.get("toy/accounts", **query).status_code == 400
