"""The headers of a request that its answer depends on, read once."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.types import Scope

from service.http.coding import PLAIN, Codings, accepted

KEY = "asof.given"


class Given(NamedTuple):
    """What the client accepts, has and prefers; lines of the same name are one list."""

    accept: str | None
    codings: Codings
    if_none_match: str | None
    prefer: str | None


_NAMES = {b"accept": 0, b"accept-encoding": 1, b"if-none-match": 2, b"prefer": 3}


def read(scope: Scope) -> Given:
    """From the scope, where it is kept."""
    values: list[str | None] = [None, None, None, None]
    for name, value in scope["headers"]:
        place = _NAMES.get(name)
        if place is not None:
            text, before = value.decode("latin-1"), values[place]
            values[place] = text if before is None else f"{before}, {text}"
    accept, encoding, if_none_match, prefer = values
    codings = PLAIN if encoding is None else accepted(encoding)
    given = scope[KEY] = Given(accept, codings, if_none_match, prefer)
    return given


def given(request: Request) -> Given:
    """What the request gives."""
    found: Given | None = request.scope.get(KEY)
    return read(request.scope) if found is None else found
