"""A company's formats of document numbers: what holds, what comes next, and giving the numbers themselves."""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import make_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from ..errors import Refusal
from ..languages import gettext, lazy_gettext
from ..storage.counters import Counter, Counters
from ..storage.models import SharedRecord
from . import company_settings
from .numbering import (
    NUMBER,
    NumberFormat,
    Numbering,
    overlap,
    pattern_faults,
    read_by,
    unquoted,
)
from .settings_forms import CompiledSettings, SettingsForm, compile_settings, setting

if TYPE_CHECKING:
    from ..work import Work

#: What these forms' names begin with, and the page that they are on.
PAGE = "numbers"
MOST_SHOWN = 12


# -- as a form of settings
def form_of(plugin: str, numbering: Numbering) -> CompiledSettings:
    """The settings by which a company changes the format."""
    fields: list[Any] = [("pattern", str, setting(numbering.pattern, label=lazy_gettext("Format")))]
    if len(numbering.restarts) > 1:
        again = setting(numbering.restarts[0], label=lazy_gettext("Begins at 1 again"))
        fields.append(("restarts", Literal[tuple(numbering.restarts)], again))
    words = re.findall(r"[a-z0-9]+", numbering.name)
    kind = make_dataclass("".join(map(str.title, words)) + "Numbers", fields, frozen=True,
                          namespace={"__module__": __name__})

    def is_sound(values: Any) -> Iterator[tuple[str, str]]:
        for text in pattern_faults(numbering, _format(numbering, values)):
            yield "pattern", text

    def is_unlike_others(work: Work, values: Any) -> Iterator[tuple[str, str]]:
        for text in _clashes(work, numbering, _format(numbering, values)):
            yield "pattern", text

    form = SettingsForm(kind, label=numbering.label, rules=[is_sound], checks=[is_unlike_others], page=PAGE)
    return compile_settings(plugin, form, name=f"{PAGE}.{numbering.name}")


def _format(numbering: Numbering, values: Any) -> NumberFormat:
    return NumberFormat(values.pattern, getattr(values, "restarts", numbering.restarts[0]))


def format_of(work: Work, numbering: Numbering) -> NumberFormat:
    """The format that holds in the work's company, read afresh."""
    form = work.site.registry.settings[f"{PAGE}.{numbering.name}"]
    return _format(numbering, company_settings.held(work, form).instance())


def _clashes(work: Work, numbering: Numbering, new: NumberFormat) -> Iterator[str]:
    """Numbers that the format would give although another document has them, or will. Nobody is given a number
    meanwhile."""
    work.site.database.serialize(_lock(work))
    for other in work.site.registry.numberings.values():
        if other.column is numbering.column and other is not numbering \
                and overlap(new.pattern, (theirs := format_of(work, other).pattern)):
            yield gettext("%(label)s could have the same numbers: their format is %(pattern)s.",
                          label=gettext(other.label), pattern=theirs)
            return
    if (text := _given_again(work, numbering, new)) is not None:
        yield gettext("%(number)s is another document's already, and this format would give it once more.", number=text)


def _given_again(work: Work, numbering: Numbering, new: NumberFormat) -> str | None:
    """A number that is given and that the format is still to come to, if there is one."""
    read, counted = read_by(new.pattern), {each.series: each.value for each in _counters(work, numbering)}
    column = numbering.column
    query = work.select(cast("type[SharedRecord]", column.model), column).where(column.is_null(False))
    for (text,) in work.rows(query):
        if (found := read.fullmatch(text)) is not None:
            given = found.groupdict()
            try:
                on = date(int(given.get("year", 1)), int(given.get("month", 1)), 1)
            except ValueError:
                continue
            if int(given[NUMBER]) > counted.get(new.series(numbering, on, given), 0):
                return str(text)
    return None


# -- what comes next
def next_numbers(work: Work, numbering: Numbering, form: NumberFormat | None = None) -> list[str]:
    """The next of each series that goes on at the moment, or one as the first will be."""
    form = form or format_of(work, numbering)
    samples = {each.name: each.sample for each in numbering.values}
    found = []
    for counter in _counters(work, numbering):
        parts = list(map(unquoted, counter.series.split("/")[1:]))
        period = parts[:len(parts) - len(numbering.required)]
        if period != form.period(work.today):
            continue
        values = dict(zip(numbering.required, parts[len(period):], strict=True))
        found.append(form.text(counter.value + 1, work.today, {**samples, **values}))
    return sorted(found)[-MOST_SHOWN:] or [form.text(1, work.today, samples)]


def _counters(work: Work, numbering: Numbering) -> list[Counter]:
    return list(work.select(Counter).where(Counter.series.startswith(f"{numbering.name}/")
                                           | (Counter.series == numbering.name)))


def _lock(work: Work) -> str:
    return f"trastienda numbers {work.company.id}"


# -- giving them
class _Wish(NamedTuple):
    record: SharedRecord
    on: date
    values: Mapping[str, str]


class Numbers:
    """The numbers that one work takes. While it does, no format changes."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._counters = Counters(work.site.database, work.company.id)
        self._asked: dict[str, tuple[Numbering, list[_Wish]]] = {}

    def ask(self, record: SharedRecord, numbering: Numbering, on: date, values: Mapping[str, str]) -> None:
        self._asked.setdefault(numbering.name, (numbering, []))[1].append(_Wish(record, on, values))

    def give(self) -> None:
        """What was asked for, in the order of the series' names and of the calls."""
        if not self._asked:
            return
        self._work.site.database.share(_lock(self._work))
        for numbering, wishes in self._asked.values():
            form = format_of(self._work, numbering)
            for each in wishes:
                self._counters.ask(form.series(numbering, each.on, each.values), _giver(numbering, form, each))
        self._asked = {}
        self._counters.give()


def _giver(numbering: Numbering, form: NumberFormat, wish: _Wish) -> Any:
    def give(number: int) -> None:
        text = form.text(number, wish.on, wish.values)
        if len(text) > numbering.longest:
            raise Refusal(gettext("The number %(number)s is too long: its format needs to be shorter", number=text))
        setattr(wish.record, numbering.column.name, text)

    return give


def clashing_defaults(numberings: Iterable[Numbering]) -> Iterator[tuple[Numbering, Numbering]]:
    """Two of one column whose shipped formats could make the same number."""
    known = list(numberings)
    for index, one in enumerate(known):
        for other in known[:index]:
            if one.column is other.column and overlap(one.pattern, other.pattern):
                yield one, other
