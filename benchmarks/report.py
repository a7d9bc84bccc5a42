"""Figures: measured side by side with their baseline, printed as a table and as JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. `ratio` is measured to baseline; `target` says what is aimed at, `met` if it is reached."""

    name: str
    measured: float
    baseline: float | None
    unit: str
    ratio: float | None
    target: str
    met: bool


def at_least(name: str, measured: float, baseline: float, unit: str, target: float) -> Figure:
    """A figure that should be at least `target` times its baseline."""
    ratio = measured / baseline
    return Figure(name, measured, baseline, unit, ratio, f">= {target} x", met=ratio >= target)


def at_most(name: str, measured: float, baseline: float, unit: str, target: float) -> Figure:
    """A figure that should be at most `target` times its baseline."""
    ratio = measured / baseline
    return Figure(name, measured, baseline, unit, ratio, f"<= {target} x", met=ratio <= target)


def below(name: str, measured: float, limit: float, unit: str) -> Figure:
    """A figure with a bound of its own."""
    return Figure(name, measured, None, unit, None, f"<= {limit} {unit}", met=measured <= limit)


def median_of(rounds: int, *work: Callable[[], float]) -> list[float]:
    """The median of each piece of work over the rounds, run in turns: A B A B …"""
    results: list[list[float]] = [[] for _ in work]
    for _ in range(rounds):
        for measured, run in zip(results, work, strict=True):
            measured.append(run())
    return [statistics.median(measured) for measured in results]


def table(figures: Sequence[Figure]) -> str:
    """The figures as text."""
    rows = [("figure", "measured", "baseline", "ratio", "target", "")]
    rows += [
        (
            figure.name,
            f"{figure.measured:,.4g} {figure.unit}",
            "" if figure.baseline is None else f"{figure.baseline:,.4g} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.3g}",
            figure.target,
            "met" if figure.met else "not met",
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def write(figures: Sequence[Figure], path: Path) -> None:
    """The figures as JSON."""
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")
