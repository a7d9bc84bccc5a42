"""The merges of a log: whose id became another actor's, and from which position on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.actor import Actor
from domain.fold import Survivor

Merge = tuple[int, Mapping[str, str]]
"""A position, and the ids whose survivor changed there, each with its new one."""


class Merges:
    """Every merge up to some position, in order; those that concern a stream are found by the ids it names."""

    def __init__(self, merges: Iterable[Merge] = ()) -> None:
        self._merges: list[Merge] = []
        self._naming: defaultdict[str, list[int]] = defaultdict(list)
        for position, merged in merges:
            self.add(position, merged)

    def __bool__(self) -> bool:
        return bool(self._merges)

    def add(self, position: int, merged: Mapping[str, str]) -> None:
        """The next merge of the log."""
        for name in merged:
            self._naming[name].append(len(self._merges))
        self._merges.append((position, merged))

    def concerning(self, names: Iterable[str], upto: int) -> list[Merge]:
        """The merges up to a position that change what one of the names stands for, in order."""
        found = sorted({number for name in names for number in self._naming.get(name, ())})
        return [merge for merge in map(self._merges.__getitem__, found) if merge[0] <= upto]


def merged(changed: Iterable[Actor]) -> dict[str, str]:
    """Of actors that changed at a position, those that stand for another one since: the ids, each with its survivor."""
    return {actor.id: actor.survivor for actor in changed if actor.survivor is not None}


def survivors(merged: Mapping[str, str]) -> Survivor:
    """Whom an id stands for once these were merged; any other stands for itself."""
    known = dict(merged)
    return lambda named: known.get(named, named)
