"""The shapes of developments in answers."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from adapters.codec.fields import (
    APPROXIMATE,
    Country,
    Date,
    DevelopmentKind,
    EventId,
    Exact,
    Grade,
    High,
    Latitude,
    Line,
    Longitude,
    Low,
    Note,
    Point,
    Prefix,
    Prose,
    SingleDate,
    Slug,
    Suffix,
    Url,
)
from adapters.codec.parts import Changes, EventIds, ReportChanges, Withdrawn
from domain.fold import Status
from service.http.schemas.base import Answer, Count, Instant, Page, Place, Stamped

Teller = Literal[
    "DevelopmentReported",
    "DevelopmentCorroborated",
    "DevelopmentConfirmed",
    "DevelopmentDenied",
    "DevelopmentCorrected",
]
OfDevelopment = Literal[Teller, "ReportWithdrawn", "ReportReinstated", "DevelopmentAmended"]


STATUSES = (
    "`retracted` (no entry stands), `disputed` (one party confirms, another denies), `confirmed` (a party confirms),"
    " `denied` (a party denies), `corroborated` (entries of two or more sources stand), `reported`"
)


class Occurred(Answer):
    """When it happened: the EDTF as given, its half-open span in UTC, the words of the source."""

    edtf: Date | None
    earliest: Annotated[Instant | None, Field(description="First moment; null where the beginning is open or unknown.")]
    latest: Annotated[Instant | None, Field(description="End, itself not in it; null where it is open or unknown.")]
    text: Prose | None


class ListedActor(Answer):
    """An actor of a development, with the name of the position that was asked for."""

    actor: Slug
    name: Line
    role: Line | None


class Where(Answer):
    """A place."""

    name: Line
    country: Country | None
    latitude: Latitude | None
    longitude: Longitude | None


class StandingFigure(Answer):
    """A number that somebody claims, and where it comes from."""

    metric: Slug
    claimant: Annotated[
        Line,
        Field(
            description="`claimed_by`, else `attributed_to`, else `by`, by id; where there is none, the source's name."
        ),
    ]
    low: Low
    high: High
    point: Point
    approximate: Annotated[bool, Field(description=APPROXIMATE)]
    unit: Line | None
    as_at: Annotated[Date | None, Field(description="The date that the figure is for.")]
    note: Note
    reported: SingleDate
    known_from: Instant
    event: EventId
    development: Slug


class Stance(Answer):
    """What a party says of it."""

    actor: Slug
    stance: Annotated[
        Literal["confirms", "denies"],
        Field(description="By its last standing entry: `confirms` that it is so, or `denies` it."),
    ]


class Development(Answer):
    """What a development is at the cut: one version, good from `known_from` to `known_to` on the reported clock."""

    development: Slug
    headline: Line
    summary: Prose | None
    kind: DevelopmentKind
    status: Annotated[Status, Field(description=f"The first that applies at the cut: {STATUSES}.")]
    occurred: Occurred
    actors: list[ListedActor]
    place: Where | None
    topics: list[Slug]
    sources: Annotated[Count, Field(description="Number of distinct sources of the standing entries.")]
    figures: list[StandingFigure]
    stances: list[Stance]
    known_from: Annotated[Instant, Field(description="The version shown was known from then on.")]
    known_to: Annotated[Instant | None, Field(description="... up to then; null where no later one is recorded.")]
    known_possibly_from: Annotated[
        Instant, Field(description="The earliest that one of the reports which begin the version can have been known.")
    ]
    first_known: Annotated[Instant, Field(description="Anything of the development was known from then on.")]
    description_from: Annotated[EventId, Field(description="The last entry that set or changed the description.")]
    recorded_at: Annotated[Instant, Field(description="When the last event that it rests on was recorded.")]
    version: Annotated[int, Field(ge=1, description="Events in the stream at `at`: what `If-Match` compares.")]
    events: Annotated[int, Field(ge=1, description="How many events its history shows at the cut.")]


class DevelopmentPage(Page):
    """A page of developments."""

    items: list[Development]


class QuoteTold(Answer):
    """The words themselves."""

    exact: Exact
    prefix: Prefix
    suffix: Suffix


class FigureTold(Answer):
    """A figure as its report tells it."""

    metric: Slug
    low: Low
    high: High
    point: Point
    approximate: Annotated[bool, Field(description=APPROXIMATE)]
    unit: Line | None
    as_at: Date | None
    claimed_by: Slug | None
    note: Note


class ReportTold(Answer):
    """A report."""

    source: Line
    reported: SingleDate
    url: Url | None
    attributed_to: Slug | None
    grade: Grade | None
    quote: QuoteTold | None
    figures: list[FigureTold]


class Telling(ReportTold):
    """An entry that tells of a development, as amended, flat with its report."""

    id: EventId
    type: Teller
    stands: Annotated[bool, Field(description="False where it is withdrawn at the cut.")]
    by: Annotated[Slug | None, Field(description="The party that confirms or denies.")]
    known_from: Instant


class DevelopmentTold(Stamped, Development):
    """A development with the reports that tell of it, in order of knowledge."""

    reports: list[Telling]


class HistoryEvent(TypedDict):
    """An event of a development as it reads at the cut. An amendment stands at its recording, its known_from null."""

    event: EventId
    type: OfDevelopment
    position: Place
    recorded_at: Instant
    known_from: Instant | None
    amended: Annotated[bool, Field(description="Whether an amendment changed how this entry reads.")]
    stands: Annotated[bool | None, Field(description="Null for what tells nothing of it: withdrawals, amendments.")]
    reported: SingleDate | None
    occurred: Annotated[Date | None, Field(description="What this event tells of the occurred clock.")]
    by: Slug | None
    changes: Annotated[Changes | None, Field(description="What it tells differently, as sent; null in it clears.")]
    report: Annotated[
        ReportTold | ReportChanges | None, Field(description="Its report; of an amendment the fields it replaces.")
    ]
    reason: Prose | None
    withdraws: NotRequired[
        Annotated[
            Withdrawn,
            Field(description="Of a `ReportWithdrawn`: the entries that it takes back; `*`: all recorded before it."),
        ]
    ]
    reinstates: NotRequired[
        Annotated[EventIds, Field(description="Of a `ReportReinstated`: the entries that stand again.")]
    ]
    amends: NotRequired[
        Annotated[EventId, Field(description="Of a `DevelopmentAmended`: the entry that reads otherwise by it.")]
    ]


class HistoryPage(Page):
    """A page of the history of a development."""

    items: list[HistoryEvent]
