"""What the projections say of a log, kept in memory: the write side of the views without a store behind it.

Everything is held until the end: a digest is made of facts in order of value, and a late event may change any row. With
the digests that takes about 10 KB for an event of 700 bytes: 1 GB for 100,000 events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from domain.actor import Actor
from domain.plane import Row
from domain.ports import EventLog, ViewsWriter, ViewsWriting


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it was last written; see `domain.plane` for what its bounds mean."""

    development: str
    kind: str
    key: object
    payload: object
    known_from: int
    known_to: int
    recorded_from: int
    superseded_at: int
    recorded_to: int


class Ledger(ViewsWriter, ViewsWriting):
    """See `domain.ports.ViewsWriting`; what was written can be looked through."""

    def __init__(self, log: EventLog) -> None:
        self.position = self.generation = 0
        self.rows_held: dict[tuple[int, int], Held] = {}
        self.actors_held: dict[tuple[int, str], Actor] = {}
        self.mentions_held: dict[tuple[int, str, str], None] = {}
        self.heads: dict[int, bytes] = {}
        self._log = log
        self._actors: dict[str, Actor] = {}
        self._mentioned: dict[str, list[int]] = {}

    @contextmanager
    def write(self) -> Iterator[Ledger]:
        """One transaction; a ledger that an exception came over is not to be used any more."""
        yield self

    def head(self) -> bytes | None:
        """See ViewsWriting."""
        return self.heads.get(self.position)

    def actors(self) -> Sequence[Actor]:
        """See ViewsWriting."""
        return list(self._actors.values())

    def merges(self) -> Sequence[tuple[int, dict[str, str]]]:
        """See ViewsWriting."""
        merged: dict[int, dict[str, str]] = {}
        for (position, actor), held in self.actors_held.items():
            if held.survivor is not None:
                merged.setdefault(position, {})[actor] = held.survivor
        return sorted(merged.items())

    def mentioning(self, names: Iterable[str]) -> Sequence[str]:
        """See ViewsWriting."""
        positions = {position for name in names for position in self._mentioned.get(name, ())}
        streams = {self._log.read(position - 1, 1)[0].stream for position in positions}
        developments = [stream for stream in streams if stream.startswith("development/")]
        return sorted(developments, key=lambda stream: self._log.stream(stream)[0].position)

    def development(self, dev: int, development: str) -> None:
        """See ViewsWriting."""

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        """See ViewsWriting."""
        for row in rows:
            self.rows_held[dev, row.no] = Held(
                development,
                row.kind,
                row.key,
                row.payload,
                row.known_from,
                row.known_to,
                row.recorded_from,
                row.superseded_at,
                row.recorded_to,
            )
            row.keep()

    def actor(self, position: int, actor: Actor, standing: int) -> None:  # noqa: ARG002 (it follows from the others)
        """See ViewsWriting."""
        self._actors[actor.id] = actor
        self.actors_held[position, actor.id] = actor

    def mention(self, kind: str, text: str, position: int) -> None:
        """See ViewsWriting."""
        self.mentions_held[position, kind, text] = None
        if kind != "topic":
            self._mentioned.setdefault(text, []).append(position)

    def chain(self, position: int, head: bytes) -> None:
        """See ViewsWriting."""
        self.heads[position] = head
