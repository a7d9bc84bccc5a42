"""Where an answer is waited for that another thread gives: by a thread, or by a task in an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar, cast

Result = TypeVar("Result")


class Reply(Generic[Result]):
    """One answer. Made with a loop it is awaited there, else a thread waits for it; either way once."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = loop
        self._answer: Result | BaseException | None = None
        if loop is None:
            self._told = threading.Lock()
            self._told.acquire()
        else:
            self._future: asyncio.Future[Result] = loop.create_future()

    def wait(self) -> Result:
        """The answer, as soon as there is one; raised where it is an exception."""
        self._told.acquire()
        if isinstance(self._answer, BaseException):
            raise self._answer
        return cast("Result", self._answer)

    def soon(self) -> Awaitable[Result]:
        """The same, to be awaited in the loop."""
        return self._future

    def put(self, answer: Result | BaseException) -> None:
        """Give the answer; where a task waits, `show` it in the loop."""
        self._answer = answer
        if self.loop is None:
            self._told.release()

    def show(self) -> None:
        """Wake the task, from within its loop; one that was cancelled waits no more."""
        if self._future.done():
            return
        if isinstance(self._answer, BaseException):
            self._future.set_exception(self._answer)
        else:
            self._future.set_result(cast("Result", self._answer))


def tell(told: Iterable[tuple[Reply[Result], Result | BaseException]]) -> None:
    """Give answers from any thread. Every loop is woken once for all of its own."""
    loops: dict[asyncio.AbstractEventLoop, list[Reply[Result]]] = {}
    for reply, answer in told:
        reply.put(answer)
        if reply.loop is not None:
            loops.setdefault(reply.loop, []).append(reply)
    for loop, replies in loops.items():
        # In a loop that is closed nobody waits any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_show, replies)


def _show(replies: Sequence[Reply[Result]]) -> None:
    for reply in replies:
        reply.show()
