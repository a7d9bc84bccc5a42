"""Facts on the plane of two clocks, kept in few rows.

A row says: this held for every question whose cut X of the reported clock and position R of the recorded clock satisfy

    known_from <= X  and  recorded_from <= R < recorded_to  and  (X < known_to or R < superseded_at)

In a log that arrives in order a fact that ends keeps its one row: it gets `known_to` and `superseded_at`, and whoever
asks with an earlier R still sees it without end. Only late arrivals and amendments close a row (`recorded_to`) and
draw others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from domain.clocks import AFTER, Instant

FOREVER = 2**62
"""A log position that is never reached."""


@dataclass(slots=True)
class Row:
    """One fact on the plane; `no` counts the rows of its development.

    `kept` is what a store has of it: its known_to, superseded_at and recorded_to there, None where it has nothing.
    """

    no: int
    kind: str
    key: Hashable
    payload: object
    known_from: Instant
    known_to: Instant
    recorded_from: int
    superseded_at: int
    recorded_to: int
    kept: tuple[Instant, int, int] | None = None

    def keep(self) -> None:
        """The row is stored as it is now."""
        self.kept = (self.known_to, self.superseded_at, self.recorded_to)

    def visible(self, as_of: Instant, at: int) -> bool:
        """Whether the fact held for this question."""
        return (
            self.known_from <= as_of
            and self.recorded_from <= at < self.recorded_to
            and (as_of < self.known_to or at < self.superseded_at)
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """A fact over a stretch of the reported clock, as one position sees it."""

    kind: str
    key: Hashable
    payload: object
    known_from: Instant
    known_to: Instant


class Canvas(Protocol):
    """What facts can be told to, in order of `known_from`."""

    def put(self, known_from: Instant, kind: str, key: Hashable, payload: object) -> None:
        """From `known_from` on, and not before any fact already told of the key, the key has this payload."""

    def put_all(self, known_from: Instant, kind: str, facts: Mapping[Hashable, object]) -> None:
        """From `known_from` on these are all the facts of the kind."""


class Plane:
    """The rows of one development. `at` is the log position from which on the next changes hold; it only grows."""

    def __init__(self) -> None:
        self.at = 0
        self._rows = 0
        self._drawn: list[Row] = []
        self._current: defaultdict[str, dict[Hashable, Row]] = defaultdict(dict)
        self._touched: dict[int, Row] = {}

    def put(self, known_from: Instant, kind: str, key: Hashable, payload: object) -> None:
        """See Canvas."""
        row = self._current[kind].get(key)
        if row is not None:
            if row.payload == payload:
                return
            self._end(row, known_from)
        self._draw(kind, key, payload, known_from, AFTER)

    def put_all(self, known_from: Instant, kind: str, facts: Mapping[Hashable, object]) -> None:
        """See Canvas."""
        current = self._current[kind]
        for row in [row for key, row in current.items() if key not in facts]:
            self._end(row, known_from)
        for key, payload in facts.items():
            held = current.get(key)
            if held is not None:
                if held.payload == payload:
                    continue
                self._end(held, known_from)
            self._draw(kind, key, payload, known_from, AFTER)

    def redraw(self, intervals: Iterable[Interval]) -> None:
        """From `at` on the facts are these and no others."""
        wanted = {(i.kind, i.key, i.known_from): i for i in intervals}
        for row in [row for row in self._drawn if row.recorded_to == FOREVER]:
            place = (row.kind, row.key, row.known_from)
            interval = wanted.get(place)
            if interval is None or interval.payload != row.payload:
                self._close(row)
            elif interval.known_to == row.known_to:
                del wanted[place]
            elif row.known_to == AFTER:
                self._end(row, interval.known_to)
                del wanted[place]
            else:
                self._close(row)
        for interval in wanted.values():
            self._draw(interval.kind, interval.key, interval.payload, interval.known_from, interval.known_to)
        self._drawn = [row for row in self._drawn if row.recorded_to == FOREVER]

    def drain(self) -> list[Row]:
        """The rows drawn or changed since the last time; whoever stores them says so (`Row.keep`)."""
        touched, self._touched = self._touched, {}
        return [row for row in touched.values() if row.recorded_from != row.recorded_to]

    def _draw(self, kind: str, key: Hashable, payload: object, known_from: Instant, known_to: Instant) -> None:
        ended = FOREVER if known_to == AFTER else self.at
        no = self._rows
        self._rows += 1
        row = Row(no, kind, key, payload, known_from, known_to, self.at, ended, FOREVER)
        self._drawn.append(row)
        self._touched[no] = row
        if known_to == AFTER:
            self._current[kind][key] = row

    def _end(self, row: Row, known_to: Instant) -> None:
        if known_to <= row.known_from:
            self._close(row)
            return
        row.known_to = known_to
        row.superseded_at = self.at
        self._current[row.kind].pop(row.key, None)
        self._touched[row.no] = row

    def _close(self, row: Row) -> None:
        row.recorded_to = self.at
        current = self._current[row.kind]
        if current.get(row.key) is row:
            del current[row.key]
        self._touched[row.no] = row


class Intervals:
    """Gathers facts told in order of `known_from`; equal ones that follow each other are one."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, Hashable], tuple[object, Instant]] = {}
        self.ended: list[Interval] = []

    def put(self, known_from: Instant, kind: str, key: Hashable, payload: object) -> None:
        """See Canvas."""
        held = self._open.get((kind, key))
        if held is not None and held[0] == payload:
            return
        self._finish(known_from, kind, key)
        self._open[kind, key] = (payload, known_from)

    def put_all(self, known_from: Instant, kind: str, facts: Mapping[Hashable, object]) -> None:
        """See Canvas."""
        for of_kind, key in [held for held in self._open if held[0] == kind and held[1] not in facts]:
            self._finish(known_from, of_kind, key)
        for key, payload in facts.items():
            self.put(known_from, kind, key, payload)

    def all(self) -> list[Interval]:
        """Every interval; the open ones last to the end of time."""
        still = [Interval(kind, key, held[0], held[1], AFTER) for (kind, key), held in self._open.items()]
        return self.ended + still

    def _finish(self, known_to: Instant, kind: str, key: Hashable) -> None:
        held = self._open.pop((kind, key), None)
        if held is not None and held[1] < known_to:
            self.ended.append(Interval(kind, key, held[0], held[1], known_to))
