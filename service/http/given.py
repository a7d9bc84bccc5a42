"""The headers of a request that its answer depends on, read once."""

from __future__ import annotations

from collections.abc import Iterable
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


def read(headers: Iterable[tuple[bytes, bytes]]) -> Given:
    """From headers whose names are in lower case."""
    values: list[str | None] = [None, None, None, None]
    for name, value in headers:
        place = _NAMES.get(name)
        if place is not None:
            text, before = value.decode("latin-1"), values[place]
            values[place] = text if before is None else f"{before}, {text}"
    accept, encoding, if_none_match, prefer = values
    codings = PLAIN if encoding is None else accepted(encoding)
    return Given(accept, codings, if_none_match, prefer)


def given(request: Request) -> Given:
    """What the request gives."""
    return given_of(request.scope)


def given_of(scope: Scope) -> Given:
    """What the request of the scope gives; it is kept there."""
    found: Given | None = scope.get(KEY)
    if found is None:
        found = scope[KEY] = read(scope["headers"])
    return found
