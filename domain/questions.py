"""What can be asked of the views: which developments, in what order, from where on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from domain.clocks import AFTER, Instant, Span
from domain.events import DevelopmentKind
from domain.fold import Status

Order = Literal["occurred", "-occurred", "known", "-known"]


class Filters(NamedTuple):
    """Which developments: all that is given has to hold at the cut.

    `actors` are ids, in the timelines of all of which it stands; `affiliates_of` adds, for one actor, the timelines of
    those affiliated with it while the development occurred. `words` are whole words made by `domain.words`.
    """

    actors: tuple[str, ...] = ()
    affiliates_of: str | None = None
    topic: str | None = None
    kind: DevelopmentKind | None = None
    status: Status | None = None
    source: str | None = None
    metric: str | None = None
    words: tuple[str, ...] = ()
    occurred: Span | None = None
    known_since: Instant | None = None

    @property
    def any(self) -> bool:
        """Whether anything is filtered at all."""
        return self != Filters()

    @property
    def whole(self) -> bool:
        """Whether everything in one list is let through."""
        actors, affiliates_of, topic, kind, status, source, metric, words, occurred, known_since = self
        lists = len(actors) + sum([name is not None for name in (topic, source, metric)])
        others = (affiliates_of, kind, status, occurred, known_since)
        return lists <= 1 and not words and others == (None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events of the log: naming every ("actor" or "topic", text), of one stream, of one type."""

    mentions: tuple[tuple[str, str], ...] = ()
    stream: str | None = None
    type: str | None = None


class Place(NamedTuple):
    """A development's place in a list: what it is ordered by, its id, and the number by which its rows are found."""

    rank: Instant
    first_known: Instant
    id: str
    dev: int


class Lasting(NamedTuple):
    """The dates of the reported clock as of which something reads the same: from `since` on, until `until` begins."""

    since: Instant
    until: Instant

    def has(self, as_of: Instant) -> bool:
        """Whether it reads so as of this date."""
        return self.since <= as_of and (as_of < self.until or self.until == AFTER)


class VersionRow(NamedTuple):
    """A version as the views keep it, its parts as JSON; `known_to` as the position asked for sees it.

    `since` is the position from which on all of this was so, up to that asked for.
    """

    dev: int
    known_from: Instant
    known_to: Instant
    since: int
    stream_version: int
    head: bytes
    actors: bytes
    tail: bytes
    sources: bytes


class Shown(NamedTuple):
    """How a development reads as of a date from `known_from` until `known_to`, at positions from `since` on."""

    known_from: Instant
    known_to: Instant
    since: int
    body: bytes


class Named(NamedTuple):
    """The name of an actor, and the position from which on it was so."""

    name: str
    since: int


class EntryRow(NamedTuple):
    """An event of a development as it reads at a cut; `body` is its wire form, amended where `amended` says so.

    `ordered` is its place in the order of knowledge: its known_from, for an amendment its recording.
    """

    position: int
    recorded_at: Instant
    ordered: Instant
    amended: bool
    stands: bool | None
    body: bytes


class FigureRow(NamedTuple):
    """A standing figure; `known`, `position`, `place` are its place in the order of knowledge."""

    known: Instant
    position: int
    place: int
    metric: str
    claimant: str
    body: bytes


class ActorRow(NamedTuple):
    """An actor's entry at a position, and on how many developments' timelines it stands at the cut."""

    id: str
    name: str
    kind: str
    survivor: str | None
    aliases: bytes
    affiliations: bytes
    developments: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many developments of each status and kind."""

    status: dict[str, int]
    kind: dict[str, int]
