"""A day's work in a real browser: by mouse, by keyboard alone, in both languages, on a phone, without a script."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Desk, Open

pytestmark = pytest.mark.database("sqlite")

NEW = "/books/entries/new"
LINES = "[data-line]"


def line(page: Page, number: int, column: str) -> str:
    """The selector of an input in the line that stands there."""
    name = page.locator(LINES).nth(number).locator(f"[name$='.{column}']").get_attribute("name")
    return f"[name='{name}']"


def fill_line(page: Page, number: int, **values: str) -> None:
    for column, text in values.items():
        page.fill(line(page, number, column), text)


def expect_focus(page: Page, name: str) -> None:
    expect(page.locator(":focus")).to_have_attribute("name", name)


# -- by mouse
def test_sign_in_make_an_entry_post_it_and_run_a_report(desk: Desk, open_page: Open, tmp_path: Path) -> None:
    page = open_page("/books/entries", name="")
    page.fill("#f-name", "ana")
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.get_by_role("link", name="New voucher").first.click()
    page.fill("#f-reference", "B-1")
    page.fill("#f-date", "2026-03-01")
    page.click(line(page, 0, "account"))
    page.keyboard.type("receiv", delay=20)
    page.get_by_role("option", name="430000").click()
    expect(page.locator(LINES).first.locator("[data-lookup-label]")).to_have_text("Trade receivables")
    fill_line(page, 0, debit="1,210.00")
    expect(page.locator("[data-difference]")).to_have_text("1,210.00")
    fill_line(page, 1, account="700000", credit="1000")
    fill_line(page, 2, account="477000", credit="210")
    expect(page.locator("[data-total=credit]")).to_have_text("1,210.00")
    expect(page.get_by_text("Balanced")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("button", name="Go back").click()
    assert desk.stored(1).state == "draft"
    page.get_by_role("button", name="Post", exact=True).click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This record is settled")).to_be_visible()
    assert desk.stored(1).state == "posted"
    page.get_by_role("link", name="Trial balance").first.click()
    expect(page.locator("tfoot tr")).to_have_text("Total 1,210.00 1,210.00")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text().splitlines()[1] == "430000,Trade receivables,1210.00,0.00"


def test_errors_have_the_focus_and_lead_to_their_fields(open_page: Open) -> None:
    page = open_page(NEW)
    page.fill("#f-date", "2026-03-01")
    fill_line(page, 0, account="999", debit="5")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-summary]")).to_be_focused()
    page.get_by_role("link", name="Reference: Must not be empty.").click()
    expect_focus(page, "reference")
    said = page.locator("#f-reference").get_attribute("aria-describedby") or ""
    expect(page.locator(f"#{said.split()[0]}")).to_have_text("Must not be empty.")
    expect(page.locator(line(page, 0, "account"))).to_have_value("999")
    fill_line(page, 0, account="430000")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(LINES).first.locator("[data-lookup-label]")).to_have_text("Trade receivables")


def test_lines_are_duplicated_removed_and_pasted(open_page: Open) -> None:
    page = open_page(NEW)
    fill_line(page, 0, account="430000", debit="5.00")
    page.get_by_role("button", name="Duplicate line 1").click()
    expect(page.locator(LINES)).to_have_count(4)
    expect(page.locator(line(page, 1, "debit"))).to_have_value("5.00")
    page.get_by_role("button", name="Remove line 1").click()
    expect(page.locator("[data-total=debit]")).to_have_text("5.00")
    page.focus(line(page, 1, "account"))
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "700000\\tfirst\\t\\t2.00\\n477000\\tsecond\\t\\t3.00\\n572000\\tthird\\t1.00\\t");
        const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
    }""")
    expect(page.locator(LINES).nth(2).locator("[data-lookup-label]")).to_have_text("Output tax")
    expect(page.locator(line(page, 3, "note"))).to_have_value("third")
    expect(page.locator("[data-difference]")).to_have_text("1.00")


