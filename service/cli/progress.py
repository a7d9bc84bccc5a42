"""How far long work has come, on stderr: a line that is written over on a terminal, and nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

EVERY_SECONDS = 0.2


class Progress:
    """Counts events and tells their number and rate."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._began = self._told = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def at(self, number: int) -> None:
        """So many are done."""
        now = time.monotonic()
        if self._terminal and now - self._told >= EVERY_SECONDS:
            self._told = now
            rate = number / max(now - self._began, 1e-6)
            click.echo(f"\r\x1b[K{self._what} {number:,} events, {rate:,.0f} a second", err=True, nl=False)

    def end(self) -> None:
        """Take the line away."""
        if self._terminal and self._told != self._began:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Tell of the work inside."""
    told = Progress(what)
    try:
        yield told
    finally:
        told.end()
