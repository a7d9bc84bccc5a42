"""The running service, asked in process as a client asks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx

from domain.clocks import Instant
from service.compose import Services, services
from service.http.app import create_app
from service.rebuilding.rebuild import rebuild
from tests.oracle.register import Event

Parameters = dict[str, Any]
MEMORY = "sqlite://"


class Clock:
    """A clock that stands where it was set."""

    def __init__(self) -> None:
        self.instant: Instant = 0

    def now(self) -> Instant:
        return self.instant


class Asked:
    """One store behind its HTTP interface."""

    def __init__(self, inside: Services, clock: Clock) -> None:
        self.clock = clock
        self._inside = inside
        self._loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(create_app(inside))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def restore(self, log: Sequence[Event]) -> None:
        """Restore an export into the store, which is empty."""
        self._inside.restorer.restore(enumerate(log, 1))

    def rebuild_while(self, work: Callable[[], object]) -> None:
        """Build the views anew; meanwhile, when the first part is loaded, do some work."""
        waiting = [work]

        def progress(_: int) -> None:
            if waiting:
                waiting.pop()()

        rebuild(self._inside.log, self._inside.rebuildable, progress)

    def ask(self, path: str, **parameters: object) -> httpx.Response:
        """GET; a parameter that is None is left out, `from_` is `from`."""
        given = {name.rstrip("_"): value for name, value in parameters.items() if value is not None}
        return self._loop.run_until_complete(self._client.get(f"{path}?{urlencode(given, doseq=True)}"))

    def get(self, path: str, **parameters: object) -> Any | None:
        """The answer, None for 404."""
        response = self.ask(path, **parameters)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        assert response.status_code == httpx.codes.OK, f"{response.url} {response.status_code} {response.text}"
        return response.json()

    def items(self, path: str, limit: int = 1000, **parameters: object) -> list[Any] | None:
        """The items of all pages, None for 404."""
        items: list[Any] = []
        cursor = None
        while True:
            page = self.get(path, limit=limit, cursor=cursor, **parameters)
            if page is None:
                return None
            assert len(page["items"]) <= limit
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items
            assert len(page["items"]) == limit, f"a page of {path} ends before its limit, and another follows"

    def post(self, events: Sequence[Event], **parameters: object) -> httpx.Response:
        """Append a batch."""
        return self._loop.run_until_complete(
            self._client.post(
                "/v1/events",
                params={k: str(v) for k, v in parameters.items()},
                content=json.dumps(list(events)),
                headers={"content-type": "application/json"},
            )
        )

    def log(self) -> list[Event]:
        """The log as it is exported, without the positions, which are those of the list."""
        items = self.items("/v1/events") or []
        assert [item.pop("position") for item in items] == list(range(1, len(items) + 1))
        return items


@contextmanager
def asked(store: str = MEMORY) -> Iterator[Asked]:
    """A store, open; in memory unless a file is named."""
    clock = Clock()
    with services(store, clock=clock) as inside:
        client = Asked(inside, clock)
        try:
            yield client
        finally:
            client.close()
