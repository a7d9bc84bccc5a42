"""Query parameters: one model per kind of question. An unknown parameter, a repeated single one and a malformed value
are refused, never ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from adapters.codec import patterns
from adapters.codec.fields import Line, Slug
from domain import edtf
from domain.clocks import Span
from domain.events import DevelopmentKind
from domain.fold import Status
from domain.ports import Snapshot
from domain.questions import Filters, Order
from domain.refusals import ActorAmbiguous, Fault, Malformed
from domain.words import words
from service.cursors import Slice
from service.pins import When

LARGEST = 2**53
_WHOLE = re.compile(r"[0-9]{1,16}", re.ASCII)


def _whole(value: object) -> object:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("a whole number, digits only")
    return value


def _date(text: str) -> str:
    fault = "in a URL + is written %2B; " if " " in text else ""
    try:
        edtf.single(text)
    except edtf.NotADate as wrong:
        raise ValueError(f"{fault}{wrong}") from None
    return text


SingleDate = Annotated[
    str,
    StringConstraints(max_length=patterns.SINGLE_DATE_LENGTH),
    AfterValidator(_date),
    Field(json_schema_extra={"pattern": patterns.SINGLE_DATE}, examples=["2025-04-28"]),
]
Position = Annotated[int, Field(ge=0, le=LARGEST), BeforeValidator(_whole)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class Parameters(BaseModel):
    """Parameters of one kind of question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, given: Iterable[tuple[str, str]]) -> Any:
        """The parameters of a query string. Raises Malformed, a fault per parameter, its name for a pointer."""
        values: dict[str, Any] = {}
        for name, value in given:
            field = cls.model_fields.get(cls.named(name))
            if field is not None and get_args(field.annotation)[1:] == (...,):
                values.setdefault(name, []).append(value)
            elif name in values:
                raise Malformed(f"the parameter {name!r} is given twice", Fault(name, "give it once"))
            else:
                values[name] = value
        try:
            return cls.model_validate(values)
        except ValidationError as wrong:
            raise Malformed("the question has a parameter that cannot be answered", *cls._faults(wrong)) from None

    @classmethod
    def named(cls, parameter: str) -> str:
        """The field of a parameter."""
        aliases = {field.alias: name for name, field in cls.model_fields.items() if field.alias}
        return aliases.get(parameter, parameter)

    @classmethod
    def _faults(cls, wrong: ValidationError) -> Iterable[Fault]:
        accepted = ", ".join(field.alias or name for name, field in cls.model_fields.items()) or "none"
        for error in wrong.errors(include_url=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            if error["type"] == "extra_forbidden":
                yield Fault(name, f"no such parameter; accepted: {accepted}")
            elif error["type"] == "missing":
                yield Fault(name, "missing")
            else:
                yield Fault(name, error["msg"].removeprefix("Value error, "))


AsOf = Annotated[
    SingleDate | None,
    Field(description="Reported clock: what was known by the end of this date. Without it: by the recording of `at`."),
]
At = Annotated[
    Position | None, Field(description="Recorded clock: as if the log ended at this position. Pins the answer.")
]
RecordedAsOf = Annotated[
    SingleDate | None, Field(description="Recorded clock: as if the log ended with what was recorded by this date.")
]
Limit = Annotated[int, Field(ge=1, le=1000, description="How many items at the most."), BeforeValidator(_whole)]
CursorText = Annotated[
    str | None,
    Field(min_length=1, max_length=2_000, description="`next` of the page before; keeps its `as_of` and `at`."),
]


class Pinned(Parameters):
    """The cuts of both clocks."""

    as_of: AsOf = None
    at: At = None
    recorded_as_of: RecordedAsOf = None

    def when(self) -> When:
        """The cuts, as given."""
        return When(self.as_of, self.at, self.recorded_as_of)


class Paged(Parameters):
    """Which page of a list."""

    limit: Limit = 100
    cursor: CursorText = None

    def slice(self) -> Slice:
        """The page."""
        return Slice(self.limit, self.cursor)


class PinnedPage(Pinned, Paged):
    """A page at a cut."""

    def question(self) -> object:
        """What is asked besides the page and the cuts, which the cursor keeps."""
        return sorted(self.model_dump(exclude={"limit", "cursor", "as_of", "at", "recorded_as_of"}).items())


class Filtered(Parameters):
    """Which developments."""

    actor: tuple[Line, ...] = Field(
        default=(), max_length=20, description="In the timeline of this actor, by id, name or alias; of all of them."
    )
    topic: Annotated[Slug | None, Field(description="With this topic.")] = None
    kind: Annotated[DevelopmentKind | None, Field(description="Of this kind.")] = None
    status: Annotated[Status | None, Field(description="Of this status at the cut.")] = None
    source: Annotated[Line | None, Field(description="With a standing report of this source.")] = None
    metric: Annotated[Slug | None, Field(description="With a standing figure of this metric.")] = None
    q: Annotated[
        Text | None,
        Field(description="All these words, whole, in headline, summary, place or actors' names; case does not count."),
    ] = None
    occurred_from: Annotated[
        SingleDate | None, Field(description="Occurred clock: not over before the beginning of this date.")
    ] = None
    occurred_to: Annotated[SingleDate | None, Field(description="Occurred clock: begun by the end of this date.")] = (
        None
    )
    known_since: Annotated[
        SingleDate | None, Field(description="Reported clock: first known at or after the beginning of this date.")
    ] = None

    def filters(
        self, snapshot: Snapshot, at: int, *, of: str | None = None, affiliates: bool = False
    ) -> Filters | None:
        """The filters at a position, with the timeline of an actor where `of` is given; None where nothing can match.

        Nothing can match an actor that is not there at the position, or a text without a word. Raises ActorAmbiguous.
        """
        found = [snapshot.resolve(name, at) for name in self.actor]
        for name, hits in zip(self.actor, found, strict=True):
            if len(hits) > 1:
                raise ActorAmbiguous(name, hits, Fault("actor", f"one of {', '.join(hits)}"))
        asked = tuple(words(self.q)) if self.q is not None else ()
        nothing = any(not actor for actor in found) or (self.q is not None and not asked)
        if nothing or self._empty_window():
            return None
        actors = dict.fromkeys(actor for (actor,) in found)
        if of is not None and not affiliates:
            actors = {of: None, **actors}
        return Filters(
            actors=tuple(actors),
            affiliates_of=of if affiliates else None,
            topic=self.topic,
            kind=self.kind,
            status=self.status,
            source=self.source,
            metric=self.metric,
            words=tuple(dict.fromkeys(asked)),
            occurred=self._window(),
            known_since=None if self.known_since is None else edtf.single(self.known_since).begins,
        )

    def _empty_window(self) -> bool:
        """Whether the window ends before it begins; one that begins where it ends is that instant."""
        window = self._window()
        return window is not None and window.begins > window.ends

    def _window(self) -> Span | None:
        if self.occurred_from is None and self.occurred_to is None:
            return None
        begin = None if self.occurred_from is None else edtf.single(self.occurred_from).earliest
        end = None if self.occurred_to is None else edtf.single(self.occurred_to).latest
        return Span(begin, end, open_end=True)


class Ordered(Parameters):
    """In what order."""

    order: Annotated[
        Order,
        Field(description="By `occurred` (earliest moment, unknown last) or `known` (first known); `-`: latest first."),
    ] = "occurred"


class DevelopmentsAsked(PinnedPage, Filtered, Ordered):
    """A page of developments."""


class TimelineAsked(DevelopmentsAsked):
    """A page of an actor's timeline."""

    affiliates: Annotated[
        bool,
        Field(description="Also the timelines of those affiliated with the actor while the development occurred."),
    ] = False

    @field_validator("affiliates", mode="before")
    @classmethod
    def _true_or_false(cls, value: object) -> object:
        if value not in ("true", "false", True, False):
            raise ValueError("true or false")
        return value in ("true", True)


class StateAsked(Pinned, Filtered):
    """The state at a cut."""


class ActorsAsked(PinnedPage):
    """A page of actors."""

    q: Annotated[Text | None, Field(description="All these words, whole, in its names; case does not count.")] = None


class ChangesAsked(PinnedPage, Filtered):
    """What changed in knowledge between two cuts."""

    from_: Annotated[
        SingleDate | None, Field(alias="from", description="Reported clock: changes after the end of this date.")
    ] = None
    to: Annotated[SingleDate | None, Field(description="Reported clock: changes up to the end of this date.")] = None
    from_at: Annotated[Position | None, Field(description="Recorded clock: changes after this position.")] = None
    to_at: Annotated[Position | None, Field(description="Recorded clock: changes up to this position.")] = None


class LogAsked(Parameters):
    """A position of the log."""

    at: At = None


EventType = Literal[
    "DevelopmentReported",
    "DevelopmentCorroborated",
    "DevelopmentConfirmed",
    "DevelopmentDenied",
    "DevelopmentCorrected",
    "ReportWithdrawn",
    "ReportReinstated",
    "DevelopmentAmended",
    "ActorRegistered",
    "ActorRenamed",
    "ActorAliasAdded",
    "ActorAffiliated",
    "ActorAmended",
    "ActorMerged",
]


class EventsAsked(LogAsked, Paged):
    """A page of the log."""

    after: Annotated[Position, Field(description="Only events behind this position.")] = 0
    type: Annotated[EventType | None, Field(description="Only events of this type.")] = None
    stream: Annotated[
        str | None,
        Field(
            pattern=r"^(development|actor)/[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?$",
            description="Only events of this stream: development/… or actor/…",
        ),
    ] = None
    actor: Annotated[Slug | None, Field(description="Only events that name this actor, by the id as stored.")] = None
    topic: Annotated[Slug | None, Field(description="Only events that give this topic.")] = None

    def mentions(self) -> list[tuple[str, str]]:
        """What the events have to name."""
        named = (("actor", self.actor), ("topic", self.topic))
        return [(kind, text) for kind, text in named if text is not None]


class AppendAsked(Parameters):
    """How to append."""

    register_actors: Annotated[
        bool, Field(description="Register actors of unknown names on the way, instead of refusing the events.")
    ] = False

    @field_validator("register_actors", mode="before")
    @classmethod
    def _true_or_false(cls, value: object) -> object:
        if value not in ("true", "false", True, False):
            raise ValueError("true or false")
        return value in ("true", True)


class Nothing(Parameters):
    """No parameters."""
