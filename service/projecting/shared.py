"""Projecting where a store has many processes: one of them does it, the others wait until it shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from domain.ports import EventLog, Unavailable, Views
from domain.processes import Duty, Following
from service.decoded import DecodedEntry
from service.projecting.projector import Projector
from service.projecting.visibility import LOOK_SECONDS, Visibility

PATIENCE = 10.0
COPY_PATIENCE = 2.0
AGAIN_SECONDS = 0.02
"""After so long it is looked again where somebody brought the views level."""
_log = logging.getLogger("asof.views")


class SharedProjector(Projector):
    """Projects where this process has the duty, which it takes where nobody has it; else waits for who has.

    From `start` on it follows the log by itself, also what other processes append. Without a duty it only waits.
    Where questions are put to a copy of the views, what was appended has to show there as well.
    """

    def __init__(
        self, log: EventLog, views: Views, following: Following, duty: Duty | None, copy: Visibility | None = None
    ) -> None:
        super().__init__(log, views)
        self._following = following
        self._showing = Visibility(views, following)
        self._duty = duty
        self._copy = copy
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._busy: Callable[[], bool] = lambda: False

    def catch_up(self, fresh: Sequence[DecodedEntry] = ()) -> int:
        """As `Projector.catch_up`, by whichever process has the duty.

        Raises Behind where the views do not show the `fresh` events after PATIENCE seconds; with none, where they do
        not move for so long before they are level with what was in the log at first.
        """
        target = fresh[-1].entry.position if fresh else self._log.head().position
        shown = (
            0
            if self.has_duty()
            else self._showing.wait_unless_stuck(target, PATIENCE, enough=self.has_duty, moving=not fresh)
        )
        if shown < target:
            shown = super().catch_up(fresh)
        if fresh and self._copy is not None:
            self._copy.wait_unless_stuck(target, COPY_PATIENCE)
        return shown

    def start(self, busy: Callable[[], bool]) -> None:
        """Follow the log from now on, but while it is `busy`: while somebody here brings the views level anyway.

        What was appended here comes decoded, in one batch; it is not taken away from who brings it.
        """
        self._busy = busy
        self._thread = threading.Thread(target=self._follow, name="asof-projecting", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Follow no longer, and let another process have the duty."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        if self._duty is not None:
            self._duty.leave()

    def has_duty(self) -> bool:
        """Whether this process projects, which it does from now on where no other does. Raises Unavailable."""
        return self._duty is not None and self._duty.taken()

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
        if self._busy():
            self._closed.wait(AGAIN_SECONDS)
            return
        mark = self._following.mark()
        if self.has_duty() and self._showing.position() < self._log.head().position:
            super().catch_up()
        self._following.wait(mark, LOOK_SECONDS)
