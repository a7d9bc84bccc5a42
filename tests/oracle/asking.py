"""Every question at a cut, put to the service and to the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from random import Random
from typing import Any

from domain.clocks import Instant, show
from tests.oracle import changes, lists, material
from tests.oracle.compare import agree, with_amendments, with_reports
from tests.oracle.lists import Filters
from tests.oracle.oracle import Oracle
from tests.oracle.register import Event
from tests.oracle.service import Asked
from tests.oracle.stream import streams

ORDERS = ("occurred", "-occurred", "known", "-known")
STATUSES = ("retracted", "disputed", "confirmed", "denied", "corroborated", "reported")
UNKNOWN = "nowhere"


def moments(log: Sequence[Event]) -> list[Instant]:
    """Every known_from that an entry has at any position."""
    found = {
        entry.known_from
        for at in range(1, len(log) + 1)
        for stream in streams(log, at).values()
        for entry in stream.entries
    }
    return sorted(found)


class Questions:
    """The service and the oracle at one position and one cut (None: the default); not `pinned`, it is the head."""

    def __init__(
        self,
        service: Asked,
        log: Sequence[Event],
        at: int,
        as_of: Instant | None,
        told: str = "",
        *,
        pinned: bool = True,
    ) -> None:
        self.service = service
        self.log = log
        self.oracle = Oracle(log, at, as_of)
        self.at = at
        self.as_of = as_of
        self.told = told
        self.pinned = pinned
        self.asked = 0

    @property
    def pin(self) -> dict[str, Any]:
        as_of = None if self.as_of is None else show(self.as_of)
        return {"at": self.at if self.pinned else None, "as_of": as_of}

    def _agree(self, service: object, oracle: object, path: str, **parameters: object) -> None:
        self.asked += 1
        agree(service, oracle, lambda: f"{self.told} {path} {self.pin | parameters}")

    def everything(self, random: Random) -> int:
        """All kinds of questions; filters and pages at random. How many were compared."""
        self.developments()
        for order in ORDERS:
            self.timeline(random, Filters(), order)
        for _ in range(3):
            self.timeline(random, filters(random), random.choice(ORDERS))
        for actor in self.oracle.register.actors():
            self.timeline(random, Filters(affiliates=random.random() < 0.7), random.choice(ORDERS), actor)
        self.timeline(random, filters(random), random.choice(ORDERS), random.choice((*material.ACTORS, None)))
        self.state(Filters())
        self.state(filters(random))
        self.figures(random)
        self.actors(random)
        return self.asked

    def developments(self) -> None:
        """Each development, and its history."""
        for name in (*material.DEVELOPMENTS, UNKNOWN):
            path = f"/v1/developments/{name}"
            answer, expected = self.service.get(path, **self.pin), self.oracle.development(name)
            self._agree(answer and with_reports(answer), expected and with_reports(expected), path)
            items, told = self.service.items(f"{path}/history", **self.pin), self.oracle.history(name)
            self._agree(items and with_amendments(items), told and with_amendments(told), f"{path}/history")

    def timeline(
        self, random: Random, asked: Filters, order: str, of: str | None = None, limit: int | None = None
    ) -> None:
        """A list of developments, or the timeline of an actor, page by page."""
        if of is not None and of not in self.oracle.register.actors():
            return
        if self._ambiguous(asked):
            return
        path = "/v1/developments" if of is None else f"/v1/actors/{of}/timeline"
        asked = asked if of is not None else replace(asked, affiliates=False)
        parameters = {**_parameters(asked), "order": order, "limit": limit or random.choice((1, 2, 3, 1000))}
        items = self.service.items(path, **parameters, **self.pin)
        self._agree(items, lists.timeline(self.oracle, asked, order, of), path, **parameters)

    def state(self, asked: Filters) -> None:
        """The state."""
        if self._ambiguous(asked):
            return
        asked = replace(asked, affiliates=False)
        answer = self.service.get("/v1/state", **_parameters(asked), **self.pin)
        self._agree(answer, lists.state(self.oracle, asked), "/v1/state", **_parameters(asked))

    def _ambiguous(self, asked: Filters) -> bool:
        """Whether a filter names several actors: refused then, whatever is asked."""
        if all(len(self.oracle.register.resolve(name)) < 2 for name in asked.actor):
            return False
        refused = self.service.ask("/v1/state", **_parameters(replace(asked, affiliates=False)), **self.pin)
        self._agree((refused.status_code, refused.json()["code"]), (422, "actor-ambiguous"), "/v1/state")
        return True

    def figures(self, random: Random) -> None:
        """The metrics, and each metric."""
        self._agree(self.service.items("/v1/figures", **self.pin), lists.metrics(self.oracle), "/v1/figures")
        for metric in (*material.METRICS, UNKNOWN):
            path = f"/v1/figures/{metric}"
            answer, expected = self.service.get(path, **self.pin), lists.series(self.oracle, metric)
            self._agree(answer, expected and {**expected, "next": None}, path)
            pages = self.service.items(path, limit=random.choice((1, 2, 3)), **self.pin)
            self._agree(pages, expected and expected["items"], path, limit="pages")

    def actors(self, random: Random) -> None:
        """The actors, and each actor."""
        q = random.choice((None, "aland", "\u00c5LAND", "north", "strasse", "bland aland"))
        items = self.service.items("/v1/actors", q=q, limit=random.choice((1, 2, 3)), **self.pin)
        self._agree(items, lists.actors(self.oracle, q), "/v1/actors", q=q)
        for actor in (*material.ACTORS, UNKNOWN):
            path = f"/v1/actors/{actor}"
            meant = self.oracle.register.resolve(actor)
            if meant not in ({actor}, set()):
                answer = self.service.ask(path, **self.pin)
                location = answer.headers.get("location", "").partition("?")[0]
                expected_location = f"/v1/actors/{min(meant)}" if len(meant) == 1 else ""
                self._agree((answer.status_code, location), (308 if len(meant) == 1 else 422, expected_location), path)
                continue
            expected = lists.actor_entry(self.oracle, actor)
            self._agree(self.service.get(path, **self.pin), expected and {**self.oracle.stamp(), **expected}, path)

    def changes_since(self, earlier: Instant, asked: Filters, limit: int = 1000) -> None:
        """What changed from an earlier cut, at this position."""
        if self._ambiguous(asked):
            return
        asked = replace(asked, affiliates=False)
        before = Oracle(self.log, self.at, earlier)
        expected = changes.between_cuts(before, self.oracle, asked)
        parameters = {**_parameters(asked), "from_": show(earlier), "to": self.pin["as_of"], "at": self.at}
        self._changes(expected, {**parameters, "limit": limit})

    def changes_from(self, earlier: int, asked: Filters, limit: int = 1000) -> None:
        """What changed from an earlier position, at this cut."""
        if self._ambiguous(asked):
            return
        asked = replace(asked, affiliates=False)
        before = Oracle(self.log, earlier, self.as_of)
        unamended = Oracle(self.log, self.at, self.as_of, unamended_after=earlier)
        expected = changes.between_positions(before, self.oracle, unamended, asked)
        parameters = {**_parameters(asked), "from_at": earlier, "to_at": self.at, "as_of": self.pin["as_of"]}
        self._changes(expected, {**parameters, "limit": limit})

    def _changes(self, expected: list[dict[str, Any]], parameters: dict[str, Any]) -> None:
        items = self.service.items("/v1/changes", **parameters) or []
        weights = [changes.WEIGHT.index(item["change"]) for item in items]
        self._agree(weights, sorted(weights), "/v1/changes, order", **parameters)
        self._agree(_keyed(items), _keyed(expected), "/v1/changes", **parameters)


def _keyed(items: list[dict[str, Any]]) -> dict[str, Any]:
    keyed = {f"{item['change']} {item['development']}": {**item, "events": sorted(item["events"])} for item in items}
    assert len(keyed) == len(items), "one item per development and kind of change"
    return keyed


def _parameters(asked: Filters) -> dict[str, Any]:
    given = {name: value for name, value in asdict(asked).items() if value not in (None, (), False)}
    return {**given, **({"affiliates": "true"} if asked.affiliates else {})}


def filters(random: Random) -> Filters:
    """One to three filters."""
    draws: dict[str, Any] = {
        "actor": tuple(random.sample((*material.ACTORS, *material.NAMES), random.choice((1, 1, 2)))),
        "topic": random.choice(material.TOPICS),
        "kind": random.choice(material.KINDS),
        "status": random.choice(STATUSES),
        "source": random.choice((*material.SOURCES, UNKNOWN)),
        "metric": random.choice((*material.METRICS, UNKNOWN)),
        "q": random.choice(("talks", "STRASSE hit", "Stra\u00dfe", "kursk", "aland", "\u00c5LAND talks", "lks", "!")),
        "occurred_from": random.choice(material.DATES),
        "occurred_to": random.choice(material.DATES),
        "known_since": random.choice(material.DATES),
        "affiliates": True,
    }
    return Filters(**{name: draws[name] for name in random.sample(sorted(draws), random.randint(1, 3))})


def cuts(log: Sequence[Event]) -> list[Instant | None]:
    """The default cut, every known_from and the microseconds beside it."""
    return [None, *sorted({moment + step for moment in moments(log) for step in (-1, 0, 1)})]
