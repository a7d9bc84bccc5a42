"""What the projections say, as plain JSON: each fact stands at the position of the event that brought it.

A row tells up to three facts: it was drawn at one position, given an end at another, taken out at a third. So what an
event changed can be had from the rows as they are in the end, however they were batched on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from adapters.codec.encode import wire_of
from adapters.shapes import body, figure
from domain.actor import Actor
from domain.clocks import AFTER, BEFORE, Instant, show
from domain.entries import Learned
from domain.plane import FOREVER
from domain.projections import PROJECTIONS
from service.replay.ledger import Held, Ledger

Json = dict[str, Any]

PROJECTION_OF = {
    "version": "developments",
    "overview": "timelines",
    "listing": "timelines",
    "figure": "figures",
    "metric": "figures",
    "entry": "entries",
    "wording": "search",
}
"""By the kind of a row."""
VERSIONS = {projection.name: projection.version for projection in PROJECTIONS} | {"actors": 1, "mentions": 1}
"""Every projection and the version of it that this program has."""


class Fact(NamedTuple):
    """What a projection says from a position on, of a development, an actor or whatever is mentioned."""

    position: int
    projection: str
    subject: str
    told: Json


def facts(ledger: Ledger) -> Iterator[Fact]:
    """Everything that a ledger holds but the chain, in no order."""
    for held in ledger.rows_held.values():
        yield from _of_row(held)
    for (position, actor), entry in ledger.actors_held.items():
        yield Fact(position, "actors", actor, _actor(entry))
    for position, kind, text in ledger.mentions_held:
        yield Fact(position, "mentions", text, {"kind": kind})


def _of_row(held: Held) -> Iterator[Fact]:
    projection, subject = PROJECTION_OF[held.kind], held.development
    named = {"kind": held.kind, "key": held.key, "known_from": _moment(held.known_from)}
    yield Fact(held.recorded_from, projection, subject, {**named, "drawn": _PAYLOADS[held.kind](held)})
    if held.superseded_at != FOREVER:
        yield Fact(held.superseded_at, projection, subject, {**named, "known_to": _moment(held.known_to)})
    if held.recorded_to != FOREVER:
        yield Fact(held.recorded_to, projection, subject, {**named, "taken out": True})


def _moment(instant: Instant) -> str | None:
    ends = {BEFORE: "the beginning of time", AFTER: "the end of time"}
    return ends.get(instant) or show(instant)


def _version(held: Held) -> Json:
    told = body(held.payload)  # type: ignore[arg-type]
    answer: Json = orjson.loads(told.head + told.actors + told.tail + b"}")
    return answer | {"sources": orjson.loads(told.sources)}


def _record(held: Held) -> Json:
    """A record in which whole numbers are instants."""
    told: Any = held.payload
    return {name: _moment(value) if type(value) is int else value for name, value in told._asdict().items()}


def _figure(held: Held) -> Json:
    told: Any = held.payload
    return {**figure(told.standing, held.development), "dated": _moment(told.dated)}


def _entry(held: Held) -> Json:
    told: Any = held.payload
    learned = told.learned
    if not isinstance(learned, Learned):
        return {"recorded_at": show(learned.recorded_at)}
    amended = wire_of(learned.event) if learned.amended else None
    return {"known_from": show(learned.known_from), "stands": told.stands, "amended": amended}


_PAYLOADS: dict[str, Callable[[Held], Any]] = {
    "version": _version,
    "overview": _record,
    "listing": _record,
    "figure": _figure,
    "metric": lambda _: None,
    "entry": _entry,
    "wording": lambda held: held.payload,
}


def _actor(actor: Actor) -> Json:
    return {
        "name": actor.name,
        "kind": actor.kind,
        "aliases": actor.aliases,
        "affiliations": [[a.with_actor, a.title, a.period] for a in actor.affiliations],
        "survivor": actor.survivor,
    }
