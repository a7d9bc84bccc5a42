"""A dry run: every event is judged as if those before it had been stored, and none is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from service.cli.events_given import is_empty
from service.cli.faults import Finding
from service.cli.progress import progress
from service.cli.registered import Registered, tell_registered
from service.cli.tally import Tally

if TYPE_CHECKING:
    from service.appending.appender import Rehearse
    from service.appending.proposals import Body
    from service.appending.rehearsed import Rehearsed
    from service.cli.events_given import Events
    from service.cli.refused import LineOf
    from service.cli.target import Target

MOST_IN_MEMORY = 64 * 1024 * 1024
"""Bytes that wait in memory to be judged; more wait in a file."""


class _Request(NamedTuple):
    """What one append would be sent, and where its events stand in the file."""

    body: Body
    line_of: LineOf


def rehearse(target: Target, given: Events, *, register_actors: bool) -> Tally:
    """Judge what is given, and tell what would become of it. Raises Finding where something would be refused."""
    tally, registered = Tally(), list[Registered]()
    with (
        _at_hand(given.lines) as lines,
        target.services(pretends=True) as inside,
        progress("judged") as told,
        inside.appender.rehearsal() as judge,
    ):
        for request in _requests(lines, is_ndjson=given.is_ndjson):
            came_to = _judged(judge, request, register_actors=register_actors)
            tally.add(came_to.stored, came_to.already)
            registered += ((event.actor, event.name) for event in came_to.registered)
            told.at(tally.seen)
    if tally:
        click.echo(f"{tally.foretold}; nothing is stored.", err=True)
    tell_registered(registered, "would be registered")
    return tally


def _judged(judge: Rehearse, request: _Request, *, register_actors: bool) -> Rehearsed:
    from domain.refusals import Refusal
    from service.appending.proposals import proposals
    from service.cli.refused import of_refusal

    try:
        return judge(proposals(request.body, None), register_actors=register_actors)
    except Refusal as refused:
        raise Finding(f"{of_refusal(refused, request.line_of)}\nnothing is stored") from None


def _requests(lines: Iterable[bytes], *, is_ndjson: bool) -> Iterator[_Request]:
    from adapters.client import batches
    from service.appending.proposals import JSON, NDJSON, Body

    if is_ndjson:
        for batch in batches(lines):
            yield _Request(Body(batch.content, NDJSON), batch.line)
        return
    content = b"".join(lines)
    if not is_empty(content):
        yield _Request(Body(content, JSON), lambda _: None)


@contextmanager
def _at_hand(lines: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    """The lines, all of them read: nobody may append while they are judged, and whoever sends them may be slow."""
    from service.processes.temporary import temporary_lines

    with temporary_lines(MOST_IN_MEMORY) as held:
        held.writelines(lines)
        held.seek(0)
        yield held
