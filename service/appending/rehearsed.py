"""What would become of a batch that is only judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from domain.events import ActorRegistered
from service.appending.admission import Admission, Proposal


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How many events would be stored, and how many are there already.

    `registered` are the actors that would be registered on the way.
    """

    stored: int
    already: int
    registered: tuple[ActorRegistered, ...]

    @classmethod
    def of(cls, proposals: Sequence[Proposal], admission: Admission) -> Self:
        """What the proposals came to when they were let in."""
        given = {wire["actor"] for wire, *_ in proposals if wire["type"] == "ActorRegistered"}
        events = [told.event for told in admission.fresh]
        registered = (each for each in events if isinstance(each, ActorRegistered) and each.actor not in given)
        placed = {placed.position for placed in admission.placed}
        return cls(len(events), len(placed) - len(events), tuple(registered))
