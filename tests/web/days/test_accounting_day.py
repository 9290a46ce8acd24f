"""The day of an accountant: a customer that calls, an invoice, the month's books, and a period closed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import expect

from trastienda import Work
from trastienda_accounting import Account, Journal, JournalEntry, Posting

from .stage import Day, Stage, Start, in_each_way

LINES = "[data-line]"


@in_each_way
def test_accounting_day(start: Start, stage: Stage, tmp_path: Path) -> None:
    stage.write(leave_drafts)
    day = start("lucia", "accounting.accountant")
    day.look("start")
    day.find("Papelería")
    expect(day.page.locator("h1")).to_contain_text("Papelería")
    day.look("customer")
    enter(day)
    post(day)
    run_trial_balance(day, tmp_path)
    keep_view(day)
    post_drafts(day)
    close_period(day)
    print_balance(day)


def leave_drafts(work: Work) -> None:
    """Of a colleague: one of today, one in a month that is closed but for accountants who insist."""
    journal = work.get(Journal, "VEN")
    for reference, on in (("A-1", date(2026, 6, 16)), ("A-2", date(2026, 4, 20))):
        lines = [Posting(account=work.get(Account, "4300"), debit=Decimal(121)),
                 Posting(account=work.get(Account, "700"), credit=Decimal(121))]  # fmt: skip
        work.add(JournalEntry(reference=reference, date=on, journal=journal, description="Albaranes"), lines)


def cell(day: Day, line: int, column: str) -> str:
    """The selector of an input in the line that stands there."""
    name = day.page.locator(LINES).nth(line).locator(f"[name$='.{column}']").get_attribute("name")
    return f"[name='{name}']"


def enter(day: Day) -> None:
    """An invoice to a customer who is new, its last lines pasted; an account is mistyped."""
    day.go_to("New %(record)s", record=day.word("Journal entry").lower())
    day.write("#f-date", "2026-06-17")
    day.look_up("#f-journal", "ven", choose="VEN")
    day.write("#f-reference", "F2026/0900")
    day.look_up(cell(day, 0, "account"), "clientes", choose="4300 ")
    day.look_up(cell(day, 0, "party"), "Librería Ateneo", choose="Librería Ateneo”")
    expect(day.page.locator("dialog.quick[open] h2")).to_be_visible()
    day.write("dialog.quick [name=code]", "C0900")
    day.look("customer-on-the-fly")
    day.press("button", "Create", within="dialog.quick")
    expect(day.page.locator(LINES).nth(0)).to_contain_text("Librería Ateneo")
    day.write(cell(day, 0, "debit"), day.amount("1,210.00"))
    pasted = [["700", "", "Cuadernos", "", "600.00"], ["7000", "", "Carpetas", "", "400.00"]]
    day.paste(cell(day, 1, "account"), [[day.amount(text) for text in row] for row in pasted])
    expect(day.page.locator(LINES).nth(1)).to_contain_text("Ventas de mercaderías")
    day.keys("Enter", "Enter")
    expect(day.page.locator(LINES)).to_have_count(4)
    day.look_up(cell(day, 3, "account"), "477", choose="477")
    day.keys("Tab", "Tab", "Tab", "Tab")
    day.page.keyboard.type(day.amount("210"))
    expect(day.page.locator("[data-balance]")).to_have_class(re.compile("is-even"))
    day.look("entry")
    day.press("button", "Save")
    expect(day.page.locator("[data-summary]")).to_be_focused()
    day.look("refused")
    day.press_at("[data-summary] a")
    wrong = day.page.locator(cell(day, 2, "account"))
    expect(wrong).to_be_focused()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    day.look_up(wrong, "700", choose="700")
    day.keys("Control+s")
    day.sees("Saved.")


def post(day: Day) -> None:
    day.press("button", "Post")
    day.sees("Posted")
    expect(day.page.locator("main")).to_contain_text("VEN/2026/")
    day.look("posted")


def run_trial_balance(day: Day, folder: Path) -> None:
    day.go_to("Trial balance")
    day.choose("#period", "This quarter")
    day.choose("#compare", "the period before")
    day.press("button", "Show", within="main")
    expect(day.page.locator("tfoot tr")).to_be_visible()
    day.look("trial-balance")
    day.press_at("details.drop:has(a[download]) > summary")
    with day.downloading() as files:
        day.press("link", "XLSX", within="main", exact=False)
    files[0].save_as(folder / "balance.xlsx")
    assert (folder / "balance.xlsx").read_bytes()[:2] == b"PK"
    day.keys("Escape")
    day.press_at(day.page.get_by_role("link", name="4300", exact=True))
    expect(day.page.locator("tbody tr").first).to_contain_text("Clientes (euros)")
    day.look("drilled-down")


def keep_view(day: Day) -> None:
    day.go_to("Journal entries")
    day.press_at(".filters > summary")
    day.choose("[name=state]", "Draft")
    day.press("button", "Apply", within=".filters")
    day.press_at(".kept summary")
    day.write("#view-name", "Por contabilizar")
    day.look("keeping-a-view")
    day.press("button", "Keep", within=".kept")
    expect(day.page.locator(".kept [aria-current]")).to_contain_text("Por contabilizar")
    day.look("drafts")


def post_drafts(day: Day) -> None:
    for reference in ("A-1", "A-2"):
        day.tick(day.page.locator("tr").filter(has_text=reference).locator("input[name=ids]"))
    day.press("button", "Post", within="[data-bulk]")
    day.press("button", "Continue", within="#ask")
    expect(day.page.locator("tbody .done")).to_have_count(1)
    expect(day.page.locator("tbody .error")).to_have_count(1)
    day.look("posted-but-one")


def close_period(day: Day) -> None:
    day.go_to("Periods")
    day.press_at(day.page.get_by_role("link", name="2026-04", exact=True))
    day.press("button", "Close", within="main")
    day.look("asked")
    day.press("button", "Continue", within="#ask")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Closed"))
    day.look("closed")


def print_balance(day: Day) -> None:
    day.go_to("Balance sheet")
    day.press("button", "Show", within="main")
    expect(day.page.locator("tbody tr").first).to_be_visible()
    day.page.evaluate("window.print = () => (window.printed = true)")
    day.press("button", "Print", within="main")
    assert day.page.evaluate("window.printed")
    day.page.emulate_media(media="print")
    expect(day.page.locator(".bar")).to_be_hidden()
    day.look("printed")
