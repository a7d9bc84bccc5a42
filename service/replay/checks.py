"""The five checks of a replay against goldens, each with its verdict and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from domain.unavailable import Unreadable
from service.compose import Services, services
from service.plurals import events
from service.progress import Progress, quiet
from service.replay import differences
from service.replay.digests import Digests, digests
from service.replay.golden import Event, Golden
from service.replay.take import count_older, ledger_of, take
from service.replay.views import View, view

DECODES = "every event decodes"
EXTENDS = "the log extends the golden head"
FULL = "full replay equals golden"
INCREMENTAL = "incremental equals full"
ANSWERS = "answers equal golden at its checkpoints"
CHECKS = (DECODES, EXTENDS, FULL, INCREMENTAL, ANSWERS)

WHOLE = 2**31
"""A batch that no log fills."""
ONE = 1
SMALL = 7
MOST_BATCHES = 200
"""How many times a projector begins anew, at most: each time it reads what the ones before have written."""


@dataclass(slots=True)
class Outcome:
    """What became of one check: `told` sums it up, `findings` name what differs, `diff` shows it."""

    title: str
    verdict: Literal["ok", "failed", "skipped"] = "ok"
    told: str = ""
    findings: list[str] = field(default_factory=list)
    diff: str = ""
    seconds: float = 0.0


@contextmanager
def _timed(title: str) -> Iterator[Outcome]:
    outcome = Outcome(title)
    began = time.perf_counter()
    yield outcome
    outcome.seconds = time.perf_counter() - began
    if outcome.findings:
        outcome.verdict = "failed"


def undecodable(detail: str) -> list[Outcome]:
    """The outcome for a log that cannot be read to its end: nothing else can be checked."""
    first = Outcome(DECODES, "failed", "the log cannot be read", [detail])
    return [first, *(Outcome(title, "skipped", "the log cannot be read") for title in CHECKS[1:])]


def check(inside: Services, golden: Golden, folder: Path, progress: Progress = quiet) -> Iterator[Outcome]:
    """The five checks of a store's log against goldens, in order. Raises `domain.ports.Unavailable`."""
    log = inside.log
    with _timed(DECODES) as decodes:
        try:
            position, older = count_older(log)
        except Unreadable as fault:
            yield from undecodable(str(fault))
            return
        decodes.told = f"{events(position)}, {older:,} of an older shape"
    yield decodes
    if position < golden.position:
        told = f"the log ends at {position:,}, the golden at {golden.position:,}"
        missing = f"position {position + 1} is missing: {golden.events[position].id}"
        yield Outcome(EXTENDS, "failed", told, [missing])
        yield from (Outcome(title, "skipped", "the log is shorter than the golden") for title in CHECKS[2:])
        return
    began = time.perf_counter()
    now, made = _whole(inside, golden, progress)
    seconds = time.perf_counter() - began
    yield _extends(golden, now, position)
    yield _full(golden, now, seconds)
    yield _incremental(inside, now, made)
    yield _answers(golden, now, folder)


def _whole(inside: Services, golden: Golden, progress: Progress) -> tuple[Golden, Digests]:
    """What the golden's events come to now; their ledger is let go, since each further check holds one as large."""
    ledger = ledger_of(inside.log, golden.position, WHOLE, progress=progress)
    made = digests(ledger)
    return take(inside.log, inside.views, list(golden.answers), ledger, made), made


def _extends(golden: Golden, now: Golden, position: int) -> Outcome:
    with _timed(EXTENDS) as outcome:
        more = position - golden.position
        outcome.told = f"position {golden.position:,}, {golden.head}" + (f"; {events(more)} behind it" if more else "")
        outcome.findings += differences.of_heads(golden, now)
        if golden.head != now.head and not outcome.findings:
            outcome.findings.append(f"the head is {now.head}: the golden's own events do not lead to its head")
    return outcome


def _full(golden: Golden, now: Golden, seconds: float) -> Outcome:
    with _timed(FULL) as outcome:
        count = sum(told.facts for told in now.projections.values())
        outcome.told = f"{len(now.projections)} projections, {count:,} facts, {len(now.actors):,} actors"
        outcome.findings += differences.of_projections(golden, now)
        if golden.actors != now.actors and not outcome.findings:
            outcome.findings.append("the golden's digests by actor do not fit those by projection")
    outcome.seconds = seconds
    return outcome


def _incremental(inside: Services, now: Golden, full: Digests) -> Outcome:
    """Event by event, and in small batches each by a new projector: in memory, and with a store of its own."""
    with _timed(INCREMENTAL) as outcome:
        small = max(SMALL, -(-now.position // MOST_BATCHES))
        outcome.told = f"batches of {ONE} and {small:,}"
        for size, anew in ((ONE, False), (small, True)):
            made = digests(ledger_of(inside.log, now.position, size, anew=anew))
            if made != full:
                outcome.findings.append(f"in batches of {size:,}: {_first(made, full, now.events)}")
        with services("sqlite://") as scratch:
            _append(inside, scratch, now.position, small)
            for checkpoint, was in now.answers.items():
                became: View = view(scratch.views, checkpoint)
                outcome.findings += [
                    f"in batches of {small:,}: {difference}"
                    for difference in differences.of_views(checkpoint, was, became, [], [])
                ]
    return outcome


def _append(inside: Services, scratch: Services, upto: int, size: int) -> None:
    position = 0
    while position < upto:
        entries = inside.log.read(position, size, upto)
        with scratch.log.session() as session:
            position = session.restore(entries)
        scratch.projector.catch_up()


def _first(made: Digests, full: Digests, events: list[Event]) -> str:
    differ = [name for name, told in full.projections.items() if made.projections.get(name) != told]
    first = next((event for event in events if made.events.get(event.position) != event.facts), None)
    since = "" if first is None else f"; first event that differs: position {first.position}, {first.id}"
    return f"{', '.join(differ)} differ{since}"


def _answers(golden: Golden, now: Golden, folder: Path) -> Outcome:
    with _timed(ANSWERS) as outcome:
        outcome.told = f"{len(golden.answers)} checkpoints, {events(len(golden.events))}"
        outcome.findings += differences.of_answers(golden, now)
    if outcome.findings:
        outcome.diff = differences.diff(golden, now, folder)
    return outcome
