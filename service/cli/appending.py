"""Writing to the log: `asof append`, `asof import`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NoReturn

import click

from service.cli.events_given import Events, events_of, is_empty, lines_of
from service.cli.faults import Finding, tell
from service.cli.files import Damaged, reading
from service.cli.progress import progress
from service.cli.registered import Registered, on_the_way, tell_registered
from service.cli.rehearsing import rehearse
from service.cli.tally import Tally
from service.cli.target import Function, Target, store_or_server

if TYPE_CHECKING:
    from adapters.client import Answer, Batch, Client, LinesRefused, Problem

REFUSED = (409, 412, 413, 422)
TOO_LARGE = 413
NOTHING_GIVEN = "no event was given; nothing is stored"

_options: tuple[Callable[[Function], Function], ...] = (
    click.argument("file", type=click.Path(dir_okay=False, allow_dash=True)),
    click.option("--dry-run", is_flag=True, help="Check and judge every event, and store none."),
    click.option("--register-actors", is_flag=True, help="Register actors of unknown names on the way."),
    click.option("--json", "as_json", is_flag=True, help="Where each event is stored, a line of JSON for each."),
    store_or_server,
)


def _appends(command: Function) -> Function:
    for option in reversed(_options):
        command = option(command)
    return command


@click.command()
@_appends
def append(target: Target, file: str, *, dry_run: bool, register_actors: bool, as_json: bool) -> None:
    """Append the events of FILE: NDJSON, a JSON array, or one event.

    FILE - is standard input. An array goes in whole or not at all, NDJSON by batches of up to 10,000 lines, each whole.
    Events that are in the log already, with the same content, are left as they are.
    """
    with reading(file) as given:
        _take(target, events_of(given, file), dry_run=dry_run, register_actors=register_actors, as_json=as_json)


@click.command("import")
@click.option("--format", "_format", type=click.Choice(["ndjson"]), default="ndjson", show_default=True)
@_appends
def import_(target: Target, file: str, _format: str, *, dry_run: bool, register_actors: bool, as_json: bool) -> None:
    """Bring the events of FILE into the log, or only judge them.

    FILE - is standard input. They go in by batches of up to 10,000 lines, each whole or not at all.
    """
    with reading(file) as given:
        _take(target, lines_of(given, file), dry_run=dry_run, register_actors=register_actors, as_json=as_json)


def _take(target: Target, given: Events, *, dry_run: bool, register_actors: bool, as_json: bool) -> None:
    if not dry_run:
        with target.client(creates=True) as client:
            _Appending(client, register_actors=register_actors, as_json=as_json).append(given)
        return
    if target.server is not None:
        raise click.UsageError("--dry-run judges by a store: say --store")
    if as_json:
        raise click.UsageError("--json tells where events are stored, and --dry-run stores none")
    tally = rehearse(target, given, register_actors=register_actors)
    if not tally:
        raise Finding(NOTHING_GIVEN)


class _Appending:
    """Appends, counts what became of the events, and tells it."""

    def __init__(self, client: Client, *, register_actors: bool, as_json: bool) -> None:
        self._client = client
        self._register_actors = register_actors
        self._as_json = as_json
        self._tally = Tally()
        self._registered: list[Registered] = []

    def append(self, given: Events) -> None:
        """Append all of it. Raises Finding where it is refused, or nothing is given."""
        try:
            if given.is_ndjson:
                self._append_lines(given.lines)
            else:
                self._append_document(b"".join(given.lines))
        finally:
            # Also of the batches that were stored before one was refused.
            tell_registered(self._registered, "registered")

    def _append_lines(self, lines: Iterable[bytes]) -> None:
        from adapters.client import LinesRefused

        with progress("appended") as told:
            try:
                for batch, answer in self._client.append_lines(lines, register_actors=self._register_actors):
                    self._take(batch.content, answer)
                    told.at(self._tally.seen)
            except LinesRefused as refused:
                self._refuse(refused)
            except Damaged as damaged:
                stored = f"before that: {self._tally}" if self._tally else "nothing is stored"
                raise Finding(f"{damaged}; {stored}") from None
        self._end()

    def _append_document(self, content: bytes) -> None:
        from adapters.client import Problem
        from service.cli.refused import of_problem

        if not is_empty(content):
            try:
                self._take(content, self._client.append(content, register_actors=self._register_actors))
            except Problem as problem:
                _raise_unless_refused(problem)
                hint = "; NDJSON goes in by batches" if problem.status == TOO_LARGE else ""
                raise Finding(f"{of_problem(problem, lambda _: None)}{hint}\nnothing is stored") from problem
        self._end()

    def _take(self, sent: bytes, answer: Answer) -> None:
        self._tally.take(answer)
        if self._as_json:
            tell(b"".join(_placed(answer)), nl=False)
        if self._register_actors:
            self._registered += on_the_way(self._client, sent, answer)

    def _end(self) -> None:
        if not self._tally:
            raise Finding(NOTHING_GIVEN)
        click.echo(f"{self._tally}.", err=True)

    def _refuse(self, refused: LinesRefused) -> NoReturn:
        from service.cli.refused import of_problem

        _raise_unless_refused(refused.problem)
        why = of_problem(refused.problem, refused.batch.line)
        before = f"; before that: {self._tally}" if self._tally else ""
        raise Finding(f"{why}\nnothing of {_span(refused.batch)} is stored{before}") from refused


def _placed(answer: Answer) -> Iterator[bytes]:
    import orjson

    for event in answer.document()["events"]:
        yield orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)


def _span(batch: Batch) -> str:
    first, last = batch.lines[0], batch.lines[-1]
    return f"line {first:,}" if first == last else f"lines {first:,} to {last:,}"


def _raise_unless_refused(problem: Problem) -> None:
    """Anything but a refusal of the events is told as for every command."""
    if problem.status not in REFUSED:
        raise problem
