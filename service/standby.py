"""A copy of a store that only answers questions: a hot standby, which may come later than the service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from domain.ports import Late, Snapshot, Unavailable, Views, ViewsWriting
from domain.processes import Following

Open = Callable[[], tuple[Views, Following]]

QUICK_SECONDS = 0.1
"""What is refused so soon, each may try for itself."""


class Standby(Views):
    """The views of a copy, opened when first asked for; raises Unavailable as long as they cannot be. Nobody writes.

    It is followed as well: see `domain.processes.Following`.
    """

    exact = False
    """See `domain.processes.Following`: it goes by what a server tells."""

    def __init__(self, open_: Open) -> None:
        self._open = open_
        self._lock = threading.Lock()
        self._opened: tuple[Views, Following] | None = None
        # How often it took long, in vain: who waited meanwhile does not try as well, one after the other.
        self._failed = 0

    def snapshot(self, within: float | None = None) -> AbstractContextManager[Snapshot]:
        """See `domain.ports.Views`; to open it takes its time."""
        if within is not None and self._opened is None:
            raise Late("the copy is not open yet")
        return self._whole()[0].snapshot(within)

    def write(self) -> AbstractContextManager[ViewsWriting]:
        """Refuse: a copy is written by what it copies."""
        raise Unavailable("a copy of the store is not written to")

    def mark(self) -> Any:
        """See `domain.processes.Following`."""
        return self._whole()[1].mark()

    def wait(self, mark: Any, seconds: float) -> None:
        """See `domain.processes.Following`."""
        self._whole()[1].wait(mark, seconds)

    def _whole(self) -> tuple[Views, Following]:
        failed = self._failed
        with self._lock:
            if self._opened is None:
                if self._failed != failed:
                    raise Unavailable("the standby could not be reached while this waited for it")
                began = time.monotonic()
                try:
                    self._opened = self._open()
                except Unavailable:
                    self._failed += time.monotonic() - began > QUICK_SECONDS
                    raise
            return self._opened
