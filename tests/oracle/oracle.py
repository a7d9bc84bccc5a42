"""The answers the contract asks for, by brute force: the whole log is folded again for every question.

A log is a list of events as in an export, in order of position. Shapes and instants are those of the HTTP API.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain import edtf
from domain.clocks import BEFORE, Instant, Span, show
from tests.oracle.register import Event, Register
from tests.oracle.stream import Entry, Figure, Seen, instant, streams

Answer = dict[str, Any]
RECENT = 20


class Oracle:
    """What is known of a log at a position and a cut; without a cut at its default."""

    def __init__(
        self, log: Sequence[Event], at: int, as_of: Instant | None = None, *, unamended_after: int | None = None
    ) -> None:
        self.log = log
        self.at = at
        self.recorded_as_of = log[at - 1]["recorded_at"] if at else None
        self.cut = as_of if as_of is not None else instant(self.recorded_as_of) if self.recorded_as_of else BEFORE
        self.register = Register(log, at)
        self.streams = streams(log, at, unamended_after)

    def stamp(self) -> Answer:
        """What every answer begins with."""
        return {"as_of": show(self.cut), "at": self.at, "recorded_as_of": self.recorded_as_of}

    def seen(self, development: str) -> Seen | None:
        """A development, where it is known."""
        stream = self.streams.get(development)
        seen = None if stream is None else Seen(stream, self.cut, self.register)
        return seen if seen is not None and seen.telling else None

    def all_seen(self) -> dict[str, Seen]:
        """All developments that are known."""
        known = {name: self.seen(name) for name in self.streams}
        return {name: seen for name, seen in known.items() if seen is not None}

    def flat(self, development: str, seen: Seen) -> Answer:
        """A development as every answer shows it."""
        words, last = seen.described()
        known_from, known_to, possibly = seen.bounds()
        events = self._events(seen)
        return {
            "development": development,
            **{name: words[name] for name in ("headline", "summary", "kind", "place")},
            "topics": words["topics"] or [],
            "status": seen.status(),
            "occurred": _occurred(words),
            "actors": [{"actor": a, "name": self.register.name[a], "role": role} for a, role in seen.listed()],
            "sources": len(seen.sources()),
            "figures": [self.figure(development, figure) for figure in seen.figures()],
            "stances": [{"actor": actor, "stance": stance} for actor, stance in seen.stances().items()],
            "first_known": show(seen.first_known),
            "known_from": show(known_from),
            "known_to": show(known_to),
            "known_possibly_from": show(possibly),
            "description_from": last,
            "recorded_at": self.log[max(events) - 1]["recorded_at"],
            "version": len(seen.stream.entries) + len(seen.stream.amendments),
            "events": len(events),
        }

    def _events(self, seen: Seen) -> list[int]:
        return [entry.position for entry in seen.known] + [position for position, _ in seen.stream.amendments]

    def figure(self, development: str, figure: Figure) -> Answer:
        """A figure as every answer shows it."""
        names = ("low", "high", "point", "unit", "as_at", "note")
        return {
            "metric": figure.metric,
            "claimant": figure.claimant,
            **{name: figure.given.get(name) for name in names},
            "approximate": bool(figure.given.get("approximate")),
            "reported": figure.entry.report["reported"],
            "known_from": show(figure.entry.known_from),
            "event": figure.entry.id,
            "development": development,
        }

    def development(self, development: str) -> Answer | None:
        """`GET /v1/developments/{id}`; None is 404."""
        seen = self.seen(development)
        if seen is None:
            return None
        return {
            **self.stamp(),
            **self.flat(development, seen),
            "reports": [
                {
                    "id": entry.id,
                    "type": entry.event["type"],
                    "stands": seen.stands(entry),
                    "by": entry.event.get("by"),
                    "known_from": show(entry.known_from),
                    **entry.report,
                }
                for entry in seen.telling
            ],
        }

    def history(self, development: str) -> list[Answer] | None:
        """The items of `GET /v1/developments/{id}/history`; None is 404."""
        seen = self.seen(development)
        if seen is None:
            return None
        known = [(entry.order, _of_entry(entry, stands=seen.stands(entry))) for entry in seen.known]
        amended = [
            ((instant(event["recorded_at"]), position), _of_amendment(event, position))
            for position, event in seen.stream.amendments
        ]
        return [item for _, item in sorted([*known, *amended], key=lambda pair: pair[0])]


def _occurred(words: Answer) -> Answer:
    span = Span(None, None, open_end=False) if words["occurred"] is None else edtf.parse(words["occurred"])
    return {
        "edtf": words["occurred"],
        "earliest": show(span.earliest),
        "latest": show(span.latest),
        "text": words["occurred_text"],
    }


def _of_entry(entry: Entry, *, stands: bool) -> Answer:
    return {
        **_of_event(entry.event, entry.position),
        "known_from": show(entry.known_from),
        "amended": entry.amended,
        "stands": stands if entry.tells else None,
    }


def _of_amendment(event: Event, position: int) -> Answer:
    return {**_of_event(event, position), "known_from": None, "amended": False, "stands": None}


def _of_event(event: Event, position: int) -> Answer:
    named: Answer = {name: event[name] for name in ("withdraws", "reinstates", "amends") if name in event}
    changes = event.get("changes")
    return {
        "event": event["id"],
        "type": event["type"],
        "position": position,
        "recorded_at": event["recorded_at"],
        "reported": (event.get("report") or {}).get("reported"),
        "occurred": (changes or event).get("occurred"),
        "by": event.get("by"),
        "changes": changes,
        "report": event.get("report"),
        "reason": event.get("reason"),
        **named,
    }
