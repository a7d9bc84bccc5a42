"""The actors at a position, folded from the beginning of the log for every question."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

from domain import edtf
from domain.clocks import Span

Event = dict[str, Any]


class Affiliation(NamedTuple):
    """The actor held the title with another over the period."""

    actor: str
    with_actor: str
    title: str | None
    period: str | None


class Register:
    """Who is called what, after the merges that were recorded by the position."""

    def __init__(self, events: Sequence[Event], at: int) -> None:
        self.name: dict[str, str] = {}
        self.kind: dict[str, str] = {}
        self._aliases: dict[str, list[str]] = {}
        self._into: dict[str, str] = {}
        self._affiliated: list[Affiliation] = []
        for event in events[:at]:
            if event["type"].startswith("Actor"):
                self._take(event)

    def _take(self, event: Event) -> None:
        actor = event["actor"]
        match event["type"]:
            case "ActorRegistered":
                self.name[actor], self.kind[actor] = event["name"], event["kind"]
                self._aliases[actor] = list(event.get("aliases") or [])
            case "ActorRenamed":
                self._aliases[actor].append(self.name[actor])
                self.name[actor] = event["name"]
            case "ActorAliasAdded":
                self._aliases[actor].append(event["alias"])
            case "ActorAffiliated":
                self._affiliated.append(Affiliation(actor, event["with"], event.get("title"), event.get("period")))
            case "ActorAmended":
                changes = event["changes"]
                self.name[actor] = changes.get("name") or self.name[actor]
                self.kind[actor] = changes.get("kind") or self.kind[actor]
                if "aliases" in changes:
                    self._aliases[actor] = list(changes["aliases"] or [])
            case "ActorMerged":
                self._into[actor] = event["into"]
                self._aliases[event["into"]] += [self.name[actor], *self._aliases[actor]]
            case unknown:
                raise AssertionError(unknown)

    def survivor(self, name: str) -> str:
        """The id that stands for an id now; a text that is no id stands for itself."""
        while name in self._into:
            name = self._into[name]
        return name

    def actors(self) -> list[str]:
        """The ids that are not merged into another."""
        return [actor for actor in self.name if actor not in self._into]

    def aliases(self, actor: str) -> set[str]:
        """The other names of an actor, without the one it has now."""
        return {_nfc(alias) for alias in self._aliases[actor]} - {_nfc(self.name[actor])}

    def affiliations(self) -> list[Affiliation]:
        """All affiliations, between survivors; a later one of the same parties and title replaces an earlier one."""
        last: dict[tuple[str, str, str | None], Affiliation] = {}
        for given in self._affiliated:
            one = given._replace(actor=self.survivor(given.actor), with_actor=self.survivor(given.with_actor))
            last[one.actor, one.with_actor, one.title] = one
        return list(last.values())

    def affiliates(self, actor: str, occurred: Span | None) -> set[str]:
        """Those directly affiliated with the actor while something occurred."""
        return {
            one.actor
            for one in self.affiliations()
            if one.with_actor == actor
            and occurred is not None
            and (one.period is None or share_a_moment(edtf.parse(one.period), occurred))
        }

    def resolve(self, name: str) -> set[str]:
        """Whom a name names: by id, else by name, else by alias; exactly first, then by case folding."""
        if name in self.name:
            return {self.survivor(name)}
        for same in (_nfc, _folded):
            by_name = {actor for actor in self.actors() if same(self.name[actor]) == same(name)}
            by_alias = {actor for actor in self.actors() if same(name) in map(same, self.aliases(actor))}
            if by_name or by_alias:
                return by_name or by_alias
        return set()


def share_a_moment(one: Span, other: Span) -> bool:
    """Whether two half-open spans share a moment; an instant is the one moment it is."""
    if one.earliest is not None and one.earliest == one.latest:
        return _holds(other, one.earliest)
    if other.earliest is not None and other.earliest == other.latest:
        return _holds(one, other.earliest)
    return max(one.begins, other.begins) < min(one.ends, other.ends)


def _holds(span: Span, moment: int) -> bool:
    return span.begins <= moment < span.ends or moment == span.earliest == span.latest


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _folded(name: str) -> str:
    return _nfc(_nfc(name).casefold())
