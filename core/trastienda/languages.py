"""Words for people: each plugin's catalogue in its own `translations/`, English being the source."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from importlib.resources import files
from typing import Any

from babel.numbers import format_decimal

LANGUAGES = {"en": "English", "es": "Español"}

_language: ContextVar[str] = ContextVar("trastienda_language", default="en")
_packages: list[str] = []
_catalogues: dict[str, dict[str, str]] = {"en": {}}


def gettext(message: str, /, **values: Any) -> str:
    """The message in the language of the context, with `%(name)s` filled in."""
    language = _language.get()
    if isinstance(message, WordedText) and language in message.words:
        return message.words[language]
    catalogue = _catalogues.get(language)
    if catalogue is None:
        catalogue = _catalogues[language] = _read(language)
    text = catalogue.get(message) or message
    return text % values if values else text


class LazyText(str):
    """A text that is translated when it is shown; it compares and hashes as its English source."""

    __slots__ = ()

    def __str__(self) -> str:
        return gettext(str.__str__(self))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class WordedText(LazyText):
    """A text that people wrote themselves, with what it is called in other languages."""

    __slots__ = ("words",)
    words: Mapping[str, str]

    def __new__(cls, text: str, words: Mapping[str, str]) -> WordedText:
        made = super().__new__(cls, text)
        made.words = words
        return made

    def __str__(self) -> str:
        return self.words.get(_language.get()) or str.__str__(self)


def within(label: str) -> str:
    """A label as it stands inside a sentence: translated, its first letter small unless it opens an acronym."""
    text = str(gettext(label))
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def lazy_gettext(message: str) -> str:
    """For declarations, which are made before anybody's language is known."""
    return LazyText(message)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make it the context's language."""
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    """Of the request or the command: `en` or `es`."""
    return _language.get()


def number_text(value: Decimal) -> str:
    """A figure within a text, as its reader writes it (8.417, in Spanish 8,417), without groups and idle zeros."""
    return format_decimal(value, "0.######", locale=_language.get())


def load_catalogues(packages: Iterable[str]) -> None:
    """Let `translations/<language>/LC_MESSAGES/messages.po` of each package speak; read when first needed.

    The first package to translate a message wins: plugins come in the order of requirements.
    """
    new = [package for package in packages if package not in _packages]
    if new:
        _packages.extend(new)
        for language in LANGUAGES:
            if language != "en":
                _catalogues.pop(language, None)


def _read(language: str) -> dict[str, str]:
    from babel.messages.pofile import read_po  # costs as much as a small server's start, for English in vain

    found: dict[str, str] = {}
    for package in _packages:
        source = files(package) / "translations" / language / "LC_MESSAGES" / "messages.po"
        if source.is_file():
            with source.open("rb") as file:
                for message in read_po(file, locale=language):
                    if message.id and message.string and not message.fuzzy and isinstance(message.id, str):
                        found.setdefault(message.id, str(message.string))
    return found
