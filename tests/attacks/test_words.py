"""Every page in a language that is only marks: what a person reads outside of them is data, or nobody translates it.

Seen to catch: a bare word in a template, and states of a report that were not translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import peewee
import pytest
from babel import Locale

from trastienda import ChoiceField, Site, StateField, User, languages
from trastienda.builtin.web import frame
from trastienda.security.vocabulary import vocabulary
from trastienda.settings import describe_settings

from .questions import Questions
from .stage import BETA, Stage

pytestmark = pytest.mark.database("sqlite")

#: Names that are the same in every language.
NAMES = {"Trastienda", "English", "Español", "CSV", "XLSX", "PDF", "JSON", "Lines", "JSONL", "API", "iban", "MB", "kB"}
#: Each one's own pages, one that isn't there, and what a stranger sees.
OWN = ("/me/password", "/me/sessions", "/me/rights", "/nothing/here")
DOOR = ("/sign-in", "/sign-in/forgotten")
READ_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-confirm"}
UNREAD = {"script", "style", "code", "pre", "time", "kbd", "template"}
MARKED = re.compile(r"⟦[^⟦⟧]*⟧|https?://\S+")
WORD = re.compile(r"[^\W\d_]{2,}")


class Marks(dict[str, str]):
    """A catalogue that translates every message to itself between marks."""

    def get(self, message: str, default: object = None) -> str:  # type: ignore[override]  # a catalogue has texts only
        return f"⟦{message}⟧"


class Said(HTMLParser):
    """What a page says to whoever reads it, or has it read."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in UNREAD
        given = dict(attrs)
        read = READ_ATTRIBUTES | ({"value"} if given.get("type") == "submit" else set())
        self.texts += [value for name, value in attrs if name in read and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def unmarked(text: str) -> str:
    while (less := MARKED.sub(" ", text)) != text:
        text = less
    return text


def data_words(stage: Stage) -> Iterator[str]:
    """Of what the database holds in columns that are not translated."""
    models = {model for models in stage.site.registry.models.values() for model in models}
    for model in models | {each.model for each in stage.site.registry.entities.values()}:
        columns = [one for one in model._meta.sorted_fields if isinstance(one, (peewee.CharField, peewee.TextField))
                   and not isinstance(one, (ChoiceField, StateField))]  # fmt: skip
        for row in model.select(*columns).tuples() if columns else ():
            for value in row:
                yield from WORD.findall(str(value))


def names_of_locale() -> Iterator[str]:
    locale = Locale.parse("es")
    for kinds in (locale.months, locale.days):
        for widths in kinds.values():
            for names in widths.values():
                for name in names.values():
                    yield from WORD.findall(name)
    for code, name in locale.currencies.items():
        yield from (code, *WORD.findall(name))


def names_for_programs(site: Site) -> Iterator[str]:
    """What a permission, a plugin, a setting is called in files and programs, where it is shown as that."""
    for on, verbs in vocabulary(site.registry).items():
        yield from WORD.findall(" ".join((on, *verbs)))
    for name, role in site.permissions.roles.items():
        yield from WORD.findall(" ".join((name, *(verb for grant in role.grants for verb in grant.verbs))))
    for one in describe_settings(site.settings):
        yield from WORD.findall(f"{one.name} {one.default} {one.value}")
    for plugin in site.loaded.plugins:
        yield plugin.name
    for numbering in site.registry.numberings.values():
        yield from WORD.findall(numbering.pattern)
    for mail in site.registry.mails.values():
        yield from (each.name for each in mail.placeholders)


@pytest.fixture
def fresh_frame() -> Iterator[None]:
    """What a process keeps of a language is neither taken from other tests nor left to them."""
    for kept in (frame._choices, frame._dialogs):
        kept.cache_clear()
    yield
    for kept in (frame._choices, frame._dialogs):
        kept.cache_clear()


@pytest.mark.usefixtures("fresh_frame")
def test_a_page_says_nothing_that_is_neither_data_nor_translated(
    own_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_stage.site.active():
        with own_stage.site.database.write():
            User.update(language="es").execute()
        known = {*NAMES, *data_words(own_stage), *names_of_locale(), *names_for_programs(own_stage.site)}
        urls = Questions(own_stage).all("web")
    monkeypatch.setitem(languages._catalogues, "es", Marks())
    client, stranger = own_stage.web("beta-admin"), own_stage.app.test_client()
    stranger.set_cookie("trastienda_language", "es")
    asked = [*((client, url) for url in (*urls, *OWN)), *((stranger, url) for url in DOOR)]
    found, read = dict[str, str](), 0
    for who, url in asked:
        answer = who.get(url)
        if answer.mimetype != "text/html" or answer.status_code not in (200, 404):
            assert url not in (*OWN, *DOOR), (url, answer.status_code)
            continue
        read += 1
        for text in map(unmarked, Said(answer.text).texts):
            if BETA not in text and (words := [each for each in WORD.findall(text) if each not in known]):
                found.setdefault(" ".join(words), f"{url}: {text.strip()}")
    assert read > 200, read
    assert not found, "\n".join(f"{words} | {where}" for words, where in found.items())
