"""What the service measures of itself, for Prometheus."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """The instruments of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "asof_http_requests",
            "Requests by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "asof_http_request_seconds", "Time to the end of the answer.", ("route", "method"), registry=self.registry
        )
        self.events = Counter("asof_events_appended", "Events stored by this process.", registry=self.registry)
        self.position = self._gauge("asof_log_position", "Last position of the log.")
        self.visible = self._gauge("asof_views_position", "Position up to which the views are level.")
        self.lag = self._gauge("asof_views_lag_events", "Events that the views are behind the log.")

    def text(self) -> bytes:
        """Everything measured, in the text format of Prometheus: of all processes that serve `together`."""
        if _DIRECTORY not in os.environ:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(name, what, registry=self.registry, multiprocess_mode="mostrecent")


@contextmanager
def together() -> Iterator[None]:
    """Have the processes that are begun inside, and import this module there, measure together."""
    with TemporaryDirectory(prefix="asof-metrics-") as directory:
        os.environ[_DIRECTORY] = directory
        try:
            yield
        finally:
            del os.environ[_DIRECTORY]


class Measured:
    """Counts and times every request under the route that answered it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(route, method, status).inc()
            self._metrics.seconds.labels(route, method).observe(time.perf_counter() - began)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
