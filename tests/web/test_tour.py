"""The guided tour: offered once where the company wants it, step by step over pages, left at any of them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from trastienda.builtin.web.tour import Welcome

from .conftest import Desk, send

pytestmark = pytest.mark.database("sqlite")


def box(client: FlaskClient, path: str) -> tuple[str, list[tuple[str, str]]]:
    """The title of the tour's box, and its buttons with the steps that they lead to."""
    page = client.get(path).text
    found = re.search(r'<aside class="tour".*?</aside>', page, re.S)
    if found is None:
        return "", []
    title = re.search(r'<h2 id="tour-title">(.*?)</h2>', found[0])
    assert title is not None
    return title[1], re.findall(r'name="step" value="(\d*)"[^>]*>(.*?)</button>', found[0])


@pytest.fixture
def offering(desk: Desk) -> FlaskClient:
    desk.write(lambda work: work.configure(Welcome, tour=True))
    desk.entry("F-1")
    return desk.client()


def test_the_tour_is_offered_on_the_start_page_where_the_company_wants_it(desk: Desk, offering: FlaskClient) -> None:
    assert box(offering, "/") == ("Shall we look around?", [("1", "Show me"), ("", "No, thanks")])
    assert box(offering, "/books/entries") == ("", [])
    desk.write(lambda work: work.configure(Welcome, tour=False))
    assert box(offering, "/") == ("", [])


def test_whoever_declines_is_not_asked_again_and_finds_it_under_help(offering: FlaskClient) -> None:
    assert send(offering, "/tour", {"step": "", "next": "/books/accounts"}).location == "/books/accounts"
    assert box(offering, "/") == ("", [])
    page = offering.get("/").text
    assert re.search(r'action="/tour">\s*<fieldset>\s*<legend>Help</legend>.*?value="1">Guided tour<', page, re.S)


def test_each_step_leads_to_its_page_and_marks_it(desk: Desk, offering: FlaskClient) -> None:
    (identity,) = re.findall(r"/books/entries/(\d+)", offering.get("/books/entries").text)[:1]
    seen = []
    for number in range(1, 8):
        place = send(offering, "/tour", {"step": str(number)}).location
        mark = re.search(r' data-tour="(\w+)"', offering.get(place).text)
        assert mark is not None
        seen.append((place, mark[1], [step for step, _label in box(offering, place)[1]]))
    assert seen == [
        ("/", "start", ["2", ""]),
        ("/books/entries", "list", ["3", "1", ""]),
        ("/books/entries", "narrow", ["4", "2", ""]),
        (f"/books/entries/{identity}", "record", ["5", "3", ""]),
        ("/books/entries/board", "shape", ["6", "4", ""]),
        ("/reports/books.trial-balance", "report", ["7", "5", ""]),
        ("/", "find", ["6", ""]),
    ]


def test_a_step_that_is_none_ends_the_tour(offering: FlaskClient) -> None:
    for wanted in ("99", "-1", "x", "²"):
        send(offering, "/tour", {"step": "2"})
        assert send(offering, "/tour", {"step": wanted}).location == "/"
        assert box(offering, "/") == ("", [])


def test_whoever_may_open_little_is_led_over_what_he_may_open(desk: Desk) -> None:
    eva = desk.client("eva")
    assert send(eva, "/tour", {"step": "1"}).status_code == 303
    number, places = 1, []
    while number:
        place = send(eva, "/tour", {"step": str(number)}).location
        places.append(eva.get(place).status_code)
        following = [int(step) for step, _label in box(eva, place)[1] if step and int(step) > number]
        number = following[0] if following else 0
    assert set(places) == {200}


def test_the_tour_speaks_the_visitors_language(desk: Desk, offering: FlaskClient) -> None:
    client = desk.client(language="es")
    assert box(client, "/")[0] == "¿Damos una vuelta?"
    send(client, "/tour", {"step": "1"})
    assert box(client, "/") == ("La página de inicio", [("2", "Siguiente"), ("", "Dejar el recorrido")])
