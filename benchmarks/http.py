"""Answers over HTTP: a page of an actor's timeline as of ever other dates, pinned answers, 304; beside them the least
that can be answered (a raw ASGI hello, on the same server) and the way of FastAPI's documentation over the same store.

Each server has one process, on a CPU of its own where there are two, and the client another. What is counted is
answers a second of the server's time on its CPU, which is all the time there is where nothing else runs: so the client
does not count, nor whoever else has the machine.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import httpx

from benchmarks import corpus, hello
from benchmarks.load import Ask, answers
from benchmarks.questions import fill, questions
from benchmarks.report import Figure, at_least, median_of
from benchmarks.server import Server, running, serving
from service.compose import services

EVENTS = 20_000
ROUNDS = 5
SECONDS = 2.0
ASKED = 2_000
CHECKED = 200
KEPT = 200
PAGE, LONG_PAGE = 20, 100
_CPUS = sorted(os.sched_getaffinity(0))
OF_SERVER, OF_CLIENT = (_CPUS[:1], _CPUS[1:2]) if len(_CPUS) > 1 else ((), ())


def figures() -> list[Figure]:
    """The median answers a second of each, in rounds in turns."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "http.db"
        with services(f"sqlite:///{file}") as store:
            fill(store, EVENTS)
        with (
            running(["benchmarks.hello"], "/", OF_SERVER) as least,
            running(["benchmarks.idiomatic", f"sqlite:///{file}"], "/docs", OF_SERVER) as idiomatic,
            serving(file, OF_SERVER) as ours,
            running(["benchmarks.without_page_cache", f"sqlite:///{file}"], "/readyz", OF_SERVER) as fresh,
        ):
            return _measured(least, idiomatic, ours, fresh)


def _measured(least: Server, idiomatic: Server, ours: Server, fresh: Server) -> list[Figure]:
    pages, long_pages = _asks(ours, PAGE), _asks(ours, LONG_PAGE)
    kept = [Ask(f"{ask.path}&at={corpus.ACTORS + EVENTS}") for ask in pages[:KEPT]]
    assert httpx.get(least.url).content == hello.BODY
    for asks in (pages, long_pages):
        for server in (ours, fresh):
            _check(idiomatic, server, asks)
    had_pinned, had = _had(ours, kept), _had(ours, pages[:KEPT])
    loads = [
        (least, [Ask("/")]), (ours, pages), (fresh, pages), (idiomatic, pages), (fresh, long_pages),
        (idiomatic, long_pages), (ours, kept), (ours, had_pinned), (ours, had),
    ]  # fmt: skip
    measured = [partial(_rate, server, asks) for server, asks in loads]
    raw, page, fresh_page, model, long_page, long_model, pinned, same_pinned, same = median_of(ROUNDS, *measured)
    of_hello, of_idiom = "of a raw ASGI hello", "to FastAPI with a response model"
    return [
        at_least(f"a page of {PAGE} as of ever other dates, {of_hello}", page, raw, "/s", 0.30),
        at_least(f"a page of {PAGE} that is put together each time, {of_hello}", fresh_page, raw, "/s", 0.30),
        at_least(f"the same, {of_idiom}", fresh_page, model, "/s", 6),
        at_least(f"a page of {LONG_PAGE}, {of_idiom}", long_page, long_model, "/s", 7),
        at_least(f"a page of {PAGE}, pinned and kept, {of_hello}", pinned, raw, "/s", 0.75),
        at_least(f"304 of a pinned page, {of_hello}", same_pinned, raw, "/s", 0.75),
        at_least(f"304 of a page that is not pinned, {of_hello}", same, raw, "/s", 0.75),
    ]


def _rate(server: Server, asks: Sequence[Ask]) -> float:
    before = server.cpu_seconds()
    answered = answers(server.url, asks, SECONDS, OF_CLIENT)
    return answered / (server.cpu_seconds() - before)


def _asks(ours: Server, limit: int) -> list[Ask]:
    """Pages of actors as often as they occur, as of dates all over the story; full ones only."""
    asked = dict.fromkeys(
        f"/v1/actors/{actor}/timeline?as_of={day}&limit={limit}" for actor, day in questions(ASKED * LONG_PAGE // 20)
    )
    with httpx.Client(base_url=ours.url) as client:
        full = (Ask(path) for path in asked if len(client.get(path).json()["items"]) == limit)
        return [ask for ask, _ in zip(full, range(ASKED), strict=False)]


def _check(idiomatic: Server, ours: Server, asks: Sequence[Ask]) -> None:
    """Both tell the same items."""
    with httpx.Client() as client:
        for ask in asks[:CHECKED]:
            one, other = (client.get(f"{server.url}{ask.path}") for server in (idiomatic, ours))
            assert one.status_code == other.status_code == httpx.codes.OK, ask
            assert one.json()["items"] == other.json()["items"], ask


def _had(ours: Server, asks: Sequence[Ask]) -> list[Ask]:
    """The same questions by somebody who has the answers: 304, without a body."""
    with httpx.Client(base_url=ours.url, headers={"Accept-Encoding": "identity"}) as client:
        had = [Ask(ask.path, client.get(ask.path).headers["etag"]) for ask in asks]
        for ask in had:
            same = client.get(ask.path, headers={"If-None-Match": ask.if_none_match})
            assert (same.status_code, same.content) == (httpx.codes.NOT_MODIFIED, b""), ask
        return had
