"""Whatever many threads append at once, through one service or two, comes out as if one after the other had."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain.refusals import ActorNameUnknown, Refusal
from service.appending.admission import Placed
from service.appending.appender import Appended, Rehearse
from service.compose import Services, services
from tests.http.clock import SetClock
from tests.http.wires import corroborated, registered, reported
from tests.service.proposals import proposed
from tests.stores import KEPT

SEEDS = 12
THREADS = 6
REQUESTS = 8
NOON = "2025-12-01T12:00:00Z"

Event = dict[str, Any]
Request = list[Event]
Outcome = Appended | Refusal


def event(chance: random.Random, name: str) -> Event:
    """An event of a small world, in which nearly everything is in conflict with something."""
    development, actor = f"d{chance.randrange(4)}", f"actor-{chance.randrange(4)}"
    again = {"id": f"again-{chance.randrange(4)}"} if chance.random() < 0.4 else {"id": name}
    match chance.randrange(7):
        case 0 | 1:
            return reported(development, actors=[{"actor": actor}], **again)
        case 2 | 3:
            return corroborated(development, **again)
        case 4:
            return corroborated(development, expected_version=chance.randrange(5), **again)
        case 5:
            return registered(actor, **again)
        case _:
            report = {"source": "AFP", "reported": "2025-07-09"}
            return {
                "type": "ReportWithdrawn",
                "development": development,
                "withdraws": "*",
                "reason": "wrong",
                "report": report,
                **again,
            }


def requests(seed: int) -> list[list[Request]]:
    """What each thread asks for, in its order."""
    chance = random.Random(seed)
    return [
        [
            [event(chance, f"e-{thread}-{number}-{n}") for n in range(chance.choice((1, 1, 1, 2, 3)))]
            for number in range(REQUESTS)
        ]
        for thread in range(THREADS)
    ]


def registering(request: Request) -> bool:
    return len(request) % 2 == 1


def ask(of: Services, request: Request) -> Outcome:
    try:
        return of.appender.append(proposed(*request), register_actors=registering(request))
    except Refusal as refusal:
        return refusal


def at_once(asked: Sequence[Sequence[Request]], of: Sequence[Services]) -> list[list[Outcome]]:
    """The outcomes, per thread."""
    outcomes: list[list[Outcome]] = [[] for _ in asked]
    ready = threading.Barrier(len(asked))

    def run(thread: int) -> None:
        ready.wait()
        for request in asked[thread]:
            outcomes[thread].append(ask(of[thread % len(of)], request))

    threads = [threading.Thread(target=run, args=(thread,)) for thread in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def told(placed: Sequence[Placed]) -> list[tuple[str, int, int]]:
    return [(one.stream, one.version, one.position) for one in placed]


def stored(store: Services) -> list[tuple[str, int, str, Any]]:
    """The log; the ids that the service gave are as good as any."""
    found = []
    for entry in store.log.read(0, 10_000):
        body = orjson.loads(entry.body)
        if entry.type == "ActorRegistered":
            del body["id"]
        found.append((entry.stream, entry.version, entry.type, body))
    return found


def says(refusal: Refusal) -> object:
    """What was judged; which names come close to one that is not known is looked up afterwards."""
    return refusal.code, refusal.named if isinstance(refusal, ActorNameUnknown) else refusal.faults


class Refused:
    """A refusal, and between which positions it was given."""

    def __init__(self, request: Request, outcome: Refusal, after: int, before: int) -> None:
        self.request, self.outcome, self.after, self.before = request, outcome, after, before
        self.explained = False

    def try_at(self, position: int, rehearse: Rehearse) -> None:
        if self.explained or not self.after <= position <= self.before:
            return
        try:
            rehearse(proposed(*self.request), register_actors=registering(self.request))
        except Refusal as refusal:
            self.explained = says(refusal) == says(self.outcome)


def refused(asked: Sequence[Request], outcomes: Sequence[Outcome], end: int) -> list[Refused]:
    """The refusals of one thread: each was given between its neighbours that were let in."""
    found = []
    for n, (request, outcome) in enumerate(zip(asked, outcomes, strict=True)):
        if isinstance(outcome, Refusal):
            before = [one.position for one in outcomes[:n] if isinstance(one, Appended) and one.stored]
            behind = [one.position for one in outcomes[n:] if isinstance(one, Appended) and one.stored]
            found.append(Refused(request, outcome, max(before, default=0), min(behind, default=end + 1)))
    return found


def fresh(asked: Sequence[Sequence[Request]], outcomes: Sequence[Sequence[Outcome]]) -> list[tuple[Request, Appended]]:
    """The requests that stored something, in the order of the log."""
    found = [
        (request, outcome)
        for theirs, told_them in zip(asked, outcomes, strict=True)
        for request, outcome in zip(theirs, told_them, strict=True)
        if isinstance(outcome, Appended) and outcome.stored
    ]
    return sorted(found, key=lambda one: one[1].position)


def explain(refusals: Sequence[Refused], serial: Services, position: int) -> None:
    for one in refusals:
        with serial.appender.rehearsal() as rehearse:
            one.try_at(position, rehearse)


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_many_threads_append_at_once_equals_some_serial_order(
    seed: int, count: int, kind: str, tmp_path: Path
) -> None:
    asked, clock = requests(seed), SetClock(NOON)
    with ExitStack() as opened:
        of = [opened.enter_context(services(KEPT[kind](tmp_path / "one"), clock=clock)) for _ in range(count)]
        outcomes = at_once(asked, of)
        end = of[0].log.head().position
        accepted = fresh(asked, outcomes)
        refusals = [one for theirs, found in zip(asked, outcomes, strict=True) for one in refused(theirs, found, end)]
        serial = opened.enter_context(services("sqlite://", clock=clock))
        explain(refusals, serial, 0)
        for request, outcome in accepted:
            again = ask(serial, request)
            assert isinstance(again, Appended), (request, again)
            assert told(again.events) == told(outcome.events)
            explain(refusals, serial, again.position)
        assert [(one.request, one.outcome) for one in refusals if not one.explained] == []
        assert stored(of[0]) == stored(serial)
        placed = {entry.position: (entry.id, entry.stream, entry.version) for entry in of[0].log.read(0, end)}
        for found in outcomes:
            assert len(found) == REQUESTS
            answered = [one for one in found if isinstance(one, Appended)]
            assert all(one.visible for one in answered)
            assert all(placed[p.position] == (p.id, p.stream, p.version) for one in answered for p in one.events)
        with of[0].views.snapshot() as snapshot:
            assert snapshot.head.position == end
