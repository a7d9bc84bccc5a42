"""Which route answers: those that parse their own question are found and called without the framework.

They stay declared, documented and refused as its routes; it still answers what none of them does (404, 405).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from service.http.lean import LeanRoute, question_of
from service.http.query import Nothing

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Way(NamedTuple):
    """A route, the methods that it has, what answers it, and whether that is by what it asks in its query string."""

    path: str
    route: LeanRoute
    methods: frozenset[str]
    pattern: re.Pattern[str]
    handle: Handler
    asks: bool


class Table:
    """The routes of an application, in their order."""

    def __init__(self, app: FastAPI) -> None:
        ways = list(_ways(app))
        self._whole: dict[str, list[Way]] = {}
        self._beginning: dict[str, list[Way]] = {}
        for way in ways:
            if way.pattern.groups:
                self._beginning.setdefault(way.path.partition("{")[0], []).append(way)
            else:
                self._whole.setdefault(way.path, []).append(way)
        for path, whole in self._whole.items():
            first = next(way for way in ways if way.pattern.match(path))
            assert first in whole, f"{first.path} hides {path}"

    def find(self, method: str, path: str) -> tuple[Way, dict[str, str]] | None:
        """The way of a request and the texts of its path; None where the framework has to answer."""
        for way in self._whole.get(path, ()):
            if method in way.methods:
                return way, {}
        if path in self._whole:
            return None
        for beginning, ways in self._beginning.items():
            if path.startswith(beginning):
                for way in ways:
                    found = way.pattern.match(path)
                    if found is not None:
                        return (way, found.groupdict()) if method in way.methods else None
        return None


def _ways(app: FastAPI) -> Iterable[Way]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, LeanRoute):
            handle = route.get_route_handler()
            asks = question_of(route.endpoint) is not Nothing
            yield Way(route.path, route, frozenset(route.methods or ()), route.path_regex, handle, asks)
