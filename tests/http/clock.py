"""A clock that tests set."""

from __future__ import annotations

from domain import edtf
from domain.clocks import SECOND, Instant


class SetClock:
    """Stands still until it is moved."""

    def __init__(self, text: str) -> None:
        self._now = edtf.single(text).begins

    def now(self) -> Instant:
        return self._now

    def set(self, text: str) -> None:
        self._now = edtf.single(text).begins

    def move(self, seconds: int) -> None:
        self._now += seconds * SECOND
