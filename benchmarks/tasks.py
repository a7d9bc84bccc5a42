"""Many clients at once in one process, as the requests of a service are: tasks of an event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import uvloop

from benchmarks.clients import Load

Item = TypeVar("Item")
Do = Callable[[Item], Awaitable[object]]


def at_once(do: Do[Item], items: Iterable[Item], count: int, clients: int) -> Load:
    """Do `count` of the items by so many clients, each one after the other."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_at_once(do, iter(list(islice(items, count))), count, clients))


def in_threads(pool: ThreadPoolExecutor, do: Callable[[Item], object]) -> Do[Item]:
    """What blocks, done by a thread of a pool."""

    async def done(item: Item) -> None:
        await asyncio.get_running_loop().run_in_executor(pool, do, item)

    return done


async def _at_once(do: Do[Item], left: Iterator[Item], count: int, clients: int) -> Load:
    seconds: list[float] = []

    async def client() -> None:
        for item in left:
            began = time.perf_counter()
            await do(item)
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(count / (time.perf_counter() - began), seconds)


def at_rate(do: Do[Item], items: Iterable[Item], count: int, a_second: int) -> None:
    """Begin `count` of the items, so many a second however long they take, and see them all end."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_at_rate(do, list(islice(items, count)), a_second))


async def _at_rate(do: Do[Item], items: list[Item], a_second: int) -> None:
    began = time.perf_counter()
    running: list[asyncio.Future[object]] = []
    for number, item in enumerate(items):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        running.append(asyncio.ensure_future(do(item)))
    await asyncio.gather(*running)
