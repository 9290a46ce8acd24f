"""A day's work in a real browser: written once, done in four ways.

    from .stage import Day, Start, in_each_way

    @in_each_way
    def test_a_warehouse_day(start: Start) -> None:
        day = start("marta", "inventory.clerk")      # a user with these roles, signed in by the form
        day.look("start")                            # every rule checked, a picture kept
        day.go_to("Stock moves")                     # the palette: Ctrl+K, or the button in the bar
        day.press("link", "New %(record)s", record=day.word("Stock move").lower())
        day.look_up("#f-product", "folio", choose="Folios A4")
        day.write("#f-quantity", "12")
        day.press("button", "Save")
        day.look("move")

The four ways together have each device, language, theme and width with one another, without sixteen runs: by mouse
`es-light-1440` and `en-dark-390`, by keyboard `en-dark-1440` and `es-light-390`. Texts are given in English, as in
the source, and looked up in the catalogues (`day.word`); amounts as the reader writes them (`day.amount`).

By keyboard alone `day` reaches things as a person does, by Tab (or Shift+Tab) from where the focus is, and holds
that each can be reached, shows that it has the focus, and isn't covered. By mouse it clicks.

`day.look(name)` wants: nothing wider than the window and, by mouse, which has both themes and both widths, no
violation of axe-core. The end of the day wants of all its pages: no error on the console, no violation of the Content
Security Policy, no answer of 404 or 5xx, no request to another host. Pictures of the whole page are in
`build/screenshots/DAY-WAY/NN-name.png`, git-ignored.

The site is the sample company of `trastienda demo`, made once a worker, with all plugins; it is noon in Madrid on
Wednesday, 17 June 2026, and the clock runs. Jobs are done when `day.work()` says so.
"""

from __future__ import annotations

import itertools
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Download, Locator, Page, expect

from trastienda import Actor, Site, User
from trastienda.builtin.identity.administration import add_user
from trastienda.builtin.identity.models import Session
from trastienda.builtin.identity.signing_in import COOKIE, digest_of, now
from trastienda.builtin.web.tour import Welcome
from trastienda.cli.founding import DEMO, make_demo
from trastienda.jobs.worker import run_due
from trastienda.languages import gettext, speaking
from trastienda.testing.sites import open_site
from trastienda.upgrade import upgrade

Target = str | Locator

NOW = datetime(2026, 6, 17, 10, tzinfo=UTC)
PASSWORD = "long enough a password"
PLUGINS = ("identity", "records", "formats", "delivery", "web", "contacts", "accounting", "inventory", "hr")
PICTURES = Path(__file__).parents[3] / "build" / "screenshots"
#: More steps than any page has things to stop at between two that a person goes to.
MOST_TABS = 250


class Way(NamedTuple):
    device: str
    language: str
    theme: str
    width: int

    def __str__(self) -> str:
        return "-".join(map(str, self))


WAYS = (
    Way("mouse", "es", "light", 1440),
    Way("keyboard", "en", "dark", 1440),
    Way("mouse", "en", "dark", 390),
    Way("keyboard", "es", "light", 390),
)


def in_each_way(test: Callable[..., None]) -> Callable[..., None]:
    """On SQLite alone: a browser tells no more on the other database."""
    return pytest.mark.database("sqlite")(pytest.mark.parametrize("way", WAYS, ids=str)(test))


# -- the site
def build_demo(url: str, data: Path) -> None:
    with open_site(url, data, PLUGINS) as site:
        set_clock(site)
        upgrade(site, report=lambda title: None)
        make_demo(site)
        system, company = Actor.system("tests"), site.company(DEMO["code"])
        site.write(system, company, lambda work: work.configure(Welcome, tour=False))


def set_clock(site: Site) -> None:
    """It runs on from NOW."""
    ahead = datetime.now(UTC) - NOW
    site.clock = lambda: datetime.now(UTC) - ahead


@dataclass(frozen=True)
class Stage:
    """The sample company, its application, and where it is served."""

    site: Site
    app: Flask
    address: str

    def write(self, body: Any) -> Any:
        """`write(lambda work: ...)`: in one transaction of the company, as the installation itself."""
        with self.site.active():
            return self.site.write(Actor.system("tests"), self.site.company(DEMO["code"]), body)

    def user(self, name: str, *roles: str) -> None:
        """A new user, who signs in with PASSWORD."""
        self.write(lambda work: add_user(work, name=name, password=PASSWORD, roles=list(roles)))

    def work(self) -> int:
        """Do the jobs that are due; how many attempts that were."""
        with self.site.active():
            return run_due(self.site)


