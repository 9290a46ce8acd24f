"""Words for people: each plugin's catalogue in its own `translations/`, English being the source."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from typing import Any

from babel.messages.pofile import read_po

LANGUAGES = {"en": "English", "es": "Español"}

_language: ContextVar[str] = ContextVar("trastienda_language", default="en")
_catalogues: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
_loaded: set[str] = set()


def gettext(message: str, **values: Any) -> str:
    """The message in the language of the context, with `%(name)s` filled in."""
    text = _catalogues.get(_language.get(), {}).get(message) or message
    return text % values if values else text


class LazyText(str):
    """A text that is translated when it is shown; it compares and hashes as its English source."""

    __slots__ = ()

    def __str__(self) -> str:
        return gettext(str.__str__(self))

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


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
    return _language.get()


def load_catalogues(packages: Iterable[str]) -> None:
    """Read `translations/<language>/LC_MESSAGES/messages.po` of each package, once a process.

    The first package to translate a message wins: plugins come in the order of requirements.
    """
    for package in packages:
        if package in _loaded:
            continue
        _loaded.add(package)
        for language, catalogue in _catalogues.items():
            source = files(package) / "translations" / language / "LC_MESSAGES" / "messages.po"
            if source.is_file():
                with source.open("rb") as file:
                    for message in read_po(file, locale=language):
                        if message.id and message.string and not message.fuzzy and isinstance(message.id, str):
                            catalogue.setdefault(message.id, str(message.string))
