"""Appending: what a client proposes is let in whole or refused whole, and what was acknowledged is on disk.

Requests that come at the same time are stored by one commit and shown by one projecting: what came while the last
commit ran is judged in the next session of the log, and may be committed while the last one's events are projected.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

from domain.ports import Clock, Contended, EventLog, Ids, InDoubt, LogSession, Unavailable, Views
from domain.refusals import ActorNameUnknown, Refusal
from service.appending.admission import Admission, Placed, Proposal
from service.appending.batching import Batcher
from service.appending.capacity import Capacity
from service.appending.rehearsed import Rehearsed
from service.appending.reply import Reply, tell
from service.appending.stream_cache import StreamCache
from service.appending.unit_of_work import Expected, UnitOfWork
from service.decoded import DecodedEntry
from service.projecting.projector import Projector

TOGETHER = 2_000
"""Events that are committed together at the most, but for a request that has more."""
TRIES = 3
"""How often a session is held where other transactions get in its way."""
NEAREST_ASKED = 10
"""For how many unknown names the nearest known ones are looked up: it takes a while each."""
WAITING = 50_000
"""Events that may wait to be stored and shown."""
_log = logging.getLogger("asof.append")


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a request: where each event stands, the registrations made on the way included.

    `first` is where the first proposal stands. `stored` is how many events were new, `visible` whether every read that
    follows sees them.
    """

    position: int
    events: tuple[Placed, ...]
    first: Placed
    stored: int
    visible: bool


class Rehearse(Protocol):
    """Judges a batch: tells what would become of it, or raises what `Appender.append` would raise."""

    def __call__(self, proposals: Sequence[Proposal], *, register_actors: bool = False) -> Rehearsed:
        """Judge."""


class _NothingStored(Exception):  # noqa: N818 (the way out of a session that stores nothing)
    pass


@dataclass(slots=True, eq=False)
class _Asked:
    """A request; `abandoned` when nobody waits for the answer any more."""

    proposals: Sequence[Proposal]
    register_actors: bool
    wait: bool
    reply: Reply[Appended]
    abandoned: bool = False


@dataclass(frozen=True, slots=True)
class _Stored:
    """A request whose events are in the log, if they were not before."""

    asked: _Asked
    admission: Admission
    first: Placed
    position: int

    def appended(self, *, visible: bool) -> Appended:
        placed = self.admission.placed
        return Appended(self.position, tuple(placed), self.first, len(self.admission.fresh), visible)


