"""Whatever a role is offered can be pressed: no page leads to a refusal for want of a right, or for the record's state.

Each role opens the pages that its menu leads to and a record of each state, and presses what each page offers at that
moment, last what takes the record away. A form that asks for more may be sent back with its errors; it is not refused.

Seen to catch: reports in a menu that the role could not run for want of another right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from .stage import NOBODY, Stage

pytestmark = pytest.mark.database("sqlite")

REFUSED = {400, 401, 403, 404, 405, 409, 500, 503}
#: What ends the visit, or asks another server.
LEFT_ALONE = re.compile(r"/sign-out|/assets/|/language|/theme|sessions")
RECORD = re.compile(r"^(/[\w-]+/[\w-]+)/(\d+)$")


@dataclass
class Form:
    """Where it is sent, and what it holds as it is shown."""

    url: str
    values: dict[str, str] = field(default_factory=dict)
    button: bool = False

    @property
    def last(self) -> bool:
        return self.url.endswith("/delete")


class Offers(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, page: str, at: str) -> None:
        super().__init__()
        self.at, self.forms, self.links = at, list[Form](), list[str]()
        self._by_id: dict[str, Form] = {}
        self._form: Form | None = None
        self._select = ""
        self._inert = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inert += tag == "template"
        if self._inert:
            return
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(urljoin(self.at, given.get("action") or self.at))
            self._by_id[given.get("id", "")] = self._form
            self.forms.append(self._form)
        elif tag == "form":
            self._form = None
        elif tag in ("input", "textarea", "button", "select"):
            self._keep(tag, given)
        elif tag == "option" and self._select and self._form is not None and "selected" in given:
            self._form.values[self._select] = given.get("value", "")

    def _keep(self, tag: str, given: Mapping[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        name = given.get("name", "")
        self._select = name if tag == "select" else ""
        if form is None or "disabled" in given:
            return
        form.button = form.button or tag == "button" or given.get("type") == "submit"
        if not name:
            return
        if given.get("type") in ("checkbox", "radio") and "checked" not in given:
            return
        if tag == "button" and name in form.values:
            return
        form.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._inert -= tag == "template"
        if tag == "form":
            self._form = None


@dataclass
class Visitor:
    """Somebody of one role, who notes what he was offered and refused."""

    role: str
    client: FlaskClient
    opened: set[str] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def open(self, url: str) -> Offers | None:
        answer = self.client.get(url)
        if answer.status_code in REFUSED:
            self.refused.append(f"{answer.status_code} {url}")
        html = answer.status_code == 200 and answer.mimetype == "text/html"
        return Offers(answer.text, url) if html else None

    def look_around(self) -> None:
        """The pages of the menu, what they lead to, and everything on them."""
        start = self.open("/")
        assert start is not None
        for menu in dict.fromkeys(start.links):
            self.visit(menu)

    def visit(self, url: str) -> None:
        if url in self.opened or LEFT_ALONE.search(url):
            return
        self.opened.add(url)
        page = self.open(url)
        if page is None:
            return
        self.press_all(url, page)
        for link in of_each_kind(page.links):
            if link not in self.opened and not LEFT_ALONE.search(link):
                self.opened.add(link)
                below = self.open(link)
                if below is not None:
                    self.press_all(link, below)

    def press_all(self, url: str, page: Offers) -> None:
        """One after the other, each only while the page still offers it."""
        while True:
            forms = [each for each in page.forms if each.button and self._kind(each) not in self.pressed]
            if not forms:
                return
            form = min(forms, key=lambda each: each.last)
            self.pressed.add(self._kind(form))
            self.press(form)
            again = self.client.get(url)
            if again.status_code != 200 or again.mimetype != "text/html":
                return
            page = Offers(again.text, url)

    def _kind(self, form: Form) -> str:
        """A form of a record is its own; buttons that differ in their numbers alone are one kind."""
        return form.url if RECORD.match(form.url) else re.sub(r"\d+", "#", form.url)

    def press(self, form: Form) -> None:
        if LEFT_ALONE.search(form.url):
            return
        answer = self.client.post(form.url, data=form.values, headers={"Referer": f"http://localhost{form.url}"})
        if answer.status_code in REFUSED:
            self.refused.append(f"{answer.status_code} pressing {form.url} {form.values}: {said(answer.text)}")
        elif answer.status_code == 200 and answer.mimetype == "text/html":
            for confirm in Offers(answer.text, form.url).forms:
                if urlsplit(confirm.url).path == urlsplit(form.url).path:
                    sure = self.client.post(confirm.url, data=confirm.values)
                    if sure.status_code in REFUSED:
                        self.refused.append(f"{sure.status_code} confirming {confirm.url}: {said(sure.text)}")
                    return


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.find("<main"):]).split())[:900]


def of_each_kind(links: list[str]) -> Iterator[str]:
    """Links that differ in their numbers alone are one kind: two of each."""
    seen: dict[str, int] = {}
    for link in dict.fromkeys(links):
        kind = re.sub(r"\d+|=[^&]*", "#", link)
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= 2:
            yield link


def test_what_a_role_is_offered_is_not_refused(own_stage: Stage) -> None:
    found: dict[str, list[str]] = {}
    pressed = 0
    for role in own_stage.roles:
        if role == NOBODY:
            continue
        visitor = Visitor(role, own_stage.web(role))
        visitor.look_around()
        pressed += len(visitor.pressed)
        if visitor.refused:
            found[role] = visitor.refused
    assert pressed > 300, pressed
    assert not found, "\n".join(f"{role}: {each}" for role, refused in found.items() for each in refused)
