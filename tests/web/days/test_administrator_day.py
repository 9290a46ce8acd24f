"""The day of an administrator: somebody new with a role of one's own, a setting, and what keeps the house safe."""

from __future__ import annotations

from playwright.sync_api import expect

from .stage import Day, Start, in_each_way


@in_each_way
def test_administrator_day(start: Start) -> None:
    day = start("vera", "admin")
    day.go_to("Overview")
    day.look("overview")
    copy_role(day)
    add_user(day)
    change_setting(day)
    back_up(day)
    see_who_did_what(day)
    look_after_plugins(day)
    sign_out(day)


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
