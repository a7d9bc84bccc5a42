"""Putting one question and printing its answer: as a table, or as the API gave it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from service.cli.options import LARGEST_PAGE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from adapters.client import Answer, Client

Parts = Callable[[Any], "Iterable[RenderableType]"]


def page_size(limit: int | None) -> int:
    """The `limit` of the first page, for as many items as are wanted; None is all."""
    return LARGEST_PAGE if limit is None else min(limit, LARGEST_PAGE)


def answer(found: Answer, parts: Parts, *, as_json: bool) -> None:
    """Print one answer."""
    if as_json:
        click.echo(found.body)
        return
    from service.cli.show.paper import show

    show(parts(found.document()))


def pages(client: Client, first: Answer, limit: int | None, parts: Parts, *, as_json: bool) -> None:
    """Print a list, gathered from as many pages as its limit takes."""
    found = list(client.pages(first, limit))
    if as_json and len(found) == 1:
        click.echo(first.body)
        return
    document = first.document()
    document["items"] = [item for page in found for item in page.document()["items"]]
    document["next"] = found[-1].document()["next"]
    if as_json:
        import orjson

        click.echo(orjson.dumps(document))
        return
    from service.cli.show.paper import show

    show(parts(document))
    if document["next"] is not None:
        number = len(document["items"])
        these = "this one" if number == 1 else f"these {number}"
        click.echo(f"There is more behind {these}: --limit N or all shows it.", err=True)
