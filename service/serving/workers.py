"""Several processes that answer on one socket: begun together, begun anew where one dies, stopped together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Semaphore

from service.serving.server import GRACE

AGAIN_SECONDS = 1.0
"""Between the death of a worker and the beginning of the next one in its place."""
_log = logging.getLogger("asof.workers")
_spawned = multiprocessing.get_context("spawn")

Work = Callable[[Callable[[], object]], None]
"""What a worker does until it is sent SIGTERM, calling what it is given once it answers. It can be pickled."""


def supervise(work: Work, count: int, ready: Callable[[], object]) -> None:
    """Keep so many workers at work until an exception, as `Stopped` is; `ready` is called when all answered once."""
    # One each: who dies and begins anew answers for itself alone.
    answering = [_spawned.Semaphore(0) for _ in range(count)]
    workers: list[SpawnProcess] = []
    try:
        for one in answering:
            workers.append(_begin(work, one))  # noqa: PERF401 (what has begun is stopped, also where the next does not)
        threading.Thread(target=_tell, args=(answering, ready), daemon=True).start()
        while True:
            ended = wait([worker.sentinel for worker in workers])
            time.sleep(AGAIN_SECONDS)
            for number, worker in enumerate(workers):
                if worker.sentinel in ended:
                    _log.error("a worker ended with %s; another takes its place", worker.exitcode)
                    workers[number] = _begin(work, answering[number])
    finally:
        _stop(workers)


def _begin(work: Work, answering: Semaphore) -> SpawnProcess:
    worker = _spawned.Process(target=_run, args=(work, answering))
    worker.start()
    return worker


def _tell(answering: Sequence[Semaphore], ready: Callable[[], object]) -> None:
    for one in answering:
        one.acquire()
    ready()


def _run(work: Work, answering: Semaphore) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    work(answering.release)


def _end_with_parent() -> None:
    """A parent that was killed stops nobody."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _stop(workers: list[SpawnProcess]) -> None:
    deadline = time.monotonic() + GRACE + 5
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
        if worker.is_alive():
            worker.kill()
