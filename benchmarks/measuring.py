"""Baseline and ours in turns, so that whatever else the machine does falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["ms", "s", "MB"]
#: Does its work and returns what it cost: less is better.
Cost = Callable[[], float]


@dataclass(frozen=True)
class Measured:
    """What one thing cost in both ways, each the median of the rounds, and the median of the rounds' ratios.

    `ratio` is the baseline's cost over ours: 0.5 is half as fast as the baseline, or twice as large. `least` is
    the ratio aimed at, `most` the cost aimed at, where there is one. `low` and `high` are the middle half of the
    rounds' ratios.
    """

    figure: str
    case: str
    unit: Unit
    baseline: float
    ours: float
    ratio: float
    low: float
    high: float
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None without one."""
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ours <= self.most)


def compare(
    figure: str,
    case: str,
    *,
    baseline: Cost,
    ours: Cost,
    rounds: int,
    unit: Unit,
    least: float | None = None,
    most: float | None = None,
) -> Measured:
    """Measure both in turns; what goes first alternates."""
    theirs: list[float] = []
    own: list[float] = []
    turns = [(baseline, theirs), (ours, own)]
    for _ in range(rounds):
        for cost, found in turns:
            found.append(cost())
        turns.reverse()
    return summary(figure, case, baseline=theirs, ours=own, unit=unit, least=least, most=most)


def summary(
    figure: str,
    case: str,
    *,
    baseline: Sequence[float],
    ours: Sequence[float],
    unit: Unit,
    least: float | None = None,
    most: float | None = None,
) -> Measured:
    """Of costs that were taken in turns."""
    ratios = [theirs / own for theirs, own in zip(baseline, ours, strict=True)]
    low, high = quartiles(ratios)
    return Measured(
        figure,
        case,
        unit,
        baseline=statistics.median(baseline),
        ours=statistics.median(ours),
        ratio=statistics.median(ratios),
        low=low,
        high=high,
        least=least,
        most=most,
    )


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:
        return values[0], values[0]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def percentile_95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def seconds(body: Callable[[], object]) -> float:
    start = time.perf_counter()
    body()
    return time.perf_counter() - start
