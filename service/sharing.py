"""Projecting where a store has many processes: one of them does it, the others wait until it shows."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from domain.ports import Duty, EventLog, Following, Unavailable, Views
from service.project import Projector, Told

LOOK_SECONDS = 0.5
"""After so long at the most a process looks whether the duty of projecting was left."""
PATIENCE = 10.0
_log = logging.getLogger("asof.views")


class Behind(Unavailable):
    """The views are not level with the log yet. What is in the log is safe, and will show."""


class SharedProjector(Projector):
    """Projects where this process has the duty, which it takes where nobody has it; else waits for who has.

    From `start` on it follows the log by itself, also what other processes append. Without a duty it only waits.
    """

    def __init__(self, log: EventLog, views: Views, following: Following, duty: Duty | None) -> None:
        super().__init__(log, views)
        self._whole_log = log
        self._shown = views
        self._following = following
        self._duty = duty
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def catch_up(self, fresh: Sequence[Told] = ()) -> int:
        """As `Projector.catch_up`, by whichever process has the duty.

        Raises Behind where the views do not show the `fresh` events after PATIENCE seconds; with none, where they do
        not move for so long, and are not level with what was in the log at first.
        """
        target = fresh[-1].entry.position if fresh else self._whole_log.head().position
        seen, deadline = -1, time.monotonic() + PATIENCE
        while True:
            mark = self._following.mark()
            visible = self.visible()
            if visible >= target:
                return visible
            if self._has_duty():
                return super().catch_up(fresh)
            if not fresh and visible > seen:
                seen, deadline = visible, time.monotonic() + PATIENCE
            if time.monotonic() > deadline:
                raise Behind(f"the views are at position {visible}, and position {target} does not show yet")
            self._following.wait(mark, LOOK_SECONDS)

    def visible(self) -> int:
        """Up to where the views are level with the log."""
        with self._shown.snapshot() as snapshot:
            return snapshot.head.position

    def start(self) -> None:
        """Follow the log from now on."""
        self._thread = threading.Thread(target=self._follow, name="asof-projecting", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Follow no longer, and let another process have the duty."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        if self._duty is not None:
            self._duty.leave()

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._keep_level()
            except Unavailable as fault:
                _log.warning("the views cannot be brought level: %s", fault)
            except Exception:  # noqa: BLE001 (it is logged, and tried again)
                _log.exception("the views cannot be brought level")
            else:
                continue
            self._closed.wait(LOOK_SECONDS)

    def _keep_level(self) -> None:
        mark = self._following.mark()
        if self._has_duty() and self.visible() < self._whole_log.head().position:
            super().catch_up()
        self._following.wait(mark, LOOK_SECONDS)

    def _has_duty(self) -> bool:
        return self._duty is not None and self._duty.taken()
