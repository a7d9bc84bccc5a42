"""The parts of events on the wire as closed typed dicts; a field that may be missing may be null, which means the same,
except directly in `Changes`, `ReportChanges` and `ActorChanges`, where null clears.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import ConfigDict, Discriminator, Field, Tag, with_config
from typing_extensions import TypedDict

from adapters.codec.fields import (
    APPROXIMATE,
    LIST_LENGTH,
    WITHDRAWN_LENGTH,
    Accepts,
    ActorKind,
    ActorReference,
    Country,
    Date,
    DevelopmentKind,
    EventId,
    Exact,
    Flag,
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

T = TypeVar("T")


def closed(**more: Any) -> Callable[[type[T]], type[T]]:
    """The typed dict is strict and has no other fields; `more` goes into its JSON Schema."""
    return with_config(ConfigDict(extra="forbid", strict=True, json_schema_extra=more))


def given(field: str, kind: str, **more: Any) -> dict[str, Any]:
    """JSON Schema for "the field is there and not null"."""
    return {"required": [field], "properties": {field: {"type": kind, **more}}}


@closed()
class Listed(TypedDict):
    """An actor in the list of a development, and as what."""

    actor: ActorReference
    role: NotRequired[Line | None]


@closed()
class Place(TypedDict):
    """Where it happened; coordinates are WGS 84 degrees."""

    name: Line
    country: NotRequired[Country | None]
    latitude: NotRequired[Latitude | None]
    longitude: NotRequired[Longitude | None]


@closed()
class Quote(TypedDict):
    """The words themselves, findable in the source (W3C TextQuoteSelector)."""

    exact: Exact
    prefix: NotRequired[Prefix]
    suffix: NotRequired[Suffix]


@closed(anyOf=[given("low", "number"), given("high", "number"), given("point", "number")])
class Figure(TypedDict):
    """One number that somebody claims: one or more of low, high and point, low <= point <= high."""

    metric: Slug
    low: NotRequired[Low]
    high: NotRequired[High]
    point: NotRequired[Point]
    approximate: NotRequired[Annotated[Flag | None, Field(description=APPROXIMATE)]]
    unit: NotRequired[Line | None]
    as_at: NotRequired[Annotated[Date | None, Field(description="The date that the figure is for.")]]
    claimed_by: NotRequired[
        Annotated[
            ActorReference | None,
            Field(description="Who claims it, where that is neither whom the report is attributed to nor its source."),
        ]
    ]
    note: NotRequired[Note]


UNIQUE: dict[str, Any] = {"uniqueItems": True}

Actors = Annotated[list[Listed], Field(max_length=LIST_LENGTH, json_schema_extra=UNIQUE)]
Topics = Annotated[list[Slug], Field(max_length=LIST_LENGTH, json_schema_extra=UNIQUE)]
Aliases = Annotated[list[Line], Field(max_length=LIST_LENGTH, json_schema_extra=UNIQUE)]
Figures = Annotated[list[Figure], Field(max_length=LIST_LENGTH, json_schema_extra=UNIQUE)]
NoFigures = Annotated[list[Figure], Field(max_length=0)]
EventIds = Annotated[list[EventId], Field(min_length=1, max_length=WITHDRAWN_LENGTH, json_schema_extra=UNIQUE)]


def _all_or_some(value: object) -> str:
    return "some" if isinstance(value, list) else "all"


Withdrawn = Annotated[
    Annotated[EventIds, Tag("some")]
    | Annotated[Literal["*"], Accepts('a list of event ids, or "*" for all recorded before'), Tag("all")],
    Discriminator(_all_or_some),
]


@closed()
class _ReportHead(TypedDict):
    source: Annotated[Line, Field(description="The publication.")]
    reported: Annotated[
        SingleDate, Field(description="When it published: from the end of this date on the public knew.")
    ]
    url: NotRequired[Url | None]
    attributed_to: NotRequired[
        Annotated[ActorReference | None, Field(description="The actor whose words the source passes on.")]
    ]
    grade: NotRequired[
        Annotated[Grade | None, Field(description="The Admiralty code: source A to F, information 1 to 6.")]
    ]
    quote: NotRequired[Quote | None]


@closed()
class Report(_ReportHead):
    """Who published it, and when the public learned of it."""

    figures: NotRequired[Figures | None]


@closed()
class DatingReport(_ReportHead):
    """The report of a withdrawal or a reinstatement: it brings no figures."""

    figures: NotRequired[NoFigures | None]


@closed(minProperties=1)
class ReportChanges(TypedDict):
    """Parts of a report, each replaced whole; null clears."""

    source: NotRequired[Line]
    reported: NotRequired[SingleDate]
    url: NotRequired[Url | None]
    attributed_to: NotRequired[ActorReference | None]
    grade: NotRequired[Grade | None]
    quote: NotRequired[Quote | None]
    figures: NotRequired[Figures | None]


@closed(
    minProperties=1,
    **{
        "not": {
            "required": ["occurred", "occurred_text"],
            "properties": {"occurred": {"type": "null"}, "occurred_text": {"type": "null"}},
        }
    },
)
class Changes(TypedDict):
    """Parts of a description, each replaced whole; null clears. One of occurred and occurred_text has to stay."""

    headline: NotRequired[Line]
    summary: NotRequired[Prose | None]
    kind: NotRequired[DevelopmentKind]
    occurred: NotRequired[Date | None]
    occurred_text: NotRequired[Prose | None]
    actors: NotRequired[Actors]
    place: NotRequired[Place | None]
    topics: NotRequired[Topics | None]


@closed(minProperties=1)
class ActorChanges(TypedDict):
    """Parts of an actor's entry, each replaced whole; null clears."""

    name: NotRequired[Line]
    kind: NotRequired[ActorKind]
    aliases: NotRequired[Aliases | None]
