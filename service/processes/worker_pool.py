"""Work on a long log shared by several processes; a short one is not worth their start."""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from typing import TypeVar

from domain.unavailable import Unavailable
from service.processes.garbage import collect_rarely

T = TypeVar("T")
R = TypeVar("R")

LONG = 50_000
"""Events from which on further processes are worth their start."""
MOST_PROCESSES = 8


_held = ExitStack()
atexit.register(_held.close)


def hold(opened: AbstractContextManager[T]) -> T:
    """In a process that helps: have this open until the process ends, and closed before the interpreter is cleared."""
    return _held.enter_context(opened)


class WorkerPool:
    """As many processes as the work is worth; without any, the work is done here."""

    def __init__(self, pool: ProcessPoolExecutor | None, ahead: int) -> None:
        self._pool = pool
        self._ahead = ahead

    def map(self, work: Callable[[T], R], pieces: Iterable[T], own: Callable[[T], R] | None = None) -> Iterator[R]:
        """The results in order; no more pieces are taken ahead than the processes can work on.

        What the others have not begun when its result is needed is done here meanwhile, by `own` where that is another
        way. Raises Unavailable where one of the processes does not live so long.
        """
        if self._pool is None:
            yield from map(own or work, pieces)
            return
        try:
            yield from self._shared(self._pool, work, iter(pieces), own or work)
        except BrokenProcessPool as fault:
            raise Unavailable("a process that helped has ended before its work was done") from fault

    def _shared(
        self, pool: ProcessPoolExecutor, work: Callable[[T], R], pieces: Iterator[T], own: Callable[[T], R]
    ) -> Iterator[R]:
        under_way: deque[tuple[T, Future[R]]] = deque()
        while True:
            for piece in islice(pieces, self._ahead - len(under_way)):
                under_way.append((piece, pool.submit(work, piece)))
            if not under_way:
                return
            _, first = under_way[0]
            while not first.done() and (number := _waiting(under_way)) is not None:
                piece, _ = under_way[number]
                under_way[number] = (piece, _done(own(piece)))
                _, first = under_way[0]
            yield first.result()
            under_way.popleft()


def _waiting(under_way: Iterable[tuple[T, Future[R]]]) -> int | None:
    """The first piece that nobody works on, which nobody will now; None where there is none."""
    return next((n for n, (_, future) in enumerate(under_way) if not future.done() and future.cancel()), None)


def _done(result: R) -> Future[R]:
    future: Future[R] = Future()
    future.set_result(result)
    return future


@contextmanager
def worker_pool(events: int, begin: Callable[[], object] | None = None) -> Iterator[WorkerPool]:
    """A pool of processes for work on so many events: one a processor, up to MOST_PROCESSES, this one included.

    For fewer than LONG events all of the work is done here. `begin`, which can be pickled, runs once in each other
    process before its work. Leaving cancels what was not begun, and waits for the rest.
    """
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    if events < LONG or processes == 1:
        yield WorkerPool(None, 0)
        return
    # Never forked: an open database does not survive that.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes - 1, context, _begin, (begin,)) as pool:
        try:
            yield WorkerPool(pool, 4 * processes)
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], object] | None) -> None:
    if begin is not None:
        begin()
    collect_rarely()
