"""How far long work has come, on stderr: a line that is written over on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

EVERY_SECONDS = 0.2


class Progress:
    """Counts events, or another unit: tells number, rate, and the time left where it is known how many there are."""

    def __init__(self, what: str, total: int | None = None, unit: str = "events") -> None:
        self._what = what
        self._total = total
        self._unit = unit
        self._began = self._told = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._written = False

    def at(self, number: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if self._terminal and now - self._told >= EVERY_SECONDS:
            self._told, self._written = now, True
            rate = self.rate(number)
            left = "" if self._total is None else f", {(self._total - number) / max(rate, 1e-6):,.0f} s left"
            click.echo(f"\r\x1b[K{self._what} {number:,} {self._unit}, {rate:,.0f} a second{left}", err=True, nl=False)

    def then(self, what: str) -> Callable[[int], None]:
        """Tells of the work that follows, from when something of it is done."""

        def at(number: int) -> None:
            if self._what != what:
                self._what = what
                self._began = self._told = time.monotonic()
            self.at(number)

        return at

    def rate(self, number: int) -> float:
        """So many a second."""
        return number / max(time.monotonic() - self._began, 1e-6)

    def of(self, number: int, total: int) -> None:
        """So many are done, of so many."""
        self._total = total
        self.at(number)

    def end(self) -> None:
        """Take the line away."""
        if self._written:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress(what: str, total: int | None = None, unit: str = "events") -> Iterator[Progress]:
    """Tell of the work inside, which is on `total` of the unit where that is known."""
    told = Progress(what, total, unit)
    try:
        yield told
    finally:
        told.end()
