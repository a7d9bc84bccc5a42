"""Rows of the projections as rows of the tables: which columns, and how a row that is stored already changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from adapters.codec.encode import body_of, wire_of
from adapters.shapes import body, figure
from adapters.views.bounds import ending
from adapters.views.claims import KIND, claim
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.tally import Tally
from adapters.views.zones import ALL, Ended
from domain.entries import Learned
from domain.events import DevelopmentAmended
from domain.fold import StandingFigure
from domain.plane import Row
from domain.projections.entries import EntryFact
from domain.projections.figures import FigureFact

Columns = tuple[Any, ...]
Term = Callable[[str, str], int]
"""The number that a (kind, text) has in the term table."""


@dataclass(slots=True)
class Batch:
    """What one transaction writes: rows to insert by table, and rows that end."""

    inserts: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    ended: list[Ended] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def take(self, dev: int, development: str, rows: Iterable[Row], term: Term) -> None:
        """Take the changed rows of one development."""
        for row in rows:
            if row.no >= ROWS_A_DEVELOPMENT:
                raise OverflowError(f"more than {ROWS_A_DEVELOPMENT} rows for the development {development!r}")
            no = dev * ROWS_A_DEVELOPMENT + row.no
            key = _KEYS[row.kind](row, development, no, term)
            if row.kind == "overview":
                self.tally.take(row)
            kept = row.kept
            row.keep()
            if kept is not None:
                if row.kind in _LISTED:
                    self.ended.append(_ended(row, development, kept, key))
                self.ends[row.kind].append((row.known_to, row.superseded_at, row.recorded_to, *key))
                continue
            plane = (row.known_from, row.known_to, row.recorded_from, row.superseded_at, row.recorded_to)
            if row.kind == "listing":
                self.inserts["listing"].append((*key, *plane, row.payload[1]))  # type: ignore[index]
            else:
                self.inserts[row.kind].append((*key, dev, *plane, *_PAYLOADS[row.kind](row.payload, development, term)))


def _ended(row: Row, development: str, kept: tuple[int, int, int], key: Columns) -> Ended:
    listed: Any = row.payload
    by = ending(row.known_to, row.superseded_at, row.recorded_to) or (row.known_from, row.recorded_from)
    list_ = ALL if row.kind == "overview" else key[0]
    return Ended(list_, listed.rank, listed.first_known, development, *by, anew=ending(*kept) is None)


def _by_number(row: Row, development: str, no: int, term: Term) -> Columns:  # noqa: ARG001 (one shape for all keys)
    return (no,)


def _overview_key(row: Row, development: str, no: int, term: Term) -> Columns:  # noqa: ARG001 (one shape for all keys)
    return (row.payload.rank, development, no)  # type: ignore[attr-defined]


def _listing_key(row: Row, development: str, no: int, term: Term) -> Columns:
    kind, text = row.key  # type: ignore[misc]
    return (term(kind, text), row.payload.rank, development, no)  # type: ignore[has-type,attr-defined]


def _figure_key(row: Row, development: str, no: int, term: Term) -> Columns:  # noqa: ARG001 (one shape for all keys)
    standing: StandingFigure = row.payload.standing  # type: ignore[attr-defined]
    return (
        term("metric", standing.figure.metric),
        standing.source.known_from,
        standing.source.position,
        standing.place,
        no,
    )


def _metric_key(row: Row, development: str, no: int, term: Term) -> Columns:  # noqa: ARG001 (one shape for all keys)
    return (term("metric", str(row.key)), row.known_from, no)


def _figure(fact: FigureFact, development: str, term: Term) -> Columns:
    standing, dated = fact
    claimed = claim(standing.figure.metric, standing.claimant, dated, standing.source.known_from)
    return (term(KIND, claimed), standing.claimant, dated, orjson.dumps(figure(standing, development)))


def _entry(fact: EntryFact, _development: str, _term: Term) -> Columns:
    learned = fact.learned
    place = (learned.position, learned.version)
    if not isinstance(learned, Learned):
        assert isinstance(learned.event, DevelopmentAmended)
        return (*place, learned.recorded_at, None, None)
    amended = body_of(wire_of(learned.event)) if learned.amended else None
    return (*place, learned.known_from, None if fact.stands is None else int(fact.stands), amended)


_KEYS: dict[str, Callable[[Row, str, int, Term], Columns]] = {
    "version": _by_number,
    "overview": _overview_key,
    "listing": _listing_key,
    "figure": _figure_key,
    "metric": _metric_key,
    "entry": _by_number,
    "wording": _by_number,
}
"""The columns by which a row of the kind is found."""

_LISTED = ("overview", "listing")

_PAYLOADS: dict[str, Callable[[Any, str, Term], Columns]] = {
    "version": lambda version, *_: body(version),
    "overview": lambda overview, *_: overview[1:],
    "figure": _figure,
    "metric": lambda *_: (),
    "entry": _entry,
    "wording": lambda words, *_: (f" {words} ",),
}
"""The columns behind those of the plane."""
