"""Statutory figures that a company enters itself: the law's next ones, or a country's that no file has.

They stand beside those that come with the plugin; of two for the same day the company's own holds.
"""

import re
from collections.abc import Iterator
from datetime import date as Date
from decimal import Decimal
from typing import NamedTuple

from peewee import CharField, DateField, ForeignKeyField

from trastienda import Child, Fault, MoneyField, QuantityField, Record, Work
from trastienda import gettext as _

from .statutory import Figure, Figures, load_figures

NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)*")


class StatutoryFigure(Record):
    name = CharField(60, verbose_name="Name", help_text="As formulas ask for it: ss.max, ss.min.1, ss.mei.worker")
    starts_on = DateField(verbose_name="From")
    value = QuantityField(
        null=True, verbose_name="Value", help_text="An amount, or a percent; empty where it has bands"
    )
    source = CharField(200, verbose_name="Source", help_text="The law or order, with its article")

    class Meta:
        indexes = ((("company", "name", "starts_on"), True),)


class StatutoryBand(Child):
    figure = ForeignKeyField(StatutoryFigure, on_delete="CASCADE")
    threshold = MoneyField(verbose_name="Above")
    percent = QuantityField(verbose_name="Percent")

    class Meta:
        indexes = ((("figure", "threshold"), True),)


def figure_faults(figure: StatutoryFigure) -> Iterator[Fault]:
    bands = figure.lines_of(StatutoryBand)
    if not NAME.fullmatch(figure.name):
        yield Fault(StatutoryFigure.name, _("Small letters and digits, with dots between: ss.min.1"))
    if not figure.source.strip():
        yield Fault(StatutoryFigure.source, _("Say which law or order it is from"))
    if (figure.value is None) != bool(bands):
        yield Fault(StatutoryFigure.value, _("Give either a value or bands"))
    if figure.value is not None and figure.value < 0:
        yield Fault(StatutoryFigure.value, _("Not less than nothing"))
    for band in bands:
        if band.threshold < 0 or not 0 <= band.percent <= 100:
            yield Fault(StatutoryBand.percent, _("From 0 to 100 percent, above an amount"), line=band)


def figures_of(work: Work) -> Figures:
    """Those of the company's country, and its own."""
    return work.once(figures_of, lambda: _figures(work))


def _figures(work: Work) -> Figures:
    supplied = load_figures(work.company.country or "ES")
    entered = list(work.select(StatutoryFigure))
    if not entered:
        return supplied
    found = {name: {each.since: each for each in dated} for name, dated in supplied.figures.items()}
    for each in entered:
        bands = sorted((band.threshold, band.percent) for band in each.lines_of(StatutoryBand))
        figure = Figure(each.starts_on, each.source, each.value, bands)
        found.setdefault(each.name, {})[each.starts_on] = figure
    return Figures({name: list(dated.values()) for name, dated in found.items()})


class FigureRow(NamedTuple):
    name: str
    since: Date
    value: Decimal | None
    bands: str
    source: str


def figures_in_force(work: Work, *, on: Date | None = None) -> Iterator[FigureRow]:
    """What payrolls of a day go by: each figure as it holds then, since when, and by which law."""
    day = on or work.today
    figures = figures_of(work)
    for name, dated in sorted(figures.figures.items()):
        if any(each.since <= day for each in dated):
            held = figures.on(name, on=day)
            bands = "; ".join(f"> {low:.2f}: {percent:f} %" for low, percent in held.bands)
            yield FigureRow(name, held.since, held.value, bands, held.source)
