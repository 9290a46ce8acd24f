"""Records as a board, a calendar and a tree, from what the entity says of itself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from trastienda.builtin.web import calendars

from .conftest import Desk, Entry, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")


def test_a_board_has_a_column_a_state_with_its_number(desk: Desk, client: FlaskClient) -> None:
    ids = [desk.entry(f"F-{number}") for number in range(3)]
    desk.write(lambda work: work.act(work.get(Entry, ids[0]), "post"))
    page = client.get("/books/entries/board").text
    assert texts(page, r'<h2 id="state-[^>]*>(.*?)</h2>') == ["Draft 2", "Posted 1", "Reversed 0"]
    assert texts(page, r'<a class="card-title"[^>]*>(.*?)</a>') == ["F-2", "F-1", "F-0"]


def test_a_card_moves_on_and_comes_back_to_the_board(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    form = {"_version": "1", "_next": "/books/entries/board?q=F"}
    answer = send(client, f"/books/entries/{identity}/actions/post", form)
    assert (answer.location, desk.stored(identity).state) == ("/books/entries/board?q=F", "posted")
    assert desk.stored(identity).memo == "Memo of F-1"


def test_a_card_offers_the_moves_of_its_state_to_those_who_may(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    moves = r'data-to="(\w+)"'
    assert re.findall(moves, client.get("/books/entries/board").text) == ["posted"]
    assert re.findall(moves, desk.client("leo").get("/books/entries/board").text) == []


def test_what_waits_for_longer_than_it_should_is_marked(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    assert "too long" not in client.get("/books/entries/board").text
    desk.site.clock = lambda: datetime(2099, 1, 1, tzinfo=UTC)
    page = client.get("/books/entries/board").text
    assert 'class="card is-late"' in page
    assert re.search(r"waiting for \d+ days, too long", page)


def test_a_board_is_narrowed_like_its_list(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    desk.entry("G-1")
    page = client.get("/books/entries/board?q=G").text
    assert texts(page, r'<a class="card-title"[^>]*>(.*?)</a>') == ["G-1"]
    assert client.get("/books/entries/board?no=1").location == "/books/entries/board"


def test_a_calendar_has_the_records_of_its_month(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1", on=date(2026, 3, 5))
    desk.entry("F-2", on=date(2026, 4, 6))
    desk.entry("F-3", on=date(2026, 6, 5))
    page = client.get("/books/entries/calendar?month=2026-03").text
    assert texts(page, r'<span class="clip">([^<]*)</span></a></li>') == ["F-1 · Memo of F-1"]
    assert texts(page, r"<h2>(.*?)</h2>") == ["March 2026"]
    april = client.get("/books/entries/calendar?month=2026-04").text
    assert texts(april, r'<span class="clip">([^<]*)</span></a></li>') == ["F-2 · Memo of F-2"]
    assert 'href="/books/entries/calendar?month=2026-03" rel="prev"' in april


def test_a_full_day_leads_to_its_list(desk: Desk, client: FlaskClient) -> None:
    for number in range(7):
        desk.entry(f"F-{number}", on=date(2026, 3, 5))
    page = client.get("/books/entries/calendar?month=2026-03").text
    assert texts(page, r'<a class="quiet" href="(.*?)"') == [
        "/books/entries?date__lte=2026-03-05&amp;date__gte=2026-03-05"
    ]


def test_a_month_of_more_than_can_be_fetched_counts_every_day(
    desk: Desk, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendars, "MAX_LIMIT", 6)
    for day, count in ((5, 5), (20, 3), (25, 2), (26, 9)):
        for number in range(count):
            desk.entry(f"F-{day}-{number}", on=date(2026, 3, day))
    page = client.get("/books/entries/calendar?month=2026-03").text
    assert len(texts(page, r'<span class="clip">([^<]*)</span></a></li>')) == 6
    found = texts(page, r'<li><a class="quiet" href="[^"]*">(.*?)</a>')
    assert found == ["2 more", "2 vouchers", "6+ vouchers"]


def test_a_month_that_is_none_is_this_one(desk: Desk, client: FlaskClient) -> None:
    desk.site.clock = lambda: datetime(2026, 3, 5, tzinfo=UTC)
    assert texts(client.get("/books/entries/calendar?month=x").text, r"<h2>(.*?)</h2>") == ["March 2026"]


def test_a_shape_that_records_do_not_have_is_nowhere(client: FlaskClient) -> None:
    assert client.get("/books/accounts/board").status_code == 404
    assert client.get("/books/entries/tree").status_code == 404
    assert 'class="shapes"' not in client.get("/books/accounts").text
    assert texts(client.get("/books/entries").text, r'<nav class="shapes".*?>(.*?)</nav>') == ["List Board Calendar"]


def test_shapes_are_for_those_who_may_read(desk: Desk) -> None:
    assert desk.client("leo").get("/identity/users/board").status_code in (403, 404)
