"""What a page may weigh: the first one without fonts, compressed as browsers ask for it, and the script as written."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from .conftest import Desk

pytestmark = pytest.mark.database("sqlite")

MOST_SCRIPT = 20 * 1024
MOST_FIRST_PAGE = 150 * 1024


def files_of(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/assets/[^"]+)"', page)


def size(client: FlaskClient, address: str, *, packed: bool) -> int:
    answer = client.get(address, headers={"Accept-Encoding": "gzip" if packed else "identity"})
    assert answer.status_code == 200
    return len(answer.data)


@pytest.fixture
def addresses(desk: Desk) -> list[str]:
    for number in range(50):
        identity = desk.entry(f"F-{number}")
    record = f"/books/entries/{identity}"
    return ["/", "/books/entries", "/books/postings", record, "/reports/books.trial-balance?run=1"]


def test_a_first_page_with_all_that_it_needs_stays_below_150_kb(desk: Desk, addresses: list[str]) -> None:
    sizes = {}
    for address in ("/sign-in", *addresses):
        client = desk.client() if address != "/sign-in" else desk.app.test_client()
        page = client.get(address).text
        sizes[address] = len(page.encode()) + sum(size(client, file, packed=True) for file in set(files_of(page)))
    assert {address: bytes_ for address, bytes_ in sizes.items() if bytes_ >= MOST_FIRST_PAGE} == {}


def test_the_script_of_any_page_stays_below_20_kb_uncompressed(desk: Desk, addresses: list[str]) -> None:
    client = desk.client()
    sizes = {}
    for address in addresses:
        scripts = {file for file in files_of(client.get(address).text) if file.endswith(".js")}
        sizes[address] = sum(size(client, file, packed=False) for file in scripts)
    assert {address: bytes_ for address, bytes_ in sizes.items() if not 0 < bytes_ < MOST_SCRIPT} == {}
