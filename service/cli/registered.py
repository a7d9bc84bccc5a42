"""Which actors an append registered on the way: a name that was mistyped is one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from service.cli.options import LARGEST_PAGE
from service.cli.tally import stored_by

if TYPE_CHECKING:
    from adapters.client import Answer, Client

Registered = tuple[str, str]
"""An actor's id, and the name under which it was registered."""

_TYPE = "ActorRegistered"


def on_the_way(client: Client, sent: bytes, answer: Answer) -> Iterator[Registered]:
    """The actors whose registration an append stored without having been sent it."""
    given = _given(sent)
    placed = {event["position"]: event["stream"].partition("/") for event in stored_by(answer) if event["version"] == 1}
    ours = {position for position, (kind, _, actor) in placed.items() if kind == "actor" and actor not in given}
    if not ours:
        return
    first = client.events(after=min(ours) - 1, at=max(ours), type=_TYPE, limit=LARGEST_PAGE)
    for page in client.pages(first):
        for event in page.document()["items"]:
            if event["position"] in ours:
                yield event["actor"], event["name"]


def tell_registered(registered: Sequence[Registered], verb: str) -> None:
    """A line for each on stderr."""
    if not registered:
        return
    actors = "1 actor" if len(registered) == 1 else f"{len(registered):,} actors"
    click.echo(f"{actors} {verb} on the way:", err=True)
    for actor, name in registered:
        click.echo(f"  {actor}: {name}", err=True)


def _given(sent: bytes) -> set[str]:
    """The actors that a body registers itself: one event, an array, or NDJSON, that was not refused."""
    from adapters.codec.parse import json_document, ndjson_lines
    from domain.refusals import Malformed

    try:
        document: Any = json_document(sent)
    except Malformed:
        document = [line for _, line in ndjson_lines(sent)]
    events = document if isinstance(document, list) else [document]
    return {event["actor"] for event in events if event["type"] == _TYPE}
