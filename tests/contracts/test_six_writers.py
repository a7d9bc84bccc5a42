"""Six processes append at once, whatever comes to their minds; whoever follows the log gets every event, once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from domain.ports import EventLog
from tests.contracts.logs import Place, recorder_of

WRITERS = 6
SECONDS = float(os.environ.get("ASOF_TEST_WRITING_SECONDS", "1.5"))
"""How long they append: set it to a minute or an hour for more."""
LATE = 60.0

APPENDS_AT_RANDOM = "from tests.contracts.appends_at_random import run; run(log)"
Event = tuple[int, str, int]
"""Position, stream, version."""


class Follower:
    """Reads a log to the end that it is told of, or that comes late; `seen` is what it got, in its order."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.seen: list[Event] = []
        self.end: int | None = None
        self._until = time.monotonic() + SECONDS + LATE

    def is_there(self) -> bool:
        return len(self.seen) == self.end or time.monotonic() > self._until


def by_position(follower: Follower) -> None:
    """Pages of any size, each from behind the last position that was seen."""
    chance, position = random.Random(0), 0
    while not follower.is_there():
        page = follower.log.read(position, chance.choice((1, 3, 50, 1_000)))
        follower.seen += [(event.position, event.stream, event.version) for event in page]
        position = page[-1].position if page else position


def up_to_the_head(follower: Follower) -> None:
    """Everything up to the head, as who believes that up to there everything is readable."""
    position = 0
    while not follower.is_there():
        head = follower.log.head().position
        page = follower.log.read(position, head - position, head)
        follower.seen += [(event.position, event.stream, event.version) for event in page]
        position = head


def by_subscription(follower: Follower) -> None:
    subscription = recorder_of(follower.log).subscribe(gt=0)
    over = threading.Event()

    def end() -> None:
        while not follower.is_there() and not over.wait(0.02):
            pass
        subscription.stop()

    with ThreadPoolExecutor(1) as threads:
        ending = threads.submit(end)
        try:
            for told in subscription:
                follower.seen.append((told.id, str(told.originator_id), told.originator_version))
        finally:
            over.set()
        ending.result()


FOLLOWING: tuple[Callable[[Follower], None], ...] = (by_position, up_to_the_head, by_subscription)


@contextmanager
def writing(place: Place) -> Iterator[list[subprocess.Popen[str]]]:
    """All of them, from the moment at which the last is ready."""
    with ExitStack() as running:
        writers = [running.enter_context(place.program(APPENDS_AT_RANDOM, LATE)) for _ in range(WRITERS)]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for number, writer in enumerate(writers):
            assert writer.stdin is not None
            writer.stdin.write(f"{number} {SECONDS}\n")
            writer.stdin.close()
        yield writers


def answered(writer: subprocess.Popen[str]) -> list[Event]:
    """What a writer says that it has stored."""
    assert writer.stdout is not None
    return [(position, stream, version) for position, stream, version in json.loads(writer.stdout.read())]


def test_followers_of_six_processes_miss_nothing_and_get_nothing_twice(
    kept_place: Place, record_property: Callable[[str, object], None]
) -> None:
    with ExitStack() as opened, ThreadPoolExecutor(len(FOLLOWING)) as threads:
        followers = [Follower(kept_place.open(LATE)) for _ in FOLLOWING]
        for follower in followers:
            opened.callback(follower.log.close)
        following = [threads.submit(follow, one) for follow, one in zip(FOLLOWING, followers, strict=True)]
        with writing(kept_place) as writers:
            stored = [answered(writer) for writer in writers]
        for follower in followers:
            follower.end = sum(map(len, stored))
        for done in following:
            done.result()
    assert all(stored)
    everything = sorted(event for events in stored for event in events)
    assert [position for position, _, _ in everything] == list(range(1, len(everything) + 1))
    for follow, follower in zip(FOLLOWING, followers, strict=True):
        assert follower.seen == everything, follow.__name__
    record_property("counted", f"{len(everything):,} events of {WRITERS} processes in {SECONDS:g} s")
