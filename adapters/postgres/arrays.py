"""Columns of rows as arrays in PostgreSQL's binary form.

The driver sends lists too, but asks of each element again what it is, which takes longer than all else it does for a
row. Form: https://www.postgresql.org/docs/current/protocol-overview.html, `array_send` in the server's sources.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper
from psycopg.pq import Format

_BYTEA, _BIGINT, _TEXT = 17, 20, 25
_LENGTH = struct.Struct("!i").pack
_NUMBER = struct.Struct("!q").pack
_NULL = _LENGTH(-1)


class Bigints(list["int | None"]):
    """Sent as `bigint[]`; None is null."""


class Texts(list["str | None"]):
    """Sent as `text[]`; None is null."""


class Byteas(list["bytes | None"]):
    """Sent as `bytea[]`; None is null."""


class _BigintsDumper(Dumper):
    format = Format.BINARY
    oid = 1016

    def dump(self, obj: Bigints) -> Buffer:
        if None in obj:
            return _array(_BIGINT, [None if number is None else _NUMBER(number) for number in obj])
        pairs: list[int | None] = [8] * (2 * len(obj))
        pairs[1::2] = obj
        return _begin(_BIGINT, len(obj)) + struct.pack("!" + "iq" * len(obj), *pairs)


class _TextsDumper(Dumper):
    format = Format.BINARY
    oid = 1009

    def dump(self, obj: Texts) -> Buffer:
        return _array(_TEXT, [None if text is None else text.encode() for text in obj])


class _ByteasDumper(Dumper):
    format = Format.BINARY
    oid = 1001

    def dump(self, obj: Byteas) -> Buffer:
        return _array(_BYTEA, obj)


def register(adapters: AdaptersMap) -> None:
    """Have a connection send these."""
    for kind, dumper in ((Bigints, _BigintsDumper), (Texts, _TextsDumper), (Byteas, _ByteasDumper)):
        adapters.register_dumper(kind, dumper)


def _begin(element: int, count: int) -> bytes:
    """One dimension from 1 on, or none; that there may be nulls is always said."""
    return struct.pack("!iiIii", 1, 1, element, count, 1) if count else struct.pack("!iiI", 0, 0, element)


def _array(element: int, items: Sequence[bytes | None]) -> bytes:
    return _begin(element, len(items)) + b"".join(_parts(items))


def _parts(items: Iterable[bytes | None]) -> Iterator[bytes]:
    for item in items:
        if item is None:
            yield _NULL
        else:
            yield _LENGTH(len(item))
            yield item
