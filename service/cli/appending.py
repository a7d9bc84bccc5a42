"""Writing to the log: `asof append`, `asof import`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from service.cli.faults import Finding
from service.cli.files import reading
from service.cli.progress import progress
from service.cli.target import Target, store_or_server

if TYPE_CHECKING:
    from adapters.client import Client, Problem

REFUSED = (409, 412, 413, 422)
MOST_TOLD = 20
register_option = click.option("--register-actors", is_flag=True, help="Register actors of unknown names on the way.")
file_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))


@click.command()
@file_argument
@register_option
@store_or_server
def append(target: Target, file: str, register_actors: bool) -> None:
    """Append the events of FILE (- for standard input): NDJSON, an array, or one event.

    An array goes in whole or not at all, NDJSON by batches of up to 10,000 lines, each whole. Events that are in the
    log already, with the same content, are left as they are.
    """
    with reading(file) as given, target.client(creates=True) as client:
        lines, is_ndjson = _recognised(given)
        if is_ndjson:
            _append_lines(client, lines, register_actors=register_actors)
        else:
            _append_document(client, b"".join(lines), register_actors=register_actors)


@click.command("import")
@file_argument
@click.option("--format", "_format", type=click.Choice(["ndjson"]), default="ndjson", show_default=True)
@click.option("--dry-run", is_flag=True, help="Check and judge every event, and store none.")
@register_option
@store_or_server
def import_(target: Target, file: str, _format: str, dry_run: bool, register_actors: bool) -> None:
    """Bring the events of FILE (- for standard input) into the log, by batches of up to 10,000 lines."""
    with reading(file) as given:
        if dry_run:
            _rehearse(target, given, register_actors=register_actors)
            return
        with target.client(creates=True) as client:
            _append_lines(client, given, register_actors=register_actors)


def _recognised(given: Iterable[bytes]) -> tuple[Iterator[bytes], bool]:
    """All the lines, and whether they are NDJSON: whether the first that is not blank is a JSON object by itself."""
    import orjson

    lines = iter(given)
    seen: list[bytes] = []
    for line in lines:
        seen.append(line)
        if line.strip():
            try:
                return chain(seen, lines), isinstance(orjson.loads(line), dict)
            except orjson.JSONDecodeError:
                return chain(seen, lines), False
    return iter(seen), True


def _append_lines(client: Client, lines: Iterable[bytes], *, register_actors: bool) -> None:
    from adapters.client import LinesRefused

    placed = 0
    with progress("appended") as told:
        try:
            for batch, _ in client.append_lines(lines, register_actors=register_actors):
                placed += len(batch.lines)
                told.at(placed)
        except LinesRefused as refused:
            before = f"; the {placed:,} events of the batches before it are stored" if placed else ""
            raise _finding(
                refused.problem, refused.batch.line, f"nothing of this batch was stored{before}"
            ) from refused
    _tell(placed)


def _append_document(client: Client, content: bytes, *, register_actors: bool) -> None:
    from adapters.client import Problem

    try:
        answer = client.append(content, register_actors=register_actors)
    except Problem as problem:
        raise _finding(problem, lambda _: None, "nothing was stored") from problem
    _tell(len(answer.document()["events"]))


def _tell(placed: int) -> None:
    click.echo(f"{placed:,} {'event is' if placed == 1 else 'events are'} in the log.", err=True)


def _finding(problem: Problem, line_of: Callable[[str], int | None], stored: str) -> Finding:
    """A refusal in words: every fault with its line and pointer."""
    if problem.status not in REFUSED:
        raise problem
    told: list[str] = []
    for error in problem.errors[:MOST_TOLD]:
        pointer = error.get("pointer", error.get("parameter", ""))
        line = line_of(pointer)
        within = pointer if line is None else "/" + pointer.removeprefix("/").partition("/")[2]
        place = within if line is None else f"line {line}: {within}"
        told.append(f"  {place}: {error['detail']}" if place else f"  {error['detail']}")
    more = len(problem.errors) - MOST_TOLD
    if more > 0:
        told.append(f"  and {more} more")
    return Finding("\n".join([f"refused ({problem.code}): {problem.detail}", *told, stored]))


def _rehearse(target: Target, lines: Iterable[bytes], *, register_actors: bool) -> None:
    from adapters.client import batches
    from domain.refusals import Refusal
    from service.http.bodies import NDJSON, Body, proposals

    if target.server is not None:
        raise click.UsageError("--dry-run judges by a store: say --store")
    with target.services(creates=True) as inside, progress("judged") as told:
        judged = 0
        with inside.appender.rehearsal() as rehearse:
            for batch in batches(lines):
                try:
                    rehearse(proposals(Body(batch.content, NDJSON), None), register_actors=register_actors)
                except Refusal as refused:
                    faults = [f"  line {batch.line(f.pointer)}: {f.pointer}: {f.detail}" for f in refused.faults]
                    raise Finding(
                        "\n".join([f"would be refused ({refused.code}): {refused.detail}", *faults])
                    ) from None
                judged += len(batch.lines)
                told.at(judged)
    click.echo(f"{judged:,} events would be in the log; nothing was stored.", err=True)
