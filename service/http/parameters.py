"""The parameters of each kind of question."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints

from adapters.codec.fields import Accepts, DevelopmentKind, Line, Slug
from domain import edtf
from domain.clocks import Span
from domain.fold import Status
from domain.ports import Snapshot
from domain.questions import Filters, Order
from domain.refusals import ActorAmbiguous, Fault
from domain.words import words
from service.http.query import Parameters, Position, SingleDate, Text, Yes, whole
from service.http.schemas.developments import STATUSES
from service.reading.cursors import Slice
from service.reading.pins import When

AsOf = Annotated[
    SingleDate | None,
    Field(description="Reported clock: what was known by the end of this date. Without it: by the recording of `at`."),
]
At = Annotated[
    Position | None, Field(description="Recorded clock: as if the log ended at this position. Pins the answer.")
]
MinPosition = Annotated[
    Position | None,
    Field(
        description="Read your writes: wait until the answer shows the log up to this position, as an append told it."
    ),
]
RecordedAsOf = Annotated[
    SingleDate | None,
    Field(description="Recorded clock: as if the log ended with what was recorded by this date. Instead of `at`."),
]
Limit = Annotated[
    int,
    Field(ge=1, le=1000, description="How many items at the most."),
    BeforeValidator(whole),
    Accepts("a whole number from 1 to 1000"),
]
CursorText = Annotated[
    Annotated[
        str,
        StringConstraints(min_length=1, max_length=2_000),
        Accepts("what the page before gives as next, as it is"),
    ]
    | None,
    Field(description="`next` of the page before; keeps its `as_of` and `at`."),
]
KnownStatus = Annotated[Status, Accepts(f"one of {', '.join(get_args(Status))}")]
KnownOrder = Annotated[Order, Accepts(f"one of {', '.join(get_args(Order))}")]

MOST_FOUND = 8
"""Filters that are kept of one query string: the same names may mean others at another position."""
_NOT_THE_QUESTION = {"limit", "cursor", "as_of", "at", "recorded_as_of", "min_position"}


class Seen(Parameters):
    """What the answer must show."""

    min_position: MinPosition = None


class Pinned(Seen):
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

    @cached_property
    def question(self) -> str:
        """What is asked besides the page and the cuts, which the cursor keeps."""
        return repr(sorted(self.model_dump(exclude=_NOT_THE_QUESTION).items()))


class Filtered(Parameters):
    """Which developments."""

    actor: tuple[Line, ...] = Field(
        default=(), max_length=20, description="In the timeline of this actor, by id, name or alias; of all of them."
    )
    topic: Annotated[Slug | None, Field(description="With this topic.")] = None
    kind: Annotated[DevelopmentKind | None, Field(description="Of this kind.")] = None
    status: Annotated[KnownStatus | None, Field(description=f"Of this status at the cut: {STATUSES}.")] = None
    source: Annotated[Line | None, Field(description="With a standing report of this source.")] = None
    metric: Annotated[Slug | None, Field(description="With a standing figure of this metric.")] = None
    q: Annotated[
        Text | None,
        Field(description="All these words, whole, in headline, summary, place or actors' names; case does not count."),
    ] = None
    occurred_from: Annotated[
        SingleDate | None, Field(description="Occurred clock: not over before the beginning of this date.")
    ] = None
    occurred_to: Annotated[
        SingleDate | None, Field(description="Occurred clock: begun before the end of this date.")
    ] = None
    known_since: Annotated[
        SingleDate | None, Field(description="Reported clock: first known at or after the beginning of this date.")
    ] = None

    def filters(
        self, snapshot: Snapshot, at: int, *, of: str | None = None, affiliates: bool = False
    ) -> Filters | None:
        """The filters at a position, with the timeline of an actor where `of` is given; None where nothing can match.

        Nothing can match an actor that is not there at the position, or a text without a word. Raises ActorAmbiguous.
        """
        if not self.actor:
            return self._filters((), of, affiliates)
        found = [snapshot.resolve(name, at) for name in self.actor]
        for name, hits in zip(self.actor, found, strict=True):
            if len(hits) > 1:
                raise ActorAmbiguous(name, hits, Fault("actor", f"accepted: one of {', '.join(hits)}"))
        return None if any(not actor for actor in found) else self._filters(tuple(found), of, affiliates)

    @cached_property
    def _found(self) -> dict[tuple[tuple[tuple[str, ...], ...], str | None, bool], Filters | None]:
        """Filters that were made: a query string that was read before is the same object."""
        return {}

    def _filters(self, found: tuple[tuple[str, ...], ...], of: str | None, affiliates: bool) -> Filters | None:
        """The filters of actors that were found."""
        made, key = self._found, (found, of, affiliates)
        if key not in made:
            if len(made) == MOST_FOUND:
                made.clear()
            made[key] = self._made(*key)
        return made[key]

    def _made(self, found: tuple[tuple[str, ...], ...], of: str | None, affiliates: bool) -> Filters | None:
        asked = tuple(words(self.q)) if self.q is not None else ()
        if (self.q is not None and not asked) or self._empty_window():
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
        """Whether the window ends before or where it begins, two equal instants excepted."""
        if self.occurred_from is None or self.occurred_to is None:
            return False
        first, last = edtf.single(self.occurred_from), edtf.single(self.occurred_to)
        return first.begins >= last.ends and first != last

    def _window(self) -> Span | None:
        if self.occurred_from is None and self.occurred_to is None:
            return None
        begin = None if self.occurred_from is None else edtf.single(self.occurred_from).earliest
        end = None if self.occurred_to is None else edtf.single(self.occurred_to).latest
        return Span(begin, end, open_end=True)


class Ordered(Parameters):
    """In what order."""

    order: Annotated[
        KnownOrder,
        Field(description="By `occurred` (earliest moment, unknown last) or `known` (first known); `-`: latest first."),
    ] = "occurred"


class DevelopmentsAsked(PinnedPage, Filtered, Ordered):
    """A page of developments."""


class TimelineAsked(DevelopmentsAsked):
    """A page of an actor's timeline."""

    affiliates: Annotated[
        Yes,
        Field(description="Also the timelines of those affiliated with the actor while the development occurred."),
    ] = False


