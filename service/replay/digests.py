"""SHA-256 over the canonical JSON (RFC 8785) of facts: per event, per projection and per actor.

A digest of several facts is that of their own digests in order of value, so it does not depend on the order in which
they were written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

import orjson

from adapters.codec.chain import canonical
from service.replay.facts import VERSIONS, facts
from service.replay.ledger import Ledger


@dataclass(frozen=True, slots=True)
class OfProjection:
    """One projection: its version, how many facts it tells, and their digest."""

    version: int
    facts: int
    digest: str


@dataclass(frozen=True, slots=True)
class Digests:
    """What a log comes to. `events` is by position; `actors` by actor, then by projection."""

    events: dict[int, str]
    projections: dict[str, OfProjection]
    actors: dict[str, dict[str, str]]


def digest(document: dict[str, Any]) -> str:
    """The SHA-256, in hex, of a JSON object."""
    # Tuples are lists and floats that are whole are ints once they went through JSON.
    return sha256(canonical(orjson.loads(orjson.dumps(document)))).hexdigest()


def digests(ledger: Ledger) -> Digests:
    """The digests of everything that a ledger holds but the chain."""
    events: dict[int, list[bytes]] = defaultdict(list)
    projections: dict[str, list[bytes]] = {name: [] for name in VERSIONS}
    subjects: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for fact in facts(ledger):
        made = bytes.fromhex(digest(fact._asdict()))
        events[fact.position].append(made)
        projections[fact.projection].append(made)
        subjects[fact.subject, fact.projection].append(made)
    return Digests(
        events={position: _together(made) for position, made in sorted(events.items())},
        projections={
            name: OfProjection(VERSIONS[name], len(all_), _together(all_)) for name, all_ in projections.items()
        },
        actors=_actors(ledger, subjects),
    )


def _actors(ledger: Ledger, subjects: dict[tuple[str, str], list[bytes]]) -> dict[str, dict[str, str]]:
    """Of an actor: its own facts, and those of all developments that ever stood in its timeline."""
    concern: dict[str, dict[str, None]] = {actor: {} for _, actor in ledger.actors_held}
    for held in ledger.rows_held.values():
        if held.kind == "listing":
            kind, name = cast("tuple[str, str]", held.key)
            if kind == "actor":
                concern.setdefault(name, {})[held.development] = None
    found: dict[str, dict[str, str]] = {}
    for actor, developments in sorted(concern.items()):
        of = {}
        for projection in VERSIONS:
            names = [actor] if projection in ("actors", "mentions") else developments
            made = [one for name in names for one in subjects.get((name, projection), ())]
            if made:
                of[projection] = _together(made)
        found[actor] = of
    return found


def _together(made: Iterable[bytes]) -> str:
    return sha256(b"".join(sorted(made))).hexdigest()
