"""Which cuts a question is asked at: from its parameters to what is written into the answer."""

from __future__ import annotations

from typing import NamedTuple

from domain import edtf
from domain.clocks import BEFORE, Cut, Instant, show
from domain.ports import Snapshot
from domain.refusals import Fault, Refusal


class BadParameter(Refusal):
    """A parameter that cannot be answered; the pointer of its fault is the parameter's name."""

    code = "malformed"

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(f"{parameter}: {detail}", Fault(parameter, detail))


class When(NamedTuple):
    """The parameters `as_of`, `at` and `recorded_as_of` of a request, as given."""

    as_of: str | None
    at: int | None
    recorded_as_of: str | None


class Pin(NamedTuple):
    """Where an answer stands on both clocks. A `pinned` answer is the same bytes for ever."""

    as_of: Instant
    at: int
    recorded_as_of: Instant | None
    pinned: bool

    @property
    def asked(self) -> Cut:
        """The cuts as they were asked for."""
        return Cut(self.as_of, self.at)

    @property
    def cut(self) -> Cut:
        """The cuts by which the same is known, the earlier one where `as_of` is behind all that the log held then."""
        return Cut(self.as_of if self.recorded_as_of is None else min(self.as_of, self.recorded_as_of), self.at)

    def stamp(self) -> dict[str, object]:
        """What every answer begins with."""
        return {
            "as_of": show(self.as_of),
            "at": self.at,
            "recorded_as_of": show(self.recorded_as_of),
        }


def pin(snapshot: Snapshot, when: When) -> Pin:
    """Resolve the cuts of a request. Raises BadParameter: two recorded cuts, a position beyond the head, no date."""
    if when.at is not None and when.recorded_as_of is not None:
        raise BadParameter("recorded_as_of", "give `at` or `recorded_as_of`, both cut the recorded clock")
    at, pinned = _position(snapshot, when)
    recorded_at = snapshot.recorded_at(at)
    as_of = _default_cut(recorded_at) if when.as_of is None else cut_at("as_of", when.as_of)
    return Pin(as_of, at, recorded_at, pinned)


def pin_at(snapshot: Snapshot, at: int, as_of: Instant | None = None) -> Pin:
    """The pin of a position, with its default cut or a given one."""
    recorded_at = snapshot.recorded_at(at)
    return Pin(_default_cut(recorded_at) if as_of is None else as_of, at, recorded_at, pinned=True)


def cut_at(parameter: str, date: str) -> Instant:
    """The cut of a date: the end of its span. Raises BadParameter."""
    try:
        return edtf.single(date).ends
    except edtf.NotADate as fault:
        raise BadParameter(parameter, str(fault)) from None


def position(parameter: str, at: int, snapshot: Snapshot) -> int:
    """A position of the log that is there. Raises BadParameter."""
    if at > snapshot.head.position:
        raise BadParameter(parameter, f"the log ends at position {snapshot.head.position}; accepted: 0 to that")
    return at


def _position(snapshot: Snapshot, when: When) -> tuple[int, bool]:
    if when.at is not None:
        return position("at", when.at, snapshot), True
    if when.recorded_as_of is not None:
        cut = cut_at("recorded_as_of", when.recorded_as_of)
        last = snapshot.head.recorded_at
        return snapshot.position_at(cut), last is not None and cut < last
    return snapshot.head.position, False


def _default_cut(recorded_at: Instant | None) -> Instant:
    return BEFORE if recorded_at is None else recorded_at
