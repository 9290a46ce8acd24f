"""A report sent to oneself, asked for on its page and ended there."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from trastienda import User
from trastienda.builtin.delivery.report_mails import ReportMail

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

PAGE = "/reports/books.trial-balance"


@pytest.fixture
def ana(desk: Desk) -> FlaskClient:
    with desk.site.active(), desk.site.database.write():
        User.update(email="ana@example.com").where(User.name == "ana").execute()
    return desk.client("ana")


def form_of(page: str) -> dict[str, str]:
    """What the form sends that asks for it."""
    form = re.search(rf'<form method="post" action="{PAGE}/mail">(.*?)</form>', page, re.S)
    assert form is not None
    parameters = re.search(r'name="parameters" value="([^"]*)"', form[1])
    assert parameters is not None
    chosen = re.findall(r'<option value="(\w+)" selected>', form[1])
    return {"parameters": parameters[1].replace("&amp;", "&"), **dict(zip(("every", "format"), chosen, strict=True))}


def test_the_page_asks_for_what_it_shows_and_lists_what_was_asked_for(desk: Desk, ana: FlaskClient) -> None:
    page = ana.get(f"{PAGE}?run=1&from=2026-02-01").text
    form = form_of(page)
    assert (parse_qsl(form["parameters"]), form["every"], form["format"]) == (
        [("from", "2026-02-01"), ("names", "false")], "month", "pdf")  # fmt: skip
    answer = send(ana, f"{PAGE}/mail", {**form, "every": "week"})
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, PAGE)
    page = ana.get(f"{PAGE}?run=1").text
    assert texts(page, r'<ul aria-label="Sent to me">.*?<li><span><a [^>]*>(.*?)</a>') == ["Every Monday, PDF"]
    with desk.site.active():
        (kept,) = ReportMail.select()
        told = (kept.owner.name, kept.report, kept.every, kept.next_on.weekday())
    assert told == ("ana", "books.trial-balance", "week", 0)


def test_it_is_ended_where_it_was_begun(desk: Desk, ana: FlaskClient) -> None:
    send(ana, f"{PAGE}/mail", form_of(ana.get(f"{PAGE}?run=1").text))
    (stop,) = re.findall(rf'action="({PAGE}/mail/\d+/stop)"', ana.get(f"{PAGE}?run=1").text)
    assert send(desk.client("leo"), stop, {}).status_code == 404
    assert send(ana, stop, {}).status_code == 303
    assert "Sent to me" not in ana.get(f"{PAGE}?run=1").text


def test_whoever_has_no_address_is_told_so(desk: Desk) -> None:
    leo = desk.client("leo")
    answer = send(leo, f"{PAGE}/mail", form_of(leo.get(f"{PAGE}?run=1").text), follow=True)
    assert texts(answer.text, r'<div class="notice notice-refused".*?<p>(.*?)</p>') == [
        "Your user has no e-mail address that it could be sent to."]  # fmt: skip
