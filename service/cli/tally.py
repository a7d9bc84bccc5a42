"""How many events an append stored, and how many it found there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.plurals import events

if TYPE_CHECKING:
    from adapters.client import Answer

CREATED = 201


@dataclass
class Tally:
    """Events by what became of them, registrations made on the way included."""

    stored: int = 0
    already: int = 0

    def take(self, answer: Answer) -> None:
        """Count the events of one answer."""
        placed = {event["position"] for event in answer.document()["events"]}
        stored = len({event["position"] for event in stored_by(answer)})
        self.add(stored, len(placed) - stored)

    def add(self, stored: int, already: int) -> None:
        """Count so many."""
        self.stored += stored
        self.already += already

    @property
    def seen(self) -> int:
        """How many there were."""
        return self.stored + self.already

    def __bool__(self) -> bool:
        return bool(self.seen)

    def __str__(self) -> str:
        return self._told("stored")

    @property
    def foretold(self) -> str:
        """The same, of a dry run."""
        return self._told("would be stored")

    def _told(self, stored: str) -> str:
        told = f"{events(self.stored) if self.stored else 'none'} {stored}"
        return f"{told}, {self.already:,} there already" if self.already else told


def stored_by(answer: Answer) -> list[Any]:
    """The events that an append stored, registrations made on the way included.

    What is stored together is recorded together, behind all that was there: it has the `recorded_at` of the last.
    """
    if answer.status != CREATED:
        return []
    placed = answer.document()["events"]
    now = max(placed, key=lambda event: int(event["position"]))["recorded_at"]
    return [event for event in placed if event["recorded_at"] == now]
