"""What the inside asks of a log: total order, append-only, gapless.

Positions count from 1 without a gap; 0 is before the first event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from domain.clocks import Instant


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of the log: its position and when it was recorded; (0, None) for the empty log."""

    position: int
    recorded_at: Instant | None


class NewEntry(NamedTuple):
    """An event to be stored: `body` is its wire form as JSON bytes, without position and recorded_at.

    `sent` is None where the event was sent as it is stored; else a digest of what was sent and how many registrations
    precede it on its way (`service.appending.admission` makes and reads it; the log only keeps it).
    """

    id: str
    stream: str
    version: int
    type: str
    body: bytes
    sent: bytes | None


class StoredEntry(NamedTuple):
    """An event as the log holds it."""

    position: int
    recorded_at: Instant
    id: str
    stream: str
    version: int
    type: str
    body: bytes
    sent: bytes | None


_BODY = StoredEntry._fields.index("body")


def entries_of(rows: Iterable[tuple[Any, ...]]) -> list[StoredEntry]:
    """Rows of the columns of an entry, in their order, as entries: a log is read by millions of them.

    A body that another program has written back as text is the same body.
    """
    return [tuple.__new__(StoredEntry, row if type(row[_BODY]) is not str else _in_bytes(row)) for row in rows]


def _in_bytes(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:_BODY], row[_BODY].encode(), *row[_BODY + 1 :])


class LogSession(Protocol):
    """The sole right to append, held from opening to closing. Everything read here is the newest there is."""

    @property
    def head(self) -> Head:
        """The last event, those appended in this session included."""

    def versions(self, streams: Sequence[str]) -> dict[str, int]:
        """The number of events in each of the streams; streams that are not there are left out."""

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        """The events of these ids; ids that are not there are left out."""

    def read(self, after: int, limit: int) -> Sequence[StoredEntry]:
        """Up to `limit` events with after < position, in order, those appended in this session included."""

    def stream(self, stream: str) -> Sequence[StoredEntry]:
        """All events of a stream in order of version, those appended in this session included."""

    def append(self, entries: Sequence[NewEntry], recorded_at: Instant) -> int:
        """Put the entries behind the head, in order, and give the new last position.

        `recorded_at` is raised to the head's where it is earlier: it never decreases along the log. Raises
        `domain.refusals.VersionConflict` where (stream, version) is taken and `EventIdReused` where the id is.
        Nothing is durable before the session closes without an exception; with one, nothing was appended.
        """

    def restore(self, entries: Sequence[StoredEntry]) -> int:
        """As append, but with the positions and the `recorded_at` that the entries had; they must follow the head."""


class EventLog(Protocol):
    """The log: total order, append-only, gapless.

    Several processes may hold the same log; at most one session is open at a time among them all, others wait for it
    (and raise Unavailable when that takes too long). Readers never wait and never see part of a session; whoever
    follows positions misses none.
    """

    def session(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> AbstractContextManager[LogSession]:
        """Open a session; leaving it commits durably, once, everything appended in it, or nothing on an exception.

        What is known before to be asked of it, `by_id` of some ids and `versions` of some streams, is named here: a
        store that is far away looks it up on the way.
        """

    def head(self) -> Head:
        """The last durable event."""

    def read(self, after: int, limit: int, upto: int | None = None) -> Sequence[StoredEntry]:
        """Up to `limit` events with after < position <= upto, in order."""

    def stream(self, stream: str, upto: int | None = None) -> Sequence[StoredEntry]:
        """All events of a stream with position <= upto, in order of version; none where the stream is not there."""

    def of_actors(self, after: int, upto: int) -> Sequence[StoredEntry]:
        """The events of actors with after < position <= upto, in order."""

    def continued(self, after: int, upto: int, last: int) -> Sequence[StoredEntry]:
        """How the streams that begin in (after, upto] go on in (upto, last]: stream by stream, in order of version."""

    def close(self) -> None:
        """Let go of files and connections; further calls raise Unavailable."""
