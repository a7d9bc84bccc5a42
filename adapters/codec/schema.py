"""The events of the wire, one closed typed dict each, told apart by `type`.

pydantic validates documents against them (strictly, unknown fields refused) and derives from them the JSON Schema of
the API's description (OpenAPI 3.1, JSON Schema 2020-12). What JSON Schema cannot say is in `adapters.codec.rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired, get_args

from pydantic import Discriminator, Field, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypeAliasType, TypedDict

from adapters.codec.examples import EXAMPLES
from adapters.codec.fields import ActorKind, ActorReference, Date, DevelopmentKind, EventId, Line, Prose, Slug, Version
from adapters.codec.parts import (
    ActorChanges,
    Actors,
    Aliases,
    Changes,
    DatingReport,
    EventIds,
    Place,
    Report,
    ReportChanges,
    T,
    Topics,
    Withdrawn,
    closed,
    given,
)


def _event(name: str, **more: Any) -> Callable[[type[T]], type[T]]:
    return closed(examples=[EXAMPLES[name]], **more)


class _Event(TypedDict):
    id: NotRequired[Annotated[EventId | None, Field(description="May be left out: the service makes one.")]]
    expected_version: NotRequired[
        Annotated[
            Version | None,
            Field(description="Append only if the stream is at this version, 0: only if it is new. Not stored."),
        ]
    ]


class _DevelopmentEvent(_Event):
    development: Annotated[Slug, Field(description="The stream: the development's id.")]


class _ActorEvent(_Event):
    actor: Annotated[Slug, Field(description="The stream: the actor's id.")]


@_event("DevelopmentReported", anyOf=[given("occurred", "string"), given("occurred_text", "string")])
class DevelopmentReported(_DevelopmentEvent):
    """The first entry of a development; opens its stream."""

    type: Literal["DevelopmentReported"]
    headline: Line
    summary: NotRequired[Prose | None]
    kind: DevelopmentKind
    occurred: NotRequired[
        Annotated[Date | None, Field(description="When it happened; may be missing where `occurred_text` tells it.")]
    ]
    occurred_text: NotRequired[
        Annotated[
            Prose | None,
            Field(description="A phrase for when it happened, kept word for word; nobody guesses a date from it."),
        ]
    ]
    actors: Actors
    place: NotRequired[Place | None]
    topics: NotRequired[Topics | None]
    report: Report


@_event("DevelopmentCorroborated")
class DevelopmentCorroborated(_DevelopmentEvent):
    """Another report of the same development, with what it tells differently."""

    type: Literal["DevelopmentCorroborated"]
    changes: NotRequired[Changes | None]
    report: Report


@_event("DevelopmentConfirmed")
class DevelopmentConfirmed(_DevelopmentEvent):
    """A party with standing says it is so."""

    type: Literal["DevelopmentConfirmed"]
    by: ActorReference
    report: Report


@_event("DevelopmentDenied")
class DevelopmentDenied(_DevelopmentEvent):
    """A party says it is not so."""

    type: Literal["DevelopmentDenied"]
    by: ActorReference
    report: Report


@_event(
    "DevelopmentCorrected",
    anyOf=[
        given("changes", "object"),
        {"properties": {"report": given("figures", "array", minItems=1)}},
    ],
)
class DevelopmentCorrected(_DevelopmentEvent):
    """The public record changed; known from this report on. It needs no `changes` where the report brings figures."""

    type: Literal["DevelopmentCorrected"]
    changes: NotRequired[Changes | None]
    reason: Prose
    report: Report


@_event("ReportWithdrawn")
class ReportWithdrawn(_DevelopmentEvent):
    """A source withdrew reports; their figures, stances and changes go with them."""

    type: Literal["ReportWithdrawn"]
    withdraws: Annotated[Withdrawn, Field(description="Event ids of this stream, or `*`: all recorded before.")]
    reason: Prose
    report: DatingReport


@_event("ReportReinstated")
class ReportReinstated(_DevelopmentEvent):
    """Withdrawn reports stand again."""

    type: Literal["ReportReinstated"]
    reinstates: EventIds
    reason: Prose
    report: DatingReport


@_event("DevelopmentAmended", anyOf=[given("changes", "object"), given("report", "object")])
class DevelopmentAmended(_DevelopmentEvent):
    """Our entry was wrong: from its recording on that entry reads as amended, on the whole reported clock."""

    type: Literal["DevelopmentAmended"]
    amends: NotRequired[
        Annotated[EventId | None, Field(description="The entry that was wrong; without it, the first.")]
    ]
    changes: NotRequired[Changes | None]
    report: NotRequired[ReportChanges | None]
    reason: Prose


@_event("ActorRegistered")
class ActorRegistered(_ActorEvent):
    """Opens the stream of an actor."""

    type: Literal["ActorRegistered"]
    name: Line
    kind: ActorKind
    aliases: NotRequired[Aliases | None]


@_event("ActorRenamed")
class ActorRenamed(_ActorEvent):
    """The actor is called otherwise now; the old name stays as an alias."""

    type: Literal["ActorRenamed"]
    name: Line


@_event("ActorAliasAdded")
class ActorAliasAdded(_ActorEvent):
    """The actor is also called so."""

    type: Literal["ActorAliasAdded"]
    alias: Line


_With = TypedDict("_With", {"with": Annotated[ActorReference, Field(description="The actor it was affiliated with.")]})


@_event("ActorAffiliated")
class ActorAffiliated(_ActorEvent, _With):
    """The actor held a title with another over a period; replaces an earlier one of the same `with` and `title`."""

    type: Literal["ActorAffiliated"]
    title: NotRequired[Line | None]
    period: NotRequired[Annotated[Date | None, Field(description="Without it: always.")]]


@_event("ActorAmended")
class ActorAmended(_ActorEvent):
    """Our entry of the actor was wrong."""

    type: Literal["ActorAmended"]
    changes: ActorChanges
    reason: Prose


@_event("ActorMerged")
class ActorMerged(_ActorEvent):
    """Two entries were one: this actor's names become aliases of the survivor, its timeline follows."""

    type: Literal["ActorMerged"]
    into: ActorReference


