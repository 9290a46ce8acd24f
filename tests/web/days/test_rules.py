"""Accessibility of pages that a day doesn't come by, and a day's minimum without a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .stage import PASSWORD, Stage, broken_rules, signed_in

pytestmark = pytest.mark.database("sqlite")

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 900}, "color_scheme": "dark"}
BOTH = pytest.mark.parametrize("options", [WIDE, NARROW], ids=["wide", "narrow"])
TREES = ("/accounting/accounts/tree", "/hr/departments/tree", "/inventory/locations/tree")


@BOTH
def test_trees_break_no_rule(stage: Stage, browser: Browser, options: dict[str, Any]) -> None:
    page = signed_in(browser, stage, "admin", **options).new_page()
    found = {}
    for path in TREES:
        page.goto(path)
        expect(page.locator(".tree li").first).to_be_visible()
        found[path] = broken_rules(page)
    page.context.close()
    assert found == {path: [] for path in TREES}


@BOTH
def test_an_import_that_runs_and_one_that_ended_break_no_rule(
    stage: Stage, browser: Browser, options: dict[str, Any]
) -> None:
    page = signed_in(browser, stage, "admin", **options).new_page()
    rows = "code,name\n" + "".join(f"X{number},Firm {number}\n" for number in range(600))
    page.goto("/contacts/parties/import")
    page.set_input_files("#f-file", {"name": "firms.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    page.click("[value=try]")
    page.click("[value=import]")
    expect(page.locator("[data-busy] progress")).to_be_visible()
    running = broken_rules(page)
    stage.work()
    expect(page.locator(".notice-done")).to_be_visible()
    assert (running, broken_rules(page)) == ([], [])
    page.context.close()


def test_without_a_script_one_signs_in_finds_reads_reports_and_makes(stage: Stage, browser: Browser) -> None:
    stage.user("sol", "accounting.accountant")
    page = browser.new_page(base_url=stage.address, java_script_enabled=False, locale="en")
    page.goto("/contacts/parties")
    page.fill("#f-name", "sol")
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    for needs_a_script in ("[data-palette-open]", "[data-select-all]"):
        expect(page.locator(needs_a_script)).to_be_hidden()
    expect(page.locator("[data-bulk]")).to_be_visible()
    page.fill("#q", "arco vieja")
    page.get_by_role("button", name="Search").click()
    page.locator("tbody .first a").first.click()
    expect(page.locator("h1")).to_contain_text("Arco Vieja")
    page.goto("/reports/accounting.trial-balance")
    page.select_option("#period", "this-quarter")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tfoot tr")).to_contain_text("Total")
    page.goto("/contacts/parties/new")
    page.fill("#f-code", "N900")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-summary]")).to_contain_text("Name")
    page.fill("#f-name", "Norte, S.L.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Party N900 Norte, S.L.")
    page.close()
