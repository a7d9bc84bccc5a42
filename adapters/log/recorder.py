"""The eventsourcing library's recorder on the log's tables, with a subscription, for any store."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any, Literal
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.persistence import ApplicationRecorder, Notification, StoredEvent

from adapters.log.rows import LAST, Clash, Transaction, not_before
from adapters.log.subscription import LogSubscription
from domain.clocks import Instant
from domain.ports import Unavailable
from domain.processes import Following


def now() -> Instant:
    """The present instant by this machine's clock."""
    return time.time_ns() // 1000


class Recorder(ApplicationRecorder):
    """Stored events and notifications of the library; a topic is an event's type, never a class.

    Positions are without a gap and commits in their order, so a reader that follows them misses
    none. Events inserted here have no id, and `now` gives their `recorded_at`, in microseconds; it
    never decreases along the log. Errors are those of `eventsourcing.persistence`: IntegrityError
    where (originator_id, originator_version) is taken, OperationalError where the database cannot
    be used.
    """

    def __init__(
        self, *, originator_id_type: Literal["uuid", "text"] = "text", now: Callable[[], Instant] = now
    ) -> None:
        self._originator_id: Callable[[str], UUID | str] = {"uuid": UUID, "text": str}[originator_id_type]
        self._now = now

    @abstractmethod
    def transaction(self, ids: Sequence[str] = (), streams: Sequence[str] = ()) -> AbstractContextManager[Transaction]:
        """The sole right to write the log; committed durably on leaving, undone on an exception.

        Of the events of these ids and the places of these streams it will be asked.
        """

    @abstractmethod
    def following(self) -> Following:
        """What tells of commits."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **_kwargs: object) -> Sequence[int] | None:
        """Store all of the events, durably, or none, and give their positions in order."""
        if not stored_events:
            return []
        ids = [str(event.originator_id) for event in stored_events]
        with library_errors(), self.transaction(streams=ids) as tables:
            head, streams = tables.ends()
            at = not_before(head, self._now())
            numbers = {name: no for name, (no, _) in tables.places(ids).items()}
            unknown = (name for name in dict.fromkeys(ids) if name not in numbers)
            opened = {name: no for no, name in enumerate(unknown, streams + 1)}
            numbers |= opened
            rows = [
                (position, numbers[name], e.originator_version, e.topic, at, None, None, e.state)
                for position, name, e in zip(count(head.position + 1), ids, stored_events, strict=False)
            ]
            tables.insert(rows, opened)
            return [row[0] for row in rows]

    @abstractmethod
    def rows_of_stream(self, parameters: tuple[object, ...], *, backwards: bool) -> Sequence[Any]:
        """(version, type, state) of the events of a stream, in their order or `backwards`.

        The parameters are its name, the versions behind and up to which, and how many at the most.
        """

    @abstractmethod
    def rows_of_log(self, first: int, last: int, types: Sequence[str], limit: int) -> Sequence[Any]:
        """(stream, version, type, state, position) of events from one position to another, of these types or of all."""

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """See `eventsourcing.persistence.AggregateRecorder`."""
        name = str(originator_id)
        versions = (-LAST if gt is None else gt, LAST if lte is None else lte)
        with library_errors():
            rows = self.rows_of_stream((name, *versions, LAST if limit is None else limit), backwards=desc)
        return [StoredEvent(self._originator_id(name), *row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """See `eventsourcing.persistence.ApplicationRecorder`."""
        first = 0 if start is None else start if inclusive_of_start else start + 1
        with library_errors():
            rows = self.rows_of_log(first, LAST if stop is None else stop, topics, limit)
        return [Notification(self._originator_id(name), *rest) for name, *rest in rows]

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> LogSubscription:
        """Follow what this and other processes store, from behind the position `gt` on."""
        return LogSubscription(self, gt, topics)


@contextmanager
def library_errors() -> Iterator[None]:
    """Raise what is raised inside as the library names it."""
    try:
        yield
    except Unavailable as exc:
        raise persistence.OperationalError(exc) from exc
    except Clash as exc:
        raise persistence.IntegrityError(exc) from exc
    except Exception as exc:
        # The library names its errors as PEP 249 does, and so do the drivers, which make further ones of them.
        named = (getattr(persistence, kind.__name__, None) for kind in type(exc).__mro__)
        as_named = next((kind for kind in named if kind is not None), None)
        if as_named is None:
            raise
        raise as_named(exc) from exc
