"""Rates, bases and caps of the law: dated data with their sources, read from `statutory/<country>.toml`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from trastienda import gettext as _

from .formula import FormulaError

LOOKUP = re.compile(r"""(?:rate|bands)\(\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Figure:
    """What a figure is from a day on, and by which law; either a value or bands of (threshold, percent)."""

    since: Date
    source: str
    value: Decimal | None = None
    bands: Sequence[tuple[Decimal, Decimal]] = ()


class Figures:
    """Figures by name, each in the order of their days."""

    def __init__(self, figures: Mapping[str, Sequence[Figure]]) -> None:
        self._found: dict[tuple[str, Date], Figure] = {}
        self._sources: dict[tuple[str, Date], list[str]] = {}
        self.figures = {name: sorted(each, key=lambda one: one.since) for name, each in figures.items()}

    def on(self, name: str, *, on: Date) -> Figure:
        """Raises FormulaError where there is no such figure, or none so early."""
        known = self._found.get((name, on))
        if known is None:
            known = self._found[name, on] = self._find(name, on)
        return known

    def _find(self, name: str, on: Date) -> Figure:
        if name not in self.figures:
            raise FormulaError(_("There is no statutory figure {name}").format(name=name))
        begun = [figure for figure in self.figures[name] if figure.since <= on]
        if not begun:
            text = _("The figure {name} is not known on {day}")
            raise FormulaError(text.format(name=name, day=on.isoformat()))
        return begun[-1]

    def value(self, name: str, *, on: Date) -> Decimal:
        figure = self.on(name, on=on)
        if figure.value is None:
            raise FormulaError(_("{name} has bands: ask for it by bands").format(name=name))
        return figure.value

    def bands(self, name: str, *, on: Date) -> Sequence[tuple[Decimal, Decimal]]:
        figure = self.on(name, on=on)
        if not figure.bands:
            raise FormulaError(_("{name} has no bands").format(name=name))
        return figure.bands

    def sources(self, formula: str, *, on: Date) -> list[str]:
        """The laws behind the figures that a formula asks for."""
        known = self._sources.get((formula, on))
        if known is None:
            found = (self.on(name, on=on) for name in LOOKUP.findall(formula))
            known = list(dict.fromkeys(f"{figure.source} ({figure.since.isoformat()})" for figure in found))
            self._sources[formula, on] = known
        return known


@lru_cache(maxsize=10)
def load_figures(country: str) -> Figures:
    """Of a country by its two letters; none where no file is there."""
    source = files("trastienda_hr") / "statutory" / f"{country.lower()}.toml"
    if not re.fullmatch(r"[A-Za-z]{2}", country) or not source.is_file():
        return Figures({})
    read = tomllib.loads(source.read_text(encoding="utf-8"), parse_float=Decimal)
    return Figures({name: [_figure(each) for each in dated] for name, dated in read["figures"].items()})


def _figure(read: Mapping[str, object]) -> Figure:
    value = read.get("value")
    bands = read.get("bands", [])
    assert isinstance(bands, list)
    since, source = read["since"], read["source"]
    assert isinstance(since, Date)
    assert isinstance(source, str)
    return Figure(
        since,
        source,
        None if value is None else Decimal(str(value)),
        [(Decimal(str(low)), Decimal(str(percent))) for low, percent in bands],
    )
