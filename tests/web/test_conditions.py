"""Conditions of a list put together with and and or, on a page of their own, kept in the address and in views."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

PAGE = "/books/entries/conditions"


@pytest.fixture
def entries(desk: Desk) -> None:
    for reference, month in (("A", 1), ("B", 2), ("C", 3), ("D", 4)):
        desk.entry(reference, on=date(2026, month, 15))


def rows_of(page: str) -> list[tuple[str, str, str]]:
    """Field, comparison and value of each row that has one."""
    found = []
    for name in re.findall(r'name="(\d\.\d)\.field"', page):
        chosen = []
        for part in ("field", "operator"):
            select = re.search(rf'name="{name}\.{part}".*?</select>', page, re.S)
            option = re.search(r'value="([^"]*)" selected', select[0]) if select else None
            chosen.append(option[1] if option else "")
        value = re.search(rf'value="([^"]*)" id="f-{name.replace(".", "-")}-value"|'
                          rf'id="f-{name.replace(".", "-")}-value"[^>]*? value="([^"]*)"', page)
        found.append((*chosen, (value[1] or value[2]) if value else ""))
    return found


def references(client: FlaskClient, address: str) -> list[str]:
    return texts(client.get(address).text, r'<td role="cell" class="first"[^>]*>(.*?)</td>')


def press(client: FlaskClient, button: str, **form: str) -> str:
    return client.get(f"{PAGE}?{urlencode({**form, 'do': button})}").text


def test_a_group_of_conditions_is_built_row_by_row_and_applied(client: FlaskClient, entries: None) -> None:
    first = {"match": "all", "0.0.field": "state", "0.0.operator": "eq", "0.0.value": "draft"}
    page = press(client, "group", **first)
    assert rows_of(page) == [("state", "eq", ""), ("", "", ""), ("", "", "")]
    page = press(client, "look", **first, **{"1.match": "any", "1.0.field": "reference"})
    assert rows_of(page)[1][:2] == ("reference", "contains")
    form = {"1.match": "any", "1.0.field": "reference", "1.0.operator": "eq", "1.0.value": "A",
            "1.1.field": "date", "1.1.operator": "gte", "1.1.value": "2026-04-01"}  # fmt: skip
    assert "Records that meet this: 2" in press(client, "look", **first, **form)
    answer = client.get(f"{PAGE}?{urlencode({**first, **form, 'do': 'apply'})}")
    assert parse_qsl(answer.location.partition("?")[2]) == [
        ("state", "draft"), ("any", "reference=A&date__gte=2026-04-01")]  # fmt: skip
    assert references(client, f"{answer.location}&sort=reference") == ["A", "D"]


def test_what_is_in_force_is_said_and_edited_again(client: FlaskClient, entries: None) -> None:
    query = urlencode({"any": "reference=A&date__gte=2026-04-01", "sort": "-reference", "fields": "reference,date"})
    page = client.get(f"/books/entries?{query}").text
    assert texts(page, r'<ul class="chips".*?<li><a [^>]*><span>(.*?)</span>') == [
        "Reference is A or Date is at least 01 Apr 2026"]  # fmt: skip
    edited = client.get(f"{PAGE}?{query}").text
    assert rows_of(edited) == [("reference", "eq", "A"), ("date", "gte", "2026-04-01")]
    kept = dict(re.findall(r'name="kept\.(\w+)" value="([^"]*)"', edited))
    assert kept == {"sort": "-reference", "fields": "reference,date"}
    removed = press(client, "drop 1 0", **{"1.0.field": "reference", "1.1.field": "date"})
    assert [row[0] for row in rows_of(removed)] == ["date"]


def test_a_filter_form_and_a_kept_view_leave_the_groups_as_they_are(client: FlaskClient, entries: None) -> None:
    group = "reference=A&reference=C"
    page = client.get(f"/books/entries?{urlencode({'any': group})}").text
    assert f'<input type="hidden" name="any" value="{group.replace("&", "&amp;")}">' in page
    typed = client.get(f"/books/entries?{urlencode({'typed': 1, 'any': group, 'date__gte': '2026-02-01'})}")
    assert parse_qsl(typed.location.partition("?")[2]) == [("any", group), ("date__gte", "2026-02-01")]
    send(client, f"/books/entries/views?{urlencode({'any': group})}", {"name": "Two", "first": "1"})
    assert references(client, "/books/entries") == ["C", "A"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"0.0.field": "date", "0.0.operator": "gte", "0.0.value": "tomorrow"}, "date__gte"),
        ({"0.0.field": "nothing", "0.0.operator": "eq", "0.0.value": "1"}, ""),
    ],
)
def test_a_wrong_value_is_named_and_kept(client: FlaskClient, form: dict[str, str], said: str) -> None:
    answer = client.get(f"{PAGE}?{urlencode({**form, 'do': 'apply'})}")
    assert answer.status_code == (422 if said else 303)
    assert said in answer.text


def test_amounts_are_typed_in_the_readers_own_notation(desk: Desk, entries: None) -> None:
    desk.entry("E", amount="1234.50")
    client = desk.client(language="es")
    form = {"0.0.field": "debit", "0.0.operator": "gte", "0.0.value": "1.234,50", "do": "apply"}
    answer = client.get(f"/books/postings/conditions?{urlencode(form)}")
    assert parse_qsl(answer.location.partition("?")[2]) == [("debit__gte", "1234.50")]
    page = client.get(f"/books/postings/conditions?{answer.location.partition('?')[2]}").text
    assert rows_of(page) == [("debit", "gte", "1234,50")]
