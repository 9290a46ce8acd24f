"""The day of a warehouse clerk, and of the manager who keeps the categories: what comes, goes, is missing, and is
worth."""

from __future__ import annotations

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from trastienda_inventory import Move

from .stage import Day, Start, in_each_way

COUNTED = "[name$='.counted']"


@in_each_way
def test_warehouse_day(start: Start) -> None:
    day = start("marta", "inventory.clerk")
    expect(day.page.locator("main")).to_contain_text(day.word("Deliveries to do"))
    day.look("start")
    receive(day)
    take_back(day, deliver_in_part(day))
    scrap(day)
    count(day)
    read_reports(day)


@in_each_way
def test_warehouse_manager_s_day(start: Start) -> None:
    day = start("martin", "inventory.manager")
    day.go_to("Product categories")
    day.press_at(day.page.get_by_role("link", name="OFI", exact=True))
    expect(day.page.locator("main")).to_contain_text(day.word("Accounts that apply"))
    day.look("category")
    day.look_up("#f-parent", "papel", choose="PAPEL")
    choose_nothing(day, "#f-valuation")
    day.press("button", "Save", within="main")
    expect(day.page.locator("main")).to_contain_text(day.word("as category {code}").format(code="PAPEL"))
    day.look("inherited")
    day.find("Papel A4")
    expect(day.page.locator("main")).to_contain_text(day.word("On hand"))
    day.look("product")
    day.go_to("Stock valuation")
    day.press("button", "Show", within="main")
    expect(day.page.locator("svg").filter(visible=True).first).to_be_visible()
    day.look("valuation")
    post_count(day)


def choose_nothing(day: Day, target: str) -> None:
    """In a list whose first option is empty."""
    if day.by_keyboard:
        day.reach(target)
        day.keys("Home")
    else:
        day.place(target).select_option(value="")


def receive(day: Day) -> None:
    """A receipt says where goods come from and go to by itself; what came is scanned."""
    day.go_to("New %(record)s", record=day.word("Picking").lower())
    day.choose("#f-kind", "Receipt")
    day.write("#f-reference", "ALB-77")
    day.look("new-receipt")
    day.press("button", "Save", within="main")
    expect(day.page.locator("#f-from_location")).to_have_value("PROV")
    expect(day.page.locator("#f-to_location")).to_have_value("ALM/EX")
    day.press("link", "Add product", exact=False)
    day.write("#f-product", "2000000000015")
    day.write("#f-quantity", "40")
    day.look("scanned")
    day.press("button", "Add product", within="main")
    expect(day.page.locator("main")).to_contain_text("A4-80")
    finish(day, "Do")
    expect(day.page.locator("h1")).to_contain_text("IN/2026/")
    day.look("received")


