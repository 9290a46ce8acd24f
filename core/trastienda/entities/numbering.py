"""How documents are numbered: what a plugin declares, and what a format of an administrator must hold to."""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias, cast

import peewee

from ..languages import gettext, lazy_gettext
from ..placeholders import BadTemplate, Part, Place, Placeholder, braced, faults_of, filled, parts_of

Restarts: TypeAlias = Literal["never", "yearly", "monthly"]
NUMBER = "number"
#: Filled from the document's day, always as many digits.
DAY_PLACES = {"year": 4, "month": 2, "day": 2}
NEEDED_PLACES: Mapping[str, tuple[str, ...]] = {"never": (), "yearly": ("year",), "monthly": ("year", "month")}
#: Digits that every format must have room for, and the most that it may fill up to.
ROOM, WIDEST = 9, 12
_SIGNS = re.compile(r"[\w /.#-]+")
_SEPARATOR = re.compile(r"[^A-Za-z0-9]")
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Numbering:
    """How the documents of an entity get their numbers: in gapless series, in a format that each company may change.

    `name` is `<plugin>.<what>`; `column` the text that holds the number, unique in its company; `pattern` the format
    until an administrator sets another, such as `{series}/{year}/{number:06}`. It has `{number}`, `{year}`,
    `{month}` and `{day}` of the document's day, and the `values` that the plugin gives. Those that are required have
    a series for each value, and so stand in every format. `restarts` says after what time a series may begin
    anew, the first being what holds by default; a format must show that time, so that no number comes twice.
    """

    name: str
    column: peewee.Field[Any]
    pattern: str
    _: KW_ONLY
    label: str = ""
    values: Sequence[Placeholder] = ()
    restarts: Sequence[Restarts] = ("never",)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.values if each.required)

    @property
    def longest(self) -> int:
        """Characters that the column holds."""
        return int(self.column.max_length) if isinstance(self.column, peewee.CharField) else 255

    @property
    def default(self) -> NumberFormat:
        return NumberFormat(self.pattern, self.restarts[0])

    def placeholders(self, restarts: str) -> list[Placeholder]:
        """All that a format may have."""
        needed = NEEDED_PLACES.get(restarts, ())
        return [Placeholder(NUMBER, label=gettext("the number; {number:05} fills it up with zeros"), required=True,
                            longest=ROOM),
                *self.values,
                *(Placeholder(name, label=_DAY_LABELS[name], required=name in needed, longest=length)
                  for name, length in DAY_PLACES.items())]


_DAY_LABELS = {"year": lazy_gettext("the year of the document's day"), "month": lazy_gettext("its month"),
               "day": lazy_gettext("its day of the month")}


class NumberFormat(NamedTuple):
    pattern: str
    restarts: Restarts

    def series(self, numbering: Numbering, on: date, values: Mapping[str, str]) -> str:
        """The name of the counter from which a document takes its number."""
        return "/".join([numbering.name, *self.period(on), *(_quoted(values[name]) for name in numbering.required)])

    def period(self, on: date) -> list[str]:
        """That part of a series' name which says when it began."""
        return {"never": [], "yearly": [f"{on:%Y}"], "monthly": [f"{on:%Y-%m}"]}[self.restarts]

    def text(self, number: int, on: date, values: Mapping[str, str]) -> str:
        return filled(self.pattern, {**values, **day_values(on), NUMBER: str(number)})


def day_values(on: date) -> dict[str, str]:
    return {"year": f"{on.year:04}", "month": f"{on.month:02}", "day": f"{on.day:02}"}


def _quoted(value: str) -> str:
    """Without the sign that parts a series' name."""
    return value.replace("~", "~0").replace("/", "~1")


def unquoted(text: str) -> str:
    return text.replace("~1", "/").replace("~0", "~")


