"""Up to where views show the log, and waiting until they show more."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from domain.ports import Unavailable, Views
from domain.processes import Following

LOOK_SECONDS = 0.5
"""After so long at the most it is looked again, whatever was told."""


class Behind(Unavailable):
    """The views are not level with the log yet. What is in the log is safe, and will show."""


class Visibility:
    """Views whose position is waited for."""

    def __init__(self, views: Views, following: Following) -> None:
        self._views = views
        self._following = following
        self._stuck = -1

    def position(self) -> int:
        """Up to where the views are level with the log."""
        with self._views.snapshot() as snapshot:
            return snapshot.head.position

    def state(self) -> Hashable | None:
        """A token that differs after every commit, told without a query; None where the store only tells that something
        may have been committed (PostgreSQL).
        """
        return self._following.mark() if self._following.exact else None

    def wait(
        self, target: int, seconds: float, *, enough: Callable[[], bool] = lambda: False, moving: bool = False
    ) -> int:
        """Wait until the target shows, or there is `enough`, and give the position that shows.

        Raises Behind where neither comes within so many seconds; with `moving`, within so many in which nothing more
        is shown.
        """
        deadline, last = time.monotonic() + seconds, -1
        while True:
            mark = self._following.mark()
            position = self.position()
            if position >= target or enough():
                return position
            if moving and position > last >= 0:
                deadline = time.monotonic() + seconds
            if time.monotonic() > deadline:
                raise Behind(f"the views are at position {position}, and position {target} does not show yet")
            last = position
            self._following.wait(mark, min(LOOK_SECONDS, max(0.0, deadline - time.monotonic())))

    def wait_unless_stuck(
        self, target: int, seconds: float, *, enough: Callable[[], bool] = lambda: False, moving: bool = False
    ) -> int:
        """As `wait`; but where that was in vain once, nobody waits again before more is shown."""
        if self.position() == self._stuck and not enough():
            raise Behind(f"the views stand still at position {self._stuck}, and position {target} does not show yet")
        self._stuck = -1
        try:
            return self.wait(target, seconds, enough=enough, moving=moving)
        except Behind:
            self._stuck = self.position()
            raise
