"""Routes that parse their own question: declared and documented as FastAPI routes, called without its machinery.

An endpoint is `async def name(request, ask, **path)`: `ask` is its `Parameters` model, read from the query string.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from service.http.query import Nothing, Parameters

SHORT = 256
"""Bytes of a query string up to which it is remembered how it reads."""


class LeanRoute(APIRoute):
    """A route whose endpoint gets the request, its query model and the texts of its path."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What FastAPI calls with the request."""
        endpoint = self.endpoint
        asked = question_of(endpoint)

        async def handle(request: Request) -> Response:
            query = request.scope["query_string"]
            ask = _read_before(asked, query) if len(query) <= SHORT else _read(asked, query)
            given = {"ask": ask} if asked is not Nothing else {}
            response: Response = await endpoint(request=request, **given, **request.path_params)
            return response

        return handle


def _read(asked: type[Parameters], query: bytes) -> Parameters:
    read: Parameters = asked.read(QueryParams(query).multi_items())
    return read


_read_before = lru_cache(maxsize=2_048)(_read)
"""What was read of a query string, which is the same every time."""


def question_of(endpoint: Callable[..., Any]) -> type[Parameters]:
    """The model of the query string of an endpoint."""
    hint = get_type_hints(endpoint, include_extras=False).get("ask", Nothing)
    model = get_args(hint)[0] if get_args(hint) else hint
    assert inspect.isclass(model)
    assert issubclass(model, Parameters)
    return model
