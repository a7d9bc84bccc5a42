"""Writing to the log: `asof append`, `asof import`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

import click

from service.cli.faults import Finding
from service.cli.files import Damaged, reading
from service.cli.progress import progress
from service.cli.tally import Tally
from service.cli.target import Target, store_or_server
from service.plurals import events

if TYPE_CHECKING:
    from adapters.client import Batch, Client, Problem

REFUSED = (409, 412, 413, 422)
TOO_LARGE = 413
MOST_IN_MEMORY = 64 * 1024 * 1024
"""Bytes that wait in memory to be judged; more wait in a file."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
register_option = click.option("--register-actors", is_flag=True, help="Register actors of unknown names on the way.")
file_argument = click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))


@click.command()
@file_argument
@register_option
@store_or_server
def append(target: Target, file: str, register_actors: bool) -> None:
    """Append the events of FILE: NDJSON, a JSON array, or one event.

    FILE - is standard input. An array goes in whole or not at all, NDJSON by batches of up to 10,000 lines, each whole.
    Events that are in the log already, with the same content, are left as they are.
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
    """Bring the events of FILE into the log, or only judge them.

    FILE - is standard input. They go in by batches of up to 10,000 lines, each whole or not at all.
    """
    with reading(file) as given:
        if dry_run:
            _rehearse(target, given, register_actors=register_actors)
            return
        with target.client(creates=True) as client:
            _append_lines(client, given, register_actors=register_actors)


def _recognised(given: Iterable[bytes]) -> tuple[Iterator[bytes], bool]:
    """All the lines, and whether they are NDJSON: whether the first that is not blank is an object by itself."""
    lines = iter(given)
    seen: list[bytes] = []
    for line in lines:
        seen.append(line)
        text = line.removeprefix(BYTE_ORDER_MARK).strip()
        if text:
            return chain(seen, lines), text.startswith(b"{") and _is_whole(text)
    return iter(seen), True


def _is_whole(text: bytes) -> bool:
    """Whether a line is meant to be an object: it is one, or ends as one and the fault lies within."""
    import orjson

    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return text.endswith(b"}")
    return True


def _append_lines(client: Client, lines: Iterable[bytes], *, register_actors: bool) -> None:
    from adapters.client import LinesRefused
    from service.cli.refused import of_problem

    tally = Tally()
    with progress("appended") as told:
        try:
            for _, answer in client.append_lines(lines, register_actors=register_actors):
                tally.take(answer)
                told.at(tally.stored + tally.already)
        except LinesRefused as refused:
            _raise_unless_refused(refused.problem)
            why = of_problem(refused.problem, refused.batch.line)
            before = f"; before that: {tally}" if tally else ""
            raise Finding(f"{why}\nnothing of {_span(refused.batch)} is stored{before}") from refused
        except Damaged as damaged:
            stored = f"before that: {tally}" if tally else "nothing is stored"
            raise Finding(f"{damaged}; {stored}") from None
    click.echo(f"{tally}.", err=True)


def _append_document(client: Client, content: bytes, *, register_actors: bool) -> None:
    from adapters.client import Problem
    from service.cli.refused import of_problem

    tally = Tally()
    try:
        answer = client.append(content, register_actors=register_actors)
    except Problem as problem:
        _raise_unless_refused(problem)
        hint = "; NDJSON goes in by batches" if problem.status == TOO_LARGE else ""
        raise Finding(f"{of_problem(problem, lambda _: None)}{hint}\nnothing is stored") from problem
    tally.take(answer)
    click.echo(f"{tally}.", err=True)


def _rehearse(target: Target, lines: Iterable[bytes], *, register_actors: bool) -> None:
    from adapters.client import batches
    from domain.refusals import Refusal
    from service.cli.refused import of_refusal
    from service.http.bodies import NDJSON, Body, proposals

    if target.server is not None:
        raise click.UsageError("--dry-run judges by a store: say --store")
    with _at_hand(lines) as given, target.services(pretends=True) as inside, progress("judged") as told:
        judged = 0
        with inside.appender.rehearsal() as rehearse:
            for batch in batches(given):
                try:
                    rehearse(proposals(Body(batch.content, NDJSON), None), register_actors=register_actors)
                except Refusal as refused:
                    raise Finding(f"{of_refusal(refused, batch.line)}\nnothing is stored") from None
                judged += len(batch.lines)
                told.at(judged)
    click.echo(f"{events(judged)} would be in the log; nothing is stored.", err=True)


@contextmanager
def _at_hand(lines: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    """The lines, all of them read: nobody may append while they are judged, and whoever sends them may be slow."""
    from service.processes.temporary import temporary_lines

    with temporary_lines(MOST_IN_MEMORY) as held:
        held.writelines(lines)
        held.seek(0)
        yield held


def _span(batch: Batch) -> str:
    first, last = batch.lines[0], batch.lines[-1]
    return f"line {first:,}" if first == last else f"lines {first:,} to {last:,}"


def _raise_unless_refused(problem: Problem) -> None:
    """Anything but a refusal of the events is told as for every command."""
    if problem.status not in REFUSED:
        raise problem