# -- the watch over a page
#: What asks no host; the last two are the browser's own viewer of papers.
HERE = ("data:", "blob:", "chrome:", "chrome-extension:")
FOCUSED = """target => {
    const now = document.activeElement;
    if (now === target) return "there";
    if (now === document.body && target.closest("main") && !location.hash) return "skip";
    return now.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING ? "Tab" : "Shift+Tab";
}"""
#: What a person who doesn't see where the focus is can't go on from.
SEEN = """target => {
    const shows = (element) => {
        const style = getComputedStyle(element);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    };
    if (![target, target.parentElement, target.closest("label, td, .lookup")].some((each) => each && shows(each)))
        return "does not show that it has the focus";
    const box = target.getBoundingClientRect();
    const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !at || target.contains(at) || at.contains(target) || [...(target.labels ?? [])].some((l) => l.contains(at))
        ? "" : `is covered by ${at.outerHTML.slice(0, 120)}`;
}"""
OVERFLOWING = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const all = [...document.querySelectorAll("body *")];
    const wide = all.filter((each) => each.getBoundingClientRect().right > innerWidth + 1);
    return wide.slice(0, 3).map((e) => `wider than the window: ${e.outerHTML.slice(0, 120)}`);
}"""
#: What sticks to the window would stand in the midst of a picture of the whole page.
STICK = """stuck => document.querySelectorAll(".bar, .menu, .head-record, .list-foot").forEach(
    (each) => (each.style.position = stuck ? "" : "static"))"""
#: Rows of a table that are alike are looked at as far as one sees them at once.
AXE = """async (colours) => {
    const options = {resultTypes: ["violations"], rules: {"color-contrast": {enabled: colours}}};
    const found = await axe.run({exclude: ["tbody > tr:nth-child(n+16)"]}, options);
    return found.violations.flatMap(({id, nodes}) => nodes.slice(0, 3).map(({html}) => `${id}: ${html.slice(0, 160)}`));
}"""


def broken_rules(page: Page, *, colours: bool = True) -> list[str]:
    """Of accessibility, on the page as it stands; contrast of colours takes most of the time."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(AXE, colours))


def watch(page: Page, address: str, wrong: list[str]) -> None:
    """Note in `wrong` what may happen on no page."""

    def answered(response: Any) -> None:
        if response.status == 404 or response.status >= 500:
            wrong.append(f"{response.status} {response.url}")

    def said(message: Any) -> None:
        # that a form was refused (422) is no error of the page's, and so isn't told of here
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            wrong.append(f"{page.url}: {message.text}")

    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("request", lambda sent: sent.url.startswith((address, *HERE)) or wrong.append(sent.url))
    page.on("response", answered)
    page.on("console", said)


# -- the day
class Start(Protocol):
    """`start("marta", "inventory.clerk")`: her day, after the sign-in; without roles the user must be there."""

    def __call__(self, name: str, /, *roles: str) -> Day: ...


