"""No stored text becomes markup of its own on any page, in whatever column it lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from trastienda import Company, Site, User

from .questions import ASIDE, Questions
from .stage import Stage, mark_texts

pytestmark = pytest.mark.database("sqlite")

#: Breaks out of a text, and of an attribute in marks of either kind; short enough for every column of words.
HOSTILE = "'\"><zq>"
#: What a browser would run, whatever its name.
INLINE = re.compile(r"^on[a-z]+$")


class Broken(HTMLParser):
    """What of a page the hostile text has made: elements of its own, attributes, and handlers of any kind."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "zq":
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("zq") or INLINE.match(name) or (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"<{tag} {name}={value!r}>")


def poison(site: Site) -> None:
    """Past every rule, all words that ACME keeps become hostile, and what its people and itself are called."""
    acme = site.company("ACME")
    mark_texts(site, acme, HOSTILE)
    with site.database.write():
        Company.update(name=HOSTILE).where(Company.id == acme.id).execute()
        User.update(full_name=HOSTILE, email=HOSTILE).execute()


def pages(stage: Stage) -> Iterator[str]:
    """Each page of each entity, and the record of each that ACME has."""
    questions = Questions(stage)
    for url in questions.all("web"):
        if not url.startswith(ASIDE):
            yield url
    client = stage.api("admin")
    for entity in stage.site.registry.entities.values():
        for item in (client.get(f"/api/v1/{entity.path}?limit=2&fields=id").json or {}).get("items", []):
            yield from (f"/{entity.path}/{item['id']}", f"/{entity.path}/{item['id']}/history")


def test_no_stored_text_becomes_markup_of_a_page(own_stage: Stage) -> None:
    with own_stage.site.active():
        poison(own_stage.site)
        urls = list(dict.fromkeys(pages(own_stage)))
    client, broken, told = own_stage.web("admin"), [], 0
    for url in urls:
        answer = client.get(url)
        if answer.mimetype in ("text/html", "image/svg+xml"):
            told += "zq&gt;" in answer.text
            if found := Broken(answer.text).found:
                broken.append((url, found[:2]))
    assert broken == []
    assert told > 150, told
