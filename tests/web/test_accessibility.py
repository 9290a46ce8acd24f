"""Every other kind of page under the rules of accessibility, by a real browser, wide and light, narrow and dark."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from trastienda import Site, User, Work
from trastienda.api.app import create_app
from trastienda.builtin.delivery.mail import send as send_mail
from trastienda.builtin.web.first_run import await_first_run
from trastienda.builtin.web.tour import Welcome
from trastienda.jobs.worker import run_due
from trastienda.settings import load_settings

from .conftest import Desk, Open

pytestmark = pytest.mark.database("sqlite")

BOTH = pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
PAGES = (
    "/books/entries/board", "/books/entries/calendar?month=2026-01",
    "/books/entries?group=state&totals=debit&any=reference%3DF-1%26state%3Ddraft",
    "/books/entries/conditions?0.0.field=state&0.0.operator=eq&1.0.field=date&1.0.operator=gte&1.1.field=&do=look",
    "/administration", "/administration/jobs", "/administration/outbox",
    "/administration/backups", "/administration/settings", "/administration/roles", "/administration/rights",
    "/administration/audit", "/plugins?check=1", "/me/password", "/me/sessions", "/me/rights",
    "/delivery/notifications", "/delivery/report-mails/new", "/reports/books.trial-balance?run=1",
)  # fmt: skip


@pytest.fixture
def faults() -> Callable[[Page], list[str]]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def of(page: Page) -> list[str]:
        found = [each["id"] for each in axe.run(page).response["violations"]]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [*found, "wider than the window"] if wide else found

    return of


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """With something on each page: a record, a mail that is stuck, a notification, the offer of the tour."""
    desk.entry("F-1")

    def make(work: Work) -> None:
        work.configure(Welcome, tour=True)
        send_mail(work, to="eva@example.com", subject="An invoice", text="Here")
        ana = work.get(User, "ana")
        work.site.registry.services["user.notify/1"](work, user=ana, subject="Look at this")

    desk.write(make)
    with desk.site.active():
        run_due(desk.site)
    return desk


@BOTH
def test_shapes_filters_and_pages_of_administrators_break_no_rule(
    busy: Desk, open_page: Open, faults: Callable[[Page], list[str]], width: int, dark: bool
) -> None:
    page = open_page("/", width=width, dark=dark)
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = faults(page)
    assert found == {path: [] for path in PAGES}


@BOTH
def test_what_opens_over_a_page_breaks_no_rule(
    busy: Desk, open_page: Open, faults: Callable[[Page], list[str]], width: int, dark: bool
) -> None:
    page = open_page("/", width=width, dark=dark)
    found = {"tour": faults(page)}
    page.get_by_role("button", name="No, thanks").click()
    expect(page.locator(".tour")).to_have_count(0)
    for name, summary in (("bell", ".bell > summary"), ("me", ".me > summary")):
        page.click(summary)
        found[name] = faults(page)
        page.keyboard.press("Escape")
    page.goto("/books/entries")
    for name in ("filters", "arrange"):
        page.click(f".{name} > summary")
        found[name] = faults(page)
        page.keyboard.press("Escape")
    page.focus("td.first a")
    page.keyboard.press("Space")
    page.wait_for_selector("dialog.preview[open] .head")
    found["preview"] = faults(page)
    page.goto("/reports/books.trial-balance?run=1")
    page.click(".mailing > summary")
    found["mailing"] = faults(page)
    page.goto("/books/entries/new")
    page.fill("[name='lines.0.account'], [name$='.0.account']", "Nowhere")
    page.locator(".lookup-found .create").click()
    page.wait_for_selector("dialog.quick[open]")
    found["quick"] = faults(page)
    assert found == {name: [] for name in found}


def test_the_tour_is_walked_by_keyboard_and_left_by_escape(busy: Desk, open_page: Open) -> None:
    page = open_page("/")
    titles = []
    for _step in range(7):
        expect(page.locator(".tour .btn-primary")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        titles.append(page.locator("#tour-title").inner_text())
    assert (titles[0], titles[1], titles[-1]) == ("The start page", "A list", "Without the mouse")
    with page.expect_navigation():
        page.keyboard.press("Escape")
    expect(page.locator(".tour")).to_have_count(0)
    page.reload()
    expect(page.locator(".tour")).to_have_count(0)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The address of a server that has no company yet."""
    site = Site.open(
        load_settings({"TRASTIENDA_DATABASE": f"sqlite:///{tmp_path}/empty.db", "TRASTIENDA_DATA": str(tmp_path),
                       "TRASTIENDA_PLUGINS": "identity,formats,web"})
    )  # fmt: skip
    await_first_run(site)
    server = make_server("127.0.0.1", 0, create_app(site), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    site.database.close()


@BOTH
def test_the_first_run_breaks_no_rule(
    empty: str, browser: Browser, faults: Callable[[Page], list[str]], width: int, dark: bool
) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 900}}
    page = browser.new_page(base_url=empty, color_scheme="dark" if dark else "light", **options)
    page.goto("/")
    assert ("/first-run" in page.url, faults(page)) == (True, [])
    page.close()


@BOTH
def test_the_door_breaks_no_rule(
    open_page: Open, faults: Callable[[Page], list[str]], width: int, dark: bool
) -> None:
    page = open_page("/sign-in", name="", width=width, dark=dark)
    found = {"sign-in": faults(page)}
    page.goto("/sign-in/forgotten")
    found["forgotten"] = faults(page)
    assert found == {"sign-in": [], "forgotten": []}
