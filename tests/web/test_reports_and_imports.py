"""Reports and imports by Flask's client."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from .conftest import Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

GOOD = b"reference,date,account,debit,credit\nI-1,2026-05-01,430000,50.00,\nI-1,2026-05-01,700000,,50.00\n"
BAD = b"reference,date,account,debit,credit\nI-1,2026-05-40,430000,50.00,\nI-1,2026-05-01,700099,,50.00\n"


def table(page: str) -> list[list[str]]:
    body = page[page.index("<tbody") : page.index("</table>")]
    return [texts(row, r"<td[^>]*>(.*?)</td>") for row in re.findall(r"<tr.*?</tr>", body, re.S)]


# -- reports
def test_a_report_runs_with_its_totals_and_leads_to_what_it_sums_up(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1", amount="1234.50")
    page = client.get("/reports/books.trial-balance").text
    assert table(page) == [
        ["430000", "Trade receivables", "1,234.50", "0.00"],
        ["700000", "Sales", "0.00", "1,234.50"],
        ["Total", "", "1,234.50", "1,234.50"],
    ]
    assert 'href="/books/postings?account=430000"' in page
    assert client.get("/books/postings?account=430000").text.count('<td role="cell" class="first') == 1


def test_parameters_narrow_a_report_and_go_with_its_exports(desk: Desk, client: FlaskClient) -> None:
    desk.entry("F-1", on=date(2026, 1, 1))
    desk.entry("F-2", on=date(2026, 6, 1), amount="5.00")
    page = client.get("/reports/books.trial-balance?run=1&from=2026-02-01").text
    assert table(page) == [["430000", "5.00", "0.00"], ["700000", "0.00", "5.00"], ["Total", "5.00", "5.00"]]
    exports = texts(page, r'<a class="drop-item" href="(/api/v1/reports/[^"]+)"')
    assert exports == [
        f"/api/v1/reports/books.trial-balance?from=2026-02-01&amp;names=False&amp;format={name}"
        for name in ("csv", "json", "xlsx", "pdf")
    ]
    assert client.get(exports[0].replace("&amp;", "&")).text.splitlines()[1] == "430000,,5.00,0.00"


def test_a_parameter_that_makes_no_sense_is_said_at_its_field(client: FlaskClient) -> None:
    answer = client.get("/reports/books.trial-balance?run=1&from=2026-02-30")
    assert answer.status_code == 422
    assert texts(answer.text, r'<p class="error" id="f-from-error">(.*?)</p>') == ["There is no such day."]


def test_a_report_without_rows_says_so(client: FlaskClient) -> None:
    assert "Nothing in this period." in client.get("/reports/books.trial-balance").text


# -- imports
def attempt(client: FlaskClient, content: bytes, name: str = "entries.csv", **options: str) -> Any:
    return send(client, "/books/entries/import", {"file": (io.BytesIO(content), name), "_step": "try", **options})


def token_of(page: str) -> str:
    return re.findall(r'name="token" value="([^"]+)"', page)[0]


def test_a_trial_writes_nothing_and_the_import_writes_what_was_tried(desk: Desk, client: FlaskClient) -> None:
    page = attempt(client, GOOD).text
    assert "Rows: 2; vouchers, new: 1" in page
    assert ["I-1", "2026-05-01", "430000", "50.00", ""] in table(page)
    assert client.get("/books/entries/1").status_code == 404
    done = send(client, "/books/entries/import", {"token": token_of(page), "_step": "import"})
    assert "Rows: 2; vouchers, new: 1" in done.text
    assert len(desk.lines(1)) == 2


def test_an_imported_file_cannot_be_imported_again_by_its_token(client: FlaskClient) -> None:
    token = token_of(attempt(client, GOOD).text)
    send(client, "/books/entries/import", {"token": token, "_step": "import"})
    again = send(client, "/books/entries/import", {"token": token, "_step": "import"})
    assert (again.status_code, "choose it again" in again.text) == (422, True)


@pytest.mark.parametrize("token", ["", "../../t.db", "A" * 43])
def test_a_token_that_names_no_upload_is_refused(client: FlaskClient, token: str) -> None:
    answer = send(client, "/books/entries/import", {"token": token, "_step": "import"})
    assert (answer.status_code, "choose it again" in answer.text) == (422, True)


def test_another_users_upload_is_out_of_reach(desk: Desk, client: FlaskClient) -> None:
    token = token_of(attempt(client, GOOD).text)
    desk.write(lambda work: _promote(work))
    answer = send(desk.client("leo"), "/books/entries/import", {"token": token, "_step": "import"})
    assert (answer.status_code, "choose it again" in answer.text) == (422, True)


def _promote(work: Any) -> None:
    from trastienda import User
    from trastienda.storage.models import RoleAssignment

    leo = work.get(User, "leo")
    leo.lines_of(RoleAssignment)[0].role = "admin"


def test_errors_name_row_and_column(desk: Desk, client: FlaskClient) -> None:
    answer = attempt(client, BAD)
    assert answer.status_code == 422
    assert [
        texts(row, r"<t[hd][^>]*>(.*?)</t[hd]>")
        for row in re.findall(r"<tr><th scope=\"row\" class=\"num\">.*?</tr>", answer.text, re.S)
    ] == [["2", "date", "There is no such day."], ["3", "account", "There is no account 700099."]]
    assert list((desk.site.settings.data / "uploads").iterdir()) == []


OTHERS = b"""Nr.;Fecha;Debits;account;credit;Remarks
I-1;2026-05-01;50;430000;;x
I-1;2026-05-01;;700000;50;y
"""


def test_what_each_header_is_can_be_said_by_hand(desk: Desk, client: FlaskClient) -> None:
    page = attempt(client, OTHERS)
    assert page.status_code == 422
    assert "There is no column" in page.text
    chosen = re.findall(r'<select[^>]*name="column\.(\d+)".*?<option value="([^"]*)" selected', page.text, re.S)
    assert chosen == [("0", "-"), ("1", "date"), ("2", "debit"), ("3", "account"), ("4", "credit"), ("5", "-")]
    said = {f"column.{at}": column for at, column in chosen}
    headers = {f"header.{at}": name for at, name in re.findall(r'name="header\.(\d+)" value="([^"]*)"', page.text)}
    assert list(headers.values()) == ["Nr.", "Fecha", "Debits", "account", "credit", "Remarks"]
    form = {"token": token_of(page.text), **headers, **said, "column.0": "reference"}
    tried = send(client, "/books/entries/import", {**form, "_step": "match"}).text
    assert "Rows: 2; vouchers, new: 1" in tried
    assert '>Reference <span class="unit">Nr.</span>' in tried
    assert '>left out <span class="unit">Remarks</span>' in tried
    again = dict(re.findall(r'name="((?:header|column)\.\d+)" value="([^"]*)"', tried))
    done = send(client, "/books/entries/import", {**again, "token": token_of(tried), "_step": "import"})
    assert "Rows: 2; vouchers, new: 1" in done.text
    assert desk.stored(1).reference == "I-1"


def test_what_is_done_with_each_is_chosen_before(desk: Desk, client: FlaskClient) -> None:
    page = attempt(client, GOOD, action="post").text
    send(client, "/books/entries/import", {"token": token_of(page), "_step": "import", "action": "post"})
    assert desk.stored(1).state == "posted"


def test_a_missing_file_is_said_at_its_field(client: FlaskClient) -> None:
    answer = send(client, "/books/entries/import", {"_step": "try"})
    assert texts(answer.text, r'<p class="error" id="f-file-error">(.*?)</p>') == ["Choose a file first."]


def test_a_reader_is_not_offered_an_import(desk: Desk) -> None:
    client = desk.client("leo")
    assert "/books/entries/import" not in client.get("/books/entries").text
    assert client.get("/books/entries/import").status_code == 403
