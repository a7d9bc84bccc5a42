"""What is on disk only while somebody is at work, and is gone afterwards: also where a signal arrives as it is made."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO


@contextmanager
def temporary_folder(prefix: str) -> Iterator[str]:
    """The path of an empty folder; it is taken away with all that is in it."""
    with ExitStack() as kept:
        with _undisturbed():
            path = kept.enter_context(tempfile.TemporaryDirectory(prefix=prefix))
        yield path


@contextmanager
def temporary_lines(in_memory: int) -> Iterator[IO[bytes]]:
    """A file without a name, to be written and read again: beyond that many bytes it is on disk."""
    with _undisturbed():
        # Which folder is good for such files is found out once, by writing into it.
        tempfile.gettempdir()
    with tempfile.SpooledTemporaryFile(in_memory) as held:
        yield held


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Signals that arrive meanwhile are handled at the end: between a file and who takes it away there is no moment."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
