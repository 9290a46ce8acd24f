"""Lists as people keep them: their own, shared ones, the one that is shown first, and who may do what with them."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")


@pytest.fixture(autouse=True)
def entries(desk: Desk) -> None:
    for number in (1, 2, 3):
        desk.entry(f"F-{number}", on=date(2026, number, 1))


def keep(client: FlaskClient, query: str, name: str, **more: str) -> None:
    answer = send(client, f"/books/entries/views?{query}", {"name": name, **more})
    assert (answer.status_code, parse_qsl(answer.location.partition("?")[2])) == (303, parse_qsl(query))


def views(client: FlaskClient) -> list[str]:
    page = client.get("/books/entries?view=none").text
    kept = re.search(r'<nav aria-label="Views">(.*?)</nav>', page, re.S)
    return texts(kept[1], r"<li><a [^>]*>(.*?)</a>") if kept else []


def references(client: FlaskClient, address: str = "/books/entries") -> list[str]:
    return texts(client.get(address).text, r'<td role="cell" class="first"[^>]*>(.*?)</td>')


def test_a_view_is_its_keepers_alone_unless_it_is_shared(desk: Desk) -> None:
    leo, ana = desk.client("leo"), desk.client("ana")
    keep(leo, "date__gte=2026-02-01&sort=reference", "Since February")
    keep(leo, "reference=F-1", "For all", shared="1")
    assert (views(leo), views(ana)) == (["All", "For all shared", "Since February"], ["All", "For all shared"])


def test_a_view_shows_its_filters_order_and_columns_again(desk: Desk) -> None:
    leo = desk.client("leo")
    keep(leo, "date__gte=2026-02-01&sort=reference&fields=reference%2Cstate", "Since February")
    page = leo.get("/books/entries?view=none").text
    (address,) = re.findall(r'<a href="([^"]+)">Since February', page)
    address = address.replace("&amp;", "&")
    assert references(leo, address) == ["F-2", "F-3"]
    assert texts(leo.get(address).text, r'<th scope="col"[^>]*>(.*?)</th>') == ["Reference", "State"]
    assert re.search(r'<a [^>]*aria-current="page">Since February', leo.get(address).text)


def test_the_view_that_is_shown_first_answers_the_plain_address(desk: Desk) -> None:
    leo = desk.client("leo")
    keep(leo, "reference=F-1", "First", first="1")
    assert references(leo) == ["F-1"]
    assert len(references(leo, "/books/entries?view=none")) == 3
    assert len(references(desk.client("ana"))) == 3


def test_one_of_the_same_name_is_kept_anew(desk: Desk) -> None:
    leo = desk.client("leo")
    keep(leo, "reference=F-1", "Mine", first="1")
    keep(leo, "reference=F-2", "Mine", first="1")
    assert (views(leo), references(leo)) == (["All", "Mine"], ["F-2"])


def test_only_the_keeper_forgets_a_shared_view(desk: Desk) -> None:
    ana, leo = desk.client("ana"), desk.client("leo")
    keep(ana, "reference=F-1", "For all", shared="1")
    (drop,) = re.findall(r'action="(/books/entries/views/\d+/delete)"', ana.get("/books/entries?reference=F-1").text)
    assert drop not in leo.get("/books/entries?reference=F-1").text
    assert send(leo, drop, {}).status_code == 404
    assert send(ana, drop, {}).status_code == 303
    assert views(leo) == []


def test_a_view_without_a_name_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    leo = desk.client("leo")
    answer = send(leo, "/books/entries/views?reference=F-1", {"name": ""}, follow=True)
    assert texts(answer.text, r'<div class="notice notice-refused".*?<p>(.*?)</p>') != []
    assert views(leo) == []


def test_a_view_of_one_company_is_not_seen_in_another(desk: Desk) -> None:
    ana = desk.client("ana")
    keep(ana, "reference=F-1", "Acme's", shared="1")
    ana.set_cookie("trastienda_company", "BETA")
    assert (views(ana), references(ana)) == ([], [])
