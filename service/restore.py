"""Restoring an export into an empty store: positions and `recorded_at` kept, rules judged as when it was recorded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from adapters.codec.chain import EMPTY_HEAD, head
from adapters.codec.parse import ndjson_lines
from adapters.codec.validate import check
from adapters.upcasts import is_older, upcast
from domain import edtf
from domain.actor import Actors
from domain.clocks import Instant, show
from domain.ports import EventLog, Ids, LogSession
from domain.refusals import Fault, Malformed, Refusal
from domain.streams import stream_of_wire
from service.appending.admission import Admission, Proposal, Surroundings
from service.decoded import DecodedEntry, decode, recorded_of
from service.progress import Progress, quiet

BATCH = 2_000
Line = tuple[int, Any]

_OF_THE_LINES = re.compile(r"line (\d+): ")


class NotEmpty(Exception):  # noqa: N818 (named for what it says)
    """The store has events already; an export goes into an empty one."""


class HeadDiffers(Exception):  # noqa: N818 (named for what it says)
    """The export does not end in the head of the chain that was given."""


class LineRefused(Exception):  # noqa: N818 (named for what it says)
    """A line of the export was refused; nothing was restored. `position` is the one that it would have had."""

    def __init__(self, line: int, position: int, refusal: Refusal) -> None:
        super().__init__(f"position {position}, line {line}: {refusal.detail}")
        self.line = line
        self.position = position
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Restored:
    """The log that was restored: its last position and the head of its chain."""

    position: int
    head: bytes


class Restorer:
    """Puts an export into an empty store, all of it or nothing; without `level` into its log alone.

    `level` brings the views level, and is given what is to be told of them.
    """

    def __init__(self, log: EventLog, ids: Ids, level: Callable[[Progress], object] | None = None) -> None:
        self._log = log
        self._ids = ids
        self._level = level
        self.showing = False
        """Whether an export is being restored here, and brought into the views."""

    def restore(
        self,
        lines: Iterable[Line],
        expected_head: bytes | None = None,
        progress: Progress = quiet,
        shown: Progress = quiet,
    ) -> Restored:
        """Restore (line number, document) pairs, in order of position, then bring the views level.

        Raises NotEmpty, LineRefused for the first line that does not fit, HeadDiffers and `Unavailable`; the store is
        empty then, or has its log where it was the views that could not be brought level. `progress` is told the
        position after each batch, `shown` then that of the views.
        """
        self.showing = True
        try:
            restored = self._take(lines, expected_head, progress)
            if self._level is not None:
                self._level(shown)
        finally:
            self.showing = False
        return restored

    def _take(self, lines: Iterable[Line], expected_head: bytes | None, progress: Progress) -> Restored:
        chain, position = EMPTY_HEAD, 0
        actors = Actors()
        with self._log.session() as session:
            if session.head.position:
                raise NotEmpty(f"the store holds {session.head.position} events; an export goes into an empty one")
            for batch in _batches(lines):
                for item in self._restore(session, actors, batch):
                    position = item.entry.position
                    chain = head(chain, item.leaf())
                progress(position)
            if expected_head is not None and chain != expected_head:
                raise HeadDiffers(f"the export ends in the head {chain.hex()}, not in {expected_head.hex()}")
        return Restored(position, chain)

    def _restore(self, session: LogSession, actors: Actors, batch: list[Line]) -> list[DecodedEntry]:
        exports = [_export(session.head.position + n, line, document) for n, (line, document) in enumerate(batch, 1)]
        admission = Admission(self._surroundings(session, actors, exports))
        last = session.head.recorded_at
        for line, recorded_at, proposal in exports:
            stored = len(admission.fresh)
            try:
                if last is not None and recorded_at < last:
                    raise Malformed("the log goes back", Fault("/recorded_at", f"{show(last)} or later"))
                admission.recorded_at = last = recorded_at
                admission.take(proposal)
                if len(admission.fresh) == stored:
                    raise Malformed("the log has this event already", Fault("/id", "an id that was not used"))
                if admission.fresh[-1].entry.sent is not None:
                    raise Malformed("an export names actors by id", Fault("", "the ids of registered actors"))
            except Refusal as refusal:
                raise LineRefused(line, session.head.position + stored + 1, refusal) from None
        actors.settle()
        session.restore([item.entry for item in admission.fresh])
        return admission.fresh

    def _surroundings(
        self, session: LogSession, actors: Actors, exports: list[tuple[int, Instant, Proposal]]
    ) -> Surroundings:
        wires = [proposal.wire for _, _, proposal in exports]
        return Surroundings(
            head=session.head,
            recorded_at=0,
            actors=actors,
            by_id=session.by_id([wire["id"] for wire in wires]),
            versions=session.versions(list({stream_of_wire(wire) for wire in wires})),
            history=lambda stream: [recorded_of(decode(entry)) for entry in session.stream(stream)],
            before=lambda _entry, _count: (),
            ids=self._ids,
            register_actors=False,
        )


def documents(lines: Iterable[bytes]) -> Iterator[Line]:
    """The documents of an export with the numbers of their lines. Raises LineRefused for what is no JSON."""
    position = 0
    found = ndjson_lines(lines)
    while True:
        try:
            number, document = next(found)
        except StopIteration:
            return
        except Malformed as refusal:
            line, within = _within_the_line(refusal, f"/{position}")
            raise LineRefused(line, position + 1, within) from None
        position += 1
        yield number, document


def _within_the_line(refusal: Malformed, place: str) -> tuple[int, Malformed]:
    """The number of the line, and what is wrong there: the parser tells both by their places in all the lines."""
    found = _OF_THE_LINES.match(refusal.detail)
    assert found is not None
    detail = refusal.detail[found.end() :]
    faults = [Fault(fault.pointer.removeprefix(place), detail) for fault in refusal.faults]
    return int(found[1]), Malformed(detail, *faults)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    following = iter(lines)
    while batch := list(islice(following, BATCH)):
        yield batch


def _export(position: int, line: int, document: Any) -> tuple[int, Instant, Proposal]:
    try:
        if not isinstance(document, dict):
            raise Malformed("not a JSON object", Fault("", "one event a line, as exported"))
        sent = dict(document)
        if sent.pop("position", position) != position:
            raise Malformed("positions count from 1 without a gap", Fault("/position", f"{position}"))
        recorded_at = _recorded_at(sent.pop("recorded_at", None))
        if not isinstance(sent.get("id"), str):
            raise Malformed("an export has the id of every event", Fault("/id", "the id of the event"))
        wire, _, faults = check(upcast(sent))
        if wire is None:
            raise Malformed(faults[0].detail, *faults)
    except Refusal as refusal:
        raise LineRefused(line, position, refusal) from None
    return line, recorded_at, Proposal(wire, None, "", _as_stored(sent) if is_older(sent) else None)


def _as_stored(sent: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if value is not None and key != "expected_version"}


def _recorded_at(text: object) -> Instant:
    try:
        span = edtf.single(text) if isinstance(text, str) else None
    except edtf.NotADate:
        span = None
    if span is None or span.earliest is None or span.earliest != span.latest:
        raise Malformed("an export says when each event was recorded", Fault("/recorded_at", "an RFC 3339 instant"))
    return span.earliest
