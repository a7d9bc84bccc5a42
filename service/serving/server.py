"""Serving over a socket until somebody says stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI

from service.http.protocol import Protocol

GRACE = 10
"""Seconds that requests under way have once it is to stop."""

_LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": _LINE}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "loggers": {name: {"handlers": ["stderr"], "level": "INFO", "propagate": False} for name in ("asof", "uvicorn")},
}
"""Everything goes to stderr, the access log as well."""


class Stopped(BaseException):
    """Somebody said stop: Ctrl-C, SIGTERM, or the terminal is gone."""


@contextmanager
def until_stopped() -> Iterator[None]:
    """Run what is inside until it ends or somebody says stop, and undo everything on the way out.

    In the main thread only, as Python's signals are.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, stop) for number in _STOPPING}
    try:
        with suppress(Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody else has; port 0 takes a free one. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except BaseException:
        listening.close()
        raise
    return listening


def url(listening: socket.socket) -> str:
    """Where to reach it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: FastAPI, listening: socket.socket, ready: Callable[[], object], *, quiet: bool = False) -> None:
    """Answer requests until a signal says stop, then let those under way end. `ready` is called when it answers."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_config=LOGGING,
        log_level="warning" if quiet else "info",
        access_log=False,  # the application tells its requests itself: see service.http.access
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config, ready)
    # uvicorn itself listens to the other two, and raises them again once it has stopped.
    signal.signal(signal.SIGHUP, server.handle_exit)
    server.run([listening])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
