"""Somebody who opens every page that he is led to and presses every button that he is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

from trastienda import CompiledEntity

REFUSED = {400, 401, 403, 404, 405, 409, 500, 503}
#: What ends the visit, or asks another server.
LEFT_ALONE = re.compile(r"/sign-out|/assets/|/language|/theme|sessions")
RECORD = re.compile(r"^(/[\w-]+/[\w-]+)/(\d+)$")


@dataclass
class Form:
    """Where it is sent, what it holds as it is shown, and what each of its buttons says."""

    url: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Press:
    """One button of one form."""

    form: Form
    button: tuple[str, str]

    @property
    def kind(self) -> str:
        """A form of a record is its own; buttons that differ in their numbers alone are one kind."""
        url = self.form.url if RECORD.match(self.form.url) else re.sub(r"\d+", "#", self.form.url)
        return f"{url} {self.button[1]}".strip() if self.button[0] == "_action" else url

    @property
    def last(self) -> bool:
        return self.form.url.endswith("/delete")

    @property
    def values(self) -> dict[str, str]:
        return self.form.values | ({self.button[0]: self.button[1]} if self.button[0] else {})


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
        if tag == "button" or given.get("type") in ("submit", "button"):
            if given.get("type", "submit") == "submit":
                form.buttons.append((name, given.get("value", "")))
        elif name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
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
            offered = (Press(form, button) for form in page.forms for button in form.buttons)
            press = min((each for each in offered if each.kind not in self.pressed), key=lambda each: each.last,
                        default=None)
            if press is None:
                return
            self.pressed.add(press.kind)
            self.press(press)
            again = self.client.get(url)
            if again.status_code != 200 or again.mimetype != "text/html":
                return
            page = Offers(again.text, url)

    def look_closer(self, api: FlaskClient, entities: Iterable[CompiledEntity], today: str) -> None:
        """A record of each condition that the role gets to see, and what its actions ask."""
        for entity in entities:
            for identity in one_of_each(api, entity, today):
                url = f"/{entity.path}/{identity}"
                page = self.open(url)
                if page is None:
                    continue
                for asking in [each for each in page.links if each.startswith(f"{url}/actions/")]:
                    now = self.open(url)
                    form = self.open(asking) if now is not None and asking in now.links else None
                    if form is not None:
                        self.press_all(asking, form)
                now = self.open(url)
                if now is not None:
                    self.press_all(url, now)

    def press(self, press: Press) -> None:
        form, values = press.form, press.values
        if LEFT_ALONE.search(form.url):
            return
        answer = self.client.post(form.url, data=values, headers={"Referer": f"http://localhost{form.url}"})
        if answer.status_code in REFUSED:
            self.refused.append(f"{answer.status_code} pressing {form.url} {values}: {said(answer.text)}")
        elif answer.status_code == 200 and answer.mimetype == "text/html":
            for confirm in Offers(answer.text, form.url).forms:
                if confirm.buttons and urlsplit(confirm.url).path == urlsplit(form.url).path:
                    sure = self.client.post(confirm.url, data=Press(confirm, confirm.buttons[0]).values)
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


def one_of_each(api: FlaskClient, entity: CompiledEntity, today: str) -> list[int]:
    """The first record of each condition."""
    asked = {"limit": "200", "expand": "none", "archived": "all" if entity.archive is not None else ""}
    answer = api.get(f"/api/v1/{entity.path}", query_string={name: text for name, text in asked.items() if text})
    assert answer.status_code in (200, 403), answer.text
    told = [column for column in entity.columns.values() if column.kind in ("state", "boolean", "date")]
    found: dict[tuple[object, ...], int] = {}
    for item in answer.json.get("items", ()):
        values = (column.of(item) for column in told)
        condition = [value <= today if isinstance(value, str) and value[:4].isdecimal() else value for value in values]
        found.setdefault(tuple(condition), item["id"])
    return list(found.values())
