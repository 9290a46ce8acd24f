"""Panels on the start page and beside a record: for whom, with what, and what one that breaks costs."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from trastienda import Plugin
from trastienda.faults import StartupFaults
from trastienda.registry import build_registry
from trastienda.reports.panels import Panel

from .conftest import Account, Desk


def texts(page: str, pattern: str) -> list[str]:
    return [re.sub(r"\s*<[^>]+>\s*", " ", found).strip() for found in re.findall(pattern, page, re.DOTALL)]


def box(page: str, name: str) -> str:
    return page.split(f'id="panel-{name}"')[1].split("</section>")[0]


def record(desk: Desk, code: str) -> str:
    with desk.site.active():
        return f"/books/accounts/{Account.get(Account.code == code).id}"


def test_a_broken_panel_says_so_and_leaves_the_others_be(desk: Desk) -> None:
    desk.entry("F-1")
    page = desk.client().get("/").text
    told = "The plugin books failed in its report books.broken; it has been logged"
    assert texts(page, r'<p class="error">(.*?)</p>') == [told]
    assert "<svg" in box(page, "books.balance").partition("chart")[2]
    assert desk.site.failures.by_plugin()["books"].count == 1


def test_panel_beside_a_record_has_figures_to_dos_and_rows(desk: Desk) -> None:
    desk.entry("F-1", amount="1234.50")
    desk.entry("F-2", amount="10.00")
    page = desk.client().get(record(desk, "430000")).text
    panel = box(page, "books.sums")
    assert texts(panel, r"<h2.*?>(.*?)</h2>") == ["So far"]
    assert texts(panel, r"<dt>(.*?)</dt>") == ["Debit", "Opened"]
    assert texts(panel, r"<dd.*?>(.*?)</dd>")[0].split() == ["1,244.50", "EUR"]
    assert '<a href="/books/postings?account=430000">Postings</a> <span class="count">2</span>' in panel
    assert texts(panel, r"<tbody.*?>(.*?)</tbody>")[0].split()[::2][:1] == ["F-1"]


def test_panel_of_the_wrong_type_fails_in_its_place(desk: Desk) -> None:
    page = desk.client().get(record(desk, "430000"))
    told = "The plugin books failed in its panel books.odd; it has been logged"
    assert (page.status_code, texts(page.text, r'<p class="error">(.*?)</p>')) == (200, [told])


def test_panel_is_for_those_who_may(desk: Desk) -> None:
    address = record(desk, "430000")
    assert [desk.client(name).get(address).text.count('class="panel"') for name in ("leo", "eva")] == [2, 0]


def test_faults_of_panels_stop_the_start() -> None:
    panels = [Panel("a.one", lambda work: []), Panel("a.one", lambda work: []),
              Panel("a.two", lambda work, record: [], on="books.acount")]  # fmt: skip
    plugin = Plugin("a", panels=panels)
    with pytest.raises(StartupFaults) as found:
        build_registry({"register_ui": [(plugin.name, each) for each in panels]})
    assert [fault.cause for fault in found.value.faults] == [
        "panel 'a.one' is already declared by a", "has the panel 'a.two' on an unknown entity 'books.acount'"]


def test_start_page_has_no_panel_of_a_record(client: FlaskClient) -> None:
    assert "books.sums" not in client.get("/").text
