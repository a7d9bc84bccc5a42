"""Files that commands read and write: - is standard input or output, a name that ends in .gz is packed.

What is read is packed as well where it begins as gzip does.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import IO, cast

import click

from service.cli.faults import CouldNotRun, Finding

BYTES_A_LINE, BYTES_PACKED = 700, 130
PACKED = b"\x1f\x8b"
"""How gzip begins (RFC 1952), and no text does."""
DATABASE = b"SQLite format 3\0"
"""What an SQLite file begins with: https://www.sqlite.org/fileformat.html#magic_header_string"""
PERMISSIONS = 0o777
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(?P<number>\d{1,9})")


class Damaged(Finding):
    """A packed file that is cut off, or is not what was packed."""


@contextmanager
def reading(file: str) -> Iterator[Iterable[bytes]]:
    """The lines of a file. To go through them raises Damaged where they cannot be unpacked to their end."""
    if file == "-":
        yield _lines(sys.stdin.buffer, "standard input")
        return
    with Path(file).open("rb") as given:
        yield _lines(given, file)


def _lines(given: IO[bytes], name: str) -> Iterator[bytes]:
    first = given.readline()
    if not first and name.endswith(".gz"):
        raise Damaged(f"{name} is damaged: it is empty")
    if first.startswith(PACKED) or name.endswith(".gz"):
        yield from _unpacked(_Rejoined(first, given), name)
    else:
        yield first
        yield from given


def _unpacked(given: _Rejoined, name: str) -> Iterator[bytes]:
    import gzip
    import zlib

    with gzip.GzipFile(fileobj=cast("IO[bytes]", given)) as packed:
        for number in count(1):
            try:
                line = packed.readline()
            except (gzip.BadGzipFile, EOFError, zlib.error) as fault:
                raise Damaged(f"{name} is damaged at line {number} or behind it: {fault}") from fault
            if not line:
                return
            yield line


class _Rejoined:
    """A file whose beginning was read already."""

    def __init__(self, begun: bytes, rest: IO[bytes]) -> None:
        self._begun = begun
        self._rest = rest

    def read(self, size: int) -> bytes:
        """At most so many bytes, none at the end."""
        if not self._begun:
            return self._rest.read(size)
        given, self._begun = self._begun[:size], self._begun[size:]
        return given


def lines_about(file: str) -> int:
    """About how many events a file holds, by its size; none are foretold of standard input."""
    if file == "-":
        return 0
    return Path(file).stat().st_size // (BYTES_PACKED if file.endswith(".gz") else BYTES_A_LINE)


@contextmanager
def writing(file: str) -> Iterator[IO[bytes]]:
    """What is written to a file: a regular one is there once everything is written, and not before.

    It has the mode of the one whose place it takes; of a symbolic link that is the file it leads to. What is no regular
    file (a pipe, a device, a descriptor of this process) is written to as it is. Raises CouldNotRun where it cannot be,
    and click.UsageError where it would take the place of an SQLite database.
    """
    if file == "-":
        yield sys.stdout.buffer
        return
    with _plain(file) as plain:
        if not file.endswith(".gz"):
            yield plain
            return
        import gzip

        # A packed file holds neither its name nor the time: the same log is the same bytes.
        with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) as packed:
            yield cast("IO[bytes]", packed)


def _plain(file: str) -> AbstractContextManager[IO[bytes]]:
    found, path = _DESCRIPTOR.fullmatch(file), Path(file)
    number = int(found["number"]) if found else _STREAMS.get(file)
    if number is None and not (path.exists() and not path.is_file()):
        return _replacing(file)
    try:
        # A descriptor is not opened by its name: that fails for a socket, and begins a file anew.
        return path.open("wb") if number is None else os.fdopen(os.dup(number), "wb")
    except OSError as fault:
        raise CouldNotRun(f"{file}: {fault.strerror}") from fault


@contextmanager
def _replacing(file: str) -> Iterator[IO[bytes]]:
    path = Path(os.path.realpath(file))
    unfinished = path.with_name(f"{path.name}.unfinished")
    _refuse_database(path)
    try:
        with _opened(unfinished, file) as plain:
            if path.exists():
                unfinished.chmod(path.stat().st_mode & PERMISSIONS)
            yield plain
        # Writing may have taken long enough for one to be made.
        _refuse_database(path)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _refuse_database(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb") as there:
        if there.read(len(DATABASE)) == DATABASE:
            raise click.UsageError(
                f"{path} is an SQLite database, of which an export does not take the place: whoever has it open would"
                " write on to what is gone; give another FILE"
            )


def _opened(unfinished: Path, file: str) -> IO[bytes]:
    try:
        return unfinished.open("wb")
    except OSError as fault:
        raise CouldNotRun(f"{file}: {fault.strerror}") from fault
