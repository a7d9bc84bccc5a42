"""The shapes of answers: actors, figures, changes, state, log, operating."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from adapters.codec.fields import ActorKind, Date, DevelopmentKind, EventId, Line, Slug
from domain.fold import Status
from service.http.schemas.base import Answer, Count, Instant, Page, Place, Stamped
from service.http.schemas.developments import Development, StandingFigure

Change = Literal[
    "learned",
    "disputed",
    "confirmed",
    "denied",
    "corroborated",
    "withdrawn",
    "reinstated",
    "figure",
    "corrected",
    "amended",
]


CHANGES = (
    "What changed, in order of weight: `learned` (it became known), `disputed`, `confirmed`, `denied`, `corroborated`"
    " (its status became so; the last three also: a further party or source, where the status stays), `withdrawn`,"
    " `reinstated` (entries that were known do not stand any more, or again), `figure` (the set of values differs),"
    " `corrected` (the description differs), `amended` (between positions: what differs only by amendments)."
)


class Affiliation(Answer):
    """With whom, as what, over which period; no period is always."""

    with_: Annotated[Slug, Field(alias="with")]
    title: Line | None
    period: Date | None


class ActorCounts(Answer):
    """How often an actor appears at the cut."""

    developments: Count


class ActorTold(Answer):
    """An actor."""

    actor: Slug
    name: Line
    kind: ActorKind
    aliases: list[Line]
    affiliations: list[Affiliation]
    counts: ActorCounts


class StampedActor(Stamped, ActorTold):
    """An actor at a cut."""


class ActorPage(Page):
    """A page of actors."""

    items: list[ActorTold]


class MetricFigures(Answer):
    """A metric with the latest standing figure of each claimant."""

    metric: Slug
    figures: list[StandingFigure]


class MetricPage(Page):
    """A page of metrics."""

    items: list[MetricFigures]


class FigurePage(Page):
    """A page of the standing figures of one metric, in order of knowledge."""

    metric: Slug
    latest: Annotated[list[StandingFigure], Field(description="The latest of each claimant, on every page.")]
    items: list[StandingFigure]


class ChangeTold(Answer):
    """One kind of change of one development between the two cuts."""

    change: Annotated[Change, Field(description=CHANGES)]
    development: Slug
    before: Annotated[Development | None, Field(description="At the earlier cut; null where it was not known.")]
    after: Annotated[Development | None, Field(description="At the later cut; null where it is not known any more.")]
    events: Annotated[list[EventId], Field(description="What became known, or was recorded, between the two.")]


class DatedChangePage(Page):
    """A page of changes between two dates, weightiest first."""

    from_: Annotated[Instant | None, Field(alias="from", description="The earlier cut, on the reported clock.")]
    to: Annotated[Instant | None, Field(description="The later cut.")]
    items: list[ChangeTold]


class LoggedChangePage(Page):
    """A page of changes between two positions of the log, weightiest first."""

    from_at: Annotated[Count, Field(description="The earlier cut, on the recorded clock.")]
    to_at: Annotated[Count, Field(description="The later cut.")]
    items: list[ChangeTold]


class Counts(Answer):
    """Developments by status and by kind; what there is none of is left out."""

    status: dict[Status, Annotated[int, Field(ge=1)]]
    kind: dict[DevelopmentKind, Annotated[int, Field(ge=1)]]


class State(Stamped):
    """The whole story at a cut."""

    counts: Counts
    figures: Annotated[list[StandingFigure], Field(description="The latest per metric and claimant.")]
    expected: Annotated[
        list[Development], Field(description="Plans and forecasts whose time is not over at the cut, by occurred.")
    ]
    recent: Annotated[list[Development], Field(max_length=20, description="The last that became known, newest first.")]
    actors: Annotated[Count, Field(description="How many actors there are, whatever the filters.")]


class Head(Answer):
    """A position of the log and the head of its hash chain there."""

    position: Count
    head: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 in hex; 32 zero bytes for position 0.")]


class PlacedEvent(Answer):
    """Where an event stands in the log."""

    id: EventId
    stream: Annotated[str, Field(pattern=r"^(?:development|actor)/[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?$")]
    version: Annotated[int, Field(ge=1, description="How many events the stream held with this one.")]
    position: Place
    recorded_at: Instant


class Appended(Answer):
    """What became of the events that were sent, the registrations made on the way included."""

    position: Annotated[int, Field(ge=1, description="The last position among them.")]
    events: Annotated[list[PlacedEvent], Field(min_length=1)]


class Alive(Answer):
    """The process answers."""

    status: Literal["alive"]


class Ready(Answer):
    """The store answers and the views are level with the log."""

    status: Literal["ready"]
    position: Annotated[Count, Field(description="The last position of the log.")]
    visible: Annotated[Count, Field(description="The position up to which reads see it.")]
    lag: Annotated[Literal[0], Field(description="How many events the reads are behind.")]
