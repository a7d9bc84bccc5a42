"""HTTP/1.1 as uvicorn speaks it, with what can be told at once written to the socket as soon as a question is read.

For these there is no task, no ASGI and no formatting of headers: what is left of a request is the parser, one look and
one write. Everything else, and whatever is unusual about a connection or a request, goes the way of uvicorn.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import unquote

from httptools import parse_url
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.http.answer import RawHeaders
from service.http.front import MISSED, Application, Front
from service.http.given import KEY, read
from service.http.request_line import RequestLine, target_of
from service.http.response_cache import Reply, fields
from service.http.turn import Turn

_MORE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
"""Headers of a request that has more than its headers."""
MOST_AT_ONCE = 16
"""Requests of one connection that are answered before others have their turn."""


class Protocol(HttpToolsProtocol):
    """A connection; the methods are the parser's callbacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app, as_usual = self.app, not self.root_path and self.limit_concurrency is None
        self._front: Front | None = app.front if isinstance(app, Application) and as_usual else None
        self._answered = False
        self._at_once = 0
        self._turn = -1
        self._said: RawHeaders | None = None
        self._of_server = b""

    def data_received(self, data: bytes) -> None:
        """More of the connection, in which there may be many requests."""
        self._at_once = 0
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Answer at once, or have uvicorn begin."""
        if not self._answer(time.perf_counter()):
            # The time of an answer before it in the same data runs: the connection is not idle any more.
            self._unset_keepalive_if_required()
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request that was answered at once had no content to wait for."""
        if self._answered:
            self._answered = False
        else:
            super().on_message_complete()

    def _answer(self, began: float) -> bool:
        front = self._front
        if front is None or not self._is_plain() or not self._is_idle() or self._at_once == MOST_AT_ONCE:
            return False
        given = self.scope[KEY] = read(self.headers)  # type: ignore[literal-required]
        target = self.url
        self._begin(front.turn)
        try:
            reply = front.at_once(target, given)
            if reply is None:
                self.scope[MISSED] = True  # type: ignore[literal-required]
                asked = self._asked()
                target, reply = target_of(asked), front.asked_at_once(asked, given)
                # Who asks what had to be put together lets others have their turn.
                self._at_once = MOST_AT_ONCE - 1
        except Exception:  # noqa: BLE001 (by uvicorn's way it is raised again, and told)
            return False
        finally:
            front.turn.shared = False
        if reply is None:
            return False
        self._write(reply)
        self._answered = True
        self._at_once += 1
        self.on_response_complete()
        line = RequestLine(self.client, "GET", target, "1.1")
        try:
            front.tell(reply.route, line, reply.status, reply.size, began)
        except Exception:
            # The parser would take it for a fault of the client, who has the answer.
            self.logger.exception("Exception in telling of a request")
        return True

    def _begin(self, turn: Turn) -> None:
        """The first request of the connection in this turn of the loop shares what others see of the store."""
        number = turn.number()
        turn.shared, self._turn = number != self._turn, number

    def _asked(self) -> Scope:
        """What is asked, as ASGI says it."""
        url = parse_url(self.url)
        path = url.path.decode("ascii")
        asked = {"method": "GET", "raw_path": url.path, "query_string": url.query or b""}
        return {**self.scope, **asked, "path": unquote(path) if "%" in path else path}

    def _is_plain(self) -> bool:
        """Whether it is GET without content, on a connection that stays."""
        parser = self.parser
        return (
            parser.get_method() == b"GET"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and _MORE.isdisjoint([name for name, _ in self.headers])
        )

    def _is_idle(self) -> bool:
        """Whether nothing that came before waits for its answer, or for its reader."""
        last: RequestResponseCycle | None = self.cycle
        return (
            (last is None or last.response_complete) and not self.flow.write_paused and not self.transport.is_closing()
        )

    def _write(self, reply: Reply) -> None:
        said = self.server_state.default_headers
        # They are others once a second, when the date is.
        if said is not self._said:
            self._said, self._of_server = said, fields(said)
        self.transport.writelines((STATUS_LINE[reply.status], self._of_server, reply.fields, *reply.parts))
