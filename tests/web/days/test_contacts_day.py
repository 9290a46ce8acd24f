"""The day of whoever keeps the contacts: a supplier is entered, shared with colleagues, and a list brought in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from trastienda import Work
from trastienda_contacts import Party

from .stage import Day, Stage, Start, in_each_way

HEADER = "code,name,country,tax_id,email\n"
GOOD = "L1,Papeles del Ebro,ES,,ebro@example.com\nL2,Tintas Duero,ES,,duero@example.com\n"
BAD = "L1,Papeles del Ebro,ES,B00000000,ebro@example.com\nL2,,ES,,duero@example.com\n"


@in_each_way
def test_contacts_day(start: Start, stage: Stage, tmp_path: Path) -> None:
    stage.user("pablo", "contacts.reader")
    day = start("marta", "contacts.manager")
    create(day)
    meet_a_colleague(day)
    attach(day, tmp_path)
    comment(day)
    bring_in(day, tmp_path)
    take_back(day)
    told(start("pablo"))


def create(day: Day) -> None:
    day.go_to("Parties")
    day.look("parties")
    day.keys("n") if day.by_keyboard else day.press("link", "New %(record)s", record=day.word("Party").lower())
    day.write("#f-code", "S900")
    day.write("#f-name", "Suministros Tajo, S.L.")
    day.write("#f-tax_id", "B12345678")
    day.write("#f-country", "ES")
    day.choose("[name='roles.0.role']", "Supplier")
    day.press("button", "Save")
    expect(day.page.locator("[data-summary]")).to_be_focused()
    day.look("wrong-number")
    day.press_at("[data-summary] a")
    day.write("#f-tax_id", "B12345674")
    day.keys("Control+s")
    day.sees("Saved.")
    day.look("supplier")


def meet_a_colleague(day: Day) -> None:
    """Who changes the same record while it is open here."""

    def change(work: Work) -> None:
        supplier = work.lock(work.get(Party, "S900"))
        supplier.phone, supplier.website = "912345678", "https://tajo.example"
        work.save(supplier)

    day.stage.write(change)
    day.write("#f-phone", "900100200")
    day.write("#f-email", "hola@tajo.example")
    day.press("button", "Save")
    day.sees("Somebody saved this record before you")
    day.look("conflict")
    theirs = day.page.locator("fieldset").filter(has_text="912345678").locator("[value=theirs]")
    if day.by_keyboard:
        day.reach(theirs.locator("xpath=ancestor::fieldset").locator("input:checked"))
        day.keys("ArrowDown")
    else:
        day.tick(theirs)
    expect(theirs).to_be_checked()
    day.press("button", "Save what I chose")
    expect(day.page.locator("#f-phone")).to_have_value("912345678")
    expect(day.page.locator("#f-email")).to_have_value("hola@tajo.example")
    expect(day.page.locator("#f-website")).to_have_value("https://tajo.example")


def attach(day: Day, folder: Path) -> None:
    (folder / "contrato.txt").write_text("Plazo de entrega: dos días.")
    if day.by_keyboard:
        day.attach("#beside-file", folder / "contrato.txt")
        day.press("button", "Attach")
    else:
        day.drop("#beside-file", folder / "contrato.txt")
    expect(day.page.locator("#files")).to_contain_text("contrato.txt")


def comment(day: Day) -> None:
    day.write("#beside-text", "@pablo ¿Lo llamas tú?")
    day.press("button", "Send")
    expect(day.page.locator("#comments ol")).to_contain_text("¿Lo llamas tú?")
    expect(day.page.locator(".history")).to_contain_text("912345678")
    day.look("file-comment-history")


def bring_in(day: Day, folder: Path) -> None:
    day.go_to("Parties")
    day.press("link", "Import", within="main")
    expect(day.page.locator("#f-file")).to_be_visible()
    day.look("import")
    for name, text in (("bad.csv", BAD), ("good.csv", GOOD)):
        (folder / name).write_text(HEADER + text)
        day.attach("#f-file", folder / name)
        day.press("button", "Try it without importing")
        expect(day.page.locator("#tried-title")).to_have_text(name)
        day.look(f"tried-{name.partition('.')[0]}")
    day.press("button", "Import", within="main form")
    expect(day.page.locator(".notice-done")).to_be_visible()
    day.look("imported")


def take_back(day: Day) -> None:
    day.press("link", "Undo the import")
    day.press("button", "Undo the import", within="main")
    day.press("button", "Continue", within="#ask")
    expect(day.page.locator(".notice-done")).to_be_visible()
    day.look("undone")
    day.go_to("Parties")
    day.keys("/")
    day.page.keyboard.type("Duero")
    day.keys("Enter")
    expect(day.page.locator(".empty")).to_be_visible()
    day.look("nothing-found")


def told(day: Day) -> None:
    day.press_at(".bell > summary")
    expect(day.page.locator(".bell-body")).to_contain_text("S900")
    day.look("bell")
