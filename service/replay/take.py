"""Replaying a log from zero and noting what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from adapters.upcasts import is_older
from domain import edtf
from domain.clocks import Instant, show
from domain.ports import EventLog, Views
from service.decoded import decode
from service.progress import Progress, quiet
from service.projecting.log_prefix import Prefix
from service.projecting.projector import Projector
from service.replay.digests import Digests
from service.replay.golden import Event, Golden
from service.replay.ledger import Ledger
from service.replay.views import Checkpoint, answer_after, view

PAGE = 2_000
DATES = 12
"""Cuts of the reported clock, where nobody says which."""
PARTS = 4
"""Cuts of the recorded clock, where there are none yet: the log's quarters."""
MOST_POSITIONS = 8
"""Cuts of the recorded clock that are kept, the newest."""
MOST_ASKED = 10_000
"""After how many events their subject is asked for, evenly over the log."""


def count_older(log: EventLog) -> tuple[int, int]:
    """How many events the log has, and how many of them have an older shape. Raises `domain.unavailable.Unreadable`."""
    position = older = 0
    while entries := log.read(position, PAGE):
        older += sum(is_older(decode(entry).wire) for entry in entries)
        position = entries[-1].position
    return position, older


def ledger_of(log: EventLog, upto: int, size: int, *, anew: bool = False, progress: Progress = quiet) -> Ledger:
    """What the projections say of the first `upto` events, handed to them `size` at a time.

    `anew`: by a projector that remembers nothing of the batch before.
    """
    ledger, prefix = Ledger(log), Prefix(log, 0)
    projector = Projector(prefix, ledger)
    while prefix.upto < upto:
        prefix.upto = min(prefix.upto + size, upto)
        if anew:
            projector = Projector(prefix, ledger)
        projector.catch_up()
        progress(prefix.upto)
    return ledger


def take(log: EventLog, views: Views, checkpoints: Sequence[Checkpoint], ledger: Ledger, made: Digests) -> Golden:
    """What the events of a ledger come to: their heads, its digests, and what the views answer."""
    upto = ledger.position
    head = ledger.heads.get(upto, bytes(32)).hex()
    events = list(_events(log, views, upto, ledger, made.events))
    answers = {checkpoint: view(views, checkpoint) for checkpoint in checkpoints}
    return Golden(upto, head, made.projections, made.actors, events, answers)


def checkpoints(ledger: Ledger, upto: int, dates: Sequence[str], before: Iterable[Checkpoint]) -> list[Checkpoint]:
    """Cuts of both clocks: those of the goldens before, where there were any, and the end of the log.

    Where no dates are given either, they are evenly chosen among those on which something became known.
    """
    given = list(before)
    kept = dates or [checkpoint.as_of for checkpoint in given if checkpoint.as_of is not None]
    positions = {checkpoint.at for checkpoint in given if checkpoint.as_of is None and checkpoint.at < upto}
    parts = {upto * part // PARTS for part in range(1, PARTS)} if not given else positions
    recorded = [Checkpoint(None, at) for at in sorted({*parts, upto} - {0})]
    return [Checkpoint(date, upto) for date in kept or _dates(ledger)] + recorded[-MOST_POSITIONS:]


def _dates(ledger: Ledger) -> list[str]:
    known = sorted({held.known_from for held in ledger.rows_held.values() if held.kind == "version"})
    step = max(1, -(-len(known) // DATES))
    return list(dict.fromkeys(_date(instant) for instant in known[::-step][::-1]))


def _date(instant: Instant) -> str:
    """The date whose cut is the instant: the day before a midnight, else the instant itself."""
    day = show(instant - int(timedelta(days=1) / timedelta(microseconds=1))) or ""
    date = day.partition("T")[0]
    return date if edtf.single(date).ends == instant else show(instant) or ""


def _events(log: EventLog, views: Views, upto: int, ledger: Ledger, changed: dict[int, str]) -> Iterator[Event]:
    every = -(-upto // MOST_ASKED) or 1
    entries_held = (held for held in ledger.rows_held.values() if held.kind == "entry")
    known = {held.recorded_from: show(held.known_from) for held in entries_held if held.recorded_from == held.key}
    position = 0
    while position < upto and (entries := log.read(position, PAGE, upto)):
        for entry in entries:
            position = entry.position
            asked = position % every == 0
            answer = answer_after(views, entry.stream, position, known.get(position)) if asked else None
            head = ledger.heads[position].hex()
            yield Event(position, entry.id, entry.stream, head, changed.get(position), answer)
