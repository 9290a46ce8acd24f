"""Charts of a report as SVG, drawn on the server: no script, no inline style.

Colours are CSS classes (`chart-1` to `chart-8` for series, with `chart-bar`, `chart-line` or `chart-mark`;
`chart-grid`, `chart-zero`, `chart-text`), and again presentation attributes, which any style sheet overrides:
one drawing fits a page with a strict content policy, a dark theme, a file of its own and a PDF.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import ceil
from typing import Literal
from xml.sax.saxutils import escape

from .table import Chart, Column, Table, rounded
from .text import Language, language, zone_of

WIDTH, HEIGHT = 720, 320
# Told apart by colour-blind readers too; at least 3:1 against white.
COLOURS = ("#1f5fa8", "#c2571a", "#2d7d46", "#8a3f8f", "#9a7400", "#4f6d7a", "#b3344f", "#2c8080")
DASHES = ("none", "7 3", "2 3", "10 3 2 3")
_RIGHT = WIDTH - 10.0
_FONT = 11
_LETTER = 6.0
_LABEL_LETTERS = 18
_SLANTED_SLOT = 14
_SLANT = 0.72
_MARKED_POINTS = 40
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Series:
    """A column as it is drawn; `values` are one a category, None where there is none."""

    label: str
    values: tuple[Decimal | None, ...]
    column: Column


@dataclass(frozen=True)
class Plot:
    """Where things stand: categories in slots of equal width, figures between the first and the last tick."""

    series: Sequence[Series]
    labels: Sequence[str]
    ticks: Sequence[Decimal]
    speech: Language
    left: float
    top: float
    bottom: float
    slanted: bool

    @property
    def slot(self) -> float:
        return (_RIGHT - self.left) / len(self.labels)

    def x(self, index: int) -> float:
        return self.left + (index + 0.5) * self.slot

    def y(self, value: Decimal) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom - float((value - low) / (high - low)) * (self.bottom - self.top)

    def hint(self, series: Series, index: int) -> str:
        """What a mark stands for, shown by a browser under the pointer."""
        value = self.speech.figure(series.values[index], series.column)
        return f"{self.labels[index]} · {series.label}: {value}"


def chart_svg(table: Table, locale: str) -> str:
    """The table's own chart; ValueError if it has none."""
    if table.chart is None:
        raise ValueError(f"{table.name} has no chart")
    return (bars if table.chart.kind == "bars" else lines)(table, table.chart, locale)


def bars(table: Table, chart: Chart, locale: str) -> str:
    """Series side by side in each category, from zero up or down."""
    return _drawing(table, chart, locale, marks=_bar_marks, from_zero=True)


def lines(table: Table, chart: Chart, locale: str) -> str:
    """One line a series, broken where there is no value; dashes tell the lines apart without colour."""
    return _drawing(table, chart, locale, marks=_line_marks, from_zero=False)


def nice_ticks(low: Decimal, high: Decimal, *, intervals: int = 5) -> tuple[Decimal, ...]:
    """Multiples of 1, 2, 2.5 or 5 times a power of ten that cover low to high, at least two of them."""
    if low == high:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = Decimal(1)
    rough = (high - low) / intervals
    power = Decimal(1).scaleb(rough.adjusted())
    steps = (power * part for part in map(Decimal, ("1", "2", "2.5", "5", "10")))
    step = next(step for step in steps if step >= rough)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    return tuple(step * (first + index) for index in range(int(last - first) + 1))


def shorten(label: str, letters: int = _LABEL_LETTERS) -> str:
    return label if len(label) <= letters else f"{label[:letters - 1].rstrip()}…"


# -- the parts of a drawing


def _drawing(
    table: Table, chart: Chart, locale: str, *, marks: Callable[[Plot], Iterator[str]], from_zero: bool
) -> str:
    speech = language(locale)
    rows = [row.values for row in table.rows if row.kind == "row"]
    series = [_series(table.column(name), [row.get(name) for row in rows]) for name in chart.y]
    x, zone = table.column(chart.x), zone_of(table)
    labels = [shorten(speech.cell(row.get(chart.x), x, zone)) for row in rows]
    values = [value for one in series for value in one.values if value is not None]
    if not values:
        return _svg(table.title, [_text(speech.words.no_data, WIDTH / 2, HEIGHT / 2, anchor="middle")])
    legend, top = _legend(series, table.currency)
    plot = _plot(series, labels, nice_ticks(*_span(values, from_zero=from_zero)), speech, top)
    return _svg(table.title, [*legend, *_axis(plot), *_categories(plot), *marks(plot)])


def _series(column: Column, cells: Sequence[object]) -> Series:
    values = tuple(None if cell is None else rounded(cell, column) for cell in cells)
    return Series(label=str(column.label), values=values, column=column)


def _span(values: Sequence[Decimal], *, from_zero: bool) -> tuple[Decimal, Decimal]:
    """What the axis covers: zero too, but for lines that vary little compared to their height."""
    low, high = min(values), max(values)
    if not from_zero and high - low < max(abs(low), abs(high)) / 4:
        return low, high
    return min(low, Decimal(0)), max(high, Decimal(0))


