"""The questions: state, timeline, development, history, changes, figures, actors."""

from __future__ import annotations

from typing import Any

import click

from service.cli import options
from service.cli.acts import acts_behind
from service.cli.asking import answer, page_size, pages
from service.cli.elsewhere import known_later, note_unknown_actors
from service.cli.options import DATE, POSITION
from service.cli.target import Target, store_or_server


@click.command()
@options.pinned
@options.filtered
@options.as_json
@store_or_server
def state(target: Target, as_json: bool, **asked: Any) -> None:
    """What was known: counts, latest figures, what is expected, what became known last."""
    from service.cli.show.state import state as parts

    with target.client() as client:
        answer(client.state(**asked), parts, as_json=as_json)
        note_unknown_actors(client, asked)


@click.command()
@click.argument("actor_name", metavar="[ACTOR]", required=False)
@options.pinned
@options.filtered
@options.order
@click.option("--affiliates", is_flag=True, help="Also of those affiliated with ACTOR while it occurred.")
@options.limit
@options.as_json
@store_or_server
def timeline(
    target: Target, actor_name: str | None, affiliates: bool, limit: int | None, as_json: bool, **asked: Any
) -> None:
    """The timeline of ACTOR (id, name or alias), or of everything."""
    from service.cli.show.developments import timeline as parts

    if affiliates and actor_name is None:
        raise click.UsageError("--affiliates belongs to the timeline of one ACTOR")
    with target.client() as client:
        size = page_size(limit)
        if actor_name is None:
            first = client.developments(limit=size, **asked)
        else:
            first = client.timeline(actor_name, limit=size, affiliates=affiliates, **asked)
        pages(client, first, limit, parts, as_json=as_json)
        note_unknown_actors(client, asked)


@click.command()
@click.argument("development_id", metavar="DEVELOPMENT")
@options.pinned
@options.as_json
@store_or_server
def development(target: Target, development_id: str, as_json: bool, **asked: Any) -> None:
    """One development with the reports that tell of it."""
    from service.cli.show.developments import development as parts

    with target.client() as client, known_later(client, development_id, asked):
        answer(client.development(development_id, **asked), parts, as_json=as_json)


@click.command()
@click.argument("development_id", metavar="DEVELOPMENT")
@options.pinned
@options.limit
@options.as_json
@store_or_server
def history(target: Target, development_id: str, limit: int | None, as_json: bool, **asked: Any) -> None:
    """The events of a development, newest knowledge last."""
    from service.cli.show.developments import history as parts

    with target.client() as client, known_later(client, development_id, asked):
        first = client.history(development_id, limit=page_size(limit), **asked)
        pages(client, first, limit, parts, as_json=as_json)


@click.command()
@click.option("--from", "from_", type=DATE, metavar="DATE", help="After the end of DATE (reported clock).")
@click.option("--to", type=DATE, metavar="DATE", help="Up to the end of DATE (reported clock).")
@click.option("--from-at", type=POSITION, metavar="POSITION", help="After POSITION (recorded clock).")
@click.option("--to-at", type=POSITION, metavar="POSITION", help="Up to POSITION (recorded clock).")
@options.pinned
@options.filtered
@options.limit
@options.as_json
@store_or_server
def changes(target: Target, limit: int | None, as_json: bool, **asked: Any) -> None:
    """What changed in knowledge between two dates, or between two positions of the log."""
    from service.cli.show.changes import changes as parts

    if asked["from_"] is None and asked["from_at"] is None:
        raise click.UsageError("say --from DATE (and --to DATE), or --from-at POSITION (and --to-at POSITION)")
    with target.client() as client:
        first = client.changes(limit=page_size(limit), **asked)
        pages(client, first, limit, lambda told: parts(told, acts_behind(client, told)), as_json=as_json)
        note_unknown_actors(client, asked)


@click.command()
@click.argument("metric", required=False)
@options.pinned
@options.limit
@options.as_json
@store_or_server
def figures(target: Target, metric: str | None, limit: int | None, as_json: bool, **asked: Any) -> None:
    """Who claims what number: every figure of METRIC, or the latest of each metric."""
    from service.cli.show import figures as show

    with target.client() as client:
        if metric is None:
            pages(client, client.metrics(limit=page_size(limit), **asked), limit, show.metrics, as_json=as_json)
        else:
            first = client.figures(metric, limit=page_size(limit), **asked)
            pages(client, first, limit, show.series, as_json=as_json)


@click.command()
@click.argument("name", required=False)
@click.option("-q", "--words", "q", metavar="WORDS", help="All these words, in names and aliases.")
@options.pinned
@options.limit
@options.as_json
@store_or_server
def actors(target: Target, name: str | None, q: str | None, limit: int | None, as_json: bool, **asked: Any) -> None:
    """Who is known: the actor NAME (id, name or alias), or all of them."""
    from service.cli.show import actors as show

    if name is not None and (q is not None or options.given("limit")):
        raise click.UsageError("-q and --limit belong to the list of actors; without NAME it is shown")
    with target.client() as client:
        if name is not None:
            answer(client.actor(name, **asked), show.actor, as_json=as_json)
            return
        first = client.actors(q=q, limit=page_size(limit), **asked)
        pages(client, first, limit, show.actors, as_json=as_json)
