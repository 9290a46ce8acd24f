"""Imports: told, sent again, and taken back while nothing depends on them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda import Site
from trastienda.security.audit import verify

PARTIES = "/api/v1/contacts/parties"
BATCHES = "/api/v1/records/imports"


def send(client: FlaskClient, text: str, name: str = "parties.csv", address: str = PARTIES, **query: str) -> Any:
    return client.post(f"{address}/import", query_string=query, content_type="multipart/form-data",
                       data={"file": (io.BytesIO(text.encode()), name)})  # fmt: skip


def undo(client: FlaskClient, batch: int) -> Any:
    return client.post(f"{BATCHES}/{batch}/actions/undo")


def codes(client: FlaskClient) -> dict[str, str]:
    return {each["code"]: each["name"] for each in client.get(PARTIES, query_string={"limit": "200"}).json["items"]}


def test_import_is_told_with_its_file_and_figures(client: FlaskClient) -> None:
    send(client, "code,name\nA1,One\n")
    made = send(client, "code,name\nA1,Uno\nA2,Two\n").json
    batch = client.get(f"{BATCHES}/{made['batch']}").json
    assert {name: batch[name] for name in ("entity", "file", "rows", "created", "updated", "state")} == {
        "entity": "contacts.party", "file": "parties.csv", "rows": 2, "created": 1, "updated": 1,
        "state": "done"}  # fmt: skip
    assert len(batch["digest"]) == 64
    assert [each["id"] for each in client.get(BATCHES).json["items"]] == [made["batch"], made["batch"] - 1]
    assert send(client, "code,name\nA3,Three\n", dry_run="true").json["batch"] is None


def test_undo_deletes_what_was_made_and_sets_back_what_was_changed(client: FlaskClient, site: Site) -> None:
    send(client, "code,name,notes\nA1,One,first\nA2,Two,\n")
    before = client.get(PARTIES).json["items"]
    made = send(client, "code,name,notes\nA1,Uno,second\nA3,Three,\n").json
    assert codes(client) == {"A1": "Uno", "A2": "Two", "A3": "Three"}
    undone = undo(client, made["batch"])
    assert (undone.status_code, undone.json["state"]) == (200, "undone"), undone.text
    after = client.get(PARTIES).json["items"]
    assert [{**each, "version": 0} for each in after] == [{**each, "version": 0} for each in before]
    assert undo(client, made["batch"]).status_code == 409
    assert verify(site.database)[2] == []


def test_lines_are_set_back_too(client: FlaskClient) -> None:
    answer = client.post(PARTIES, json={"code": "A1", "name": "One", "roles": [{"role": "customer"}],
                                        "addresses": [{"kind": "invoices", "city": "Vigo"}]})  # fmt: skip
    assert answer.status_code == 201, answer.text
    line = '{"code": "A1", "roles": [{"role": "supplier"}], "addresses": []}\n'
    made = send(client, line, "p.jsonl").json
    assert made["updated"] == 1, made
    assert undo(client, made["batch"]).status_code == 200
    now = client.get(f"{PARTIES}/{answer.json['id']}").json
    assert [each["role"] for each in now["roles"]] == ["customer"]
    assert [(each["kind"], each["city"]) for each in now["addresses"]] == [("invoices", "Vigo")]


def test_what_depends_on_an_import_keeps_it_and_is_named(client: FlaskClient) -> None:
    made = send(client, "code,name\nA1,One\nA2,Two\n").json
    first = client.get(PARTIES, query_string={"code": "A1"}).json["items"][0]
    client.patch(f"{PARTIES}/{first['id']}", json={"name": "Changed"}, headers={"If-Match": "*"})
    refused = undo(client, made["batch"])
    assert (refused.status_code, refused.json["errors"]) == (409, {"": ["party A1 has changed since."]})
    assert codes(client) == {"A1": "Changed", "A2": "Two"}
    assert client.get(f"{BATCHES}/{made['batch']}").json["state"] == "done"


@pytest.mark.plugins("accounting")
def test_records_that_others_refer_to_or_that_are_locked_stay_with_the_reason(client: FlaskClient) -> None:
    accounts = send(client, "code,name,kind\n57,Cash,asset\n70,Sales,income\n", address="/api/v1/accounting/accounts")
    entries = ("reference,date,journal,account,debit,credit\n"
               "E1,2026-01-02,GEN,57,10.00,\nE1,2026-01-02,GEN,70,,10.00\n")  # fmt: skip
    made = send(client, entries, address="/api/v1/accounting/entries", create_missing="true", post="true")
    assert made.status_code == 200, made.text
    refused = undo(client, accounts.json["batch"])
    assert refused.status_code == 409
    assert sorted(text.partition(":")[0] for text in refused.json["errors"][""]) == ["account 57", "account 70"]
    refused = undo(client, made.json["batch"])
    assert refused.status_code == 409
    assert "it can no longer change" in refused.json["errors"][""][0]


@pytest.mark.plugins("accounting")
def test_draft_entries_and_what_was_created_on_the_way_go_together(client: FlaskClient) -> None:
    send(client, "code,name,kind\n57,Cash,asset\n70,Sales,income\n", address="/api/v1/accounting/accounts")
    entries = ("reference,date,journal,account,debit,credit\n"
               "E1,2026-01-02,GEN,57,10.00,\nE1,2026-01-02,GEN,70,,10.00\n")  # fmt: skip
    made = send(client, entries, address="/api/v1/accounting/entries", create_missing="true").json
    assert made["made"]["accounting.journal"] == 1
    undone = undo(client, made["batch"])
    assert undone.status_code == 200, undone.text
    for path in ("entries", "journals", "periods", "fiscal-years"):
        assert client.get(f"/api/v1/accounting/{path}").json["items"] == [], path


def test_undo_needs_what_deleting_by_hand_would(client: FlaskClient, sign_in: Any) -> None:
    manager, reader = sign_in("contacts.manager"), sign_in("contacts.reader")
    made = send(manager, "code,name\nA1,One\n").json
    assert reader.get(f"{BATCHES}/{made['batch']}").status_code == 404
    assert undo(reader, made["batch"]).status_code == 404
    other = send(client, "code,name\nA2,Two\n").json
    assert undo(manager, other["batch"]).status_code == 404
    assert undo(manager, made["batch"]).status_code == 200
    assert codes(client) == {"A2": "Two"}


def test_name_of_another_system_updates_what_it_named_before(client: FlaskClient) -> None:
    first = send(client, "external_id,code,name\nX-1,A1,One\nX-2,A2,Two\n").json
    assert (first["created"], first["updated"]) == (2, 0), first
    again = send(client, "external_id,code,name\nX-2,B2,Deux\nX-3,A3,Three\n").json
    assert (again["created"], again["updated"]) == (1, 1), again
    assert codes(client) == {"A1": "One", "B2": "Deux", "A3": "Three"}
    assert undo(client, again["batch"]).status_code == 200
    assert codes(client) == {"A1": "One", "A2": "Two"}
    assert send(client, "external_id,code,name\nX-3,A3,Three\n").json["created"] == 1
    part = send(client, "external_id,name\nX-1,Uno\n").json
    assert (part["updated"], codes(client)["A1"]) == (1, "Uno")


@pytest.mark.database("sqlite")
def test_name_of_another_system_is_checked_by_its_row(client: FlaskClient) -> None:
    twice = send(client, "external_id,code,name\nX-1,A1,One\nX-1,A2,Two\n").json
    assert twice["errors"] == [{"row": 3, "column": "external_id", "message": "The same as in row 2."}]
    long = send(client, f"external_id,code,name\n{'x' * 201},A1,One\n").json
    assert [(each["row"], each["column"]) for each in long["errors"]] == [(2, "external_id")]
    new = send(client, "external_id,name\nX-9,Nobody\n").json
    assert [(each["row"], each["column"]) for each in new["errors"]] == [(2, "code")] or new["created"] == 1


@pytest.mark.plugins("accounting")
def test_entries_are_sent_again_by_the_other_systems_name(client: FlaskClient) -> None:
    send(client, "code,name,kind\n57,Cash,asset\n70,Sales,income\n", address="/api/v1/accounting/accounts")
    text = ("external_id,reference,date,journal,account,debit,credit\n"
            "E-1,R1,2026-01-02,GEN,57,{0},\nE-1,R1,2026-01-02,GEN,70,,{0}\n")  # fmt: skip
    first = send(client, text.format("10.00"), address="/api/v1/accounting/entries", create_missing="true")
    assert first.status_code == 200, first.text
    again = send(client, text.format("12.00"), address="/api/v1/accounting/entries").json
    assert (again["created"], again["updated"]) == (0, 1), again
    entry = client.get("/api/v1/accounting/entries", query_string={"include": "lines"}).json["items"][0]
    assert [each["debit"] for each in entry["lines"]] == ["12.00", "0.00"]


@pytest.mark.database("sqlite")
def test_headers_are_mapped_by_hand_or_as_kept(client: FlaskClient) -> None:
    text = "Kundennr;Firma;Egal\nA1;Eins;x\n"
    refused = send(client, text)
    assert (refused.status_code, refused.json["errors"][0]["row"]) == (422, 1)
    kept = client.post("/api/v1/records/mappings", json={"entity": "contacts.party", "name": "Old system", "columns": [
        {"header": "Kundennr", "column": "code"}, {"header": "Firma", "column": "name"},
        {"header": "Egal", "column": "-"}]})  # fmt: skip
    assert kept.status_code == 201, kept.text
    assert send(client, text, mapping="Old system").json["created"] == 1
    unknown = send(client, text, mapping="Other")
    assert (unknown.status_code, list(unknown.json["errors"])) == (400, ["mapping"])
    wrong = client.post("/api/v1/records/mappings", json={"entity": "contacts.party", "name": "x", "columns": [
        {"header": "a", "column": "nothing"}]})  # fmt: skip
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["columns.0.column"])


@pytest.mark.plugins("hr")
def test_clash_of_unique_values_names_its_row(client: FlaskClient, user: Any) -> None:
    names = [user("hr.self-service", name=name).name for name in ("ana", "bea", "eva")]
    staff, people = "/api/v1/hr/employees", [f"E{number},{name}\n" for number, name in enumerate(names)]
    made = send(client, f"code,user\n{''.join(people)}E8,\nE9,\n", address=staff)
    assert made.json["created"] == 5, made.text
    taken = {"column": "user", "message": "There is one with this value already."}
    for text, row in (
        ("E0,ana\nE8,\nE9,bea\n", 4),  # an update, of what another record has
        ("N1,\nN2,eva\n", 3),  # a new record, likewise
        ("E8,\nN1,\nN2,\nN3,ana\n", 5),
    ):
        refused = send(client, f"code,user\n{text}", address=staff).json
        assert refused["errors"] == [{"row": row, **taken}], text
    user("hr.self-service", name="ida")
    refused = send(client, "code,user\nN1,ida\nN2,\nN3,ida\n", address=staff).json
    assert refused["errors"] == [{"row": 4, **taken}]
    assert client.get(f"{staff}?count=exact&limit=1").json["count"] == 5


def test_clash_of_a_field_of_ones_own_names_its_row_when_records_are_updated(client: FlaskClient) -> None:
    field = {"entity": "contacts.party", "name": "tag", "label": "Tag", "kind": "text", "unique": True}
    assert client.post("/api/v1/records/custom-fields", json=field).status_code == 201
    assert send(client, "code,name,ext.custom.tag\nA1,One,x\nA2,Two,y\nA3,Three,z\n").json["created"] == 3
    refused = send(client, "code,ext.custom.tag\nA1,x\nA2,w\nA3,x\n").json
    assert [(each["row"], each["column"]) for each in refused["errors"]] == [(4, "ext.custom.tag")]
