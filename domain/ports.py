"""What the inside asks of the outside world, each method with its promise.

Positions count from 1 without a gap; 0 is before the first event.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Literal, Protocol

from domain.actor import Actor
from domain.clocks import Cut, Instant
from domain.log import EventLog, Head, LogSession, NewEntry, StoredEntry
from domain.plane import Row
from domain.questions import (
    ActorRow,
    Counts,
    EntryRow,
    FigureRow,
    Filters,
    Lasting,
    Named,
    Order,
    Place,
    Selection,
    Shown,
    VersionRow,
)
from domain.unavailable import Contended, Late, Unavailable


class InDoubt(Unavailable):
    """The store was lost while it committed: what was to be stored may be there, or not. Send the same again."""


class ViewsWriting(Protocol):
    """One transaction of the projector: rows and position move together, or not at all."""

    position: int
    """Up to where the views are level with the log; set it to what the rows of this transaction bring."""
    generation: int
    """Another one means other rows, under other numbers: what was remembered of them does not hold."""

    def head(self) -> bytes | None:
        """The head of the hash chain at the position; None at 0."""

    def actors(self) -> Sequence[Actor]:
        """Every actor as it is at the position, in order of registration."""

    def merges(self) -> Sequence[tuple[int, dict[str, str]]]:
        """For each position at which actors merged, in order: the ids whose survivor changed, and to whom."""

    def mentioning(self, names: Iterable[str]) -> Sequence[str]:
        """The development streams whose events so far name one of the actor ids, in order of their first event."""

    def development(self, dev: int, development: str) -> None:
        """A development begins at position `dev`."""

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        """Rows of a development that were drawn or changed; they are stored from now on."""

    def actor(self, position: int, actor: Actor, standing: int) -> None:
        """From this position on the actor is so, and there are so many, merged ones not counted."""

    def mention(self, kind: str, text: str, position: int) -> None:
        """The event at this position names an actor or a topic."""

    def chain(self, position: int, head: bytes) -> None:
        """The head of the hash chain at this position."""


class ViewsWriter(Protocol):
    """The write side of the views: what the projector keeps level with the log."""

    def write(self) -> AbstractContextManager[ViewsWriting]:
        """The sole right to write, held until leaving; commits on leaving, or undoes everything on an exception."""


class Snapshot(Protocol):
    """One consistent state of the views; every question gives its cuts and is answered from stored rows."""

    @property
    def head(self) -> Head:
        """Up to where the views are level with the log."""

    def recorded_at(self, position: int) -> Instant | None:
        """When the event at the position was recorded; None where there is none."""

    def position_at(self, recorded: Instant) -> int:
        """The last position recorded at or before the instant; 0 where there is none."""

    def chain_head(self, position: int) -> bytes | None:
        """The head of the hash chain at a position; None where there is none, and at 0."""

    def chain_heads(self, after: int, upto: int) -> Sequence[tuple[int, bytes]]:
        """(position, head of the hash chain) for after < position <= upto, in order."""

    def exists(self, kind: Literal["actor", "metric"], text: str) -> bool:
        """Whether the log knows of it at all, at any cut: an actor by its id or by a name that it had once."""

    def register(self) -> Sequence[Actor]:
        """Every actor as it is at the head."""

    def page(self, filters: Filters, order: Order, cut: Cut, limit: int, place: Place | None) -> Sequence[Place]:
        """The developments known at the cut that the filters let through, in order, behind a place; all for -1."""

    def lasts(
        self, filters: Filters, order: Order, cut: Cut, places: Sequence[Place], upto: Place | None
    ) -> Lasting | None:
        """Dates around the cut as of which the list is the same up to a place, or all of it, and these places read so.

        None where that cannot be told, or not soon.
        """

    def expected(self, filters: Filters, cut: Cut) -> Sequence[Place]:
        """Plans and forecasts, not retracted, whose occurred span ends after the cut, by occurred."""

    def matching(self, devs: Collection[int], filters: Filters, cut: Cut) -> set[int]:
        """Which of these developments the filters let through at the cut."""

    def counts(self, filters: Filters, cut: Cut) -> Counts:
        """How many developments the filters let through at the cut."""

    def dev(self, development: str) -> int | None:
        """The number of a development; None where the log has none of that id."""

    def versions(self, devs: Sequence[int], cut: Cut) -> Sequence[VersionRow]:
        """The version visible at the cut of each of these, in their order; what is not known there is left out."""

    def recall(self, devs: Sequence[int], cut: Cut) -> list[bytes | None] | None:
        """What was told to `remember` of these developments at the cut, where anything; None where nothing is kept."""

    def remember(self, at: int, shown: Iterable[tuple[int, Shown]]) -> None:
        """How developments, by number, read at a position, for those who ask next."""

    def entries(self, dev: int, cut: Cut) -> Sequence[EntryRow]:
        """The events of a development known and recorded at the cut, in order of knowledge."""

    def standing(self, devs: Sequence[int], cut: Cut) -> Mapping[int, Mapping[int, bool]]:
        """By development, which of its entries known at the cut stand, by position; amendments left out."""

    def newly_known(self, filters: Filters, after: Instant, cut: Cut, limit: int) -> Sequence[tuple[int, str]]:
        """(dev, development) of those first known after one cut up to another, which the filters let through, by id."""

    def learned_between(
        self, after: Instant, upto: Instant, at: int, devs: Collection[int] | None = None
    ) -> Sequence[tuple[int, str, str]]:
        """(dev, development, event id) of the entries known after one cut up to another, in order of knowledge."""

    def told_between(self, after: Instant, upto: Instant, at: int) -> Sequence[int]:
        """The developments of which any entry became known after one cut up to another."""

    def recorded_between(self, after: int, upto: int) -> Sequence[tuple[int, str, str, str]]:
        """(dev, development, event id, event type) of development events recorded after one position up to another."""

    def figures(
        self, metric: str, cut: Cut, limit: int, behind_of: tuple[Instant, int, int] | None
    ) -> Sequence[FigureRow]:
        """Every standing figure of a metric in order of knowledge, from behind (known, position, place) on."""

    def latest(self, cut: Cut, metrics: Collection[str] | None, filters: Filters | None) -> Sequence[FigureRow]:
        """The latest standing figure per metric and claimant: of some metrics, where the filters let through."""

    def metrics(self, cut: Cut, limit: int, behind_of: str) -> Sequence[str]:
        """Metrics of which a figure is known at the cut, by name, from behind a name on."""

    def metric_known(self, metric: str, cut: Cut) -> bool:
        """Whether any figure of the metric is known at the cut, standing or not."""

    def resolve(self, name: str, at: int) -> tuple[str, ...]:
        """Whom a name means at a position, as `domain.actor.Actors.resolve`."""

    def survivors(self, at: int) -> dict[str, str]:
        """Every merged actor at a position, and the actor that it stands for."""

    def names(self, actors: Collection[str], at: int) -> dict[str, Named]:
        """The names of actors at a position."""

    def actors(self, words: Sequence[str], cut: Cut, limit: int, behind_of: str) -> Sequence[ActorRow]:
        """Actors that stand for themselves, by id, with all the words in their names and aliases."""

    def actor(self, actor: str, cut: Cut) -> ActorRow | None:
        """An actor's entry at the cut's position, merged or not."""

    def count_actors(self, at: int) -> int:
        """How many actors there are at a position, merged ones not counted."""

    def events(self, which: Selection, after: int, upto: int, limit: int) -> Sequence[StoredEntry]:
        """Up to `limit` of the log's selected events with after < position <= upto, in order; all for limit -1."""


class Views(ViewsWriter, Protocol):
    """The views: written by the projector, read by everybody."""

    def snapshot(self, within: float | None = None) -> AbstractContextManager[Snapshot]:
        """A consistent state to put questions to, held until leaving; writers are not kept waiting.

        With `within` the caller has no more than about so many seconds: Late is raised where a question is not answered
        in them, and at once where there is something to wait for. Such a snapshot may `recall`.
        """


class Clock(Protocol):
    """Where `recorded_at` comes from."""

    def now(self) -> Instant:
        """The present instant, UTC."""


class Ids(Protocol):
    """Where the id of an event comes from when its writer gives none."""

    def next(self) -> str:
        """A fresh id; later ones sort behind earlier ones (UUIDv7, RFC 9562)."""


__all__ = [
    "Clock",
    "Contended",
    "EventLog",
    "Head",
    "Ids",
    "InDoubt",
    "Late",
    "LogSession",
    "NewEntry",
    "Snapshot",
    "StoredEntry",
    "Unavailable",
    "Views",
    "ViewsWriter",
    "ViewsWriting",
]
