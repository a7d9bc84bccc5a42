"""The closed union of events: what can ever stand in the log, named in the past tense.

Field names are the wire names. Dates stay the EDTF text that was given; instants are `domain.clocks.Instant`.
`Changes` and `ReportChanges` hold only the keys that were given, and None there clears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, NamedTuple, TypedDict, TypeVar

from domain.clocks import Instant

DevelopmentKind = Literal["event", "statement", "assessment", "plan", "forecast"]
ActorKind = Literal["person", "state", "organisation", "armed-force", "media", "place", "other"]
Number = int | float


class Listed(NamedTuple):
    """An actor in the list of a development, and as what."""

    actor: str
    role: str | None


class Place(NamedTuple):
    """Where; `country` is ISO 3166-1 alpha-2, latitude and longitude are WGS 84 degrees."""

    name: str
    country: str | None
    latitude: Number | None
    longitude: Number | None


class Quote(NamedTuple):
    """The words themselves, findable in the source (W3C TextQuoteSelector)."""

    exact: str
    prefix: str | None
    suffix: str | None


class Figure(NamedTuple):
    """One number somebody claims, as a point, a bound or a range, for the date `as_at` (EDTF)."""

    metric: str
    low: Number | None
    high: Number | None
    point: Number | None
    approximate: bool
    unit: str | None
    as_at: str | None
    claimed_by: str | None
    note: str | None


class Report(NamedTuple):
    """Who published it, and when the public learned of it. `grade` is the Admiralty code."""

    source: str
    reported: str
    url: str | None
    attributed_to: str | None
    grade: str | None
    quote: Quote | None
    figures: tuple[Figure, ...]


class Description(NamedTuple):
    """What a development is said to be."""

    headline: str
    summary: str | None
    kind: DevelopmentKind
    occurred: str | None
    occurred_text: str | None
    actors: tuple[Listed, ...]
    place: Place | None
    topics: tuple[str, ...]


class Changes(TypedDict, total=False):
    """Parts of a description, each replaced whole."""

    headline: str
    summary: str | None
    kind: DevelopmentKind
    occurred: str | None
    occurred_text: str | None
    actors: tuple[Listed, ...]
    place: Place | None
    topics: tuple[str, ...] | None


class ReportChanges(TypedDict, total=False):
    """Parts of a report that an amendment replaces."""

    source: str
    reported: str
    url: str | None
    attributed_to: str | None
    grade: str | None
    quote: Quote | None
    figures: tuple[Figure, ...] | None


class ActorChanges(TypedDict, total=False):
    """Parts of an actor's entry; `aliases` as a whole list."""

    name: str
    kind: ActorKind
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DevelopmentReported:
    """The first entry of a development; opens its stream."""

    id: str
    development: str
    description: Description
    report: Report


@dataclass(frozen=True, slots=True)
class DevelopmentCorroborated:
    """Another report of the same development, with what it tells differently."""

    id: str
    development: str
    changes: Changes
    report: Report


@dataclass(frozen=True, slots=True)
class DevelopmentConfirmed:
    """A party with standing says it is so."""

    id: str
    development: str
    by: str
    report: Report


@dataclass(frozen=True, slots=True)
class DevelopmentDenied:
    """A party says it is not so."""

    id: str
    development: str
    by: str
    report: Report


@dataclass(frozen=True, slots=True)
class DevelopmentCorrected:
    """The public record changed; known from this report on."""

    id: str
    development: str
    changes: Changes
    reason: str
    report: Report


@dataclass(frozen=True, slots=True)
class ReportWithdrawn:
    """A source withdrew reports; `withdraws` None means all that were recorded before (`"*"` on the wire)."""

    id: str
    development: str
    withdraws: tuple[str, ...] | None
    reason: str
    report: Report


@dataclass(frozen=True, slots=True)
class ReportReinstated:
    """Withdrawn reports stand again."""

    id: str
    development: str
    reinstates: tuple[str, ...]
    reason: str
    report: Report


@dataclass(frozen=True, slots=True)
class DevelopmentAmended:
    """Our entry was wrong: from its recording on, that entry reads as amended on the whole reported clock."""

    id: str
    development: str
    amends: str | None
    changes: Changes
    report: ReportChanges
    reason: str


@dataclass(frozen=True, slots=True)
class ActorRegistered:
    """Opens the stream of an actor."""

    id: str
    actor: str
    name: str
    kind: ActorKind
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActorRenamed:
    """The actor is called otherwise now; the old name stays as an alias."""

    id: str
    actor: str
    name: str


@dataclass(frozen=True, slots=True)
class ActorAliasAdded:
    """The actor is also called so."""

    id: str
    actor: str
    alias: str


@dataclass(frozen=True, slots=True)
class ActorAffiliated:
    """The actor held a title with another over a period (EDTF); replaces an earlier one of same `with` and `title`."""

    id: str
    actor: str
    with_actor: str
    title: str | None
    period: str | None


@dataclass(frozen=True, slots=True)
class ActorAmended:
    """Our entry of the actor was wrong."""

    id: str
    actor: str
    changes: ActorChanges
    reason: str


@dataclass(frozen=True, slots=True)
class ActorMerged:
    """Two entries were one: `into` survives."""

    id: str
    actor: str
    into: str


Telling = (
    DevelopmentReported | DevelopmentCorroborated | DevelopmentConfirmed | DevelopmentDenied | DevelopmentCorrected
)
Dating = ReportWithdrawn | ReportReinstated
Entry = Telling | Dating
DevelopmentEvent = Entry | DevelopmentAmended
ActorEvent = ActorRegistered | ActorRenamed | ActorAliasAdded | ActorAffiliated | ActorAmended | ActorMerged
Event = DevelopmentEvent | ActorEvent

TELLING = (
    DevelopmentReported,
    DevelopmentCorroborated,
    DevelopmentConfirmed,
    DevelopmentDenied,
    DevelopmentCorrected,
)
DEVELOPMENT_EVENTS = (*TELLING, ReportWithdrawn, ReportReinstated, DevelopmentAmended)
ACTOR_EVENTS = (ActorRegistered, ActorRenamed, ActorAliasAdded, ActorAffiliated, ActorAmended, ActorMerged)


E = TypeVar("E", bound=Event)


class Recorded(NamedTuple, Generic[E]):
    """An event as it stands in the log: never changed, `recorded_at` never decreases along `position`."""

    position: int
    version: int
    recorded_at: Instant
    event: E
