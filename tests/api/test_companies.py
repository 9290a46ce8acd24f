"""Two companies in one database, and users who may see part of one: nothing shows through any door."""

from __future__ import annotations

from typing import Any


def test_nothing_of_another_company_can_be_read(api: Any) -> None:
    entry, beta = api.entry("R1"), api.as_(company="BETA")
    account = api.account("A1")
    assert beta.get("toy/entries").json["items"] == []
    assert beta.get("toy/postings", count="exact").json == {"items": [], "next": None, "count": 0}
    for path in (f"toy/entries/{entry['id']}", f"toy/accounts/{account['id']}"):
        assert [beta.get(f"{path}{tail}").status_code for tail in ("", "/history")] == [404, 404]
    assert beta.get("toy/accounts", id=account["id"]).json["items"] == []
    assert beta.get("toy/accounts", q="A1").json["items"] == []
    assert "A1" not in beta.get("toy/accounts/export").text
    assert [row["debit"] for row in beta.get("reports/toy.balances").json["rows"]] == ["0.00", "0.00"]


def test_nothing_of_another_company_can_be_changed(api: Any) -> None:
    entry, beta = api.entry("R1"), api.as_(company="BETA", If_Match="*")
    path = f"toy/entries/{entry['id']}"
    answers = [
        beta.call("PATCH", path, {"reference": "mine"}), beta.call("DELETE", path),
        beta.call("POST", f"{path}/actions/post"),
        beta.call("POST", "batch", {"operations": [{"method": "DELETE", "path": path, "if_match": "*"}]}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 4
    many = beta.ok("POST", "toy/entries/actions/post", {"ids": [entry["id"]]})
    assert [(each["ok"], each["status"]) for each in many["results"]] == [(False, 404)]
    assert api.get(path).json == entry


def test_record_of_another_company_cannot_be_referred_to(api: Any) -> None:
    account, beta = api.account("ONLY"), api.as_(company="BETA")
    for reference in ("ONLY", account["id"], {"id": account["id"]}):
        answer = beta.call("POST", "toy/accounts", {"code": "B1", "name": "x", "parent": reference})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["parent"])
        answer = beta.call("POST", "toy/accounts/1/actions/adjust", {"ceiling": "1", "like": reference})
        assert answer.status_code in (404, 422)


def test_keys_and_numbers_are_each_companys_own(api: Any) -> None:
    beta = api.as_(company="BETA")
    mine, theirs = api.account("A1"), beta.account("A1")
    assert mine["id"] != theirs["id"]
    posted = [door.ok("POST", f"toy/entries/{door.entry('R1')['id']}/actions/post")["number"] for door in (api, beta)]
    assert posted == ["E/0001", "E/0001"]


def test_company_that_is_not_there_is_not_found(api: Any) -> None:
    for code in ("NOPE", "acme", "x" * 500):
        assert api.as_(company=code).get("toy/accounts").status_code == 404, code


def test_user_reaches_only_the_rows_that_his_role_selects(api: Any) -> None:
    asset, debt = api.account("A1"), api.account("A2", kind="debt")
    debtors = api.as_("debtors", If_Match="*")
    assert [row["code"] for row in debtors.get("toy/accounts", count="exact").json["items"]] == ["A2"]
    assert debtors.get("toy/accounts", count="exact").json["count"] == 1
    assert debtors.get(f"toy/accounts/{asset['id']}").status_code == 404
    assert debtors.get("toy/accounts/export", fields="code").text.split() == ["code", "A2"]
    path = f"toy/accounts/{asset['id']}"
    answers = [
        debtors.call("PATCH", path, {"rank": 1}), debtors.call("DELETE", path),
        debtors.call("POST", f"{path}/actions/adjust", {"ceiling": "1"}),
        debtors.call("PATCH", f"toy/accounts/{debt['id']}", {"kind": "asset"}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 4
    assert debtors.call("POST", "toy/accounts", {"code": "A3", "name": "x"}).status_code == 403
    assert debtors.call("POST", "toy/accounts", {"code": "A3", "name": "x", "kind": "debt"}).status_code == 201
    assert api.get(f"toy/accounts/{debt['id']}").json == debt


def test_user_does_only_what_his_role_lets_him(api: Any) -> None:
    entry = api.entry("R1")
    before = api.figures()
    for user, allowed in (("clerk", {"toy/accounts"}), ("auditor", set())):
        door = api.as_(user, If_Match="*")
        path = f"toy/entries/{entry['id']}"
        answers = [
            door.call("POST", "toy/entries", {"date": "2026-01-01"}), door.call("PATCH", path, {"reference": "x"}),
            door.call("DELETE", path), door.call("POST", f"{path}/actions/post"),
            door.call("POST", "toy/entries/import", raw=b"date\n2026-01-01\n", content_type="text/csv"),
            door.call("POST", "batch", {"operations": [{"method": "DELETE", "path": path, "if_match": "*"}]}),
        ]  # fmt: skip
        assert [answer.status_code for answer in answers] == [403] * 6, user
        assert door.get("toy/entries").status_code == 200
        bad = door.call("POST", "toy/accounts", {})
        assert bad.status_code == (422 if "toy/accounts" in allowed else 403)
    assert api.as_("clerk").get("reports/toy.balances").status_code == 403
    assert api.as_("clerk").get("reports").json == {"items": []}
    assert api.as_("clerk").get("toy/diaries").status_code == 403
    assert api.figures() == before


def test_record_that_the_reader_may_not_see_is_referred_to_by_its_id_alone(api: Any) -> None:
    account = api.ok("GET", "toy/accounts?code=100")["items"][0]
    diary = api.ok("POST", "toy/diaries", {"about": "100"})
    assert diary["about"] == {"id": account["id"], "key": "100", "label": "Account 100"}
    child = api.account("A2", kind="debt", parent="100")
    seen = api.as_("debtors").get(f"toy/accounts/{child['id']}").json
    assert seen["parent"] == {"id": account["id"]}
    assert api.as_("debtors").get("toy/accounts", **{"parent.name": "x"}).status_code == 400
