"""Batching: what is asked for while others are at work becomes one piece of work (group commit, where that is one).

There is no timer. What comes while nobody is at work is begun at once; what comes meanwhile is the next batch.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from domain.ports import Unavailable

Item = TypeVar("Item")
_log = logging.getLogger("asof.batching")


class Batcher(Generic[Item]):
    """Has `work` done on what was put, in its order, one batch at a time, by a thread of its own.

    A batch weighs at most `most`, or is one item. The work itself answers those who wait for it, and raises nothing.
    """

    def __init__(
        self, name: str, work: Callable[[list[Item]], None], most: int, weight: Callable[[Item], int] = lambda _: 1
    ) -> None:
        self._name = name
        self._work = work
        self._most = most
        self._weight = weight
        self._queue: deque[Item] = deque()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._at_work = False
        self._closed = False
        self._called = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def put(self, items: Sequence[Item], *, here: bool = False) -> None:
        """Have work done; with `here`, where nobody is at work, a batch in this thread, which spares a change of it.

        Raises Unavailable after closing.
        """
        with self._lock:
            if self._closed:
                raise Unavailable("the store is closed")
            self._queue.extend(items)
            if self._at_work:
                return
            self._at_work = True
        if not here:
            self._call()
            return
        try:
            self._work(self._take())
        finally:
            if self._more():
                self._call()

    @property
    def at_work(self) -> bool:
        """Whether anything that was put is not done yet."""
        return self._at_work

    def close(self) -> None:
        """Take nothing more, and return when all that was put is done."""
        with self._idle:
            self._closed = True
            self._idle.wait_for(lambda: not self._at_work)
        if self._thread is not None:
            self._called.release()
            self._thread.join()

    def _call(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, name=self._name, daemon=True)
            self._thread.start()
        self._called.release()

    def _go_on(self) -> None:
        while True:
            self._called.acquire()
            if not self._at_work:
                return
            more = True
            while more:
                try:
                    self._work(self._take())
                except Exception:  # noqa: BLE001 (those who wait now are lost; those who come are not)
                    _log.exception("%s failed", self._name)
                more = self._more()

    def _take(self) -> list[Item]:
        with self._lock:
            batch = [self._queue.popleft()]
            weight = self._weight(batch[0])
            while self._queue:
                weight += self._weight(self._queue[0])
                if weight > self._most:
                    break
                batch.append(self._queue.popleft())
            return batch

    def _more(self) -> bool:
        """Whether there is more to do; if not, nobody is at work from here on."""
        with self._lock:
            if self._queue:
                return True
            self._at_work = False
            self._idle.notify_all()
            return False
