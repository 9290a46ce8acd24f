"""No page moves under the reader's hand: while it loads, when what scripts fetch comes in, when the bar drops down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .stage import Stage, signed_in

pytestmark = pytest.mark.database("sqlite")

WATCH = """() => {
    window.shifts = [];
    const named = (node) => node && (node.outerHTML ?? node.parentElement?.outerHTML ?? "").slice(0, 100);
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifts.push([entry.value, ...entry.sources.map(({ node }) => named(node))]);
    })).observe({ type: "layout-shift", buffered: true });
}"""
PAGES = {
    "start": "/",
    "list": "/accounting/entries",
    "grouped list": "/accounting/entries?group=journal",
    "record": "/accounting/entries/1",
    "new record": "/accounting/entries/new",
    "form with look-ups": "/contacts/parties/1",
    "report": "/reports/accounting.trial-balance?run=1&period=this-year&compare=before",
    "report with a chart": "/reports/hr.headcount?run=1",
    "tree": "/accounting/accounts/tree",
    "board": "/accounting/entries/board",
    "calendar": "/accounting/entries/calendar",
    "jobs": "/administration/jobs",
    "settings": "/administration/settings",
}

LATE = 600
"""ms; what comes later than half a second after a key counts as a shift"""


@pytest.fixture(params=[1440, 390])
def page(request: pytest.FixtureRequest, stage: Stage, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, stage, "admin", viewport={"width": request.param, "height": 900})
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    yield page
    context.close()


def shifts(page: Page) -> list[Any]:
    """Since the page began to load; two frames are given to what is on its way."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")
    return list(page.evaluate("window.shifts"))


def test_pages_do_not_move_while_they_load(page: Page) -> None:
    found = {}
    for name, path in PAGES.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        found[name] = shifts(page)
    assert found == {name: [] for name in PAGES}


def test_a_look_up_moves_nothing(page: Page) -> None:
    page.goto("/accounting/entries/new")
    page.focus("#f-journal")
    page.keyboard.type("ven")
    page.wait_for_selector(".lookup-found [role=option]")
    page.wait_for_timeout(LATE)
    page.keyboard.press("Enter")
    expect(page.locator("#f-journal")).not_to_have_value("ven")
    page.wait_for_timeout(LATE)
    assert shifts(page) == []


def test_a_preview_and_the_palette_move_nothing(page: Page) -> None:
    page.goto("/accounting/entries")
    page.focus("td.first a")
    page.keyboard.press("Space")
    page.wait_for_selector("dialog.preview[open] .head")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("papel")
    page.wait_for_selector("#palette-found li")
    page.wait_for_timeout(LATE)
    assert shifts(page) == []


def test_a_job_that_ends_moves_nothing(page: Page, stage: Stage) -> None:
    """But its own line: the file that it leaves takes that place."""
    page.goto("/administration/backups")
    page.locator("main .head button").click()
    page.wait_for_selector("[data-busy]")
    stage.work()
    expect(page.locator("#backup-files")).to_be_visible()
    assert [each for each in shifts(page) if "#backup" not in str(each)] == []
