"""Which entries stand: withdrawals and reinstatements act on sets, whatever their order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

from domain.entries import Learned, entries
from domain.events import TELLING, DevelopmentEvent, Recorded, ReportReinstated, ReportWithdrawn


class Verdicts:
    """Which entries stand: for each, the last known withdrawal or reinstatement that names it decides."""

    def __init__(self) -> None:
        self._heard = 0
        self._named: dict[str, tuple[int, bool]] = {}
        self._all_before: list[tuple[int, int]] = []

    def hear(self, learned: Learned) -> None:
        """In the order of knowledge."""
        self._heard += 1
        event = learned.event
        if isinstance(event, ReportReinstated):
            self._named.update((named, (self._heard, True)) for named in event.reinstates)
        elif isinstance(event, ReportWithdrawn) and event.withdraws is None:
            self._all_before.append((self._heard, learned.position))
        elif isinstance(event, ReportWithdrawn) and event.withdraws is not None:
            self._named.update((named, (self._heard, False)) for named in event.withdraws)

    def stands(self, learned: Learned) -> bool:
        """By what was heard so far."""
        heard, verdict = self._named.get(learned.event.id, (0, True))
        for all_heard, position in reversed(self._all_before):
            if all_heard < heard:
                break
            if position > learned.position:
                return False
        return verdict


def standing_ids(history: Sequence[Recorded[DevelopmentEvent]]) -> dict[str, bool]:
    """Every entry that tells of the development, and whether it stands once all that is recorded is known."""
    read = entries(history)
    verdicts = Verdicts()
    for learned in sorted(read, key=lambda known: known.order):
        if not isinstance(learned.event, TELLING):
            verdicts.hear(learned)
    return {learned.event.id: verdicts.stands(learned) for learned in read if isinstance(learned.event, TELLING)}
