"""The log itself: its events and its head."""

from __future__ import annotations

from typing import Any

import click

from service.cli import options
from service.cli.asking import answer, page_size, pages
from service.cli.options import POSITION
from service.cli.target import Target, store_or_server


@click.command()
@click.option("--after", type=POSITION, metavar="POSITION", help="Only events behind POSITION.")
@click.option("--type", "type", metavar="TYPE", help="Only events of this type.")
@click.option("--stream", metavar="STREAM", help="Only events of this stream: development/… or actor/…")
@click.option("--actor", metavar="ID", help="Only events that name this actor, by its id.")
@click.option("--topic", metavar="SLUG", help="Only events that give this topic.")
@options.at
@options.limit
@options.as_json
@store_or_server
def events(target: Target, limit: int | None, as_json: bool, **asked: Any) -> None:
    """The events of the log in order, as stored."""
    from service.cli.show.log import events as parts

    with target.client() as client:
        pages(client, client.events(limit=page_size(limit), **asked), limit, parts, as_json=as_json)


@click.command()
@options.at
@options.as_json
@store_or_server
def log(target: Target, at: int | None, as_json: bool) -> None:
    """The last position of the log, or POSITION, and the head of the hash chain there."""
    from service.cli.show.log import head as parts

    with target.client() as client:
        answer(client.log(at=at), parts, as_json=as_json)
