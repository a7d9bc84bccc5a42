"""What an application keeps in bitemporal tables: states, each true over a stretch of either clock.

An application of that kind reads the state that an event changes and writes what it is now (`UPDATE … FOR PORTION OF`);
the rows here are what such transactions leave behind, one for each event in order of recording, history included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from benchmarks.corpus import Json
from benchmarks.peers.story import Told, claimant_of, names_of, text_of

TABLES = {
    "development": (
        *("development", "headline", "summary", "kind", "occurred", "place", "topic", "words", "first_known"),
        *("status", "sources"),
    ),
    "timeline": ("actor", "development", "occurred"),
    "report": ("development", "position", "event", "type", "source", "url"),
    "figure": ("metric", "claimant", "point", "development"),
}
"""The columns of each table; behind them CLOCKS."""
CLOCKS = ("known_from", "known_to", "recorded_from", "recorded_to")
"""Half-open stretches of the reported and of the recorded clock; None stands for an end that is not known yet."""

Values = tuple[Any, ...]
Row = tuple[str, Values]
"""A table and a row of it."""
Step = tuple[datetime, Values]
"""From when on, in the public's knowledge, a key has which values."""


class Staircase:
    """The values of one key along the reported clock, as the last event left them, each with when it was recorded."""

    __slots__ = ("_since",)

    def __init__(self) -> None:
        self._since: dict[tuple[datetime, datetime | None, Values], datetime] = {}

    def become(self, steps: Sequence[Step], recorded: datetime) -> Iterator[Values]:
        """Have these steps from now on; what that ends, as rows."""
        ends = [known for known, _ in steps[1:]]
        now = [(known, end, values) for (known, values), end in zip(steps, [*ends, None], strict=True)]
        kept = {step: self._since.get(step, recorded) for step in now}
        for (known, end, values), since in self._since.items():
            if (known, end, values) not in kept:
                yield (*values, known, end, since, recorded)
        self._since = kept

    def rows(self) -> Iterator[Values]:
        """What holds to this day."""
        for (known, end, values), since in self._since.items():
            yield (*values, known, end, since, None)


class Learned(NamedTuple):
    """What of an entry bears on the status of its development."""

    known: datetime
    position: int
    stance: tuple[str, bool] | None
    source: str


def rows(told: Iterable[Told]) -> Iterator[Row]:
    """Every row of every table that the events leave behind."""
    developments: dict[str, Development] = {}
    figures: defaultdict[tuple[str, str], Figures] = defaultdict(Figures)
    for one in told:
        name = one.event["development"]
        if name not in developments:
            developments[name] = Development(one)
        development = developments[name]
        yield from development.take(one)
        for figure in one.event["report"].get("figures", ()):
            key = (figure["metric"], claimant_of(one.event))
            values = (*key, figure["point"], name)
            yield from (("figure", row) for row in figures[key].take(one, development.occurred, values))
    for development in developments.values():
        yield from development.rows()
    for latest in figures.values():
        yield from (("figure", row) for row in latest.stairs.rows())


class Development:
    """One development and whose timelines it stands on."""

    __slots__ = ("_first", "_learned", "_since", "_stairs", "_timelines", "occurred")

    def __init__(self, first: Told) -> None:
        event = first.event
        self.occurred = date.fromisoformat(event["occurred"])
        self._first = (
            *(event["development"], event["headline"], event["summary"], event["kind"], self.occurred),
            *(event["place"]["name"], event["topics"][0], text_of(event), first.known),
        )
        self._learned: list[Learned] = []
        self._stairs = Staircase()
        self._timelines: dict[str, tuple[datetime, Staircase]] = {}

    def take(self, told: Told) -> Iterator[Row]:
        """An event is recorded: what that ends, and the report that it brings."""
        event = told.event
        report = (event["development"], told.position, event["id"], event["type"], event["report"]["source"])
        yield "report", (*report, event["report"]["url"], told.known, None, told.recorded, None)
        self._learned.append(Learned(told.known, told.position, _stance(event), event["report"]["source"]))
        yield from (("development", row) for row in self._stairs.become(self._steps(), told.recorded))
        for actor in names_of(event):
            since, stairs = self._timelines.get(actor) or (told.known, Staircase())
            since = min(since, told.known)
            self._timelines[actor] = (since, stairs)
            listed = (actor, event["development"], self.occurred)
            yield from (("timeline", row) for row in stairs.become([(since, listed)], told.recorded))

    def rows(self) -> Iterator[Row]:
        """What holds to this day."""
        yield from (("development", row) for row in self._stairs.rows())
        for _, stairs in self._timelines.values():
            yield from (("timeline", row) for row in stairs.rows())

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        learned = sorted(self._learned)
        for upto, one in enumerate(learned, 1):
            values = (*self._first, *_status(learned[:upto]))
            if steps and steps[-1][0] == one.known:
                steps.pop()
            if not steps or steps[-1][1] != values:
                steps.append((one.known, values))
        return steps


class Figures:
    """The latest figure of a claimant: of the latest day, then the last known. None of the corpus is withdrawn."""

    __slots__ = ("_steps", "stairs")

    def __init__(self) -> None:
        self.stairs = Staircase()
        self._steps: list[tuple[datetime, tuple[date, datetime, int], Values]] = []

    def take(self, told: Told, occurred: date, values: Values) -> Iterator[Values]:
        """A figure is recorded: what that ends."""
        rank = (occurred, told.known, told.position)
        earlier = [step for step in self._steps if step[0] <= told.known]
        later = [step for step in self._steps if step[0] > told.known]
        if not earlier or earlier[-1][1] < rank:
            if earlier and earlier[-1][0] == told.known:
                earlier.pop()
            earlier.append((told.known, rank, values))
            later = [step for step in later if step[1] > rank]
        self._steps = earlier + later
        return self.stairs.become([(known, held) for known, _, held in self._steps], told.recorded)


def _stance(event: Json) -> tuple[str, bool] | None:
    return (event["by"], event["type"] == "DevelopmentConfirmed") if "by" in event else None


def _status(learned: Sequence[Learned]) -> tuple[str, int]:
    """The status and how many sources there are."""
    stances = set(dict(one.stance for one in learned if one.stance is not None).values())
    sources = len({one.source for one in learned})
    if len(stances) > 1:
        return "disputed", sources
    for confirms in stances:
        return "confirmed" if confirms else "denied", sources
    return "corroborated" if sources > 1 else "reported", sources
