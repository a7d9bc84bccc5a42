"""What every request passes first: it is timed, counted and logged here, and answered by the shortest way there is.

In this order: an answer that is kept; a page that reads the same as of its date; a route that parses its own question,
at once where that can be; the framework. Whatever every request has to pass stands here, since the framework's
middleware sees only what comes to it.
"""

from __future__ import annotations

import time

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from service.http.access import AccessLog
from service.http.answer import Answer
from service.http.asking import NOW, NotNow
from service.http.coding import PLAIN
from service.http.given import Given, given_of
from service.http.metrics import Metrics
from service.http.problems import HANDLERS, Handler, problem
from service.http.replies import coded
from service.http.request_line import RequestLine
from service.http.response_cache import Reply, ResponseCache
from service.http.table import Table, Way
from service.http.turn import Turn
from service.http.validity_cache import ValidityCache

UNKNOWN = "none"
MISSED = "asof.missed"
"""Stands in the scope of a request for which nothing was found that could be told at once."""


class Application(FastAPI):
    """The framework's application behind the front."""

    front: Front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self.front(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, without the front."""
        await super().__call__(scope, receive, send)


class Front:
    """ASGI for HTTP: HEAD wherever GET (RFC 9110, 9.3.2), with the same headers and no content."""

    def __init__(
        self, app: Application, kept: ResponseCache, pages: ValidityCache, metrics: Metrics, log: AccessLog | None
    ) -> None:
        self._app = app
        self.turn: Turn = app.state.turn
        self._table = Table(app)
        self._kept = kept
        self._pages = pages
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        began, line, given = time.perf_counter(), RequestLine.of(scope), given_of(scope)
        method = line.method
        first = method == "GET" and MISSED not in scope
        if first and (reply := self.at_once(line.target, given)) is not None:
            await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
            await send({"type": "http.response.body", "body": reply.body})
            self.tell(reply.route, line, reply.status, reply.size, began)
            return
        asked = scope if method != "HEAD" else {**scope, "method": "GET"}
        found = None if scope.get("root_path") else self._table.find(asked["method"], asked["path"])
        if found is None:
            await self._by_framework(asked, receive, send, began, line)
            return
        way, texts = found
        answer = await _answered(way, Request(self._routed(asked, way, texts), receive), given)
        content = b"" if method == "HEAD" else answer.body
        try:
            await send(answer.start())
            await send({"type": "http.response.body", "body": content})
        finally:
            self.tell(way.path, line, answer.status_code, len(content), began)

    def at_once(self, target: bytes, given: Given) -> Reply | None:
        """The answer to GET of this target, where it is kept, or what it is made of."""
        reply = self._kept.find(target, given)
        if reply is None and (told := self._pages.find(target, given)) is not None:
            reply = told.reply
            if told.lately:
                self._kept.keep(target, given, told.tag, reply, told.state)
        return reply

    def asked_at_once(self, scope: Scope, given: Given) -> Reply | None:
        """The answer to GET without content, where it can be put together now; None where it has to be waited for."""
        found = None if given.codings.gzip or not given.codings.identity else self._table.find("GET", scope["path"])
        if found is None or not found[0].asks:
            return None
        way, texts = found
        answering = _answered(way, Request(self._routed({**scope, NOW: True}, way, texts)), given)
        try:
            answering.send(None)
        except NotNow:
            return None
        except StopIteration as done:
            return Reply.of(way.path, done.value)
        answering.close()
        return None

    def _routed(self, scope: Scope, way: Way, texts: dict[str, str]) -> Scope:
        scope["app"], scope["route"], scope["path_params"] = self._app, way.route, texts
        return scope

    def tell(self, route: str, line: RequestLine, status: int, size: int, began: float) -> None:
        """A request was answered, by what was counted by `time.perf_counter` as it began."""
        seconds = time.perf_counter() - began
        self._metrics.took(route, line.method, status, seconds)
        if self._log is not None:
            self._log.note(line, status, size, seconds)

    async def _by_framework(self, asked: Scope, receive: Receive, send: Send, began: float, line: RequestLine) -> None:
        status, size = 500, 0

        async def passing(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            elif line.method == "HEAD":
                message = {**message, "body": b""}
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app.behind(asked, receive, passing)
        finally:
            self.tell(getattr(asked.get("route"), "path", UNKNOWN), line, status, size, began)


async def _answered(way: Way, request: Request, given: Given) -> Answer:
    if request.method == "GET" and not (given.codings.identity or given.codings.gzip):
        refused = problem(406, "not-acceptable", "offered: gzip, or no coding at all")
        return coded(refused, PLAIN)
    try:
        response = await way.handle(request)
    except NotNow:
        raise
    except Exception as fault:  # noqa: BLE001 (of which the table of refusals knows every one)
        response = await _handler(fault)(request, fault)
    return response if isinstance(response, Answer) else coded(response, given.codings)


def _handler(fault: Exception) -> Handler:
    return next(HANDLERS[kind] for kind in type(fault).__mro__ if kind in HANDLERS)
