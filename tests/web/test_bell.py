"""The bell of every page: what a user has not read, for him alone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from trastienda import User, Work

from .conftest import Desk, Entry, send

pytestmark = pytest.mark.database("sqlite")


def tell(desk: Desk, name: str, subject: str, *, about: int | None = None) -> None:
    def body(work: Work) -> None:
        user = work.get(User, name)
        record = work.get(Entry, about) if about is not None else None
        work.site.registry.services["user.notify/1"](work, user=user, subject=subject, record=record)

    desk.write(body)


def rung(client: FlaskClient, path: str = "/") -> tuple[str, list[str]]:
    """The number on the bell, and what is under it."""
    page = client.get(path).text
    count = re.search(r'<span class="bell-count">(.*?)<', page)
    return count[1] if count else "", re.findall(r'<button class="drop-item">(.*?) <time', page)


def test_the_bell_tells_each_user_his_own_newest_first(desk: Desk) -> None:
    tell(desk, "ana", "First")
    tell(desk, "leo", "For Leo")
    tell(desk, "ana", "Second & last")
    assert rung(desk.client("ana")) == ("2", ["Second &amp; last", "First"])
    assert rung(desk.client("leo"), "/books/entries") == ("1", ["For Leo"])
    assert rung(desk.client("eva")) == ("", [])


def test_more_than_fit_are_counted_as_more(desk: Desk) -> None:
    for number in range(11):
        tell(desk, "ana", f"Number {number}")
    count, subjects = rung(desk.client())
    assert (count, len(subjects), subjects[0]) == ("9+", 9, "Number 10")


def test_opening_a_notification_reads_it_and_leads_to_its_record(desk: Desk) -> None:
    identity = desk.entry("F-1")
    tell(desk, "ana", "Look at this", about=identity)
    client = desk.client()
    (address,) = re.findall(r'action="(/notifications/\d+/open)"', client.get("/").text)
    assert send(client, address, {}).location == f"/books/entries/{identity}"
    assert rung(client) == ("", [])


def test_all_are_read_at_once_and_one_is_back_where_one_was(desk: Desk) -> None:
    tell(desk, "ana", "One")
    tell(desk, "ana", "Two")
    tell(desk, "leo", "Not hers")
    client = desk.client()
    assert send(client, "/notifications/read", {"next": "/books/accounts"}).location == "/books/accounts"
    assert (rung(client), rung(desk.client("leo"))) == (("", []), ("1", ["Not hers"]))


def test_nobody_opens_what_is_for_another(desk: Desk) -> None:
    tell(desk, "leo", "For Leo")
    (address,) = re.findall(r'action="(/notifications/\d+/open)"', desk.client("leo").get("/").text)
    assert send(desk.client("eva"), address, {}).status_code == 404
    assert rung(desk.client("leo")) == ("1", ["For Leo"])
