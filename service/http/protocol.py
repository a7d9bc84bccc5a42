"""HTTP/1.1 as uvicorn speaks it, with kept answers written to the socket as soon as a question has been read.

For these there is no task, no ASGI and no formatting of headers: what is left of a request is the parser, one look and
one write. Everything else, and whatever is unusual about a connection or a request, goes the way of uvicorn.
"""

from __future__ import annotations

import time
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from service.http.front import Application, Front
from service.http.given import read
from service.http.kept import Reply
from service.http.request_line import RequestLine

_MORE = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
"""Headers of a request that has more than its headers."""


class Protocol(HttpToolsProtocol):
    """A connection; the methods are the parser's callbacks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.app
        self._front: Front | None = app.front if isinstance(app, Application) and not self.root_path else None
        self._answered = False

    def on_headers_complete(self) -> None:
        """Answer at once, or have uvicorn begin."""
        if not self._answer(time.perf_counter()):
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """What was answered at once had no content."""
        if self._answered:
            self._answered = False
        else:
            super().on_message_complete()

    def _answer(self, began: float) -> bool:
        front, parser = self._front, self.parser
        if front is None or parser.get_method() != b"GET" or not self._is_idle():
            return False
        if parser.get_http_version() != "1.1" or not parser.should_keep_alive():
            return False
        if not _MORE.isdisjoint([name for name, _ in self.headers]):
            return False
        reply = front.at_once(self.url, read(self.headers))
        if reply is None:
            return False
        self._write(reply)
        self._answered = True
        self.on_response_complete()
        front.tell(reply.route, RequestLine(self.client, "GET", self.url, "1.1"), reply.status, len(reply.body), began)
        return True

    def _is_idle(self) -> bool:
        """Whether nothing that came before waits for its answer, or for its reader."""
        last: RequestResponseCycle | None = self.cycle
        return (
            (last is None or last.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and self.limit_concurrency is None
        )

    def _write(self, reply: Reply) -> None:
        of_server = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        self.transport.writelines((STATUS_LINE[reply.status], of_server, reply.fields, reply.body))
