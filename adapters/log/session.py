"""The sole right to append, on the tables of any store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import count, repeat
from types import TracebackType
from typing import Self

from adapters.log.rows import Clash, Row, Transaction, not_before
from domain.clocks import Instant
from domain.ports import Head, LogSession, NewEntry, StoredEntry, Unavailable
from domain.refusals import EventIdReused, Refusal, VersionConflict

# How many streams a session remembers the place of: what `versions` told, `append` need not look up.
PLACES = 20_000

_Placed = Sequence[tuple[int, Instant, NewEntry | StoredEntry]]


class Session(LogSession, AbstractContextManager[LogSession]):
    """See `domain.ports.LogSession`; lives as long as the transaction.

    An append also raises VersionConflict where a version does not follow the last of its stream, and EventIdReused
    where both are taken. An append that was refused leaves its session as it was.
    """

    def __init__(self, transaction: AbstractContextManager[Transaction]) -> None:
        self._transaction = transaction
        self._places: dict[str, tuple[int, int]] = {}
        # What was looked up and is not there.
        self._new_streams: set[str] = set()
        self._new_ids: set[str] = set()
        self._ended = False

    def __enter__(self) -> Self:
        self._tables = self._transaction.__enter__()
        try:
            self._head, self._streams = self._tables.ends()
        except BaseException as exc:
            self._transaction.__exit__(type(exc), exc, exc.__traceback__)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        self._ended = True
        return self._transaction.__exit__(kind, exc, traceback)

    @property
    def head(self) -> Head:
        return self._head

    def versions(self, streams: Sequence[str]) -> dict[str, int]:
        places = self._live().places(streams)
        self._places |= places
        self._new_streams |= set(streams) - places.keys()
        return {name: version for name, (_, version) in places.items()}

    def by_id(self, ids: Sequence[str]) -> dict[str, StoredEntry]:
        found = self._live().by_id(ids)
        self._new_ids |= set(ids) - found.keys()
        return found

    def read(self, after: int, limit: int) -> Sequence[StoredEntry]:
        return self._live().after(after, limit)

    def stream(self, stream: str) -> Sequence[StoredEntry]:
        return self._live().of_stream(stream)

    def append(self, entries: Sequence[NewEntry], recorded_at: Instant) -> int:
        at = not_before(self._head, recorded_at)
        return self._store(list(zip(count(self._head.position + 1), repeat(at), entries, strict=False)))

    def restore(self, entries: Sequence[StoredEntry]) -> int:
        _check_follows(self._head, entries)
        return self._store([(entry.position, entry.recorded_at, entry) for entry in entries])

    def _store(self, placed: _Placed) -> int:
        tables = self._live()
        if not placed:
            return self._head.position
        try:
            rows, opened = self._rows(tables, placed)
            store = tables.put if self._is_new(placed, opened) else tables.insert
            store(rows, opened)
        except BaseException as exc:
            self._forget()
            if isinstance(exc, Clash):
                raise _refusal(tables, placed) or exc from None
            raise
        position, recorded_at, _ = placed[-1]
        self._head = Head(position, recorded_at)
        self._streams += len(opened)
        self._new_streams -= opened.keys()
        return position

    def _is_new(self, placed: _Placed, opened: Mapping[str, int]) -> bool:
        """Whether it was looked up that no id is taken, and no stream there which these open."""
        if not self._new_ids:
            return False
        ids = {entry.id for _, _, entry in placed}
        new = len(ids) == len(placed) and ids <= self._new_ids and opened.keys() <= self._new_streams
        self._new_ids -= ids
        return new

    def _forget(self) -> None:
        self._places.clear()
        self._new_streams.clear()
        self._new_ids.clear()

    def _rows(self, tables: Transaction, placed: _Placed) -> tuple[list[Row], dict[str, int]]:
        """The rows and the numbers of the streams they open; Clash where a version does not follow."""
        rows: list[Row] = []
        opened: dict[str, int] = {}
        if len(self._places) > PLACES:
            self._forget()
        places = self._places
        older = [e.stream for _, _, e in placed if e.version != 1 and e.stream not in places]
        if older:
            places |= tables.places(older)
        for position, at, e in placed:
            no, version = places.get(e.stream, (0, 0))
            if e.version != version + 1:
                raise Clash("a version does not follow in its stream")
            if not no:
                no = opened[e.stream] = self._streams + len(opened) + 1
            places[e.stream] = no, e.version
            rows.append((position, no, e.version, e.type, at, e.id, e.sent, e.body))
        return rows, opened

    def _live(self) -> Transaction:
        if self._ended:
            raise Unavailable("this session has ended")
        return self._tables


def _check_follows(head: Head, entries: Sequence[StoredEntry]) -> None:
    expected, last = head.position + 1, head.recorded_at
    for entry in entries:
        if entry.position != expected:
            raise ValueError(f"position {entry.position} does not follow {expected - 1}")
        if last is not None and entry.recorded_at < last:
            raise ValueError(f"position {expected} was recorded before the one it follows")
        expected, last = expected + 1, entry.recorded_at


def _refusal(tables: Transaction, placed: _Placed) -> Refusal | None:
    """Why the first of the entries that does not fit is refused, while none of them is stored."""
    taken = set(tables.by_id([entry.id for _, _, entry in placed]))
    places = tables.places([entry.stream for _, _, entry in placed])
    versions = {name: version for name, (_, version) in places.items()}
    for _, _, entry in placed:
        if entry.id in taken:
            return EventIdReused(f"the event id {entry.id!r} is taken")
        version = versions.get(entry.stream, 0)
        if entry.version != version + 1:
            return VersionConflict(f"{entry.stream} is at version {version}: {entry.version} cannot follow", version)
        taken.add(entry.id)
        versions[entry.stream] = entry.version
    return None
