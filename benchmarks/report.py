"""The results as a table on the terminal, as JSON, and as a drawing."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import orjson
from rich.console import Console
from rich.table import Table

from .measuring import Measured

WIDTH, ROW, LEFT, SCALE = 860, 26, 430, 300
PIPED_WIDTH = 120
#: Ratios above this are cut off in the drawing: they are all good.
LARGEST = 1.2
PAINTS = {True: "#2d7d46", False: "#c2571a"}


def show(measured: Sequence[Measured], machine: Mapping[str, object]) -> None:
    table = Table(caption=", ".join(f"{name} {value}" for name, value in machine.items()))
    table.add_column("Figure")
    for name in ("Baseline", "Ours", "Ratio", "Middle half", "Aim", ""):
        table.add_column(name, justify="right", no_wrap=True)
    for each in measured:
        table.add_row(
            f"{each.figure}: {each.case}",
            amount(each.baseline, each.unit),
            amount(each.ours, each.unit),
            number(each.ratio),
            f"{number(each.low)}-{number(each.high)}",
            aim(each),
            {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[each.met],
        )
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH).print(table)


def aim(each: Measured) -> str:
    parts = [] if each.least is None else [f">= {each.least:g}"]
    return ", ".join(parts if each.most is None else [*parts, f"<= {each.most:g} {each.unit}"])


def amount(value: float, unit: str) -> str:
    return f"{number(value)} {unit}"


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def write(file: Path, *, measured: Sequence[Measured], machine: Mapping[str, object]) -> None:
    """With the day and the machine, and the ratio of the baseline's cost to ours: more is better."""
    rows: list[dict[str, Any]] = []
    for each in measured:
        row = {key: value for key, value in asdict(each).items() if value is not None}
        rows.append({key: rounded(value) for key, value in row.items()} | {"met": each.met})
    taken = datetime.now(UTC).date().isoformat()
    text = orjson.dumps({"taken": taken, "machine": machine, "measured": rows}, option=orjson.OPT_INDENT_2)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text + b"\n")


def read(file: Path) -> list[Measured]:
    """What `write` wrote; nothing where it did not yet."""
    if not file.exists():
        return []
    rows: list[dict[str, Any]] = orjson.loads(file.read_bytes())["measured"]
    return [Measured(**{key: value for key, value in row.items() if key != "met"}) for row in rows]


def rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def draw(measured: Sequence[Measured], title: str) -> str:
    """SVG: a bar for each ratio that has an aim, a mark where the aim is."""
    bars = [each for each in measured if each.least is not None]
    height = ROW * (len(bars) + 3)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
            f'font-size="12"><title>{escape(title)}</title>',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            text(10, ROW, title, "start"),
            *grid(height - ROW),
            *(part for at, each in enumerate(bars) for part in bar(each, ROW * (at + 2))),
            text(LEFT, height - 8, "ratio of the baseline's cost to ours: more is better; | is the aim", "start"),
            "</svg>\n",
        ]
    )


def grid(bottom: int) -> list[str]:
    return [
        f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{ROW * 1.5:.0f}" y2="{bottom}" stroke="#dddddd"/>'
        for x in (LEFT + SCALE * tenths / 10 for tenths in range(0, 11, 5))
    ]


def bar(each: Measured, top: int) -> list[str]:
    assert each.least is not None
    width = SCALE * min(each.ratio, LARGEST)
    at = LEFT + SCALE * each.least
    return [
        text(LEFT - 8, top + 14, f"{each.figure}: {each.case}", "end"),
        f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{ROW - 8}" fill="{PAINTS[bool(each.met)]}"/>',
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{top - 3}" y2="{top + ROW - 5}" stroke="black" stroke-width="2"/>',
        text(LEFT + max(width, SCALE * each.least) + 8, top + 14, number(each.ratio), "start"),
    ]


def text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(words)}</text>'
