"""Lists arranged: columns, order, groups and sums as the address says; selections beyond the page; previews."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")


def rows(page: str) -> list[list[str]]:
    body = page[page.index("<tbody") : page.index("</table>")]
    return [texts(row, r"<td[^>]*>(.*?)</td>") for row in re.findall(r"<tr.*?</tr>", body, re.S)]


def test_columns_are_those_of_the_address_in_its_order(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    page = client.get("/books/entries?fields=state,reference").text
    assert texts(page, r'<th scope="col"[^>]*>(.*?)</th>') == ["State", "Reference"]
    assert rows(page) == [["", "Draft", "F-1"]]


def test_groups_have_their_number_and_their_sums_whatever_the_page(desk: Desk, client: FlaskClient) -> None:
    for number in range(30):
        desk.entry(f"F-{number}", amount="2.00")
    page = client.get("/books/postings?group=account&fields=note,debit,credit").text
    groups = [row for row in rows(page) if row[0] != "#"]
    assert groups[0] == ["430000 Trade receivables 30", "60.00", "0.00"]
    assert ["700000 Sales 30", "0.00", "60.00"] in groups
    assert groups[-1] == ["Total 60", "60.00", "60.00"]


def test_a_group_of_months_is_named_in_words(desk: Desk) -> None:
    desk.entry("F-1", on=date(2026, 1, 31))
    desk.entry("F-2", on=date(2026, 2, 1))
    page = desk.client(language="es").get("/books/entries?group=date.month&sort=date&fields=reference").text
    assert rows(page) == [["", "enero de 2026 1"], ["", "F-1"], ["", "febrero de 2026 1"], ["", "F-2"]]


def test_groups_through_a_reference_have_their_headings_too(desk: Desk, client: FlaskClient) -> None:
    for number in range(30):
        desk.entry(f"F-{number}", amount="2.00")
    page = client.get("/books/postings?group=account.kind&fields=note,debit,credit").text
    assert rows(page)[0] == ["Asset 30", "60.00", "0.00"]
    after = re.search(r'href="([^"]+cursor=[^"]+)"', page)
    assert after is not None
    second = rows(client.get(after[1].replace("&amp;", "&")).text)
    assert second[0] == ["Income 30", "0.00", "60.00"]
    assert '<option value="account.kind" selected>Account: Kind</option>' in page


def test_totals_are_of_all_pages(desk: Desk, client: FlaskClient) -> None:
    for number in range(60):
        desk.entry(f"F-{number:02}", amount="1.00")
    page = client.get("/books/postings?totals=debit,credit&fields=note,debit,credit").text
    assert rows(page)[-1] == ["Total 120", "60.00", "60.00"]


def test_a_form_of_several_controls_becomes_one_plain_address(client: FlaskClient) -> None:
    form = "typed=1&fields=reference&fields=state&sort=state&sort=&sort=-date&group=&match=&totals="
    answer = client.get(f"/books/entries?{form}")
    assert answer.location == "/books/entries?sort=state%2C-date&fields=reference%2Cstate"
    untouched = "typed=1&fields=reference&fields=date&fields=memo&fields=state"
    assert client.get(f"/books/entries?{untouched}").location == "/books/entries"


def test_any_of_several_filters_is_enough_where_so_chosen(desk: Desk, client: FlaskClient) -> None:
    for name in ("A", "B", "C"):
        desk.entry(name)
    page = client.get("/books/entries?reference=A&reference__gte=C&match=any&sort=reference&fields=reference").text
    assert rows(page) == [["", "A"], ["", "C"]]


def test_a_selection_can_be_all_that_the_list_has(desk: Desk, client: FlaskClient) -> None:
    ids = [desk.entry(f"F-{number:02}") for number in range(60)]
    other = desk.entry("G-1")
    page = client.get("/books/entries?q=F-").text
    assert 'name="all"' in page
    form = {"all": "1", "_action": "post", "_confirmed": "1"}
    answer = send(client, "/books/entries/bulk?q=F-", form, follow=True)
    assert "60 done, 0 refused." in answer.text
    assert {desk.stored(each).state for each in ids} == {"posted"}
    assert desk.stored(other).state == "draft"


def test_a_selection_without_a_tick_is_nothing(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1")
    answer = send(client, "/books/entries/bulk?q=F-", {"_action": "post"}, follow=True)
    assert "Nothing is selected." in answer.text


def test_a_preview_is_the_record_without_the_frame(desk: Desk, client: FlaskClient) -> None:
    identity = desk.entry("F-1")
    page = client.get(f"/books/entries/{identity}/preview").text
    assert ("<html" in page, "<input" in page) == (False, False)
    assert texts(page, "<h2>(.*?)</h2>") == ["Voucher F-1"]
    assert client.get("/books/entries/99/preview").status_code == 404
