"""Work on a long log shared by several processes; a short one is not worth their start."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

from domain.unavailable import Unavailable

T = TypeVar("T")
R = TypeVar("R")

LONG = 50_000
"""Events from which on further processes are worth their start."""
MOST_PROCESSES = 8


class Crew:
    """As many processes as the work is worth; without any, the work is done here."""

    def __init__(self, pool: ProcessPoolExecutor | None, ahead: int) -> None:
        self._pool = pool
        self._ahead = ahead

    @property
    def help(self) -> bool:
        """Whether there are other processes."""
        return self._pool is not None

    def map(self, work: Callable[[T], R], pieces: Iterable[T]) -> Iterator[R]:
        """The results in order; no more pieces are taken ahead than the processes can work on.

        Raises Unavailable where one of the processes does not live so long.
        """
        if self._pool is None:
            yield from map(work, pieces)
            return
        under_way: deque[Future[R]] = deque()
        try:
            for piece in pieces:
                under_way.append(self._pool.submit(work, piece))
                if len(under_way) > self._ahead:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as fault:
            raise Unavailable("a process that helped has ended before its work was done") from fault


@contextmanager
def crew(events: int, begin: Callable[[], object] | None = None) -> Iterator[Crew]:
    """Processes for so many events, each of which does `begin` first."""
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    if events < LONG or processes == 1:
        yield Crew(None, 0)
        return
    # Never forked: an open database does not survive that.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, begin) as pool:
        try:
            yield Crew(pool, 2 * processes)
        finally:
            pool.shutdown(cancel_futures=True)
