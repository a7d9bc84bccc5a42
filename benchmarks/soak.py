"""A service under mixed use for a while: of a hundred requests 95 ask all kinds of questions, 5 append.

Eight clients at once, each with a connection of its own and one request at a time, against a served process. Questions
are asked at many dates and positions, half of them accept gzip. Every answer has to be one of those that are expected;
latencies are told by route. ASOF_SOAK_SECONDS says for how long (30 where nothing is said; 600 are worth looking at),
ASOF_SOAK_STORE=postgres asks PostgreSQL instead of SQLite.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx
import orjson

from benchmarks import corpus
from benchmarks.questions import fill
from benchmarks.report import Figure, at_most, below
from benchmarks.server import Server, serving
from service.compose import services
from tests import postgres

SECONDS = float(os.environ.get("ASOF_SOAK_SECONDS", "30"))
STORE = os.environ.get("ASOF_SOAK_STORE", "sqlite")
EVENTS = 20_000
CLIENTS = 8
APPENDS_IN_A_HUNDRED = 5
MOST_GROWTH = 1.2
LOOK_SECONDS = 1.0
ACTORS = corpus.actor_names()
WEIGHTS = [1 / (rank + 1) for rank in range(corpus.ACTORS)]


@dataclass(slots=True)
class Soaked:
    """What came of it: milliseconds by route, answers that were not expected, memory over time."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    """Megabytes that are the process's own: not those of the store's file that are mapped."""


def figures() -> list[Figure]:
    """Errors, memory at the end to that at a tenth of the way, and the slowest route at the 99th percentile."""
    with _store() as url:
        with services(url) as store:
            fill(store, EVENTS)
        with serving(url) as server:
            soaked = asyncio.run(_soak(server))
            last = httpx.get(f"{server.url}/v1/log").json()["position"]
            assert last == corpus.ACTORS + EVENTS + len(soaked.milliseconds["POST /v1/events"])
    _print(soaked)
    assert not soaked.errors, soaked.errors[:5]
    early = soaked.resident[len(soaked.resident) // 10]
    answered = sum(map(len, soaked.milliseconds.values()))
    return [
        below(f"errors in {answered:,} requests of a mixed load, {STORE}", len(soaked.errors), 0, ""),
        at_most(
            f"memory after {SECONDS:.0f} s of it, to a tenth of the way", soaked.resident[-1], early, "MB", MOST_GROWTH
        ),
    ]


@contextmanager
def _store() -> Iterator[str]:
    if STORE == "postgres":
        server = postgres.Server(fsync="on").create().start()
        try:
            yield server.url
        finally:
            server.remove()
    else:
        with tempfile.TemporaryDirectory() as directory:
            yield f"sqlite:///{Path(directory) / 'soak.db'}"


async def _soak(server: Server) -> Soaked:
    soaked, until = Soaked(), time.monotonic() + SECONDS
    fresh = _events()
    clients = [_client(server, number, fresh, until, soaked) for number in range(CLIENTS)]
    await asyncio.gather(_look(server, until, soaked), *clients)
    return soaked


async def _look(server: Server, until: float, soaked: Soaked) -> None:
    while time.monotonic() < until:
        soaked.resident.append(server.private_mb())
        await asyncio.sleep(LOOK_SECONDS)


async def _client(server: Server, seed: int, fresh: Iterator[bytes], until: float, soaked: Soaked) -> None:
    chance = random.Random(seed)
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    while time.monotonic() < until:
        if chance.randrange(100) < APPENDS_IN_A_HUNDRED:
            route, expected, request = "POST /v1/events", {201}, _append(next(fresh))
        else:
            route, path, query = _question(chance)
            # Not every metric is known at every date.
            expected, request = {200, 404} if "metric" in route else {200}, _get(chance, path, query)
        began = time.perf_counter()
        writer.write(request)
        status, body = await _answer(reader)
        soaked.milliseconds[route].append((time.perf_counter() - began) * 1_000)
        if status not in expected:
            soaked.errors.append(f"{status} {request[:200]!r} {body[:200]!r}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return int(head[9:12]), await reader.readexactly(int(length))


def _append(body: bytes) -> bytes:
    head = f"POST /v1/events HTTP/1.1\r\nHost: asof\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def _get(chance: random.Random, path: str, query: dict[str, str]) -> bytes:
    coding = chance.choice(("gzip", "identity"))
    head = f"GET {path}?{urlencode(query)} HTTP/1.1\r\nHost: asof\r\nAccept-Encoding: {coding}\r\n\r\n"
    return head.encode()


def _question(chance: random.Random) -> tuple[str, str, dict[str, str]]:
    """A route, the path and the parameters of a question to it."""
    query = {"as_of": _day(chance)}
    if chance.random() < 1 / 4:
        query["at"] = str(chance.randrange(corpus.ACTORS, corpus.ACTORS + EVENTS))
    (actor,) = chance.choices(ACTORS, WEIGHTS)
    paged, of = query | {"limit": "20"}, f"/v1/actors/{actor}"
    metric, topic = f"metric-{chance.randrange(corpus.METRICS):02d}", f"topic-{chance.randrange(corpus.TOPICS):03d}"
    order, limit = chance.choice(("occurred", "-occurred", "known", "-known")), chance.choice(("20", "100"))
    begin = _day(chance)
    questions = {
        ("/v1/actors/{actor}/timeline", f"{of}/timeline"): (40, query | {"limit": limit, "order": order}),
        ("/v1/developments", "/v1/developments"): (10, paged | {"topic": topic}),
        ("/v1/developments?q", "/v1/developments"): (10, paged | {"q": " ".join(chance.sample(corpus.WORDS, 2))}),
        ("/v1/actors/{actor}", of): (10, query),
        ("/v1/figures/{metric}", f"/v1/figures/{metric}"): (10, paged),
        ("/v1/state", "/v1/state"): (5, query | {"actor": actor}),
        ("/v1/changes", "/v1/changes"): (5, {"from": begin, "to": _later(begin), "limit": "20"}),
        ("/v1/events", "/v1/events"): (5, {"after": str(chance.randrange(EVENTS)), "limit": "50"}),
        ("/v1/log", "/v1/log"): (5, {}),
    }
    (picked,) = chance.choices(list(questions), [weight for weight, _ in questions.values()])
    return *picked, questions[picked][1]


def _day(chance: random.Random) -> str:
    return (corpus.FIRST_DAY + timedelta(days=chance.randrange(200, corpus.DAYS))).date().isoformat()


def _later(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=7)).isoformat()


def _words(chance: random.Random) -> str:
    return " ".join(chance.sample(corpus.WORDS, 2))


def _events() -> Iterator[bytes]:
    """Events that no other run of the corpus has: of later numbers, in the order of their reports."""
    for number, event in enumerate(corpus.events(1_000_000, seed=13)):
        renamed = event | {"id": f"soak-{number:07d}"}
        if event["type"] == "DevelopmentReported":
            renamed["development"] = f"soak-{event['development']}"
            yield orjson.dumps(renamed)


def _print(soaked: Soaked) -> None:
    line = "{:30} {:>8} {:>8} {:>8} {:>8} {:>8}"
    print(line.format("route", "answers", "p50 ms", "p95 ms", "p99 ms", "max ms"), file=sys.stderr)
    for route, taken in sorted(soaked.milliseconds.items()):
        cuts = statistics.quantiles(taken, n=100) if len(taken) > 1 else taken * 99
        shown = [f"{part:.1f}" for part in (cuts[49], cuts[94], cuts[98], max(taken))]
        print(line.format(route, f"{len(taken):,}", *shown), file=sys.stderr)
    answered = sum(map(len, soaked.milliseconds.values()))
    told = ", ".join(f"{megabytes:.0f}" for megabytes in soaked.resident[:: max(1, len(soaked.resident) // 10)])
    print(f"{answered / SECONDS:,.0f} requests/s, {len(soaked.errors)} errors, MB: {told}", file=sys.stderr)