_DevelopmentEvents = (
    DevelopmentReported
    | DevelopmentCorroborated
    | DevelopmentConfirmed
    | DevelopmentDenied
    | DevelopmentCorrected
    | ReportWithdrawn
    | ReportReinstated
    | DevelopmentAmended
)
_ActorEvents = ActorRegistered | ActorRenamed | ActorAliasAdded | ActorAffiliated | ActorAmended | ActorMerged
Event = TypeAliasType("Event", Annotated[_DevelopmentEvents | _ActorEvents, Discriminator("type")])
"""Whatever can be appended."""

SHAPES: dict[str, Any] = {shape.__name__: shape for shape in (*get_args(_DevelopmentEvents), *get_args(_ActorEvents))}
"""The shape of every type."""


class _Plain(GenerateJsonSchema):
    """JSON Schema without a title per field: it would only repeat the name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (pydantic's signature)
        return False


def json_schemas(prefix: str = "#/components/schemas/") -> dict[str, Any]:
    """JSON Schema (2020-12) of `Event` and of all it is made of, by name; they refer to each other below `prefix`.

    Data that they refuse, `adapters.codec.validate` refuses. Data that they accept, it accepts, but for what JSON
    Schema cannot say: low <= point <= high, an interval that ends before it begins, doubles of equal meaning in a list
    (`role: null` and no role).
    """
    schema = TypeAdapter(Event).json_schema(ref_template=prefix + "{model}", schema_generator=_Plain)
    definitions: dict[str, Any] = schema.pop("$defs")
    definitions["Event"] = schema
    return definitions
