"""Why a store cannot be used, where the API is asked in this process: over HTTP it tells its log only."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from service.cli.faults import CouldNotRun

BUSY = 503


@contextmanager
def its_own_reason() -> Iterator[None]:
    """Raise CouldNotRun, with what the store itself says, for what would tell of a service that is busy."""
    from adapters.client import Problem
    from domain.ports import InDoubt

    reasons = _Reasons()
    log = logging.getLogger("asof.http")
    level = log.level
    log.setLevel(logging.WARNING)
    log.addFilter(reasons)
    try:
        yield
    except Problem as problem:
        if problem.status != BUSY:
            raise
        last = reasons.last
        told = problem.detail if last is None else str(last)
        raise CouldNotRun(f"{told}; {problem.detail}" if isinstance(last, InDoubt) else told) from problem
    finally:
        log.removeFilter(reasons)
        log.setLevel(level)


class _Reasons(logging.Filter):
    """Keeps the fault that was warned of last; only errors are logged."""

    def __init__(self) -> None:
        super().__init__()
        self.last: Exception | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """See logging.Filter."""
        given = record.args if isinstance(record.args, tuple) else ()
        self.last = next((each for each in given if isinstance(each, Exception)), None)
        return record.levelno >= logging.ERROR
