"""Files that commands read and write: - is standard input or output, a name that ends in .gz is packed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from service.cli.faults import CouldNotRun

BYTES_A_LINE, BYTES_PACKED = 700, 130


@contextmanager
def reading(file: str) -> Iterator[IO[bytes]]:
    """The lines of a file. Raises CouldNotRun for what is not packed as its name says."""
    if file == "-":
        yield sys.stdin.buffer
        return
    if not file.endswith(".gz"):
        with Path(file).open("rb") as given:
            yield given
        return
    import gzip
    import zlib

    try:
        with gzip.open(file) as packed:
            yield cast("IO[bytes]", packed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
        raise CouldNotRun(f"{file}: {fault}") from fault


def lines_about(file: str) -> int:
    """About how many events a file holds, by its size; none are foretold of standard input."""
    if file == "-":
        return 0
    return Path(file).stat().st_size // (BYTES_PACKED if file.endswith(".gz") else BYTES_A_LINE)


@contextmanager
def writing(file: str) -> Iterator[IO[bytes]]:
    """A file that is there once everything is written, and not before. Raises CouldNotRun where it cannot be."""
    if file == "-":
        yield sys.stdout.buffer
        return
    import gzip

    path, unfinished = Path(file), Path(f"{file}.unfinished")
    try:
        # A packed file holds neither its name nor the time: the same log is the same bytes.
        with _opened(unfinished, file) as plain:
            if file.endswith(".gz"):
                with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield plain
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _opened(unfinished: Path, file: str) -> IO[bytes]:
    try:
        return unfinished.open("wb")
    except OSError as fault:
        raise CouldNotRun(f"{file}: {fault.strerror}") from fault
