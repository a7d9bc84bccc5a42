"""Actors: their entries, what may be appended to them, and whom a name means.

Actor events carry no report; they hold on the whole reported clock from their recording on.
"""

from __future__ import annotations

import difflib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from domain.events import (
    ActorAffiliated,
    ActorAliasAdded,
    ActorAmended,
    ActorEvent,
    ActorKind,
    ActorMerged,
    ActorRegistered,
    ActorRenamed,
    Recorded,
)
from domain.fold import Survivor
from domain.refusals import ActorExists, ActorHasMerged, ActorUnknown, Fault, Malformed
from domain.words import exact, fold, words

NEAREST = 3
"""How many known names an unknown one is answered with."""
ALIKE = 0.7
"""How much two names have to have in common to be written alike (`difflib`)."""


@dataclass(frozen=True, slots=True)
class Affiliation:
    """A title held with another actor over a period (EDTF); `position` is the event that said so last."""

    with_actor: str
    title: str | None
    period: str | None
    position: int


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor's entry at one position. `survivor` is the actor it was merged into, itself never merged.

    Aliases may come twice, and the name may be among them: `other_names` are those to show.
    """

    id: str
    registered: int
    version: int
    name: str
    kind: ActorKind
    aliases: tuple[str, ...]
    affiliations: tuple[Affiliation, ...]
    survivor: str | None


class Actors:
    """Every actor at one position of the log, and the index of their names.

    `apply` takes the log's actor events in order. `mark` and `rollback` undo what was applied since: a batch that is
    refused leaves nothing behind.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Actor] = {}
        self._names: dict[str, dict[str, None]] = {}
        self._affiliates: dict[str, dict[str, None]] = {}
        self._undo: list[tuple[str, Actor | None]] = []
        self.standing = 0
        """How many there are, merged ones not counted."""

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, actor: str) -> Actor | None:
        """The entry of an id, merged or not."""
        return self._by_id.get(actor)

    def survivor(self, named: str) -> str:
        """The actor that an id stands for; what is no actor's id stands for itself."""
        actor = self._by_id.get(named)
        return named if actor is None or actor.survivor is None else actor.survivor

    def resolve(self, name: str) -> tuple[str, ...]:
        """Whom a name means: by id, name, alias, exactly after NFC; else by name, alias after case folding.

        One id is the answer; more are ambiguous; none is unknown. A merged id means its survivor.
        """
        normal = exact(name)
        if normal in self._by_id:
            return (self.survivor(normal),)
        for form in forms_of(name):
            hits = self._names.get(form)
            if hits:
                return tuple(hits)
        return ()

    def nearest(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Known names that come close to each of some that are not known, the closest first.

        Those that have all its words come before those that are written alike, the shortest first. It takes some
        microseconds for each known name. Another thread may go on applying events meanwhile.
        """
        actors = list(self._by_id.values())
        known = {fold(known): known for actor in actors for known in (actor.name, *actor.aliases)}
        return {name: [known[close] for close in _closest(name, known)] for name in names}

    def apply(self, recorded: Recorded[ActorEvent]) -> list[Actor]:
        """Take the next actor event of the log, already admitted; the entries that changed, as they are now."""
        event = recorded.event
        if isinstance(event, ActorMerged):
            return self._merge(event, recorded)
        return [self._set(_evolve(self._by_id.get(event.actor), event, recorded, self.survivor))]

    def load(self, actors: Iterable[Actor]) -> None:
        """Take entries as they are, into an empty register."""
        for actor in actors:
            self._set(actor)
        self._undo.clear()

    def mark(self) -> int:
        """Where to roll back to."""
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Undo everything applied since the mark."""
        while len(self._undo) > mark:
            actor_id, before = self._undo.pop()
            self._forget(self._by_id.pop(actor_id))
            if before is not None:
                self._remember(before)

    def settle(self) -> None:
        """What was applied stays: forget the way back."""
        self._undo.clear()

    def _merge(self, event: ActorMerged, recorded: Recorded[ActorEvent]) -> list[Actor]:
        gone, survivor = self._by_id[event.actor], self._by_id[self.survivor(event.into)]
        changed = [self._set(replace(gone, survivor=survivor.id, version=recorded.version))]
        changed += [
            self._set(replace(earlier, survivor=survivor.id))
            for earlier in list(self._by_id.values())
            if earlier.survivor == gone.id
        ]
        aliases = (*survivor.aliases, gone.name, *gone.aliases)
        affiliations = sorted((*survivor.affiliations, *gone.affiliations), key=lambda held: held.position)
        self._set(replace(survivor, aliases=aliases, affiliations=tuple(affiliations)))
        affected = {survivor.id: None, **self._affiliates.get(gone.id, {})}
        for affiliate in list(affected):
            actor = self._by_id[affiliate]
            if actor.survivor is None:
                changed.append(self._set(replace(actor, affiliations=_affiliations(actor.affiliations, self.survivor))))
        return changed

    def _set(self, actor: Actor) -> Actor:
        before = self._by_id.get(actor.id)
        self._undo.append((actor.id, before))
        if before is not None:
            self._forget(before)
        self._remember(actor)
        return actor

    def _remember(self, actor: Actor) -> None:
        self._by_id[actor.id] = actor
        self.standing += actor.survivor is None
        for form in forms(actor):
            self._names.setdefault(form, {})[actor.id] = None
        for held in actor.affiliations:
            self._affiliates.setdefault(held.with_actor, {})[actor.id] = None

    def _forget(self, actor: Actor) -> None:
        self.standing -= actor.survivor is None
        for form in forms(actor):
            self._names.get(form, {}).pop(actor.id, None)
        for held in actor.affiliations:
            self._affiliates.get(held.with_actor, {}).pop(actor.id, None)


def _closest(name: str, known: Iterable[str]) -> list[str]:
    """The folded names that have all the words of a name, then those that are written alike; `NEAREST` at the most."""
    asked = words(name)
    having = [other for other in known if all(word in other for word in asked)] if asked else []
    whole = heapq.nsmallest(NEAREST, (other for other in having if set(words(other)).issuperset(asked)), key=len)
    alike = difflib.get_close_matches(fold(name), known, n=NEAREST, cutoff=ALIKE) if len(whole) < NEAREST else []
    return list(dict.fromkeys((*whole, *alike)))[:NEAREST]


def admit(actors: Actors, event: ActorEvent) -> None:
    """Let the event stand behind its actor's stream, or raise a Refusal. Names in it are resolved already."""
    actor = actors.get(event.actor)
    if isinstance(event, ActorRegistered):
        if actor is not None:
            raise ActorExists(
                f"there is an actor {event.actor!r} already",
                Fault("/actor", "accepted: an id that no actor has or had"),
            )
        return
    if actor is None:
        raise ActorUnknown(
            f"there is no actor {event.actor!r}: register it first",
            Fault("/actor", "accepted: the id of a registered actor"),
        )
    if actor.survivor is not None:
        raise ActorHasMerged(
            f"the actor {event.actor!r} was merged into {actor.survivor!r}",
            Fault("/actor", f"accepted: {actor.survivor}, the actor that it was merged into"),
        )
    if isinstance(event, ActorMerged) and actors.survivor(event.into) == event.actor:
        raise Malformed("an actor cannot be merged into itself", Fault("/into", "accepted: another actor"))


def _evolve(actor: Actor | None, event: ActorEvent, recorded: Recorded[ActorEvent], survivor: Survivor) -> Actor:
    if isinstance(event, ActorRegistered):
        return Actor(event.actor, recorded.position, 1, event.name, event.kind, event.aliases, (), survivor=None)
    assert actor is not None
    actor = replace(actor, version=recorded.version)
    match event:
        case ActorRenamed():
            return replace(actor, name=event.name, aliases=(*actor.aliases, actor.name))
        case ActorAliasAdded():
            return replace(actor, aliases=(*actor.aliases, event.alias))
        case ActorAffiliated():
            held = Affiliation(event.with_actor, event.title, event.period, recorded.position)
            return replace(actor, affiliations=_affiliations((*actor.affiliations, held), survivor))
        case ActorAmended():
            return replace(actor, **event.changes)
        case ActorMerged():
            raise AssertionError(event)
        case _:
            assert_never(event)


def other_names(name: str, aliases: Iterable[str]) -> list[str]:
    """The aliases, each once, without the name itself; compared after NFC."""
    distinct: dict[str, str] = {}
    for alias in aliases:
        distinct.setdefault(exact(alias), alias)
    distinct.pop(exact(name), None)
    return list(distinct.values())


def _affiliations(held: Iterable[Affiliation], survivor: Survivor) -> tuple[Affiliation, ...]:
    """Each title with each actor once: the later wins."""
    distinct: dict[tuple[str, str | None], Affiliation] = {}
    for affiliation in held:
        with_actor = survivor(affiliation.with_actor)
        distinct.pop((with_actor, affiliation.title), None)
        distinct[with_actor, affiliation.title] = replace(affiliation, with_actor=with_actor)
    return tuple(distinct.values())


def forms_of(name: str) -> tuple[str, ...]:
    """What a name is looked for as among `forms`, in this order."""
    normal, folded = exact(name), fold(name)
    return (f"name {normal}", f"alias {normal}", f"folded name {folded}", f"folded alias {folded}")


def forms(actor: Actor) -> Iterable[str]:
    """The forms of its names in which an actor can be found, and which kind of name each is."""
    if actor.survivor is not None:
        return
    yield f"name {exact(actor.name)}"
    yield f"folded name {fold(actor.name)}"
    for alias in actor.aliases:
        yield f"alias {exact(alias)}"
        yield f"folded alias {fold(alias)}"


def word_of_name(word: str) -> str:
    """A form beside those of `forms`, none of which begins so: whoever has the word in its name is found by it."""
    return f"word {word}"
