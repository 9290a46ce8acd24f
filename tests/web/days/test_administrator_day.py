"""The day of an administrator: somebody new with a role of one's own, a setting, and what keeps the house safe."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import expect

from trastienda import Work
from trastienda.security.audit import verify
from trastienda_contacts import Party

from .stage import Day, Stage, Start, in_each_way


@in_each_way
def test_administrator_day(start: Start, stage: Stage, tmp_path: Path) -> None:
    stage.write(know_a_person)
    day = start("vera", "admin")
    day.go_to("Overview")
    day.look("overview")
    copy_role(day)
    add_user(day)
    change_setting(day)
    back_up(day)
    see_who_did_what(day)
    answer_a_person(day, tmp_path)
    look_after_plugins(day)
    sign_out(day)


def know_a_person(work: Work) -> None:
    work.add(Party(code="X900", name="Josefina Pradoverde", is_company=False, country="ES", phone="600100200"))


def copy_role(day: Day) -> None:
    day.go_to("Roles")
    shipped = day.page.locator("details.sheet").filter(has_text="accounting.bookkeeper").first
    day.press_at(shipped.locator("summary"))
    day.write(shipped.locator("[name=name]"), "junior")
    day.look("role-to-copy")
    day.press("button", "Copy", within=shipped)
    day.sees("Saved.")
    day.look("own-role")


def add_user(day: Day) -> None:
    day.go_to("New %(record)s", record=day.word("User").lower())
    day.write("#f-name", "nora")
    day.write("#f-email", "nora@example.com")
    day.choose("[name='roles.0.role']", "junior")
    day.press("button", "Save")
    day.sees("Saved.")
    day.look("user")
    day.go_to("Who may do what")
    day.choose("#f-user", "nora")
    day.press("button", "Show", within="main")
    expect(day.page.locator("tbody tr").first).to_be_visible()
    day.look("rights")


def change_setting(day: Day) -> None:
    day.go_to("Settings")
    minutes = day.place("[name='records.comment-limits.edit_minutes'], [name*='comment'][inputmode=numeric]")
    day.write(minutes, "pocos")
    day.press("button", "Save", within=minutes.locator("xpath=ancestor::form"))
    expect(day.page.locator("[data-summary]")).to_be_focused()
    day.press_at("[data-summary] a")
    day.write(day.page.locator(":focus"), "30")
    day.keys("Enter")
    day.sees("Saved.")
    day.look("settings")


def back_up(day: Day) -> None:
    day.go_to("Backups")
    day.press("button", "Make a backup")
    day.sees("Being made")
    assert day.work() > 0
    expect(day.page.locator("#backup-files")).to_be_visible()
    day.look("backups")
    day.go_to("Jobs at a glance")
    expect(day.page.locator("main")).to_contain_text(day.word("Done lately"))
    day.look("jobs")


def see_who_did_what(day: Day) -> None:
    day.go_to("Who did what")
    day.write("#f-actor", "vera")
    day.press("button", "Show", within="main")
    expect(day.page.locator(".history")).to_contain_text("nora")
    day.look("audit")


def answer_a_person(day: Day, folder: Path) -> None:
    """Who asks what is kept of her, and wants it erased: nothing goes before her code is typed."""
    day.go_to("A person's data")
    day.write("#f-q", "Pradoverde")
    day.press("button", "Search", within="main")
    day.look("found")
    day.press("link", "Josefina Pradoverde", within="main", exact=False)
    day.look("kept-of-her")
    with day.downloading() as files:
        day.press("link", "Download the data", within="main")
    files[0].save_as(folder / "data.zip")
    with ZipFile(folder / "data.zip") as archive:
        assert "600100200" in archive.read("data.json").decode()
    day.write("#f-key", "X9")
    day.press("button", "Erase the data", within="main")
    expect(day.page.locator("[data-summary]")).to_be_focused()
    day.look("not-meant")
    day.write("#f-key", "X900")
    day.press("button", "Erase the data", within="main")
    expect(day.page.locator(".notice-done")).to_be_visible()
    expect(day.page.locator("main")).not_to_contain_text("Pradoverde")
    day.look("erased")
    with day.stage.site.active():
        _seals, erased, broken = verify(day.stage.site.database)
    assert (erased > 0, broken) == (True, [])
    day.go_to("A person's data")
    day.write("#f-q", "Pradoverde")
    day.press("button", "Search", within="main")
    expect(day.page.locator(".empty")).to_be_visible()


def look_after_plugins(day: Day) -> None:
    day.go_to("Plugins")
    day.press_at(day.page.locator("main .head .btn"))
    expect(day.page.locator("main")).to_contain_text("accounting")
    day.look("plugins")


def sign_out(day: Day) -> None:
    day.press_at(".me > summary")
    day.look("menu-of-my-own")
    day.press("button", "Sign out")
    expect(day.page.locator("#f-password")).to_be_visible()
