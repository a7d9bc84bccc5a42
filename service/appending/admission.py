"""Judging a batch: every proposal is answered from the log, let in, or refused with the whole batch.

Names of actors become ids here. What was sent differs then from what is stored, so a digest of it is kept beside the
event: sending the same again is answered with the first result, whatever happened to the names since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from adapters.codec.content import content, difference, digest
from adapters.codec.decode import event_of
from adapters.codec.encode import body_of, wire_of
from adapters.codec.references import Reference, references
from adapters.upcasts import upcast
from domain import actor as actors_of
from domain import development, edtf
from domain.actor import Actors
from domain.clocks import CLOCK_SKEW, Instant, show
from domain.events import (
    ACTOR_EVENTS,
    ActorRegistered,
    DevelopmentEvent,
    DevelopmentReported,
    Event,
    Recorded,
)
from domain.names import actor_id
from domain.ports import Head, Ids, NewEntry, StoredEntry
from domain.refusals import (
    ActorAmbiguous,
    ActorNameUnknown,
    EventIdReused,
    Fault,
    Malformed,
    Refusal,
    VersionConflict,
)
from domain.streams import stream_of
from service.decoded import DecodedEntry

MOST_REFUSED = 10
"""Of how many events of a batch the unknown actors are told."""


class Proposal(NamedTuple):
    """An event that a client proposes: its checked wire form, and where it stands in the request (a JSON pointer).

    `older` is the event as it is to be stored where that is an older shape (`adapters.upcasts`).
    """

    wire: dict[str, Any]
    expected_version: int | None
    pointer: str
    older: dict[str, Any] | None = None


class Placed(NamedTuple):
    """Where an event stands in the log."""

    id: str
    stream: str
    version: int
    position: int
    recorded_at: Instant


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a batch is judged by: the head, what the log holds of its ids and streams, and who the actors are."""

    head: Head
    recorded_at: Instant
    actors: Actors
    by_id: dict[str, StoredEntry]
    versions: dict[str, int]
    history: Callable[[str], Sequence[Recorded[DevelopmentEvent]]]
    before: Callable[[StoredEntry, int], Sequence[StoredEntry]]
    ids: Ids
    register_actors: bool


