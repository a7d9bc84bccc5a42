"""A unit of work: requests judged one after the other in one session of the log, stored together or not at all.

Each is judged alone, against everything before it, those let in earlier in the unit included; a refusal refuses only
its own request and leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from domain.clocks import Instant
from domain.events import DevelopmentEvent, Recorded
from domain.ports import Head, Ids, LogSession, NewEntry, StoredEntry
from domain.streams import stream_of_wire
from service.appending.admission import Admission, Placed, Proposal, Surroundings
from service.appending.stream_cache import StreamCache
from service.decoded import DecodedEntry


class Expected(NamedTuple):
    """The ids and the streams that proposals name."""

    ids: Sequence[str]
    streams: Sequence[str]

    @classmethod
    def of(cls, proposals: Iterable[Proposal]) -> Self:
        """What these name."""
        wires = [proposal.wire for proposal in proposals]
        return cls(
            [wire["id"] for wire in wires if "id" in wire], list(dict.fromkeys(stream_of_wire(wire) for wire in wires))
        )


class UnitOfWork:
    """One unit of work, in a session that the cache has followed; what is let in is applied to the cache's register.

    `fresh` is what is to be stored, `histories` the streams as they are with it. `expected` is of the proposals of all
    requests that will be judged: what the log has of them is asked for once.
    """

    def __init__(self, session: LogSession, cache: StreamCache, expected: Expected, now: Instant, ids: Ids) -> None:
        self._session = session
        self._cache = cache
        self._ids = ids
        self._began = session.head.position
        self._recorded_at = max(now, session.head.recorded_at or 0)
        self._by_id = session.by_id(expected.ids)
        self._versions = session.versions(expected.streams)
        self._entries: list[NewEntry] = []
        self.fresh: list[DecodedEntry] = []
        self.histories: dict[str, list[Recorded[DevelopmentEvent]]] = {}

    def judge(self, proposals: Sequence[Proposal], *, register_actors: bool) -> tuple[Admission, Placed]:
        """Judge a request; where its first proposal stands. Raises its Refusal, everything as it was before."""
        mark = self._cache.actors.mark()
        admission = Admission(self._surroundings(proposals, register_actors=register_actors))
        try:
            first = admission.take_all(proposals)[0]
        except BaseException:
            self._cache.actors.rollback(mark)
            raise
        self._let_in(admission)
        return admission, first

    def store(self) -> None:
        """Put what was let in behind the head of the session. Raises as `LogSession.append`."""
        if self._entries:
            self._session.append(self._entries, self._recorded_at)

    def _let_in(self, admission: Admission) -> None:
        self.histories |= admission.histories
        self._entries += admission.entries()
        self.fresh += admission.fresh
        for told in admission.fresh:
            self._by_id[told.entry.id] = told.entry
            self._versions[told.entry.stream] = told.entry.version

    def _surroundings(self, proposals: Sequence[Proposal], *, register_actors: bool) -> Surroundings:
        streams = {stream_of_wire(proposal.wire) for proposal in proposals}
        return Surroundings(
            head=Head(self._began + len(self.fresh), self._recorded_at),
            recorded_at=self._recorded_at,
            actors=self._cache.actors,
            by_id=self._by_id,
            versions={stream: self._versions[stream] for stream in streams if stream in self._versions},
            history=self._history_of,
            before=self._before,
            ids=self._ids,
            register_actors=register_actors,
        )

    def _history_of(self, stream: str) -> Sequence[Recorded[DevelopmentEvent]]:
        held = self.histories.get(stream)
        return self._cache.history(self._session, stream) if held is None else held

    def _before(self, entry: StoredEntry, count: int) -> Sequence[StoredEntry]:
        """The entries right before one, of which those of a request lie together in the log or in the unit."""
        index = entry.position - 1 - self._began
        if index < 0:
            return self._session.read(entry.position - count - 1, count)
        return [told.entry for told in self.fresh[index - count : index]]
