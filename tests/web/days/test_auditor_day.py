"""The day of an auditor: every list, record and report is open to her, and no page has a button that writes."""

from __future__ import annotations

from playwright.sync_api import expect

from trastienda.security.audit import AuditRecord

from .stage import Day, Stage, Start, in_each_way

#: What an auditor may press is his own: views of lists, mails of reports, his session, his comments.
OWN = ("/views", "/mail", "/comments", "/preferences", "/sign-out", "/tour", "/notifications",
       "/delivery/report-mails", "/records/mappings", "/records/imports")  # fmt: skip
WRITES = """own => [
    ...[...document.querySelectorAll("form[method=post]")]
        .filter((form) => form.querySelector("button") || document.querySelector(`button[form="${form.id}"]`)),
    ...document.querySelectorAll("[data-bulk], [name=_action], a[href$='/new'], a[href$='/import']"),
    ...document.querySelectorAll("a[href$='/delete'], [data-create], [data-card][draggable=true]"),
]
    .filter((each) => !own.some((place) => (each.dataset.create ?? each.action ?? each.href ?? "").includes(place)))
    .map((each) => each.outerHTML.slice(0, 160))"""
LISTS = ("Parties", "Journal entries", "Products", "Employees", "Users")
PAGES = ("Roles", "Settings", "Who may do what", "A person's data", "Plugins")


@in_each_way
def test_auditor_day(start: Start, stage: Stage) -> None:
    day = start("audrey", "auditor")
    before = changes(stage)
    looks_only(day, "start", picture=True)
    for name in LISTS:
        read(day, name)
    run_report(day)
    for name in PAGES:
        day.go_to(name)
        looks_only(day, name)
    read_log(day)
    assert changes(stage) == before


def changes(stage: Stage) -> int:
    with stage.site.active():
        return AuditRecord.select().count()


def looks_only(day: Day, name: str, *, picture: bool = False) -> None:
    if picture:
        day.look(name.lower().replace(" ", "-"))
    found = day.page.evaluate(WRITES, OWN)
    if found:
        day.faults.setdefault(f"{name} ({day.page.url}) writes", []).extend(found)


def read(day: Day, name: str) -> None:
    """The list, and its first record."""
    day.go_to(name)
    looks_only(day, name, picture=name == LISTS[1])
    day.press_at(day.page.locator("tbody .first a").first)
    expect(day.page.locator(".history")).to_be_visible()
    looks_only(day, f"one of {name}", picture=name == LISTS[1])


def run_report(day: Day) -> None:
    day.go_to("Trial balance")
    day.press("button", "Show", within="main")
    expect(day.page.locator("tfoot tr")).to_be_visible()
    looks_only(day, "trial balance")
    day.press_at(day.page.get_by_role("link", name="4300", exact=True))
    expect(day.page.locator("tbody tr").first).to_be_visible()


def read_log(day: Day) -> None:
    day.go_to("Who did what")
    day.press("button", "Show", within="main")
    expect(day.page.locator(".history")).to_be_visible()
    looks_only(day, "who did what", picture=True)