def finish(day: Day, rest: str) -> None:
    """Do the picking that is on the screen; `rest` says what becomes of what isn't done yet."""
    day.press("link", "Complete", exact=False, within="main")
    day.choose("#f-rest", rest)
    day.press("button", "Complete", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Done"))


def deliver_in_part(day: Day) -> int:
    """Of one product there is less than was asked for: it goes, the rest waits in a back-order. The move that went."""
    day.find("P-102")
    expect(day.page.locator("h1")).to_contain_text("P-102")
    day.look("delivery")
    moves = day.page.locator("section, article, div").filter(has_text=day.word("Stock move")).locator("tbody a")
    day.press_at(moves.first)
    expect(day.page.locator("#f-quantity")).to_be_visible()
    day.write("#f-date", "2026-06-17")
    day.write("#f-quantity", "6")
    day.press("button", "Save", within="main")
    day.press("link", "Complete", exact=False, within="main")
    day.write("#f-quantity", "2")
    day.press("button", "Complete", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Done"))
    day.look("a-part-is-done")
    moved = int(day.page.url.partition("?")[0].rpartition("/")[2])
    day.find("P-102")
    finish(day, "Back order")
    expect(day.page.locator("h1")).to_contain_text("OUT/2026/")
    day.look("delivered")
    paper = PdfReader(io.BytesIO(day.opened_paper(day.named("link", "Slip", within=".aside-tools"))))
    words = paper.pages[0].extract_text()
    assert (day.word("Delivery note") in words, "OUT/2026/" in words) == (True, True), words
    return moved


def take_back(day: Day, moved: int) -> None:
    """One of the two comes back; three would be more than went."""
    product = day.stage.write(lambda work: work.get(Move, moved).product.code)
    day.go_to("New %(record)s", record=day.word("Stock move").lower())
    day.look_up("#f-product", product, choose=product)
    day.write("#f-quantity", "3")
    day.look_up("#f-from_location", "clientes", choose="CLI")
    day.look_up("#f-to_location", "existencias", choose="ALM/EX")
    day.look_up("#f-returns", "P-102", choose=str(moved))
    day.press("button", "Save", within="main")
    day.press("link", "Complete", exact=False, within="main")
    day.press("button", "Complete", within="main")
    expect(day.page.locator("[data-summary]")).to_be_focused()
    day.look("more-than-went")
    day.write("#f-quantity", "1")
    day.press("button", "Complete", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Done"))
    day.look("came-back")


def scrap(day: Day) -> None:
    """Without its serial number refused; with it gone."""
    day.go_to("New %(record)s", record=day.word("Stock move").lower())
    day.look_up("#f-product", "destructora", choose="DESTR")
    day.write("#f-quantity", "1")
    day.look_up("#f-from_location", "existencias", choose="ALM/EX")
    day.look_up("#f-to_location", "merma", choose="MERMA")
    day.press("button", "Save", within="main")
    day.press("link", "Complete", exact=False, within="main")
    day.press("button", "Complete", within="main")
    expect(day.page.locator("[data-summary], .problem, .alert").first).to_be_visible()
    day.look("refused-without-a-serial-number")
    day.press("link", "Go back", within="main")
    day.look_up("#f-lot", "DESTR-0006", choose="DESTR-0006")
    day.press("button", "Save", within="main")
    day.press("link", "Complete", exact=False, within="main")
    day.press("button", "Complete", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Done"))
    day.look("scrapped")


def count(day: Day) -> None:
    """The count that was begun: figures into the grid, one by the scanner; the manager posts it."""
    day.go_to("Counts")
    day.press_at(day.page.locator("tbody a").first)
    figures = day.page.locator(COUNTED)
    day.write(figures.nth(0), "90")
    day.keys("Enter")
    day.write(figures.nth(1), "56")
    day.press("button", "Save", within="main")
    day.sees("Saved.")
    expect(figures.nth(0)).to_have_value("90")
    day.look("counted")


def post_count(day: Day) -> None:
    """What the clerk has counted: the difference is moved, and the books say what is there."""
    day.go_to("Counts")
    day.press_at(day.page.locator("tbody a").first)
    day.write(day.page.locator(COUNTED).first, "7")
    day.press("button", "Save", within="main")
    day.sees("Saved.")
    day.press("link", "Post differences", exact=False, within="main")
    day.press("button", "Post differences", within="main")
    expect(day.page.locator(".step-current")).to_have_text(day.word("Posted"))
    day.look("count-posted")


def read_reports(day: Day) -> None:
    for name, sees in (("Stock forecast", "A4-80"), ("Stock card", ""), ("Stock movements", "A4-80")):
        day.go_to(name)
        if name == "Stock card":
            day.look_up("#f-product, #product", "papel a4", choose="A4-80")
        day.press("button", "Show", within="main")
        expect(day.page.locator("tbody tr").first).to_be_visible()
        if sees:
            expect(day.page.locator("main")).to_contain_text(re.compile(sees))
        day.look(name.lower().replace(" ", "-"))
