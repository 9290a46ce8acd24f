"""A file with many rows: imported by the worker while the page tells how far it is, and taken back afterwards."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from trastienda.jobs.models import JobRecord
from trastienda.jobs.worker import run_due

from .conftest import Account, Desk, send
from .test_pages import texts

pytestmark = pytest.mark.database("sqlite")

PAGE = "/books/accounts/import"


def chart(rows: int) -> bytes:
    lines = [f"9{number:05},Account {number}" for number in range(1, rows + 1)]
    return "\n".join(["code,name", *lines]).encode()


def tried(client: FlaskClient, content: bytes) -> dict[str, str]:
    """What the form carries that imports what was tried."""
    page = send(client, PAGE, {"_step": "try", "file": (io.BytesIO(content), "chart.csv")}).text
    return dict(re.findall(r'<input type="hidden" name="(token|rows)" value="([^"]+)">', page))


def begun(client: FlaskClient, content: bytes) -> str:
    """The address of the import's page."""
    answer: Any = send(client, PAGE, {"_step": "import", **tried(client, content)})
    assert re.fullmatch(rf"{PAGE}/\d+", answer.location), answer.text
    return str(answer.location)


def accounts(desk: Desk) -> int:
    with desk.site.active():
        return Account.select().where(Account.code.startswith("9")).count()


def work(desk: Desk) -> None:
    with desk.site.active():
        run_due(desk.site)


def test_a_large_file_is_imported_in_the_background_and_taken_back(desk: Desk) -> None:
    ana = desk.client()
    address = begun(ana, chart(600))
    page = ana.get(address).text
    assert (texts(page, r'<h2 id="running-title">(.*?)</h2>'), "data-busy" in page) == (["Waiting for its turn"], True)
    assert accounts(desk) == 0
    work(desk)
    page = ana.get(address).text
    (done,) = texts(page, r'<div class="notice notice-done".*?<p>(.*?)</p>')
    assert (done.startswith("Rows: 600; accounts, new: 600"), accounts(desk)) == (True, 600)
    (undo,) = re.findall(r'<a href="(/records/imports/\d+)">Undo the import', page)
    send(ana, undo, {"_action": "undo", "_confirmed": "1"})
    assert accounts(desk) == 0


def test_how_far_it_is_stands_on_the_page(desk: Desk) -> None:
    ana = desk.client()
    address = begun(ana, chart(600))
    values = {"state": "running", "done": 150, "total": 600, "message": "Writing the rows"}
    with desk.site.active(), desk.site.database.write():
        JobRecord.update(**values).where(JobRecord.name == "records.import-file").execute()
    page = ana.get(address).text
    assert texts(page, r'<h2 id="running-title">(.*?)</h2>') == ["Writing the rows"]
    assert ('max="100" value="25"' in page, "150 of 600" in page) == (True, True)


def test_an_import_that_is_cancelled_leaves_nothing(desk: Desk) -> None:
    ana = desk.client()
    address = begun(ana, chart(600))
    send(ana, "/administration/jobs", {"_action": "cancel", "job": address.rpartition("/")[2]})
    work(desk)
    answer = ana.get(address)
    assert (answer.status_code, accounts(desk)) == (409, 0)
    assert "It was cancelled; nothing was imported." in answer.text


def test_a_small_file_is_there_at_once(desk: Desk) -> None:
    ana = desk.client()
    page = send(ana, PAGE, {"_step": "import", **tried(ana, chart(3))}).text
    assert "Rows: 3; accounts, new: 3" in page
    assert accounts(desk) == 3


def test_an_import_is_followed_by_who_asked_for_it_alone(desk: Desk) -> None:
    address = begun(desk.client("ana"), chart(600))
    assert desk.client("leo").get(address).status_code == 403
    assert desk.client("eva").get(address).status_code in (403, 404)
    assert desk.client("ana").get(f"{PAGE}/999999").status_code == 404
