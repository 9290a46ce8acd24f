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


@pytest.fixture(params=[1440, 390])
def page(request: pytest.FixtureRequest, stage: Stage, browser: Browser) -> Iterator[Page]:
    context = signed_in(browser, stage, "admin", viewport={"width": request.param, "height": 900})
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())  # what was typed may go
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


def test_what_is_fetched_moves_nothing(page: Page, stage: Stage) -> None:
    """A look-up's answers and its label, a preview, the palette's records, a job that goes on."""
    page.goto("/accounting/entries/new")
    page.focus("#f-journal")
    page.keyboard.type("ven")
    page.wait_for_selector(".lookup-found [role=option]")
    page.wait_for_timeout(600)  # what comes later than half a second after a key counts as a shift
    found = {"look-up": shifts(page)}
    page.keyboard.press("Enter")
    page.goto("/accounting/entries")
    page.focus("td.first a")
    page.keyboard.press("Space")
    page.wait_for_selector("dialog.preview[open] .head")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("papel")
    page.wait_for_selector("#palette-found li")
    page.wait_for_timeout(600)
    found["preview and palette"] = shifts(page)
    page.goto("/administration/backups")
    page.locator("main .head button").click()
    page.wait_for_selector("[data-busy]")
    stage.work()
    expect(page.locator("#backup-files")).to_be_visible()
    found["a job that ends"] = [each for each in shifts(page) if "#backup" not in str(each)]
    assert found == {name: [] for name in found}