@dataclass
class Day:
    """Somebody at the screen; what may be pressed, written, chosen is done by the way's device.

    A target is a CSS selector or a locator; of several the first that is visible is meant.
    """

    stage: Stage
    page: Page
    way: Way
    folder: Path
    faults: dict[str, list[str]] = field(default_factory=dict)
    _pictures: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- words
    def word(self, text: str, /, **values: str) -> str:
        """The text of the source in the language of the day."""
        with speaking(self.way.language):
            return gettext(text, **values)

    def amount(self, text: str) -> str:
        """`1,234.50` as the reader of the day writes it."""
        return text.translate(str.maketrans(",.", ".,")) if self.way.language == "es" else text

    # -- seeing
    def look(self, name: str) -> None:
        """Check the page as it stands, and keep a picture of it."""
        found = [*self.page.evaluate(OVERFLOWING), *([] if self.by_keyboard else broken_rules(self.page))]
        if found:
            self.faults[f"{name} ({self.page.url})"] = found
        path = self.folder / f"{next(self._pictures):02}-{name}.png"
        self.page.evaluate(STICK, False)
        self.page.screenshot(path=path, full_page=True)
        self.page.evaluate(STICK, True)

    def sees(self, text: str, /, **values: str) -> None:
        """The text of the source is visible in the content, in the language of the day."""
        said = self.page.locator("main, dialog[open]").get_by_text(self.word(text, **values))
        expect(said.filter(visible=True).first).to_be_visible()

    # -- doing
    def press(self, role: Any, text: str, /, *, within: Target = "body", exact: bool = True, **values: str) -> None:
        """`press("button", "Save")`, by the text of the source."""
        self.press_at(self.named(role, text, within=within, exact=exact, **values))

    def press_at(self, target: Target) -> None:
        """A click, or Enter once the focus is there. If that leads to another page, it is there afterwards."""
        place = self.place(target)
        if self.by_keyboard:
            self.reach(place)
            place.press("Enter")
        else:
            place.click()
        self.page.wait_for_load_state()

    def named(self, role: Any, text: str, /, *, within: Target = "body", exact: bool = True, **values: str) -> Locator:
        return self.place(within).get_by_role(role, name=self.word(text, **values), exact=exact)

    def write(self, target: Target, text: str) -> None:
        """Over what stands there. A day is written as 2026-06-17."""
        place = self.place(target)
        if not self.by_keyboard:
            place.click()
            place.fill(text)
            return
        self.reach(place)
        if place.get_attribute("type") == "date":
            day = date.fromisoformat(text)
            self.page.keyboard.type(f"{day.month:02}{day.day:02}{day.year}")
            expect(place).to_have_value(text)
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(text)

    def choose(self, target: Target, option: str, **values: str) -> None:
        """In a drop-down list, by the text of the option."""
        place, text = self.place(target), self.word(option, **values)
        if not self.by_keyboard:
            place.select_option(label=text)
            return
        self.reach(place)
        chosen = place.locator("option:checked")
        for _ in range(3):
            self.page.keyboard.type(text)
            if (chosen.text_content() or "").strip() == text:
                break
            self.page.wait_for_timeout(1100)  # on a busy machine keys come too late and begin a word anew
        expect(chosen).to_have_text(text)

    def look_up(self, target: Target, text: str, *, choose: str) -> None:
        """Type into a look-up, and take the option that has these words."""
        place = self.place(target)
        if self.by_keyboard:
            self.reach(place)
            self.page.keyboard.press("Control+a")
        else:
            place.click()
            place.fill("")
        self.page.keyboard.type(text)
        self.take(choose)

    def take(self, words: str) -> None:
        """The option of an open look-up that has these words."""
        option = self.page.get_by_role("option").filter(has_text=words).filter(visible=True).first
        expect(option).to_be_visible()
        if not self.by_keyboard:
            option.click()
            return
        self._point_at(option)
        self.keys("Enter")

    def tick(self, target: Target) -> None:
        """A box to tick, or one of several to choose."""
        place = self.place(target)
        if self.by_keyboard:
            self.reach(place)
            self.page.keyboard.press("Space")
        else:
            place.click()

    def attach(self, target: Target, *files: Path) -> None:
        """Chosen in the dialog that a click or Enter opens."""
        with self.page.expect_file_chooser() as chooser:
            self.press_at(target)
        chooser.value.set_files(list(files))

    def drop(self, target: Target, *files: Path) -> None:
        """On the form of that input."""
        self.place(target).evaluate(DROP, [[file.name, file.read_bytes().hex()] for file in files])

    def paste(self, target: Target, rows: Sequence[Sequence[str]]) -> None:
        """As a spreadsheet does."""
        place = self.place(target)
        self.reach(place) if self.by_keyboard else place.click()
        place.evaluate(PASTE, "\n".join("\t".join(row) for row in rows))

    def keys(self, *names: str) -> None:
        """Wherever the focus is. If one leads to another page, it is there afterwards."""
        for name in names:
            focused = self.page.locator(":focus")
            focused.press(name) if focused.count() else self.page.keyboard.press(name)
            self.page.wait_for_load_state()

    def go_to(self, text: str, /, **values: str) -> None:
        """To a place of the menu, or to a new record, by the palette: Ctrl+K, or the button in the bar."""
        words = self.word(text, **values)
        self._by_palette(words, self.page.locator("b").get_by_text(words, exact=True))

    def find(self, words: str) -> None:
        """Go to the first record of any kind that has these words in its name."""
        self._by_palette(words, self.page.locator("b").get_by_text(words))

    def _by_palette(self, words: str, label: Locator) -> None:
        self.keys("Control+k") if self.by_keyboard else self.press_at("[data-palette-open]")
        palette = self.page.locator("#palette")
        expect(palette).to_be_visible()
        self.page.keyboard.type(words)
        option = palette.get_by_role("option").filter(has=label).first
        expect(option).to_be_visible()
        with self.page.expect_navigation():
            if not self.by_keyboard:
                option.click()
                return
            self._point_at(option)
            self.keys("Enter")

    def _point_at(self, option: Locator) -> None:
        for _ in range(self.page.get_by_role("option").count()):
            if option.get_attribute("aria-selected") == "true":
                break
            self.keys("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")

    @contextmanager
    def downloading(self) -> Iterator[list[Download]]:
        """`with day.downloading() as files:`, then `files[0]`."""
        files: list[Download] = []
        with self.page.expect_download() as download:
            yield files
        files.append(download.value)

    def opened_paper(self, target: Target) -> bytes:
        """Press a link to a paper, which the browser shows beside this page; the PDF."""
        with self.page.context.expect_page() as beside:
            self.press_at(target)
        paper = beside.value
        paper.wait_for_load_state()
        assert paper.evaluate("document.contentType") == "application/pdf", paper.url
        content = self.page.evaluate(FETCH, paper.url)
        paper.close()
        return bytes.fromhex(content)

    def work(self) -> int:
        """Do the jobs that are due."""
        return self.stage.work()

    # -- how it is done
    @property
    def by_keyboard(self) -> bool:
        return self.way.device == "keyboard"

    @property
    def narrow(self) -> bool:
        return self.way.width < 600

    def place(self, target: Target) -> Locator:
        found = self.page.locator(target) if isinstance(target, str) else target
        return found.filter(visible=True).first

    def reach(self, target: Target) -> None:
        """By Tab and Shift+Tab, from where the focus is."""
        place = self.place(target)
        handle = place.element_handle()
        for _ in range(MOST_TABS):
            step = handle.evaluate(FOCUSED)
            if step == "there":
                trouble = handle.evaluate(SEEN)
                if trouble:
                    self.faults.setdefault(f"focus ({self.page.url})", []).append(
                        f"{handle.evaluate('e => e.outerHTML.slice(0, 160)')} {trouble}"
                    )
                return
            self.page.keyboard.press("Tab" if step == "skip" else step)
            if step == "skip" and self.page.evaluate("document.activeElement.matches('.skip')"):
                self.page.keyboard.press("Enter")
                expect(self.page).to_have_url(re.compile("#main$"))
        raise AssertionError(f"the keyboard does not reach {place} on {self.page.url}")

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        self.page.goto("/sign-in")
        self.look("sign-in")
        self.write("#f-name", name)
        self.write("#f-password", password)
        self.press("button", "Sign in", within="main")
        self.page.wait_for_url("**/")


FETCH = """async (url) => {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
DROP = """(input, files) => {
    const data = new DataTransfer();
    for (const [name, hex] of files)
        data.items.add(new File([new Uint8Array(hex.match(/../g).map((byte) => parseInt(byte, 16)))], name));
    const form = input.form;
    form.dispatchEvent(new DragEvent("dragover", {dataTransfer: data, bubbles: true, cancelable: true}));
    form.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
}"""
PASTE = """(input, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def signed_in(browser: Browser, stage: Stage, name: str, **options: Any) -> BrowserContext:
    """A browser of a user, for a test that isn't a day; options are those of Playwright's contexts."""
    secret = secrets.token_urlsafe()
    with stage.site.active(), stage.site.database.write():
        user = User.get(User.name == name)
        Session.insert(digest=digest_of(secret), user=user.id, started_at=now(), seen_at=now()).execute()
    context = browser.new_context(base_url=stage.address, **options)
    context.add_cookies([{"name": COOKIE, "value": secret, "url": stage.address}])
    return context


def pictures_of(name: str) -> Path:
    """An empty folder for the pictures of this day."""
    folder = PICTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
