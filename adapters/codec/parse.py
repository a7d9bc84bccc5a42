"""Bytes to documents: JSON (RFC 8259, I-JSON where it says more: RFC 7493) and NDJSON.

Refused as Malformed, each with the place: what is no JSON, NaN and Infinity, invalid UTF-8, half a surrogate pair,
nesting of more than 254 levels, and an object that holds a key twice, of which other readers would silently drop one. A
UTF-8 byte order mark at the very beginning is skipped. An integer beyond 64 bits becomes a float, which no field of an
event accepts: its numbers end at 2^53.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson

from adapters.codec.pointers import pointer
from domain.refusals import Fault, Malformed

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"


def json_document(body: bytes) -> object:
    """The one JSON value of a body. Raises Malformed, pointing at the doubled key, else at the whole."""
    return _document(body.removeprefix(_BYTE_ORDER_MARK), "", "")


def ndjson_lines(body: bytes | Iterable[bytes]) -> Iterator[tuple[int, object]]:
    r"""The documents of newline-delimited JSON, each with the number of its line, from 1 on.

    `body` is the whole, or its lines, as an open binary file gives them. Lines end at `\n` only; a `\r` before it is
    white space of JSON, and the last line needs no end. Blank lines are skipped. Raises Malformed at the first line
    that is not JSON, once the lines before it are given: the pointer is the document's place in the batch (`/0`, `/1`
    …), the detail names the line.
    """
    index = 0
    for number, line in enumerate(BytesIO(body) if isinstance(body, bytes) else body, start=1):
        text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if text.strip(_BLANK):
            yield number, _document(text.rstrip(b"\r\n"), f"/{index}", f"line {number}: ")
            index += 1


def is_lines(body: bytes) -> bool:
    """Whether a body that is no JSON looks like newline-delimited JSON: an object in the first line, more behind it."""
    first, _, more = body.removeprefix(_BYTE_ORDER_MARK).lstrip(_BLANK).partition(b"\n")
    if not more.strip(_BLANK):
        return False
    try:
        return isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _document(text: bytes, base: str, where: str) -> object:
    """The value of a JSON text; `where` names the line that it is, if it is one.

    A parser that keeps the last of two equal keys loses the colon of the other: what it gives back holds as many
    colons as the text just where no key is doubled. Only a colon that is written as an escape spoils the count.
    """
    try:
        document: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        why, line, column = _no_utf_8(text) or (error.msg, error.lineno, error.colno)
        place = f"column {column}" if where else f"line {line} column {column}"
        raise _malformed(base, f"{where}no JSON: {why}: {place}") from None
    try:
        again = orjson.dumps(document)
    except orjson.JSONEncodeError:
        raise _malformed(base, f"{where}nested too deeply; accepted: at most 254 levels") from None
    if again.count(b":") != text.count(b":") or (b"\\" in text and b"\\u003" in text):
        _refuse_doubled_keys(text, base, where)
    return document


def _no_utf_8(text: bytes) -> tuple[str, int, int] | None:
    """The first byte that is no UTF-8, with its line and column, from 1 on; None where all of it is."""
    try:
        text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode()
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return f"the byte 0x{text[error.start]:02X} is not UTF-8", line, column
    return None


def _malformed(where: str, detail: str) -> Malformed:
    return Malformed(detail, Fault(where, detail))


@dataclass(frozen=True, slots=True)
class _Doubled:
    """Stands for an object that holds the key twice."""

    key: str


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Doubled:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            return _Doubled(key)
        members[key] = value
    return members


def _refuse_doubled_keys(text: bytes, base: str, where: str) -> None:
    document = json.loads(text, object_pairs_hook=_members, parse_int=str, parse_float=str)
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, _Doubled):
            raise _malformed(base + pointer((*path, value.key)), f"{where}the key {value.key!r:.60} stands twice")
        if isinstance(value, dict | list):
            members = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend(((*path, key), member) for key, member in members if not isinstance(member, str))
