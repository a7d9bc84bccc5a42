"""What the service measures of itself, for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from service.processes.temporary import temporary_folder

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
        self._taken: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def took(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count and time a request under the route that answered it."""
        taken = self._taken.get((route, method, status))
        if taken is None:
            known = method if method in _METHODS else "other"
            taken = (self.requests.labels(route, known, status), self.seconds.labels(route, known))
            if known == method:
                self._taken[route, method, status] = taken
        taken[0].inc()
        taken[1].observe(seconds)

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
    with temporary_folder("asof-metrics-") as directory:
        os.environ[_DIRECTORY] = directory
        try:
            yield
        finally:
            del os.environ[_DIRECTORY]


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