class StateAsked(Pinned, Filtered):
    """The state at a cut."""


class ActorsAsked(PinnedPage):
    """A page of actors."""

    q: Annotated[Text | None, Field(description="All these words, whole, in its names; case does not count.")] = None


class ChangesAsked(PinnedPage, Filtered):
    """What changed in knowledge between two cuts."""

    from_: Annotated[
        SingleDate | None,
        Field(
            alias="from",
            description="Reported clock: changes after the end of this date. Needed, unless `from_at` is given.",
            examples=["2024-10-20"],
        ),
    ] = None
    to: Annotated[SingleDate | None, Field(description="Reported clock: changes up to the end of this date.")] = None
    from_at: Annotated[
        Position | None, Field(description="Recorded clock: changes after this position. Instead of `from` and `to`.")
    ] = None
    to_at: Annotated[Position | None, Field(description="Recorded clock: changes up to this position.")] = None


class LogAsked(Seen):
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
KnownType = Annotated[EventType, Accepts(f"one of {', '.join(get_args(EventType))}")]
Stream = Annotated[
    str,
    StringConstraints(pattern=r"^(development|actor)/[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?$"),
    Accepts("a stream, development/ID or actor/ID, such as actor/russia"),
]


class EventsAsked(LogAsked, Paged):
    """A page of the log."""

    after: Annotated[Position, Field(description="Only events behind this position.")] = 0
    type: Annotated[KnownType | None, Field(description="Only events of this type.")] = None
    stream: Annotated[Stream | None, Field(description="Only events of this stream: development/… or actor/…")] = None
    actor: Annotated[Slug | None, Field(description="Only events that name this actor, by the id as stored.")] = None
    topic: Annotated[Slug | None, Field(description="Only events that give this topic.")] = None

    def mentions(self) -> list[tuple[str, str]]:
        """What the events have to name."""
        named = (("actor", self.actor), ("topic", self.topic))
        return [(kind, text) for kind, text in named if text is not None]


class AppendAsked(Parameters):
    """How to append."""

    register_actors: Annotated[
        Yes, Field(description="Register actors of unknown names on the way, instead of refusing the events.")
    ] = False
