"""Finding records by any word, and making one from within another's form."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")


def test_a_word_finds_records_of_every_kind(desk: Desk, client: FlaskClient) -> None:
    desk.entry("Sales-1")
    items = client.get("/find?q=SALES").json["items"]
    assert [(each["label"], each["where"]) for each in items] == [("700000 Sales", "Account"), ("Sales-1", "Voucher")]
    assert items[1]["url"] == "/books/entries/1"
    assert client.get("/find?q=s").json["items"] == []


def test_one_finds_only_what_one_may_read(desk: Desk) -> None:
    wheres = {each["where"] for each in desk.client("leo").get("/find?q=a").json["items"]}
    assert {each["where"] for each in desk.client("leo").get("/find?q=an").json["items"]} <= {"Account", "Voucher"}
    assert wheres == set()


def test_a_record_is_made_from_within_another_form(desk: Desk, client: FlaskClient) -> None:
    page = client.get("/books/accounts/quick?text=Petty").text
    assert ("<html" in page, 'name="name"' in page, 'value="Petty"' in page) == (False, True, True)
    refused = send(client, "/books/accounts/quick", {"name": "Petty cash", "kind": "asset"})
    assert refused.status_code == 422
    assert texts(refused.text, r'id="f-code-error">(.*?)</p>') == ["Must not be empty."]
    made = send(client, "/books/accounts/quick", {"code": "570", "name": "Petty cash", "kind": "asset"})
    assert (made.status_code, made.json) == (201, {"id": 5, "key": "570", "label": "Petty cash"})


def test_only_those_who_may_create_are_offered_it(desk: Desk, client: FlaskClient) -> None:
    assert 'data-create="/books/accounts/quick"' in client.get("/books/entries/new").text
    assert desk.client("leo").get("/books/accounts/quick").status_code == 403


def test_related_records_are_counted(desk: Desk, client: FlaskClient) -> None:
    for number in range(3):
        desk.entry(f"F-{number}")
    related = r'<ul class="related".*?>(.*?)</ul>'
    assert texts(client.get("/books/accounts/1").text, related) == ["Postings 3"]
