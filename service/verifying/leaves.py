"""The leaves of the chain, made again from a log or from an export, a range at a time: each needs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import orjson

from adapters.codec.chain import LEAF_BYTES, canonical, sorted_json
from adapters.codec.parse import ndjson_lines
from adapters.upcasts import upcast
from domain.clocks import show
from domain.ports import EventLog, StoredEntry
from domain.refusals import Malformed
from domain.streams import stream_of_wire
from service.processes.worker_pool import hold

RANGE = 2_500
"""Events that are handled together."""

Range = tuple[int, int]
"""Behind which position it begins, and where it ends."""
Reopen = Callable[[], AbstractContextManager[EventLog]]
"""Opens a log that is open already in another process as well: it can be pickled."""


class Mismatch(NamedTuple):
    """The first event of a range that is not sound in itself."""

    position: int
    detail: str


class Leaves(NamedTuple):
    """Of a range: the leaves up to the fault, 32 bytes each, and what the log says of each stream in it.

    `streams`: where it begins in the range, and the versions of its first and last event there.
    """

    made: list[bytes]
    streams: dict[str, list[int]]
    fault: Mismatch | None


def of_entries(entries: Sequence[StoredEntry], *, exactly: bool) -> Leaves:
    """The leaves of events of the log; what the log keeps beside an event is compared with it.

    Unless `exactly`, numbers are left as they are stored. RFC 8785 writes nearly all of them so, and a leaf of other
    bytes is another leaf: what fits the chain this way fits it.
    """
    made: list[bytes] = []
    streams: dict[str, list[int]] = {}
    fault = None
    for entry in entries:
        known = streams.get(entry.stream)
        if known is not None and entry.version != known[2] + 1:
            fault = behind(entry.position, entry.stream, entry.version, known[2])
            break
        try:
            made.append(_leaf(entry, exactly=exactly))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            fault = Mismatch(entry.position, f"the event cannot be read: {error!r}")
            break
        except _SaysOtherwise:
            kept = f"{entry.id}, {entry.type}, {entry.stream}"
            fault = Mismatch(entry.position, f"the log has it as {kept}: the event says otherwise")
            break
        if known is None:
            streams[entry.stream] = [entry.position, entry.version, entry.version]
        else:
            known[2] = entry.version
    return Leaves(made, streams, fault)


def behind(position: int, stream: str, version: int, last: int) -> Mismatch:
    """A version that does not follow the one before it in its stream."""
    return Mismatch(position, f"the log has version {version} of {stream} behind {last}")


class _SaysOtherwise(Exception):  # noqa: N818 (named for what it says)
    """The event is not what the log keeps beside it."""


def _leaf(entry: StoredEntry, *, exactly: bool) -> bytes:
    exported = orjson.loads(entry.body)
    kind = exported["type"]
    if entry.id != exported["id"] or entry.stream != stream_of_wire(exported):
        raise _SaysOtherwise
    if entry.type != kind and entry.type != upcast(exported)["type"]:
        raise _SaysOtherwise
    exported["position"] = entry.position
    exported["recorded_at"] = show(entry.recorded_at)
    text = canonical(exported) if exactly else sorted_json(exported)
    return sha256(text).digest()


def of_range(span: Range, log: EventLog, *, exactly: bool) -> Leaves:
    """The leaves of a range of the log; a gap in it is a fault."""
    after, upto = span
    entries = log.read(after, upto - after, upto)
    sound = next((n for n, entry in enumerate(entries) if entry.position != after + n + 1), len(entries))
    leaves = of_entries(entries[:sound], exactly=exactly)
    if leaves.fault is not None or after + sound == upto:
        return leaves
    goes_on = f"goes on at {entries[sound].position}" if sound < len(entries) else f"once went on to {upto}"
    missing = Mismatch(after + sound + 1, f"missing: the log ends at {after + sound}, and {goes_on}")
    return leaves._replace(fault=missing)


class Line(NamedTuple):
    """A line of an export: which, the position it says that it has, its leaf."""

    number: int
    position: object
    leaf: bytes


def of_lines(lines: Sequence[bytes]) -> tuple[list[Line], tuple[int, str] | None]:
    """Lines of an export, counted from 1; and the first that is no event, with what is wrong with it."""
    made: list[Line] = []
    for number, line in enumerate(lines, 1):
        try:
            told = _told(line)
        except Malformed as error:
            return made, (number, error.detail.partition(": ")[2])
        except (ValueError, TypeError) as error:
            return made, (number, f"the event has no canonical form: {error}")
        if told is None:
            return made, (number, "it is no event")
        made += [Line(number, position, leaf) for position, leaf in told]
    return made, None


def _told(line: bytes) -> list[tuple[object, bytes]] | None:
    """The position and the leaf of the event of a line, nothing for a blank one; None where it is no event.

    Raises Malformed, ValueError and TypeError.
    """
    try:
        document = orjson.loads(line)
    except ValueError:
        document = None
    if type(document) is dict and b"\\u003" not in line:
        text = sorted_json(document)
        # With as many colons no key stands twice, see `ndjson_lines`.
        if text.count(b":") == line.count(b":"):
            return [(document.get("position"), sha256(canonical(document, text)).digest())]
    for _, found in ndjson_lines([line]):
        if not isinstance(found, dict):
            return None
        return [(found.get("position"), sha256(canonical(found)).digest())]
    return []


def ranges(upto: int) -> Iterator[Range]:
    """The ranges of a log."""
    for after in range(0, upto, RANGE):
        yield after, min(after + RANGE, upto)


def chunks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines, a range at a time."""
    following = iter(lines)
    while chunk := list(islice(following, RANGE)):
        yield chunk


_log: list[EventLog] = []
"""The log of a process that helps, open as long as the process lives."""


def open_log(reopen: Reopen) -> None:
    """In a process that helps: open the log of a store there as well, for `of_store`."""
    _log.append(hold(reopen()))


Packed = tuple[bytes, bytes, Mismatch | None]
"""Leaves as they go from one process to another: few objects, since each costs as much as a hash."""


def of_store(span: Range, *, exactly: bool) -> Packed:
    """As `of_range`, in a process that helps."""
    return packed_range(span, _log[0], exactly=exactly)


def packed_range(span: Range, log: EventLog, *, exactly: bool) -> Packed:
    """As `of_range`, packed."""
    leaves = of_range(span, log, exactly=exactly)
    return b"".join(leaves.made), orjson.dumps(leaves.streams), leaves.fault


def unpacked(packed: Packed) -> Leaves:
    """What `packed_range` has found."""
    made, streams, fault = packed
    return Leaves([made[n : n + LEAF_BYTES] for n in range(0, len(made), LEAF_BYTES)], orjson.loads(streams), fault)
