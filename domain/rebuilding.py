"""What rebuilding asks of the views: to be written anew beside what is read, and to take its place at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from domain.actor import Actor
from domain.plane import Row
from domain.ports import Views, ViewsWriter


class Packing(Protocol):
    """Rows gathered by whoever helps, to be stored by who has the right to write."""

    def development(self, dev: int, development: str) -> None:
        """A development begins at position `dev`."""

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        """All rows of a development."""

    def mention(self, kind: str, text: str, position: int) -> None:
        """The event at this position names an actor or a topic."""

    def packed(self) -> bytes:
        """Everything gathered, for `Loading.load` in this or another process of the same program."""


class Loading(Protocol):
    """One transaction of loading, which may hold a part of the log's streams only."""

    position: int
    """Up to where the log is loaded: its actors, its chain, and the developments that begin up to there."""

    def head(self) -> bytes | None:
        """The head of the hash chain at the position; None at 0."""

    def actors(self) -> Sequence[Actor]:
        """Every actor as it is at the position, in order of registration."""

    def actor(self, position: int, actor: Actor, standing: int) -> None:
        """From this position on the actor is so, and there are so many, merged ones not counted."""

    def chain(self, position: int, head: bytes) -> None:
        """The head of the hash chain at this position."""

    def load(self, packed: bytes) -> None:
        """Store what was packed."""


class Shadow(ViewsWriter, Protocol):
    """Views that nobody reads yet, beside those that are read. They outlive the process that writes them."""

    def begin(self, last: int) -> int | None:
        """Up to where the log is to be loaded: `last`, or what it was when the loading was begun; None once it is."""

    def load(self) -> AbstractContextManager[Loading]:
        """The sole right to load, held until leaving; commits on leaving, or undoes everything on an exception."""

    def complete(self) -> None:
        """Finish loading: build indexes and zones, and stand at the position that `begin` told. Once is enough."""

    def switch(self) -> AbstractContextManager[None]:
        """Take the place of the views that are read, on leaving without an exception, durably and for everybody.

        Inside, the views that are read stand still, and what is written here is part of the same transaction. Raises
        `domain.unavailable.Rewritten` on leaving where those keep another head of the chain than was made here; what
        was built is taken away then.
        """

    def clear(self) -> bool:
        """Take away a part of what views before them have left behind, and tell whether there was any."""


class Rebuildable(Views, Protocol):
    """Views that can be rebuilt while they are read."""

    outdated: bool
    """Whether they were built by an older version of the projections; they answer nothing then."""

    def shadow(self) -> Shadow:
        """Views beside these: those that an interrupted rebuilding left, where they are of this program's version."""

    def packing(self) -> Packing:
        """Nothing yet, to be loaded into views beside these."""
