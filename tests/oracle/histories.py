"""Random histories: logs as the service would export them, every event of which it has to let in."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from domain.clocks import AFTER, Instant, show
from tests.oracle import material
from tests.oracle.register import Event, Register
from tests.oracle.stream import Entry, Seen, Stream, streams

Body = dict[str, Any] | None

CHANGING = ("DevelopmentReported", "DevelopmentCorroborated", "DevelopmentCorrected")


class Writer:
    """Writes a log event by event; what is drawn depends on the random numbers alone."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.log: list[Event] = []
        self.now: Instant = material.BEGIN

    def write(self, size: int) -> list[Event]:
        """A log of the size."""
        for actor in material.ACTORS[: self.random.randint(2, 3)]:
            self._append(self._registered(actor))
        while len(self.log) < size:
            self.now += self.random.choice(material.STEPS)
            body = self._actor_event() if self.random.random() < 0.2 else self._development_event()
            if body is not None:
                self._append(body)
        return self.log

    def _append(self, body: dict[str, Any]) -> None:
        kind = body.pop("type")
        self.log.append({"type": kind, "id": f"e{len(self.log) + 1}", **body, "recorded_at": show(self.now)})

    @property
    def actors(self) -> list[str]:
        return Register(self.log, len(self.log)).actors()

    def _actor_event(self) -> Body:
        free = [actor for actor in material.ACTORS if actor not in Register(self.log, len(self.log)).name]
        if free and self.random.random() < 0.3:
            return self._registered(free[0])
        draw: Callable[[str, list[str]], Body] = self.random.choice(
            (self._renamed, self._alias_added, self._affiliated, self._affiliated, self._actor_amended, self._merged)
        )
        actor = self.random.choice(self.actors)
        return draw(actor, [other for other in self.actors if other != actor])

    def _registered(self, actor: str) -> dict[str, Any]:
        aliases = self.random.sample(material.NAMES, self.random.choice((0, 0, 1)))
        name = self.random.choice((actor.capitalize(), self.random.choice(material.NAMES)))
        return {
            "type": "ActorRegistered",
            "actor": actor,
            "name": name,
            "kind": self.random.choice(("state", "person")),
            **({"aliases": aliases} if aliases else {}),
        }

    def _renamed(self, actor: str, _: list[str]) -> Body:
        return {"type": "ActorRenamed", "actor": actor, "name": self.random.choice(material.NAMES)}

    def _alias_added(self, actor: str, _: list[str]) -> Body:
        return {"type": "ActorAliasAdded", "actor": actor, "alias": self.random.choice(material.NAMES)}

    def _affiliated(self, actor: str, others: list[str]) -> Body:
        if not others:
            return None
        title, period = self.random.choice(material.TITLES), self.random.choice((None, *material.SPANS))
        return {
            "type": "ActorAffiliated",
            "actor": actor,
            "with": self.random.choice(others),
            **({"title": title} if title else {}),
            **({"period": period} if period else {}),
        }

    def _actor_amended(self, actor: str, _: list[str]) -> Body:
        aliases = self.random.sample(material.NAMES, self.random.randint(0, 2))
        parts = {"name": self.random.choice(material.NAMES), "kind": "organisation", "aliases": aliases}
        chosen = self.random.sample(sorted(parts), self.random.randint(1, 2))
        return {
            "type": "ActorAmended",
            "actor": actor,
            "changes": {name: parts[name] for name in chosen},
            "reason": "ours was wrong",
        }

    def _merged(self, actor: str, others: list[str]) -> Body:
        if not others or self.random.random() < 0.5:
            return None
        return {"type": "ActorMerged", "actor": actor, "into": self.random.choice(others)}

    def _development_event(self) -> Body:
        name = self.random.choice(material.DEVELOPMENTS)
        stream = streams(self.log, len(self.log)).get(name)
        if stream is None:
            return {
                "type": "DevelopmentReported",
                "development": name,
                **material.description(self.random, self.actors),
                "report": self._report(),
            }
        draw: Callable[[Stream], Body] = self.random.choice(
            (
                self._corroborated,
                self._corroborated,
                self._taken,
                self._taken,
                self._corrected,
                self._withdrawn,
                self._withdrawn,
                self._reinstated,
                self._amended,
                self._amended,
            )
        )
        body = draw(stream)
        return None if body is None else {"type": body.pop("type"), "development": name, **body}

    def _report(self, *, counting: bool = True) -> dict[str, Any]:
        return material.report(self.random, self.actors, self.now, counting=counting)

    def _corroborated(self, _: Stream) -> Body:
        told = {"changes": material.changes(self.random, self.actors)} if self.random.random() < 0.4 else {}
        return {"type": "DevelopmentCorroborated", **told, "report": self._report()}

    def _taken(self, _: Stream) -> Body:
        kind = self.random.choice(("DevelopmentConfirmed", "DevelopmentDenied"))
        return {"type": kind, "by": self.random.choice(self.actors), "report": self._report()}

    def _corrected(self, _: Stream) -> Body:
        changes = material.changes(self.random, self.actors)
        return {"type": "DevelopmentCorrected", "changes": changes, "reason": "told anew", "report": self._report()}

    def _withdrawn(self, stream: Stream) -> Body:
        standing = _standing(self.log, stream)
        if not standing:
            return None
        named = "*" if self.random.random() < 0.3 else self._some(standing)
        report = self._report(counting=False)
        return {"type": "ReportWithdrawn", "withdraws": named, "reason": "taken back", "report": report}

    def _reinstated(self, stream: Stream) -> Body:
        standing = _standing(self.log, stream)
        fallen = [entry.id for entry in stream.entries if entry.tells and entry.id not in standing]
        if not fallen:
            return None
        report = self._report(counting=False)
        return {"type": "ReportReinstated", "reinstates": self._some(fallen), "reason": "stands", "report": report}

    def _some(self, ids: list[str]) -> list[str]:
        return self.random.sample(ids, self.random.randint(1, len(ids)))

    def _amended(self, stream: Stream) -> Body:
        entry: Entry = self.random.choice(stream.entries)
        told: dict[str, Any] = {}
        if entry.event["type"] in CHANGING and self.random.random() < 0.6:
            told["changes"] = material.changes(self.random, self.actors)
        if not told or self.random.random() < 0.5:
            told["report"] = material.report_changes(self.random, self.actors, self.now, counting=entry.tells)
        unnamed = entry is stream.entries[0] and self.random.random() < 0.5
        return {
            "type": "DevelopmentAmended",
            **({} if unnamed else {"amends": entry.id}),
            **told,
            "reason": "ours was wrong",
        }


def history(random: Random, size: int) -> list[Event]:
    """A random log of the size."""
    return Writer(random).write(size)


def _standing(log: list[Event], stream: Stream) -> list[str]:
    """What stands in the log, whenever it becomes known."""
    return [entry.id for entry in Seen(stream, AFTER, Register(log, len(log))).standing]
