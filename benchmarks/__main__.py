"""Runs the benchmarks that are named, or all: a table on stdout, the same as JSON with --json FILE."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import appends, bulk, dates, http, peers, questions, reads, replay, soak, start
from benchmarks.report import Figure, table, write

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "start": start.figures,
    "appends": appends.figures,
    "bulk": bulk.figures,
    "questions": questions.figures,
    "dates": dates.figures,
    "reads": reads.figures,
    "http": http.figures,
    "soak": soak.figures,
    "replay": replay.figures,
    "peers": peers.figures,
}


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all without one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    figures: list[Figure] = []
    for name in given.names or BENCHMARKS:
        began = time.perf_counter()
        figures += BENCHMARKS[name]()
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    print(table(figures))
    if given.json:
        write(figures, given.json)


if __name__ == "__main__":
    main()
