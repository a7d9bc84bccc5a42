"""How much may wait at once: beyond it there is an answer at once instead of memory without bound."""

from __future__ import annotations

import threading

from domain.ports import Unavailable


class Overloaded(Unavailable):
    """Too much is waiting already. Nothing was changed, and there will be room again soon."""


class Capacity:
    """Capacity for so much, counted in `of` (events, bytes). Thread-safe."""

    def __init__(self, limit: int, of: str) -> None:
        self._limit = limit
        self._of = of
        self._lock = threading.Lock()
        self._taken = 0

    def take(self, amount: int) -> None:
        """Take room, to be given back; into an empty one goes anything. Raises Overloaded, having taken nothing."""
        with self._lock:
            if self._taken and self._taken + amount > self._limit:
                raise Overloaded(f"{self._taken:,} {self._of} wait to be appended, and at most {self._limit:,} may")
            self._taken += amount

    def give(self, amount: int) -> None:
        """Give back what was taken."""
        with self._lock:
            self._taken -= amount