def test_what_was_typed_is_not_left_by_mistake(open_page: Open) -> None:
    page = open_page(NEW)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#f-memo", "Half a thought")
    page.locator("a[href='/books/entries']").first.click()
    page.wait_for_url("**/books/entries")
    assert asked == ["beforeunload"]
    page.goto(NEW)
    page.goto("/books/entries")
    assert asked == ["beforeunload"]


def test_a_selection_is_acted_upon(desk: Desk, open_page: Open) -> None:
    ids = [desk.entry(f"F-{number}") for number in range(3)]
    page = open_page("/books/entries")
    bulk = page.locator("[data-bulk]")
    expect(bulk).to_be_hidden()
    page.get_by_role("checkbox", name="Select F-0").check()
    page.get_by_role("checkbox", name="Select F-2").check()
    expect(bulk).to_contain_text("2 selected")
    bulk.get_by_role("button", name="Post").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("2 done, 0 refused.")).to_be_visible()
    assert [desk.stored(each).state for each in ids] == ["posted", "draft", "posted"]


def test_an_import_is_tried_before_it_is_made(desk: Desk, open_page: Open) -> None:
    page = open_page("/books/entries/import")
    header = "reference,date,account,debit,credit\n"
    wrong = f"{header}I-1,2026-05-01,430000,5.001,\nI-1,2026-05-01,700000,,5.00\n"
    page.set_input_files("#f-file", {"name": "a.csv", "mimeType": "text/csv", "buffer": wrong.encode()})
    page.get_by_role("button", name="Try it without importing").click()
    expect(page.get_by_role("row", name="2 debit")).to_contain_text("decimals")
    right = f"{header}I-1,2026-05-01,430000,5.00,\nI-1,2026-05-01,700000,,5.00\n"
    page.set_input_files("#f-file", {"name": "a.csv", "mimeType": "text/csv", "buffer": right.encode()})
    page.get_by_role("button", name="Try it without importing").click()
    expect(page.get_by_role("status").filter(has_text="vouchers, new: 1")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("link", name="Vouchers").last.click()
    expect(page.get_by_role("link", name="I-1")).to_be_visible()


def test_a_theme_and_a_language_are_chosen_in_the_bar(open_page: Open) -> None:
    page = open_page("/books/entries")
    page.locator(".bar .me > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    page.locator(".bar .me > summary").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("searchbox", name="Buscar")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "es")


# -- by keyboard alone
def test_the_palette_offers_what_the_page_can_do(desk: Desk, open_page: Open) -> None:
    identity = desk.entry("F-9")
    page = open_page(f"/books/entries/{identity}")
    page.keyboard.press("Control+k")
    page.keyboard.type("post")
    expect(page.locator("#palette-found [aria-selected=true]")).to_have_text("PostVoucher F-9")
    page.keyboard.press("Enter")
    expect(page.locator("#ask-question")).to_have_text("Post: are you sure?")
    page.keyboard.press("Enter")
    expect(page.locator(".step[aria-current]")).to_have_text("Posted")
    assert desk.stored(identity).state == "posted"


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1440, False), ("es", 1440, True), ("es", 390, False)])
def test_an_entry_is_made_by_keyboard_alone(desk: Desk, open_page: Open, language: str, width: int, dark: bool) -> None:
    amount = "1.210,5" if language == "es" else "1,210.5"
    page = open_page("/", language=language, width=width, dark=dark)
    keys = page.keyboard
    keys.press("Control+k")
    keys.type("crear voucher" if language == "es" else "new voucher")
    expect(page.locator("#palette-found li")).to_have_count(1)
    keys.press("Enter")
    page.wait_for_url(f"**{NEW}")
    page.focus("#f-reference")
    keys.type("K-1")
    keys.press("Tab")
    page.fill("#f-date", "2026-03-01")
    page.focus(line(page, 0, "account"))
    keys.type("4300", delay=20)
    page.wait_for_selector(".lookup-found [role=option]")
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Tab")
    keys.type(amount)
    keys.press("Enter")
    keys.type("700000")
    for _ in range(3):
        keys.press("Tab")
    keys.type(amount)
    keys.press("Enter")
    keys.press("Enter")
    expect(page.locator(LINES)).to_have_count(4)
    keys.press("Control+s")
    page.wait_for_url("**/books/entries/1")
    assert desk.lines(1) == [
        ("430000", "", Decimal("1210.5"), Decimal(0)),
        ("700000", "", Decimal(0), Decimal("1210.5")),
    ]
    assert desk.stored(1).date == date(2026, 3, 1)


