"""The bounds of what rows say, by which a question passes over rows that cannot answer it (see `zones`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.clocks import AFTER, BEFORE
from domain.plane import FOREVER

LEAST, GREATEST = -(2**63), 2**63 - 1

Row = Sequence[Any]
"""Of a list: rank or first_known, id, known_from, known_to, recorded_from, superseded_at, recorded_to; of the overview
also begins, ends, kind and status.
"""
Bounds = tuple[int, int, int, int, int, int, int, int, int]
"""How many rows these are and how many of them have ended; known_from, recorded_from, begins, ends, kinds; by when, on
both clocks, all that happened to them has: asked then or later, all are to be seen but those that have ended.
"""
NO_ROW = (GREATEST, GREATEST, GREATEST, LEAST, 0)
"""From `known_from` to `kinds`."""
ANYTHING = (BEFORE, AFTER, -1)
"""From `begins` to `kinds`, of a row that does not say when it occurred, its kind and its status."""

_BITS = {
    name: 1 << bit
    for bit, name in enumerate(
        (
            *("retracted", "disputed", "confirmed", "denied", "corroborated", "reported"),
            *("event", "statement", "assessment", "plan", "forecast"),
        )
    )
}


def kinds(*names: str | None) -> int:
    """The bits of statuses and kinds."""
    return sum(_BITS[name] for name in names if name is not None)


def ending(known_to: int, superseded_at: int, recorded_to: int) -> tuple[int, int] | None:
    """By when a row has ended, on both clocks; None while it has not."""
    if recorded_to != FOREVER:
        return BEFORE, recorded_to
    return None if known_to == AFTER else (known_to, superseded_at)


def of_row(plane: Sequence[int], begins: int, ends: int, kinds_: int) -> Bounds:
    """Of one row."""
    known_from, known_to, recorded_from, superseded_at, recorded_to = plane
    end = ending(known_to, superseded_at, recorded_to)
    if end is None:
        return (1, 0, known_from, recorded_from, begins, ends, kinds_, known_from, recorded_from)
    by = (max(known_from, end[0]), max(recorded_from, end[1]))
    return (1, 1, known_from, recorded_from, begins, ends, kinds_, *by)


def of_rows(rows: Sequence[Row]) -> Bounds:
    """Of rows, at least one, column by column."""
    _, _, known_from, known_to, recorded_from, superseded_at, recorded_to, *said = zip(*rows, strict=True)
    endings = [end for end in map(ending, known_to, superseded_at, recorded_to) if end is not None]
    known_by, recorded_by = zip(*endings, strict=True) if endings else ((), ())
    return (
        *(len(rows), len(endings), min(known_from), min(recorded_from), *(_said(*said) if said else ANYTHING)),
        *(max(known_from + known_by), max(recorded_from + recorded_by)),
    )


def _said(
    begins: Sequence[int], ends: Sequence[int], kind: Sequence[str], status: Sequence[str]
) -> tuple[int, int, int]:
    return min(begins), max(ends), kinds(*set(kind), *set(status))
