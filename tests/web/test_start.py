"""The start page: what waits for whom, and what he last worked on."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from trastienda.builtin.identity.administration import add_user

from .conftest import PASSWORD, Desk, Entry, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

WAITING = r'<h2 class="panel-title" id="waiting">.*?<ul[^>]*>(.*?)</ul>'
RECENT = r'<h2 class="panel-title" id="recent">.*?<ul[^>]*>(.*?)</ul>'


def test_what_waits_is_counted_for_those_who_may_move_it(desk: Desk, client: FlaskClient) -> None:
    assert texts(client.get("/").text, WAITING) == []
    ids = [desk.entry(f"F-{number}") for number in range(3)]
    desk.write(lambda work: work.act(work.get(Entry, ids[0]), "post"))
    page = client.get("/").text
    assert texts(page, WAITING) == ["Vouchers: draft 2"]
    assert 'href="/books/entries?state=draft"' in page
    assert texts(desk.client("leo").get("/").text, WAITING) == []


def test_what_one_changed_on_screen_is_at_hand(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    assert texts(client.get("/").text, RECENT) == []
    for code in ("100", "200"):
        send(client, "/books/accounts/new", {"code": code, "name": f"Account {code}", "kind": "asset"})
    assert texts(client.get("/").text, RECENT) == ["Account 200 Account 200 Account 100 Account 100"]
    send(client, "/books/accounts/5/delete", {"_version": "1"})
    assert texts(client.get("/").text, RECENT) == ["Account 200 Account 200"]
    assert texts(desk.client("leo").get("/").text, RECENT) == []


@pytest.mark.parametrize(
    ("language", "title", "name"),
    [("en", "You have no role yet", "signed in as nora"), ("es", "Todavía no tiene ningún rol", "entrado como nora")],
)
def test_whoever_has_no_role_is_told_so_and_whom_to_ask(desk: Desk, language: str, title: str, name: str) -> None:
    desk.write(lambda work: add_user(work, name="nora", password=PASSWORD, roles=[]))
    client = desk.client("nora", language=language)
    answer = client.get("/")
    assert answer.status_code == 200
    assert title in answer.text
    assert name in answer.text
    assert 'action="/sign-out"' in answer.text
    elsewhere = client.get("/books/entries")
    assert elsewhere.status_code == 403
    assert 'href="/"' in elsewhere.text
    assert "/sign-in" not in elsewhere.text


def test_a_company_that_one_lost_is_left_for_another(desk: Desk) -> None:
    client = desk.client("leo")
    client.set_cookie("trastienda_company", "GONE")
    assert client.get("/books/entries").status_code == 404
    assert client.get("/").headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.get("/books/entries").status_code == 200


def test_shortcuts_make_what_is_worked_on_day_by_day(desk: Desk, client: FlaskClient) -> None:
    made = r'<nav class="shortcuts.*?</nav>'
    (shortcuts,) = re.findall(made, client.get("/").text, re.DOTALL)
    assert texts(shortcuts, r'href="(.*?)"') == ["/books/entries/new"]
    assert re.findall(made, desk.client("leo").get("/").text, re.DOTALL) == []
