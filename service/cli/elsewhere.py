"""Where an answer is empty because of how it was asked: a name that nobody has, a date before it was known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from service.cli.faults import HINTS, NOT_FOUND, Finding

if TYPE_CHECKING:
    from adapters.client import Answer, Client


def note_unknown_actors(client: Client, asked: Mapping[str, Any]) -> None:
    """Say on stderr which names of --actor nobody has: nothing fits them, as nothing would fit a name that is had."""
    from adapters.client import Problem

    at = asked.get("at") if asked.get("to_at") is None else asked["to_at"]
    for name in asked["actor"]:
        try:
            client.actor(name, at=at, recorded_as_of=asked.get("recorded_as_of"))
        except Problem as problem:
            if problem.status != NOT_FOUND:
                raise
            click.echo(f"{problem.detail}{HINTS['actor-unknown']}", err=True)


@contextmanager
def known_later(client: Client, development: str, asked: Mapping[str, Any]) -> Iterator[None]:
    """Raise Finding, with when it is first known, for a development that is not known yet at the cut of a question."""
    from adapters.client import Problem

    try:
        yield
    except Problem as problem:
        if problem.status != NOT_FOUND or not problem.document.get("exists") or asked["as_of"] is None:
            raise
        later = _answer(lambda: client.development(development, **{**asked, "as_of": None}))
        if later is None:
            raise
        from service.cli.show.words import instant

        first = instant(later.document()["first_known"])
        raise Finding(f"{problem.detail}: it is first known from {first} on (reported clock)") from None


def _answer(ask: Callable[[], Answer]) -> Answer | None:
    """The answer, None where there is none at that cut either."""
    from adapters.client import Problem

    try:
        return ask()
    except Problem as problem:
        if problem.status != NOT_FOUND:
            raise
        return None
