"""What a file of events is: NDJSON, or one JSON document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from service.cli.faults import Finding
from service.cli.files import Damaged

_EMPTY = re.compile(rb"\s*\[\s*\]\s*")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NDJSON_ONLY = "NDJSON, an event a line (`asof append` takes a JSON array or one event as well)"
ANY = "NDJSON, an event a line; a JSON array of events; one event"


@dataclass(frozen=True, slots=True)
class Events:
    """The lines of a file, and whether each of them is an event by itself."""

    lines: Iterable[bytes]
    is_ndjson: bool


def events_of(given: Iterable[bytes], file: str) -> Events:
    """NDJSON where the first line that is not blank is an object by itself, else one document.

    Raises Finding for what begins as neither.
    """
    lines, first = _begun(given)
    if first and not first.startswith((b"{", b"[")):
        raise _none_of(file, ANY)
    return Events(lines, not first or (first.startswith(b"{") and _is_whole(first)))


def lines_of(given: Iterable[bytes], file: str) -> Events:
    """NDJSON. Raises Finding for what does not begin so."""
    lines, first = _begun(given)
    if first and not first.startswith(b"{"):
        raise _none_of(file, NDJSON_ONLY)
    return Events(lines, is_ndjson=True)


def is_empty(document: bytes) -> bool:
    """Whether a document is an array without events."""
    return _EMPTY.fullmatch(document) is not None


def _begun(given: Iterable[bytes]) -> tuple[Iterator[bytes], bytes]:
    """All the lines, and what the first says that is not blank."""
    lines = iter(given)
    seen: list[bytes] = []
    try:
        for line in lines:
            seen.append(line)
            text = line.removeprefix(BYTE_ORDER_MARK).strip()
            if text:
                return chain(seen, lines), text
    except Damaged as damaged:
        raise Finding(f"{damaged}; nothing is stored") from None
    return iter(seen), b""


def _none_of(file: str, accepted: str) -> Finding:
    name = "standard input" if file == "-" else file
    return Finding(f"{name} does not begin as events do; accepted: {accepted}\nnothing is stored")


def _is_whole(text: bytes) -> bool:
    """Whether a line is meant to be an object: it is one, or ends as one and the fault lies within."""
    import orjson

    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return text.endswith(b"}")
    return True
