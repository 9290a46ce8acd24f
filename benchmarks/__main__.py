"""`./dev bench [FIGURE ...]`: measure, show, and write benchmarks/results/FIGURE.json and their drawing."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from .bench import Bench
from .figures import importing, listing, pages, payroll, plugins, posting, starting, stock, trial_balance
from .machine import facts
from .measuring import Measured
from .report import draw, read, show, write

FIGURES: dict[str, Callable[[Bench], list[Measured]]] = {
    "posting": posting.measure,
    "listing": listing.measure,
    "pages": pages.measure,
    "importing": importing.measure,
    "trial-balance": trial_balance.measure,
    "starting": starting.measure,
    "stock": stock.measure,
    "payroll": payroll.measure,
    "plugins": plugins.measure,
}
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
#: Before the names of results that were measured at a smaller scale: git ignores them.
SCALED = "scaled-"


def main() -> None:
    arguments = parser().parse_args()
    unknown = set(arguments.figures) - set(FIGURES)
    if unknown:
        raise SystemExit(f"There is no figure {', '.join(sorted(unknown))}; there are: {', '.join(FIGURES)}")
    names = [name for name in FIGURES if name in arguments.figures or not arguments.figures]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    prefix = "" if arguments.scale == 1 else SCALED
    with tempfile.TemporaryDirectory(prefix="bench-", dir=arguments.folder) as folder:
        bench = Bench(Path(folder), rounds=arguments.rounds, scale=arguments.scale, postgres=arguments.postgres)
        for name in names:
            machine = facts(bench.folder)
            measured = FIGURES[name](bench)
            show(measured, machine)
            write(RESULTS / f"{prefix}{name}.json", measured=measured, machine=machine)
    if not prefix:
        kept = [each for name in FIGURES for each in read(RESULTS / f"{name}.json")]
        (RESULTS / "ratios.svg").write_text(draw(kept, "Trastienda against raw baselines"))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    made.add_argument("figures", nargs="*", metavar="FIGURE", help=f"of {', '.join(FIGURES)}; all without any")
    made.add_argument("--rounds", type=int, default=12, help="of each comparison [default: 12]")
    made.add_argument("--scale", type=int, default=1, help="divides the numbers of rows and requests")
    made.add_argument("--postgres", metavar="URL", help="measure posting in databases of this PostgreSQL server too")
    made.add_argument(
        "--folder",
        type=Path,
        default=HERE.parent / "build",
        help="for the databases, on the disk to measure [default: build/ of the repository]",
    )
    return made


if __name__ == "__main__":
    main()
