"""How many events an append stored, and how many it found there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
        """Count the events of one answer.

        What is stored together is recorded together, behind all that was there: it has the `recorded_at` of the last.
        """
        placed = {event["position"]: event["recorded_at"] for event in answer.document()["events"]}
        now = placed[max(placed)] if answer.status == CREATED else None
        stored = sum(recorded_at == now for recorded_at in placed.values())
        self.stored += stored
        self.already += len(placed) - stored

    def __bool__(self) -> bool:
        return bool(self.stored or self.already)

    def __str__(self) -> str:
        if not self:
            return "no event was given"
        stored = f"{events(self.stored)} stored" if self.stored else "none stored"
        return f"{stored}, {self.already:,} there already" if self.already else stored
