"""Pages by Flask's client: what each answers, offers and refuses."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from .conftest import PASSWORD, Desk, send

pytestmark = pytest.mark.database("sqlite")


def texts(page: str, pattern: str) -> list[str]:
    found = (re.sub(r"<[^>]+>", " ", each) for each in re.findall(pattern, page, re.S))
    return [" ".join(each.split()) for each in found]


# -- coming in
def test_without_signing_in_every_page_leads_to_the_door(desk: Desk) -> None:
    answer = desk.app.test_client().get("/books/entries?state=draft")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fbooks%2Fentries%3Fstate%3Ddraft")


def test_signing_in_leads_to_the_page_that_was_asked_for(desk: Desk) -> None:
    form = {"name": "ana", "password": PASSWORD, "next": "/books/entries?state=draft"}
    answer = send(desk.app.test_client(), "/sign-in", form)
    assert (answer.status_code, answer.location) == (303, "/books/entries?state=draft")


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_signing_in_never_leads_to_another_server(desk: Desk, next_: str) -> None:
    answer = send(desk.app.test_client(), "/sign-in", {"name": "ana", "password": PASSWORD, "next": next_})
    assert answer.location == "/"


def test_a_wrong_password_is_said_at_its_field(desk: Desk) -> None:
    answer = send(desk.app.test_client(), "/sign-in", {"name": "ana", "password": "wrong"})
    assert answer.status_code == 422
    assert texts(answer.text, r'<p class="error" id="f-password-error">(.*?)</p>') == [
        "The name or the password is wrong."
    ]


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    answer = desk.client().post("/books/accounts/new", data={"code": "1", "name": "Forged"})
    assert answer.status_code == 400
    assert "That was not understood" in answer.text


def test_signing_out_ends_the_session(client: FlaskClient) -> None:
    assert send(client, "/sign-out", {}).location == "/sign-in"
    assert client.get("/").location == "/sign-in"


def test_pages_forbid_inline_code_and_foreign_hosts(client: FlaskClient) -> None:
    answer = client.get("/books/entries/new")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "'unsafe" not in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", answer.text) == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', answer.text) == []


# -- what the frame offers
def test_a_reader_is_offered_nothing_that_he_may_not_do(desk: Desk) -> None:
    identity = desk.entry("F-1")
    client = desk.client("leo")
    assert "/books/entries/new" not in client.get("/books/entries").text
    page = client.get(f"/books/entries/{identity}").text
    assert texts(page, r"<button[^>]*name=\"_action\"[^>]*>(.*?)</button>") == []
    assert f"/books/entries/{identity}/delete" not in page
    assert "/identity/users" not in page
    assert client.get("/identity/users").status_code == 403
    assert client.get("/books/entries/new").status_code == 403


def test_a_language_chosen_in_the_bar_holds(desk: Desk) -> None:
    client = desk.client(language="en")
    assert send(client, "/preferences", {"language": "es", "next": "/plugins"}).location == "/plugins"
    assert "<h1>Complementos</h1>" in client.get("/plugins").text


def test_a_company_chosen_in_the_bar_holds(desk: Desk) -> None:
    desk.entry("F-1")
    client = desk.client()
    send(client, "/preferences", {"company": "BETA", "next": "/books/entries/1"})
    assert "No vouchers yet" in client.get("/books/entries").text
    assert client.get("/books/entries/1").status_code == 404


def test_a_theme_chosen_in_the_bar_holds(client: FlaskClient) -> None:
    send(client, "/preferences", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/").text


@pytest.mark.parametrize("path", ["/nothing/here", "/books/entries/999", "/reports/none", "/books/entries/999/delete"])
def test_a_page_that_is_not_there_says_so_in_the_same_look(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text


def test_a_failure_inside_shows_its_number_and_no_trace(client: FlaskClient) -> None:
    answer = client.get("/reports/books.broken")
    assert answer.status_code == 500
    assert texts(answer.text, r"say this number:.*?<code>(.*?)</code>") == [answer.headers["X-Request-Id"]]
    assert "RuntimeError" not in answer.text


def test_files_are_kept_under_their_digest_and_compressed(desk: Desk) -> None:
    client = desk.app.test_client()
    page = client.get("/sign-in").text
    addresses = re.findall(r'"(/assets/[^"]+\.(?:css|js))"', page)
    assert len(addresses) == 3
    sizes = 0
    for address in addresses:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
        assert "immutable" in answer.headers["Cache-Control"]
        sizes += len(answer.data)
    assert sizes + len(page) < 150_000
    script = client.get(next(each for each in addresses if each.endswith(".js")))
    assert len(script.data) < 20_000


# -- lists
def rows(page: str) -> list[str]:
    return texts(page, r'<td role="cell" class="first[^"]*"[^>]*>(.*?)</td>')


def test_a_list_shows_every_record_once_page_by_page(desk: Desk) -> None:
    for number in range(120):
        desk.entry(f"F-{number:03}")
    client, seen, address = desk.client(), [], "/books/entries"
    while address:
        page = client.get(address).text
        seen += rows(page)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        address = following[0].replace("&amp;", "&") if following else ""
    assert sorted(seen) == [f"F-{number:03}" for number in range(120)]


def test_a_filter_form_becomes_an_address_without_what_is_empty(client: FlaskClient) -> None:
    answer = client.get("/books/postings?typed=1&q=&debit__gte=1%2C000.50&note__contains=&debit__lte=")
    assert answer.location == "/books/postings?debit__gte=1000.50"


def test_a_filter_is_typed_in_the_readers_notation(desk: Desk) -> None:
    answer = desk.client(language="es").get("/books/postings?typed=1&debit__gte=1.000%2C50")
    assert answer.location == "/books/postings?debit__gte=1000.50"


def test_filters_and_search_narrow_the_list_and_can_be_taken_away(desk: Desk) -> None:
    desk.entry("F-1", on=date(2026, 1, 5))
    desk.entry("F-2", on=date(2026, 2, 5))
    desk.entry("G-3", on=date(2026, 2, 6))
    page = desk.client().get("/books/entries?q=f-&date__gte=2026-02-01").text
    assert rows(page) == ["F-2"]
    assert texts(page, r'<ul class="chips".*?<li><a[^>]*><span>(.*?)</span>') == ["Date ≥ 01 Feb 2026"]
    assert 'href="/books/entries?q=f-"' in page


def test_a_heading_sorts_and_sorts_back(desk: Desk) -> None:
    for reference in ("B", "A", "C"):
        desk.entry(reference)
    client = desk.client()
    up = client.get("/books/entries?sort=reference").text
    assert rows(up) == ["A", "B", "C"]
    assert 'aria-sort="ascending"><a href="/books/entries?sort=-reference"' in up
    assert rows(client.get("/books/entries?sort=-reference").text) == ["C", "B", "A"]


def test_a_list_that_cannot_be_asked_for_leads_to_the_whole_one(client: FlaskClient) -> None:
    answer = client.get("/books/entries?nonsense=1", follow_redirects=True)
    assert answer.request.path == "/books/entries"
    assert "there is no field" in answer.text


def test_an_empty_list_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/books/entries").text
    assert "No vouchers yet" in page
    assert texts(page, r'<div class="empty">.*?<a class="btn btn-primary" href="/books/entries/new">(.*?)</a>') == [
        "New voucher"
    ]
    assert "Loosen the search" in client.get("/books/entries?q=zzz").text


def test_a_look_up_puts_the_beginning_of_a_key_before_words(client: FlaskClient) -> None:
    found = client.get("/books/accounts/lookup?q=4").json["items"]
    assert [(each["key"], each["label"]) for each in found] == [
        ("430000", "Trade receivables"),
        ("477000", "Output tax"),
    ]
    by_name = client.get("/books/accounts/lookup?q=SÁLES").json["items"]
    assert [each["key"] for each in by_name] == ["700000"]


def test_the_export_is_of_exactly_what_is_shown(desk: Desk) -> None:
    desk.entry("F-1")
    desk.entry("G-2")
    client = desk.client()
    page = client.get("/books/entries?q=g&sort=-date").text
    address = re.findall(r'href="(/api/v1/books/entries/export[^"]*csv)"', page)[0].replace("&amp;", "&")
    lines = client.get(address).text.splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["G-2"]


# -- a selection
def test_a_selection_is_acted_upon_with_a_result_for_each(desk: Desk) -> None:
    good, closed = desk.entry("F-1"), desk.entry("F-2", on=date(2025, 1, 1))
    client = desk.client()
    asked = send(client, "/books/entries/bulk", {"_action": "post", "ids": [good, closed]})
    assert "Post what is selected? (2)" in asked.text
    done = send(client, "/books/entries/bulk", {"_action": "post", "ids": [good, closed], "_confirmed": "1"})
    assert texts(done.text, r"<tr><th scope=\"row\">(.*?)</tr>") == [
        "Voucher F-1 Done",
        "Voucher F-2 The year is closed",
    ]
    assert (desk.stored(good).state, desk.stored(closed).state) == ("posted", "draft")


def test_nothing_selected_is_said(client: FlaskClient) -> None:
    page = send(client, "/books/entries/bulk", {"_action": "delete"}, follow=True).text
    assert "Nothing is selected." in page
