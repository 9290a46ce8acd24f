"""Texts with named places, `{name}`, that administrators write. A place is filled with a value, and can do nothing
else; `{{` and `}}` are braces."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import NamedTuple, TypeAlias

from .languages import gettext

_SIGNS = re.compile(r"\{\{|\}\}|\{(?P<name>[a-z][a-z0-9_]*)(?::0(?P<width>[1-9][0-9]?))?\}|[{}][^{}]*\}?")


@dataclass(frozen=True)
class Placeholder:
    """A place that a text may have. `sample` stands in previews, `required` ones cannot be left out, and no value is
    longer than `longest` letters (0: as long as it likes)."""

    name: str
    _: KW_ONLY
    label: str = ""
    sample: str = ""
    required: bool = False
    longest: int = 0


class Place(NamedTuple):
    """A place in a text; `width` are the digits to which a number is filled up with zeros."""

    name: str
    width: int = 0


Part: TypeAlias = "str | Place"


class BadTemplate(ValueError):
    """A brace that neither begins a place nor is doubled."""


def parts_of(text: str) -> list[Part]:
    """The text taken apart, in its order; raises BadTemplate."""
    parts: list[Part] = []
    at = 0
    for found in _SIGNS.finditer(text):
        if found.start() > at:
            parts.append(text[at:found.start()])
        at = found.end()
        if found["name"]:
            parts.append(Place(found["name"], int(found["width"] or 0)))
        elif found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        else:
            raise BadTemplate(gettext("%(text)s is no placeholder; write {{ and }} for braces.", text=found[0][:40]))
    if at < len(text):
        parts.append(text[at:])
    return parts


def faults_of(text: str, known: Sequence[Placeholder]) -> Iterator[str]:
    """What is wrong with the places of a text, in sentences."""
    try:
        used = {part.name for part in parts_of(text) if isinstance(part, Place)}
    except BadTemplate as error:
        yield str(error)
        return
    names = [each.name for each in known]
    if unknown := sorted(used - set(names)):
        yield gettext("There is no placeholder %(unknown)s; there are %(known)s.", unknown=braced(unknown),
                      known=braced(names) or "-")
    if missing := [each.name for each in known if each.required and each.name not in used]:
        yield gettext("%(missing)s cannot be left out.", missing=braced(missing))


def braced(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each place replaced; one without a value is a KeyError."""
    return "".join(part if isinstance(part, str) else values[part.name].rjust(part.width, "0")
                   for part in parts_of(text))