class Appender:
    """The one door into the log. Thread-safe; several processes may each have one."""

    def __init__(self, log: EventLog, views: Views, projector: Projector, clock: Clock, ids: Ids) -> None:
        self._log = log
        self._projector = projector
        self._clock = clock
        self._ids = ids
        self._lock = threading.Lock()
        self._cache = StreamCache(views)
        self._shown = 0
        self._capacity = Capacity(WAITING, "events")
        self._commits = Batcher("asof-commit", self._commit, TOGETHER, lambda asked: len(asked.proposals))
        self._shows = Batcher("asof-show", self._show, TOGETHER, lambda stored: len(stored.admission.fresh))

    def append(self, proposals: Sequence[Proposal], *, register_actors: bool = False, wait: bool = True) -> Appended:
        """Append the proposals (at least one), all or nothing, durably; with `wait` they are visible on return.

        Raises a `domain.refusals.Refusal` with pointers that begin at the proposals' own, or `Unavailable`, of which
        `service.appending.capacity.Overloaded` says that too many wait already; the store is then as it was. Events
        that were appended before with the same content are answered again, not stored again.
        """
        asked = _Asked(proposals, register_actors, wait, Reply())
        self._ask(asked, here=True)
        try:
            return asked.reply.wait()
        except ActorNameUnknown as unknown:
            raise self._hinted(unknown) from None

    async def append_soon(
        self, proposals: Sequence[Proposal], *, register_actors: bool = False, wait: bool = True
    ) -> Appended:
        """The same, awaited; who is cancelled before being judged has nothing stored."""
        asked = _Asked(proposals, register_actors, wait, Reply(asyncio.get_running_loop()))
        self._ask(asked, here=False)
        try:
            return await asked.reply.soon()
        except ActorNameUnknown as unknown:
            raise await asyncio.to_thread(self._hinted, unknown) from None
        finally:
            asked.abandoned = True

    @contextmanager
    def rehearsal(self) -> Iterator[Rehearse]:
        """Judge batches one after the other as if each had been appended, and store none of them."""

        def rehearse(proposals: Sequence[Proposal], *, register_actors: bool = False) -> Rehearsed:
            unit = self._unit_of_work(session, Expected.of(proposals))
            try:
                admission, _ = unit.judge(proposals, register_actors=register_actors)
            except ActorNameUnknown as unknown:
                raise self._hinted(unknown) from None
            unit.store()
            return Rehearsed.of(proposals, admission)

        with self._lock, suppress(_NothingStored):
            try:
                with self._log.session() as session:
                    self._cache.follow(session)
                    yield rehearse
                    raise _NothingStored
            finally:
                self._cache.forget()

    @property
    def showing(self) -> bool:
        """Whether events that were stored here are being brought into the views."""
        return self._shows.at_work

    def close(self) -> None:
        """Take nothing more, and return when everything that was asked is answered."""
        self._commits.close()
        self._shows.close()

    def _ask(self, asked: _Asked, *, here: bool) -> None:
        self._capacity.take(len(asked.proposals))
        try:
            self._commits.put([asked], here=here)
        except Unavailable:
            self._give_back([asked])
            raise

    def _commit(self, requests: Sequence[_Asked]) -> None:
        """Judge and store in one session; answer what is to be answered then, and have the rest shown."""
        wanted: list[_Asked] = []
        abandoned: list[_Asked] = []
        for asked in requests:
            # Looked at once: it may be abandoned at any moment.
            (abandoned if asked.abandoned else wanted).append(asked)
        self._give_back(abandoned)
        if not wanted:
            return
        try:
            with self._lock:
                outcomes = self._judge_and_store(wanted)
        except BaseException as fault:
            self._give_back(wanted)
            tell((asked.reply, _failure(fault, alone=len(wanted) == 1)) for asked in wanted)
            if not isinstance(fault, Exception):
                raise
            return
        told: list[tuple[Reply[Appended], Appended | Exception]] = []
        behind: list[_Stored] = []
        for asked, outcome in zip(wanted, outcomes, strict=True):
            if isinstance(outcome, _Stored) and not self._is_shown(outcome):
                behind.append(outcome)
                if not asked.wait:
                    told.append((asked.reply, outcome.appended(visible=False)))
            else:
                self._give_back([asked])
                answer = outcome.appended(visible=True) if isinstance(outcome, _Stored) else outcome
                told.append((asked.reply, answer))
        if behind:
            self._shows.put(behind)
        tell(told)

    def _judge_and_store(self, requests: Sequence[_Asked]) -> list[_Stored | Exception]:
        """What becomes of each request. Raises where the store fails, or a rule of its own: nothing is stored then."""
        for _ in range(TRIES - 1):
            with suppress(Contended):
                return self._attempt(requests)
        return self._attempt(requests)

    def _attempt(self, requests: Sequence[_Asked]) -> list[_Stored | Exception]:
        expected = Expected.of(proposal for asked in requests for proposal in asked.proposals)
        try:
            with self._log.session(expected.ids, expected.streams) as session:
                self._cache.follow(session)
                unit = self._unit_of_work(session, expected)
                outcomes = [_judged(unit, asked) for asked in requests]
                unit.store()
        except BaseException:
            self._cache.forget()
            raise
        self._cache.keep(unit.fresh, unit.histories)
        return outcomes

    def _unit_of_work(self, session: LogSession, expected: Expected) -> UnitOfWork:
        return UnitOfWork(session, self._cache, expected, self._clock.now(), self._ids)

    def _hinted(self, unknown: ActorNameUnknown) -> ActorNameUnknown:
        """With the nearest known names: looked up behind the session, which nobody else may hold meanwhile."""
        return unknown.hinted(self._cache.actors.nearest(unknown.actors[:NEAREST_ASKED]))

    def _show(self, stored: Sequence[_Stored]) -> None:
        """Bring the views level with what is in the log, and answer those who waited for that."""
        visible = self._level([item for one in stored for item in one.admission.fresh])
        self._give_back(one.asked for one in stored)
        tell(
            (one.asked.reply, one.appended(visible=visible or self._is_shown(one))) for one in stored if one.asked.wait
        )

    def _level(self, fresh: Sequence[DecodedEntry]) -> bool:
        """What is durable stays acknowledged, even where the views cannot be written now; they catch up later."""
        try:
            for run in _runs(fresh):
                self._shown = self._projector.catch_up(run)
        except Unavailable as fault:
            _log.warning("the views cannot be brought level: %s", fault)
            return False
        except Exception:  # noqa: BLE001 (no fault takes back what is durable)
            _log.exception("the views cannot be brought level")
            return False
        return True

    def _is_shown(self, stored: _Stored) -> bool:
        return stored.position <= self._shown

    def _give_back(self, requests: Iterable[_Asked]) -> None:
        self._capacity.give(sum(len(asked.proposals) for asked in requests))


def _judged(unit: UnitOfWork, asked: _Asked) -> _Stored | Exception:
    try:
        admission, first = unit.judge(asked.proposals, register_actors=asked.register_actors)
    except Unavailable:
        raise
    except Exception as fault:  # noqa: BLE001 (whatever is wrong with a request is no fault of the others)
        return fault
    return _Stored(asked, admission, first, max(placed.position for placed in admission.placed))


def _failure(fault: BaseException, *, alone: bool) -> BaseException:
    """What one of several is told when all of them failed together."""
    if alone or not isinstance(fault, Unavailable | Refusal):
        return fault
    # An own exception each: many threads raise it.
    if isinstance(fault, InDoubt):
        return InDoubt(str(fault))
    return Unavailable(f"nothing was stored: {fault}")


def _runs(fresh: Sequence[DecodedEntry]) -> Iterator[Sequence[DecodedEntry]]:
    """The events in runs without a gap; between two of them another process may have appended."""
    begin = 0
    for end in range(1, len(fresh)):
        if fresh[end].entry.position != fresh[end - 1].entry.position + 1:
            yield fresh[begin:end]
            begin = end
    yield fresh[begin:]
