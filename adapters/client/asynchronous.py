"""The client of a program with an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from types import TracebackType
from typing import Any, Self

import httpx

from adapters.client.answer import Answer, NotReachable, Problem, answered
from adapters.client.asked import NDJSON, Asked
from adapters.client.in_process import Application
from adapters.client.lines import MOST_EVENTS, Batch, LinesRefused, batches
from adapters.client.questions import Questions
from adapters.client.sending import RETRIES, TIMEOUT, headers, pause


class AsyncClient(Questions[Coroutine[Any, Any, Answer]]):
    """As `Client`, with every answer to be awaited."""

    def __init__(
        self,
        server: str,
        *,
        key: str | None = None,
        retries: int = RETRIES,
        timeout: httpx.Timeout = TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.server = server
        self._retries = retries
        self._http = httpx.AsyncClient(base_url=server, headers=headers(key), timeout=timeout, transport=transport)

    @classmethod
    def in_process(cls, application: Application) -> Self:
        """A client of an application in this process."""
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        return cls("http://in-process", retries=0, transport=transport)

    async def ask(self, asked: Asked) -> Answer:
        """Send a request and give its answer. Raises Problem, NotReachable and NoService."""
        tries_left = self._retries
        while True:
            response = await self._send(asked)
            seconds = pause(asked, response, tries_left)
            if seconds is None:
                return answered(asked, response, self.server)
            tries_left -= 1
            await asyncio.sleep(seconds)

    async def pages(self, first: Answer, upto: int | None = None) -> AsyncIterator[Answer]:
        """The page and those behind it, with `upto` items at most in all of them."""
        page, rest = first, upto
        while True:
            yield page
            rest = None if rest is None else rest - page.limit
            following = page.following(rest)
            if following is None:
                return
            page = await self.ask(following)

    async def append_lines(
        self, lines: Iterable[bytes], *, register_actors: bool = False, most_events: int = MOST_EVENTS
    ) -> AsyncIterator[tuple[Batch, Answer]]:
        """Append NDJSON of any length, a batch at a time, each all or nothing. Raises LinesRefused."""
        for batch in batches(lines, most_events):
            try:
                yield batch, await self.append(batch.content, NDJSON, register_actors=register_actors)
            except Problem as problem:
                raise LinesRefused(batch, problem) from problem

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()

    async def _send(self, asked: Asked) -> httpx.Response:
        request = self._http.build_request(
            asked.method, asked.path, params=asked.parameters, headers=asked.headers, content=asked.content
        )
        try:
            return await self._http.send(request, follow_redirects=asked.method == "GET")
        except httpx.RequestError as fault:
            raise NotReachable(self.server, fault) from fault