# -- what a format must hold to
def pattern_faults(numbering: Numbering, form: NumberFormat) -> Iterator[str]:
    """What is wrong with a format by itself, in sentences."""
    known = numbering.placeholders(form.restarts)
    found = list(faults_of(form.pattern, known))
    if found:
        yield from found
        return
    parts = parts_of(form.pattern)
    widths = {part.name: part.width for part in parts if isinstance(part, Place) and part.width}
    if extra := sorted(set(widths) - {NUMBER}):
        yield gettext("Only {number} is filled up with zeros, not %(names)s.", names=braced(extra))
    if widths.get(NUMBER, 0) > WIDEST:
        yield gettext("A number is filled up to %(most)s digits at most.", most=WIDEST)
    if sum(part.name == NUMBER for part in parts if isinstance(part, Place)) > 1:
        yield gettext("{number} stands in it once.")
    literal = "".join(part for part in parts if isinstance(part, str))
    if (literal and not _SIGNS.fullmatch(literal)) or form.pattern != form.pattern.strip():
        yield gettext("Beside placeholders it has letters, digits, spaces and - / . _ # only.")
    if (length := _length(parts, known)) > numbering.longest:
        yield gettext("Its numbers may have %(length)s characters, and there is room for %(most)s.", length=length,
                      most=numbering.longest)
    if pair := _run_together(parts):
        yield gettext("Put a sign such as - or / between %(names)s: else two numbers could look alike.",
                      names=braced(pair))


def _length(parts: Sequence[Part], known: Sequence[Placeholder]) -> int:
    longest = {each.name: each.longest for each in known}
    return sum(len(part) if isinstance(part, str) else max(longest[part.name], part.width) for part in parts)


def _run_together(parts: Sequence[Part]) -> list[str]:
    """Two places of no certain length without a sign between them, if there are such."""
    before = ""
    for part in parts:
        if isinstance(part, str):
            before = "" if _SEPARATOR.search(part) else before
        elif part.name not in DAY_PLACES:
            if before:
                return [before, part.name]
            before = part.name
    return []


# -- which documents a format could name alike
def read_by(pattern: str) -> re.Pattern[str]:
    """What takes a number apart that was made by the pattern, each place being a group."""
    text, seen = "", set()
    for part in parts_of(pattern):
        if isinstance(part, str):
            text += re.escape(part)
        elif part.name in seen:
            text += f"(?P={part.name})"
        else:
            seen.add(part.name)
            text += f"(?P<{part.name}>{_shape(part)})"
    return re.compile(text)


def _shape(place: Place) -> str:
    if place.name == NUMBER:
        return f"[0-9]{{{max(place.width, 1)},18}}"
    return f"[0-9]{{{DAY_PLACES[place.name]}}}" if place.name in DAY_PLACES else ".+"


class _Step(NamedTuple):
    """One or, if it `repeats`, more characters: one of these, or any."""

    signs: frozenset[str] | None
    repeats: bool = False

    def meets(self, other: _Step) -> bool:
        return self.signs is None or other.signs is None or bool(self.signs & other.signs)


def overlap(one: str, other: str) -> bool:
    """Whether two patterns could make the same text, whatever stands in their places."""
    first, second = _steps(one), _steps(other)
    waiting, seen = [(0, 0)], set[tuple[int, int]]()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        i, j = at
        if i == len(first) and j == len(second):
            return True
        if i < len(first) and j < len(second) and first[i].meets(second[j]):
            waiting += [(x, y) for x in ((i, i + 1) if first[i].repeats else (i + 1,))
                        for y in ((j, j + 1) if second[j].repeats else (j + 1,))]
    return False


def _steps(pattern: str) -> list[_Step]:
    steps: list[_Step] = []
    for part in parts_of(pattern):
        if isinstance(part, str):
            steps += [_Step(frozenset(sign)) for sign in part]
        elif part.name == NUMBER:
            steps += [*[_Step(_DIGITS)] * (max(part.width, 1) - 1), _Step(_DIGITS, repeats=True)]
        elif part.name in DAY_PLACES:
            steps += [_Step(_DIGITS)] * DAY_PLACES[part.name]
        else:
            steps.append(_Step(None, repeats=True))
    return steps


def declaration_faults(numbering: Numbering, plugin: str) -> Iterator[str]:
    """What is wrong with what a plugin declares."""
    if not numbering.name.startswith(f"{plugin.partition('+')[0]}."):
        yield "does not begin with the plugin's name and a dot"
    model = cast("type[peewee.Model]", numbering.column.model)
    unique = [set(fields) for fields, is_unique in model._meta.indexes if is_unique]
    if {"company", numbering.column.name} not in unique:
        yield f"has no unique index on company and {numbering.column.name}"
    try:
        yield from pattern_faults(numbering, numbering.default)
    except BadTemplate as error:
        yield str(error)
