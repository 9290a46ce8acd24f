"""Records that are put aside: out of lists, look-ups and new references, and still in the old ones."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.cli import main
from trastienda.security.audit import AuditRecord
from trastienda.testing.fixtures import SignIn

pytestmark = pytest.mark.plugins("accounting", "hr", "inventory")
API = "/api/v1/accounting"
ANY = {"If-Match": "*"}


@pytest.fixture
def books(client: FlaskClient) -> FlaskClient:
    """Accounts 1 (with 11 below it), 2 and 3, a journal, and a draft that names 2 and 3."""
    for code, parent, postable in (("1", None, False), ("11", "1", True), ("2", None, True), ("3", None, True)):
        made = client.post(f"{API}/accounts", json={"code": code, "name": f"Account {code}", "kind": "asset",
                                                    "parent": parent, "postable": postable})
        assert made.status_code == 201, made.text
    for path, body in (("journals", {"code": "GEN", "name": "General"}), ("entries", draft("2", "3"))):
        made = client.post(f"{API}/{path}", json=body)
        assert made.status_code == 201, made.text
    return client


def draft(*accounts: str) -> dict[str, Any]:
    lines = [{"account": code, "debit": "1.00" if i == 0 else "0", "credit": "0" if i == 0 else "1.00"}
             for i, code in enumerate(accounts)]
    return {"date": "2026-03-01", "journal": "GEN", "reference": "R1", "description": "x", "lines": lines}


def one(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    (found,) = client.get(f"{API}/{path}", query_string={**query, "archived": "all"} if path == "accounts" else query
                          ).json["items"]
    return dict(found)


def act(client: FlaskClient, code: str, action: str) -> Any:
    return client.post(f"{API}/accounts/{one(client, 'accounts', code=code)['id']}/actions/{action}")


def codes(client: FlaskClient, **query: str) -> list[str]:
    return [each["code"] for each in client.get(f"{API}/accounts", query_string=query).json["items"]]


# -- lists
def test_an_archived_record_leaves_lists_and_is_found_when_asked_for(books: FlaskClient) -> None:
    answer = act(books, "2", "archive")
    assert (answer.status_code, answer.json["active"]) == (200, False)
    assert codes(books) == ["1", "11", "3"]
    assert (codes(books, archived="true"), codes(books, archived="all")) == (["2"], ["1", "11", "2", "3"])
    assert (codes(books, archived="false", q="Account"), codes(books, active="false")) == (["1", "11", "3"], ["2"])
    assert codes(books, match="any", code="2", name="Account 2") == []
    assert books.get(f"{API}/accounts", query_string={"count": "exact"}).json["count"] == 3
    assert [each["count"] for each in books.get(f"{API}/accounts?group=kind").json["groups"]] == [3]
    assert books.get(f"{API}/accounts/{answer.json['id']}").status_code == 200
    assert act(books, "2", "bring-back").json["active"] is True
    assert codes(books) == ["1", "11", "2", "3"]


def test_what_is_no_choice_and_what_is_never_archived_is_said(books: FlaskClient) -> None:
    for path, text in (("accounts", "perhaps"), ("entries", "true")):
        answer = books.get(f"{API}/{path}?archived={text}")
        assert (answer.status_code, list(answer.json["errors"])) == (400, ["archived"])


def test_exports_leave_it_out_too(books: FlaskClient) -> None:
    act(books, "2", "archive")
    for query, expected in (("", ["1", "11", "3"]), ("?archived=all", ["1", "11", "2", "3"])):
        rows = books.get(f"{API}/accounts/export{query}").text.splitlines()
        assert [row.split(",")[1] for row in rows[1:]] == expected


def test_the_command_line_does_as_well(
    books: FlaskClient, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    act(books, "2", "archive")
    for name in ("database", "data"):
        monkeypatch.setenv(f"TRASTIENDA_{name.upper()}", str(getattr(site.settings, name)))
    for more, expected in ([], ["1", "11", "3"]), (["-f", "archived=true"], ["2"]):
        told = CliRunner().invoke(main, ["export", "accounting.account", *more], catch_exceptions=False)
        assert [row.split(",")[1] for row in told.stdout.splitlines()[1:]] == expected


# -- references
def test_nothing_new_names_it_and_what_does_goes_on_doing_so(books: FlaskClient) -> None:
    act(books, "2", "archive")
    refused = books.post(f"{API}/entries", json=draft("3", "2"))
    assert (refused.status_code, refused.json["errors"]) == (422, {"lines.1.account": ["account 2 is archived."]})
    old = one(books, "entries", include="lines")
    assert [line["account"]["key"] for line in old["lines"]] == ["2", "3"]
    at = f"{API}/entries/{old['id']}"
    changed = books.patch(at, json={"description": "y", "lines": old["lines"]}, headers=ANY)
    assert changed.status_code == 200, changed.text
    again = books.patch(at, json={"lines": draft("3", "2")["lines"]}, headers=ANY)
    assert again.status_code == 200, again.text
    moved = books.patch(at, json={"lines": draft("3", "11")["lines"]}, headers=ANY)
    assert moved.status_code == 200
    back = books.patch(at, json={"lines": draft("3", "2")["lines"]}, headers=ANY)
    assert (back.status_code, list(back.json["errors"])) == (422, ["lines.1.account"])


def test_an_action_does_not_take_it_as_a_parameter(books: FlaskClient, client: FlaskClient) -> None:
    party = {"name": "x", "is_company": True}
    made = [client.post("/api/v1/contacts/parties", json={**party, "code": code}).json["id"] for code in ("P1", "P2")]
    client.post(f"/api/v1/contacts/parties/{made[1]}/actions/archive")
    merged = client.post(f"/api/v1/contacts/parties/{made[0]}/actions/merge", json={"into": "P2"})
    assert (merged.status_code, merged.json["errors"]) == (422, {"into": ["party P2 is archived."]})


def test_an_import_names_the_row_that_names_it_and_may_bring_it_in_again(books: FlaskClient) -> None:
    act(books, "2", "archive")
    act(books, "11", "archive")
    act(books, "1", "archive")
    new = "code,name,kind,parent,postable\n12,Twelve,asset,1,true\n"
    refused = imported(books, new)
    assert refused.status_code == 422
    assert [(each["row"], each["column"], each["message"]) for each in refused.json["errors"]] == [
        (2, "parent", "account 1 is archived.")]
    known = "code,name,kind,parent,postable\n11,Eleven,asset,1,true\n2,Two,asset,,true\n"
    done = imported(books, known)
    assert (done.status_code, done.json["updated"]) == (200, 2), done.text
    assert one(books, "accounts", code="2")["name"] == "Two"
    assert codes(books) == ["3"]
    woken = imported(books, "code,active\n2,true\n")
    assert woken.status_code == 200, woken.text
    assert codes(books) == ["2", "3"]


def imported(client: FlaskClient, text: str) -> Any:
    return client.post(f"{API}/accounts/import", data={
        "file": (io.BytesIO(text.encode()), "accounts.csv")}, content_type="multipart/form-data")


# -- what is refused
def test_a_tree_is_archived_from_its_leaves_and_brought_back_from_its_root(books: FlaskClient) -> None:
    refused = act(books, "1", "archive")
    assert (refused.status_code, refused.json["errors"]) == (
        422, {"active": ["There are records below it that are not archived"]})
    assert [act(books, code, "archive").status_code for code in ("11", "1")] == [200, 200]
    refused = act(books, "11", "bring-back")
    assert (refused.status_code, refused.json["errors"]) == (422, {"active": ["The record above it is archived"]})
    assert [act(books, code, "bring-back").status_code for code in ("1", "11")] == [200, 200]


def test_twice_is_once_too_often(books: FlaskClient) -> None:
    assert [act(books, "3", "archive").status_code, act(books, "3", "archive").status_code] == [200, 409]
    assert [act(books, "3", "bring-back").status_code, act(books, "3", "bring-back").status_code] == [200, 409]


def test_who_may_not_change_may_not_archive(books: FlaskClient, sign_in: SignIn) -> None:
    reader = sign_in("auditor")
    assert act(reader, "3", "archive").status_code == 403


def test_the_audit_tells_of_it(books: FlaskClient) -> None:
    act(books, "3", "archive")
    last = AuditRecord.select().order_by(AuditRecord.id.desc()).first()
    assert (last.entity, last.key, last.action, last.changes) == (
        "accounting.account", "3", "archive", '{"active":[true,false]}')


def test_what_something_names_is_not_deleted_and_the_refusal_says_what(books: FlaskClient, sign_in: SignIn) -> None:
    at = f"{API}/accounts/{one(books, 'accounts', code='2')['id']}"
    refused = books.delete(at, headers=ANY)
    told = one(books, "entries")["number"] or ""
    assert (refused.status_code, refused.json["referred_by"]) == (409, [
        {"entity": "accounting.entry", "field": "lines.account", "keys": [told] if told else ["…"]}])
    words = r"Account 2 is referred to by .*, account( \(.*\))?: archive it instead"
    assert re.fullmatch(words, refused.json["detail"]), refused.json["detail"]
    assert books.delete(f"{API}/accounts/{one(books, 'accounts', code='11')['id']}", headers=ANY).status_code == 204
    assert books.delete(f"{API}/accounts/{one(books, 'accounts', code='1')['id']}", headers=ANY).status_code == 204


# -- every entity that can be
def test_the_description_says_it_of_those_entities_alone(client: FlaskClient, site: Site) -> None:
    paths = client.get("/api/v1/openapi.json").json["paths"]
    told = {name for name, entity in site.registry.entities.items()
            if any(each.get("name") == "archived" for each in _get(paths, entity.path))}
    assert told == {name for name, entity in site.registry.entities.items() if entity.archive is not None}
    assert told >= {"accounting.account", "contacts.party", "hr.department", "hr.leave-type", "inventory.product"}


def _get(paths: dict[str, Any], path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = paths[f"/api/v1/{path}"]["get"].get("parameters", [])
    return found


# -- on screen
def test_it_is_put_aside_and_found_again_on_screen(books: FlaskClient, browser_client: FlaskClient) -> None:
    identity = one(books, "accounts", code="3")["id"]
    at = f"/accounting/accounts/{identity}"
    def buttons() -> list[str]:
        return re.findall(r'value="(archive|bring-back)"', browser_client.get(at).text)

    assert buttons() == ["archive"]
    done = browser_client.post("/accounting/accounts/bulk", data={
        "ids": str(identity), "_action": "archive", "_confirmed": "1"})
    assert done.status_code == 303
    assert buttons() == ["bring-back"]
    assert "Archived" in browser_client.get(at).text
    page = browser_client.get("/accounting/accounts").text
    assert (f'href="{at}"' in page, 'name="archived"' in page, 'name="active"' in page) == (False, True, False)
    heading = 'href="/accounting/accounts?sort=active"'  # it would say the same of each
    assert (heading in page, ">Active" in browser_client.get("/accounting/accounts?archived=all").text) == (False, True)
    alone = browser_client.get("/accounting/accounts?archived=true").text
    assert (f'href="{at}"' in alone, "Archived: Shown alone" in alone) == (True, True)
    assert ('value="bring-back"' in alone, 'value="archive"' in alone) == (True, False)
    found = browser_client.get("/accounting/accounts/lookup?q=3").json["items"]
    assert found == []