def test_keys_move_between_lines_search_and_create(open_page: Open, desk: Desk) -> None:
    desk.entry("F-1")
    page = open_page("/books/entries")
    page.keyboard.press("/")
    expect_focus(page, "q")
    page.keyboard.type("nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No vouchers match")).to_be_visible()
    page.goto("/books/entries")
    page.keyboard.press("n")
    page.wait_for_url(f"**{NEW}")
    page.focus("[name='lines.0.note']")
    page.keyboard.press("ArrowDown")
    expect_focus(page, "lines.1.note")
    page.keyboard.press("Control+d")
    expect(page.locator(LINES)).to_have_count(4)
    expect_focus(page, "lines.3.account")
    page.keyboard.press("Control+Delete")
    expect(page.locator(LINES)).to_have_count(3)


# -- without a script
def test_without_a_script_one_finds_reads_reports_and_makes(desk: Desk, open_page: Open) -> None:
    desk.entry("F-1")
    desk.entry("G-2")
    page = open_page("/books/entries", script=False, name="")
    page.fill("#f-name", "ana")
    page.fill("#f-password", PASSWORD)
    page.click("main button")
    page.fill("#q", "g-2")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("tbody .first")).to_have_text(["G-2"])
    page.get_by_role("link", name="G-2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Voucher G-2")
    page.get_by_role("link", name="Trial balance").first.click()
    expect(page.locator("tfoot tr")).to_contain_text("200.00")
    page.goto(NEW)
    page.fill("#f-reference", "N-3")
    page.fill("#f-date", "2026-03-01")
    fill_line(page, 0, account="430000", debit="5.00")
    fill_line(page, 1, account="700000", credit="5.00")
    page.get_by_role("button", name="Add lines").click()
    expect(page.locator(LINES)).to_have_count(5)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("are you sure?")).to_be_visible()
    page.locator("main").get_by_role("button", name="Post").click()
    expect(page.locator(".step[aria-current]")).to_have_text("Posted")
    assert desk.stored(3).state == "posted"


# -- for everybody
PAGES = (
    "/", "/books/entries", NEW, "/books/entries/1", "/books/entries/2", "/books/entries/1/delete",
    "/books/accounts?q=none", "/books/entries/import", "/reports/books.trial-balance", "/identity/users/1", "/plugins",
    "/nothing/here",
)  # fmt: skip


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_no_page_breaks_a_rule_of_accessibility_or_needs_sideways_scrolling(
    desk: Desk, open_page: Open, width: int, dark: bool
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    desk.entry("F-1")
    settled = desk.entry("F-2")
    with desk.site.active():
        desk.write(lambda work: work.act(work.get(type(desk.stored(settled)), settled), "post"))
    page = open_page("/", width=width, dark=dark)
    found = {}
    for path in PAGES:
        page.goto(path)
        found[path] = [each["id"] for each in axe.run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[path].append("wider than the window")
    assert found == {path: [] for path in PAGES}


@pytest.mark.parametrize("height", [360, 900])
def test_what_a_look_up_finds_is_seen_whole_also_at_the_window_s_end(open_page: Open, height: int) -> None:
    page = open_page(NEW, width=390)
    page.set_viewport_size({"width": 390, "height": height})
    field = page.locator(line(page, 0, "account"))
    field.focus()
    field.evaluate("field => scrollBy(0, field.getBoundingClientRect().bottom - innerHeight + 30)")
    page.wait_for_function("field => field.getBoundingClientRect().bottom <= innerHeight", arg=field.element_handle())
    page.keyboard.type("t")
    found = page.locator(".lookup-found")
    expect(found.get_by_role("option").last).to_be_visible()
    box = found.bounding_box()
    assert box is not None
    assert (box["y"] >= 0, box["y"] + box["height"] <= height) == (True, True)
    found.get_by_role("option").first.click()
    expect(found).to_have_count(0)