class Admission:
    """Takes proposals one by one; `fresh` is what is to be stored, `placed` the answer so far.

    `recorded_at` is the instant by which the next one is judged and recorded.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._given = surroundings
        self.recorded_at = surroundings.recorded_at
        self._position = surroundings.head.position
        self._versions = dict(surroundings.versions)
        self._own: dict[str, DecodedEntry] = {}
        self.histories: dict[str, list[Recorded[DevelopmentEvent]]] = {}
        self.placed: list[Placed] = []
        self.fresh: list[DecodedEntry] = []

    def take(self, proposal: Proposal) -> Placed:
        """Judge the next proposal. Raises a Refusal whose pointers begin at the request."""
        try:
            return self._take(proposal)
        except Refusal as refusal:
            refusal.faults = tuple(Fault(proposal.pointer + fault.pointer, fault.detail) for fault in refusal.faults)
            raise

    def take_all(self, proposals: Sequence[Proposal]) -> list[Placed]:
        """Judge the proposals in order. Raises the first Refusal; unknown actors are told of the later ones as well."""
        placed: list[Placed] = []
        for index, proposal in enumerate(proposals):
            try:
                placed.append(self.take(proposal))
            except ActorNameUnknown as unknown:
                raise self._with_later(unknown, proposals[index + 1 :]) from None
        return placed

    def _with_later(self, first: ActorNameUnknown, later: Sequence[Proposal]) -> ActorNameUnknown:
        """The batch is refused already; what else it names in vain is worth telling at once."""
        unknown = [first]
        for proposal in later:
            if len(unknown) == MOST_REFUSED:
                break
            try:
                self.take(proposal)
            except ActorNameUnknown as more:
                unknown.append(more)
            except Refusal:
                continue
        return ActorNameUnknown(each for one in unknown for each in one.named)

    def entries(self) -> list[NewEntry]:
        """What is to be stored, in order."""
        return [
            NewEntry(e.id, e.stream, e.version, e.type, e.body, e.sent) for e in (item.entry for item in self.fresh)
        ]

    def _take(self, proposal: Proposal) -> Placed:
        wire = proposal.wire
        event_id = wire.get("id")
        if event_id is not None:
            known = self._given.by_id.get(event_id) or (self._own[event_id].entry if event_id in self._own else None)
            if known is not None:
                return self._answer_again(known, wire)
        self._refuse_future(wire)
        wire, sent = self._resolve(wire)
        if event_id is None:
            wire = {"type": wire["type"], "id": self._given.ids.next(), **wire}
        return self._admit(wire, sent, proposal)

    def _answer_again(self, known: StoredEntry, wire: dict[str, Any]) -> Placed:
        sent_before = known.sent is not None and known.sent[2:] == digest(wire)
        stored = known.position <= self._given.head.position
        before = upcast(orjson.loads(known.body))
        if not sent_before and content(wire) != content(before):
            where = "in the log" if stored else "in this request before,"
            holder = f"the event at position {known.position}" if stored else "an earlier event of this request"
            differs = difference(self._by_ids(wire), before) or difference(wire, before)
            raise EventIdReused(
                f"the event id {known.id!r} is {where} with other content: {holder} differs in {differs}",
                Fault("/id", f"accepted: an id that was not used; {holder} has this one, and differs in {differs}"),
            )
        if known.sent is not None and stored:
            self.placed.extend(map(_placed, self._given.before(known, int.from_bytes(known.sent[:2], "big"))))
        again = _placed(known)
        self.placed.append(again)
        return again

    def _by_ids(self, wire: dict[str, Any]) -> dict[str, Any]:
        """The wire with ids for the names that mean one actor, to be compared with what is stored."""
        wire = deepcopy(wire)
        for reference in references(wire):
            hits = self._given.actors.resolve(reference.name)
            if len(hits) == 1:
                reference.replace(hits[0])
        return wire

    def _resolve(self, wire: dict[str, Any]) -> tuple[dict[str, Any], bytes | None]:
        """The wire with ids for names; what was sent, to be kept, where that changes anything (see `NewEntry.sent`).

        The proposal's own wire stays as it is: it is judged again where other transactions got in the way.
        """
        actors: list[str] = []
        unknown: list[Reference] = []
        registered = 0
        renamed = False
        for reference in references(wire):
            hits = self._given.actors.resolve(reference.name)
            if not hits and self._given.register_actors:
                hits = (self._register(reference.name),)
                registered += 1
            if len(hits) > 1:
                raise ActorAmbiguous(
                    reference.name, hits, Fault(reference.pointer, f"accepted: one of {', '.join(hits)}")
                )
            if not hits:
                unknown.append(reference)
            else:
                actors.append(hits[0])
                renamed = renamed or hits[0] != reference.name
        if unknown:
            raise ActorNameUnknown((reference.pointer, reference.name) for reference in unknown)
        if not renamed and not registered:
            return wire, None
        sent = registered.to_bytes(2, "big") + digest(wire)
        wire = deepcopy(wire)
        for reference, actor in zip(references(wire), actors, strict=True):
            reference.replace(actor)
        _refuse_doubles(wire)
        return wire, sent

    def _register(self, name: str) -> str:
        actor = actor_id(name, taken=lambda known: self._given.actors.get(known) is not None)
        event = ActorRegistered(self._given.ids.next(), actor, name, "other", ())
        wire = wire_of(event)
        self._admit(wire, None, Proposal(wire, None, ""))
        return actor

    def _admit(self, wire: dict[str, Any], sent: bytes | None, proposal: Proposal) -> Placed:
        event = event_of(wire)
        stream = stream_of(event)
        version = self._versions.get(stream, 0)
        if proposal.expected_version not in (None, version):
            raise VersionConflict(
                f"the stream {stream!r} is at version {version}, not {proposal.expected_version}",
                version,
                Fault("/expected_version", f"accepted: {version}, the version of the stream"),
            )
        self._position += 1
        self._let_in(stream, version, event)
        entry = StoredEntry(
            position=self._position,
            recorded_at=self.recorded_at,
            id=wire["id"],
            stream=stream,
            version=version + 1,
            type=wire["type"],
            body=body_of(proposal.older or wire),
            sent=sent,
        )
        self._versions[stream] = version + 1
        told = DecodedEntry(entry, proposal.older or wire, event)
        self.fresh.append(told)
        self._own[entry.id] = told
        placed = _placed(entry)
        self.placed.append(placed)
        return placed

    def _let_in(self, stream: str, version: int, event: Event) -> None:
        if isinstance(event, ACTOR_EVENTS):
            actors_of.admit(self._given.actors, event)
            self._given.actors.apply(Recorded(self._position, version + 1, self.recorded_at, event))
            return
        if stream not in self.histories:
            opens = isinstance(event, DevelopmentReported) and not version
            self.histories[stream] = [] if opens else list(self._given.history(stream))
        history = self.histories[stream]
        development.admit(history, event)
        history.append(Recorded(self._position, version + 1, self.recorded_at, event))

    def _refuse_future(self, wire: dict[str, Any]) -> None:
        reported = wire.get("report", {}).get("reported")
        latest = self.recorded_at + CLOCK_SKEW
        if reported is not None and edtf.single(reported).begins > latest:
            raise Malformed(
                f"the report is from the future: {reported} begins after {show(self.recorded_at)}",
                Fault("/report/reported", f"accepted: a date that begins by {show(latest)}"),
            )


def _placed(entry: StoredEntry) -> Placed:
    return Placed(entry.id, entry.stream, entry.version, entry.position, entry.recorded_at)


def _refuse_doubles(wire: dict[str, Any]) -> None:
    """Two names of one actor, in the same role or for the same figure, are one entry too many."""
    for base, holder in (("", wire), ("/changes", wire.get("changes") or {})):
        seen: set[tuple[str, str | None]] = set()
        for index, listed in enumerate(holder.get("actors") or ()):
            key = (listed["actor"], listed.get("role"))
            if key in seen:
                raise Malformed(
                    f"the list of actors names {key[0]!r} twice in the same role",
                    Fault(f"{base}/actors/{index}", "accepted: each actor once in each role"),
                )
            seen.add(key)
    figures: set[bytes] = set()
    for index, figure in enumerate((wire.get("report") or {}).get("figures") or ()):
        told = orjson.dumps(figure, option=orjson.OPT_SORT_KEYS)
        if told in figures:
            raise Malformed(
                "the report tells a figure twice",
                Fault(f"/report/figures/{index}", "accepted: each figure once for each claimant"),
            )
        figures.add(told)
