"""What every store is asked, and how its answers are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Protocol

from benchmarks import corpus
from benchmarks.peers.story import DAY, Told

Kind = Literal["listed", "page", "one", "counts", "learned", "changed", "latest", "search"]
Tuples = list[tuple[Any, ...]]

LIMIT = 100
DATES = {"early": 0.1, "middle": 0.5, "late": 0.9, "today": 1.0}
"""How far into the story."""
PINNED = 0.6
"""How much of the log a pinned question sees."""
HEAVIEST, MIDDLING = corpus.actor_names()[0], corpus.actor_names()[50]
METRIC = "metric-07"
COMMON, RARE = "convoy", "00150"
"""A word of most texts, and one of few: of an actor's name."""
REPORTS = 4
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    - listed: which LIMIT developments the timeline of the actor `subject` begins with, the last that occurred first;
    - page: the same, and what is told of each; search: a page of all that has the word `subject`;
    - one: the development `subject` and its reports in order of knowledge;
    - counts: how many developments of each status and kind;
    - latest: the latest figure of each claimant of the metric `subject`;
    - learned: the first LIMIT, by id, of the developments that became known after the end of `since`;
    - changed: every development, known by then, whose status has become another after the end of `since`.

    All as of the end of the day `as_of`, and as recorded by the position `at`, which was recorded at `recorded`; by now
    without one.
    """

    name: str
    kind: Kind
    subject: str
    as_of: date
    since: date | None = None
    at: int | None = None
    recorded: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values that SQL needs: `x` and `y` are cuts of the reported clock."""
        found: dict[str, Any] = {"subject": self.subject, "x": _end(self.as_of)}
        if self.since is not None:
            found["y"] = _end(self.since)
        if self.at is not None:
            found |= {"at": self.at, "recorded": self.recorded}
        return found


class Store(Protocol):
    """A store that holds the story."""

    @property
    def name(self) -> str:
        """Which it is."""

    def ask(self, asked: Asked) -> Any:
        """The answer as the store gives it, complete; this is what is timed."""

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """The answer as it is compared.

        - listed: (development,) in order;
        - page, search, learned: (development, headline, summary, kind, status, occurred, place, topic, sources, first
          known) in order;
        - one: the same and (event, type, source, url), for each report in order;
        - counts: (status or kind, how many), latest: (claimant, point, development), changed: (development, status
          before, status after): these sorted.
        """


def questions(pin: Told, one: str) -> Iterator[Asked]:
    """Every question; `pin` is the last event that pinned ones see, `one` the development that is asked for alone."""
    dates = {name: corpus.FIRST_DAY.date() + timedelta(days=round(corpus.DAYS * part)) for name, part in DATES.items()}
    pages: tuple[tuple[Kind, str], ...] = (("listed", "which 100"), ("page", "a page"))
    for kind, what in pages:
        for actor, whose in ((HEAVIEST, "heaviest actor"), (MIDDLING, "middling actor")):
            for name, day in dates.items():
                asked = Asked(f"{what}, {whose}, {name}", kind, actor, day)
                yield asked
                if actor == HEAVIEST:
                    yield replace(asked, name=f"{asked.name}, pinned", at=pin.position, recorded=pin.recorded)
    yield Asked("one development", "one", one, dates["today"])
    for name in ("early", "middle", "today"):
        yield Asked(f"counts, {name}", "counts", "", dates[name])
    yield Asked("counts, middle, pinned", "counts", "", dates["middle"], None, pin.position, pin.recorded)
    middle = dates["middle"]
    yield Asked("first page of a month's changes", "learned", "", middle, middle - MONTH)
    yield Asked("every change of status in a month", "changed", "", middle, middle - MONTH)
    for name in ("middle", "today"):
        yield Asked(f"latest figures, {name}", "latest", METRIC, dates[name])
    for word, how in ((COMMON, "common"), (RARE, "rare")):
        for name in ("middle", "today"):
            yield Asked(f"q, a {how} word, {name}", "search", word, dates[name])


def marks(told: Iterable[Told], count: int) -> tuple[Told, str]:
    """Of a story of so many events: the one that PINNED of it ends with, and a development of several later reports."""
    reports = Counter[str]()
    pin: Told | None = None
    for number, one in enumerate(told):
        reports[one.event["development"]] += 1
        if number >= PINNED * count:
            pin = pin or one
            if reports[one.event["development"]] == REPORTS:
                return pin, one.event["development"]
    raise ValueError(f"no development of {REPORTS} reports late in {count} events")


def compared(asked: Asked, rows: Sequence[Sequence[Any]]) -> Tuples:
    """The rows that SQL gave for a question, as they are compared."""
    if asked.kind == "counts":
        counted = Counter[str]()
        for status, kind, count in rows:
            counted[status] += count
            counted[kind] += count
        return sorted(counted.items())
    told = [tuple(map(_plainly, row)) for row in rows]
    return sorted(told) if asked.kind in ("latest", "changed") else told


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY


def _plainly(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value
