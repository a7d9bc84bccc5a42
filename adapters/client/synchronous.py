"""The client of a program that waits for its answers."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

import httpx

from adapters.client.answer import Answer, NotReachable, Problem, answered
from adapters.client.asked import NDJSON, Asked
from adapters.client.in_process import Application, InProcess
from adapters.client.lines import MOST_EVENTS, Batch, LinesRefused, batches
from adapters.client.questions import Questions
from adapters.client.sending import RETRIES, TIMEOUT, headers, pause


class Client(Questions[Answer]):
    """A connection to a service, to be closed; `key` is sent as bearer token.

    Questions are asked again, at most `retries` times, where the service is busy and says for how long.
    """

    def __init__(
        self,
        server: str,
        *,
        key: str | None = None,
        retries: int = RETRIES,
        timeout: httpx.Timeout = TIMEOUT,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.server = server
        self._retries = retries
        self._http = httpx.Client(base_url=server, headers=headers(key), timeout=timeout, transport=transport)

    @classmethod
    def in_process(cls, application: Application) -> Self:
        """A client of an application in this process."""
        return cls("http://in-process", retries=0, transport=InProcess(application))

    def ask(self, asked: Asked) -> Answer:
        """Send a request and give its answer. Raises Problem, NotReachable and NoService."""
        tries_left = self._retries
        while True:
            response = self._send(asked)
            seconds = pause(asked, response, tries_left)
            if seconds is None:
                return answered(asked, response, self.server)
            tries_left -= 1
            time.sleep(seconds)

    def pages(self, first: Answer, upto: int | None = None) -> Iterator[Answer]:
        """The page and those behind it, with `upto` items at most in all of them."""
        page, rest = first, upto
        while True:
            yield page
            rest = None if rest is None else rest - page.limit
            following = page.following(rest)
            if following is None:
                return
            page = self.ask(following)

    def append_lines(
        self, lines: Iterable[bytes], *, register_actors: bool = False, most_events: int = MOST_EVENTS
    ) -> Iterator[tuple[Batch, Answer]]:
        """Append NDJSON of any length, a batch at a time, each all or nothing. Raises LinesRefused."""
        for batch in batches(lines, most_events):
            try:
                yield batch, self.append(batch.content, NDJSON, register_actors=register_actors)
            except Problem as problem:
                raise LinesRefused(batch, problem) from problem

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _send(self, asked: Asked) -> httpx.Response:
        request = self._http.build_request(
            asked.method, asked.path, params=asked.parameters, headers=asked.headers, content=asked.content
        )
        try:
            return self._http.send(request, follow_redirects=asked.method == "GET")
        except httpx.RequestError as fault:
            raise NotReachable(self.server, fault) from fault