def _plot(
    series: Sequence[Series], labels: Sequence[str], ticks: Sequence[Decimal], speech: Language, top: float
) -> Plot:
    """Labels lie flat where they fit in their slots; else they slant, and need room below and to the left."""
    longest = _LETTER * max(map(len, labels))
    left = 14 + _LETTER * max(map(len, _tick_texts(ticks, speech)))
    slanted = longest + 6 > (_RIGHT - left) / len(labels)
    if slanted:
        left = max(left, _SLANT * _LETTER * len(labels[0]))
    return Plot(
        series=series, labels=labels, ticks=ticks, speech=speech, slanted=slanted,
        left=left, top=top, bottom=HEIGHT - (20 + _SLANT * longest if slanted else 30),
    )


def _tick_texts(ticks: Sequence[Decimal], speech: Language) -> list[str]:
    decimals = max(0, -int((ticks[1] - ticks[0]).normalize().as_tuple().exponent))
    axis = Column("axis", "", "money", decimals)
    return [speech.figure(tick, axis) for tick in ticks]


def _legend(series: Sequence[Series], currency: str) -> tuple[list[str], float]:
    """Swatches and labels, wrapped over the width, and where the plot may begin below them."""
    parts, x, y = [], 10.0, 16.0
    for number, one in enumerate(series):
        label = shorten(f"{one.label} ({currency})" if one.column.type == "money" else one.label, 40)
        taken = 16 + _LETTER * len(label) + 18
        if x > 10 and x + taken > WIDTH:
            x, y = 10.0, y + 16
        parts.append(_shape("rect", _paint("bar", number), x=x, y=y - 9, width=10, height=10, rx=2))
        parts.append(_text(label, x + 15, y))
        x += taken
    return parts, y + 16


def _axis(plot: Plot) -> Iterator[str]:
    for tick, text in zip(plot.ticks, _tick_texts(plot.ticks, plot.speech), strict=True):
        paint = 'class="chart-zero" stroke="#555555"' if tick == 0 else 'class="chart-grid" stroke="#dddddd"'
        yield _shape("line", paint, x1=plot.left, x2=_RIGHT, y1=plot.y(tick), y2=plot.y(tick))
        yield _text(text, plot.left - 6, plot.y(tick) + 4, anchor="end")


def _categories(plot: Plot) -> Iterator[str]:
    """Labels below the plot; only every so many where even slanted ones would touch."""
    every = ceil(_SLANTED_SLOT / plot.slot) if plot.slanted else 1
    for index in range(0, len(plot.labels), every):
        if plot.slanted:
            yield _text(plot.labels[index], plot.x(index) + 4, plot.bottom + 12, anchor="end", turn=-45)
        else:
            yield _text(plot.labels[index], plot.x(index), plot.bottom + 18, anchor="middle")


def _bar_marks(plot: Plot) -> Iterator[str]:
    thickness = min(plot.slot * 0.8 / len(plot.series), 48.0)
    zero = plot.y(Decimal(0))
    for number, series in enumerate(plot.series):
        shift = (number - len(plot.series) / 2) * thickness
        yield f"<g {_paint('bar', number)}>"
        for index, value in enumerate(series.values):
            if value is not None:
                y = plot.y(value)
                yield _shape(
                    "rect", "", plot.hint(series, index),
                    x=plot.x(index) + shift, y=min(y, zero), width=thickness * 0.92, height=abs(y - zero),
                )
        yield "</g>"


def _line_marks(plot: Plot) -> Iterator[str]:
    """A line through each unbroken run, a dot on each value where they are few; a lone value is a dot."""
    for number, series in enumerate(plot.series):
        runs = list(_runs(series.values))
        for run in runs:
            points = " ".join(f"{plot.x(index):.1f},{plot.y(value):.1f}" for index, value in run)
            yield f'<polyline {_paint("line", number)} points="{points}"/>'
        yield f"<g {_paint('mark', number)}>"
        for run in runs:
            for index, value in run if len(plot.labels) <= _MARKED_POINTS or len(run) == 1 else ():
                yield _shape("circle", "", plot.hint(series, index), cx=plot.x(index), cy=plot.y(value), r=3)
        yield "</g>"


def _runs(values: Sequence[Decimal | None]) -> Iterator[list[tuple[int, Decimal]]]:
    run: list[tuple[int, Decimal]] = []
    for index, value in enumerate(values):
        if value is not None:
            run.append((index, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


# -- SVG


def _svg(title: object, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="Libertinus Serif, sans-serif" font-size="{_FONT}">'
        f"<title>{_escaped(title)}</title>{''.join(parts)}</svg>"
    )


def _paint(kind: Literal["bar", "line", "mark"], number: int) -> str:
    classes = f'class="chart-{kind} chart-{number % len(COLOURS) + 1}"'
    colour = COLOURS[number % len(COLOURS)]
    if kind != "line":
        return f'{classes} fill="{colour}"'
    dash = DASHES[number % len(DASHES)]
    return f'{classes} fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'


def _shape(name: str, paint: str, hint: str = "", /, **places: float) -> str:
    attributes = " ".join(f'{key}="{value:.1f}"' for key, value in places.items())
    title = f"<title>{_escaped(hint)}</title>" if hint else ""
    return f"<{name} {paint} {attributes}>{title}</{name}>"


def _text(text: str, x: float, y: float, *, anchor: str = "start", turn: int = 0) -> str:
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return (
        f'<text class="chart-text" fill="#444444" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>'
        f"{_escaped(text)}</text>"
    )


def _escaped(text: object) -> str:
    return escape(_NOT_XML.sub(" ", str(text)))
