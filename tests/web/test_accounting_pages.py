"""The accounting plugin's pages in a real browser: the same forms, with the books' own rules behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from trastienda import Actor, Company, Site, Work
from trastienda.api.app import create_app
from trastienda.builtin.identity.administration import add_user
from trastienda.settings import load_settings
from trastienda.upgrade import upgrade

from .conftest import PASSWORD, Desk, Open, Prepare

accounting = pytest.importorskip("trastienda_accounting")
pytestmark = pytest.mark.database("sqlite")


def open_books(url: str, data: Path) -> Site:
    plugins = "identity,formats,web,contacts,accounting"
    return Site.open(
        load_settings({"TRASTIENDA_DATABASE": url, "TRASTIENDA_DATA": str(data), "TRASTIENDA_PLUGINS": plugins})
    )


def found(site: Site) -> None:
    """A company with the Spanish chart, the year 2026 open, and an administrator."""
    with site.active():
        upgrade(site, report=lambda title: None)
        Company.insert(code="ACME", name="Acme", currency="EUR", language="es").execute()
        site.write(Actor.system("tests"), site.company("ACME"), begin)
    site.database.close()


def begin(work: Work) -> None:
    accounting.apply_chart(work, "pgc_pymes")
    year = accounting.FiscalYear(code="2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    work.add(year)
    add_user(work, name="ana", password=PASSWORD, roles=["admin"])


@pytest.fixture
def desk(prepared_database: Prepare, tmp_path: Path) -> Iterator[Desk]:
    site = open_books(prepared_database("accounting pages", lambda url: found(open_books(url, tmp_path))), tmp_path)
    yield Desk(site, create_app(site))
    site.database.close()


def test_an_entry_is_posted_and_the_trial_balance_ties(desk: Desk, open_page: Open) -> None:
    page = open_page("/accounting/entries/new")
    page.fill("#f-date", "2026-03-01")
    page.fill("#f-journal", "VEN")
    page.fill("#f-reference", "F-1")
    for number, (account, column, amount) in enumerate(
        [("4300", "debit", "1,210.00"), ("700", "credit", "1,000.00"), ("477", "credit", "200.00")]
    ):
        page.fill(f"[name='lines.{number}.account']", account)
        page.fill(f"[name='lines.{number}.{column}']", amount)
    expect(page.locator("[data-difference]")).to_have_text("10.00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-summary]")).to_contain_text("differ by 10.00")
    page.fill("[name='lines.2.credit']", "210.00")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("VEN/2026/000001")
    page.goto("/reports/accounting.trial-balance?from=2026-01-01&to=2026-12-31")
    expect(page.locator("tfoot tr")).to_contain_text("1,210.00 1,210.00")
    page.get_by_role("link", name="477").click()
    expect(page.locator("main")).to_contain_text("210.00")


def test_every_list_form_and_report_of_the_plugins_opens(desk: Desk) -> None:
    client = desk.client()
    registry = desk.site.registry
    pages = [f"/{entity.path}" for entity in registry.entities.values()]
    pages += [f"/{entity.path}/new" for entity in registry.entities.values() if entity.declared.writable]
    pages += [f"/{entity.path}/import" for entity in registry.entities.values() if entity.declared.writable]
    pages += [f"/reports/{name}" for name in registry.reports]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
