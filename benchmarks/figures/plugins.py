"""What one more plugin of ten entities costs: time to open the site and make its application, and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from trastienda.reports.charts import chart_svg
from trastienda.reports.table import Chart, Column, Row, Table

from ..bench import Bench
from ..measuring import Measured, summary
from ..synthetic import install

COUNTS = (0, 10, 20, 30, 40)
#: Of one more plugin of ten entities.
MOST_SECONDS = 0.08
MOST_MEGABYTES = 2.0
PROGRAM = """
import time
began = time.perf_counter()
from trastienda.api.app import create_app
from trastienda.settings import load_settings
from trastienda.site import Site
import os
create_app(Site.open(load_settings(os.environ)))
taken = time.perf_counter() - began
resident = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmRSS"))
print(taken, int(resident) / 1024)
"""
RESULTS = Path(__file__).resolve().parents[1] / "results"


def measure(bench: Bench) -> list[Measured]:
    bench.tell("plugins of ten entities")
    folder = bench.folder / "many"
    names = list(install(folder, max(COUNTS)))
    costs: dict[int, list[tuple[float, float]]] = {count: [] for count in COUNTS}
    for number in range(max(bench.rounds // 3, 2) + 1):
        for count in COUNTS:
            cost = start(folder, names[:count])
            if number:  # the first leaves the bytecode behind
                costs[count].append(cost)
    if bench.scale == 1:
        draw(costs)
    none, most = costs[0], costs[max(COUNTS)]
    more = [[(after - before) / max(COUNTS) for before, after in zip(*each, strict=True)]
            for each in ((column(none, i), column(most, i)) for i in (0, 1))]  # fmt: skip
    return [
        summary("plugins", "one more of ten entities, against a start without any", baseline=column(none, 0),
                ours=more[0], unit="s", most=MOST_SECONDS),
        summary("plugins", "one more of ten entities, memory, against none", baseline=column(none, 1),
                ours=more[1], unit="MB", most=MOST_MEGABYTES),
    ]  # fmt: skip


def column(costs: Sequence[tuple[float, float]], at: int) -> list[float]:
    return [each[at] for each in costs]


def start(folder: Path, names: Sequence[str]) -> tuple[float, float]:
    """Seconds and megabytes of a process that opens a site with these plugins and makes its application."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("TRASTIENDA_")}
    environment |= {
        "PYTHONPATH": str(folder),
        "TRASTIENDA_DATABASE": f"sqlite:///{folder}/none.db",
        "TRASTIENDA_DATA": str(folder),
        "TRASTIENDA_PLUGINS": ",".join(names) or "identity",
    }
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split()
    return float(seconds), float(megabytes)


def draw(costs: Mapping[int, Sequence[tuple[float, float]]]) -> None:
    """Two drawings in results/: seconds and megabytes by the number of plugins."""
    RESULTS.mkdir(exist_ok=True)
    for at, name, label in ((0, "plugins-start", "Seconds to start"), (1, "plugins-memory", "Megabytes, resident")):
        rows = [Row({"plugins": str(count), "value": Decimal(f"{statistics.median(column(each, at)):.3f}")})
                for count, each in costs.items()]  # fmt: skip
        table = Table(
            name=name, title=f"{label}, by the number of plugins of ten entities",
            columns=(Column("plugins", "Plugins of ten entities", "text"), Column("value", label, "rate")),
            rows=rows, totals={}, parameters={}, company="", currency="", generated_at=datetime.now(UTC),
            chart=Chart("line", "plugins", ["value"]),
        )  # fmt: skip
        (RESULTS / f"{name}.svg").write_text(chart_svg(table, "en") + "\n")
