"""`asof replay --into`: a log into another store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from service.cli.faults import Finding
from service.cli.files import Damaged, reading
from service.cli.progress import progress
from service.cli.refused import of_line
from service.cli.target import Target, a_store
from service.plurals import events
from service.processes.temporary import temporary_folder

if TYPE_CHECKING:
    from domain.ports import EventLog, Views


def replay_into(target: Target, log: str | None, into: str) -> None:
    """Replay an export, else the target's store, into the store of a URL."""
    from service.processes.garbage import collect_rarely
    from service.replay.into import Differs
    from service.replay.into import replay_into as replay
    from service.stores import open_for_rebuild, reopening

    collect_rarely()
    try:
        with (
            a_store(),
            _source(target, log) as source,
            open_for_rebuild(into) as (own, views),
            progress("replayed", source.head().position) as told,
        ):
            replayed = replay(source, own, views, told.at, reopening(into))
            rate = told.rate(replayed.position)
    except Differs as found:
        raise Finding(f"{found}; nothing was stored from there on") from None
    click.echo(
        f"{events(replayed.position)}, {replayed.stored:,} of them new, {rate:,.0f} a second,"
        f" head {replayed.head.hex()}",
        err=True,
    )


@contextmanager
def _source(target: Target, log: str | None) -> Iterator[EventLog]:
    """The log of the store; or of a scratch store that holds the export, which is gone afterwards. Raises Finding."""
    from adapters.ids import TimeOrderedIds
    from service.restore import LineRefused, Restorer, documents
    from service.stores import log_of, open_for_rebuild

    if log is None:
        target.require()
        with open_for_rebuild(target.store) as (source, views):
            if not views.outdated:
                _verify(source, views, target.store)
            yield source
        return
    with (
        temporary_folder("asof-replay-") as folder,
        log_of(f"sqlite:///{folder}/scratch.db") as scratch,
    ):
        try:
            with reading(log) as given, progress("read") as told:
                Restorer(scratch, TimeOrderedIds()).restore(documents(given), progress=told.at)
        except LineRefused as refused:
            raise Finding("\n  ".join(of_line(refused)) + "\nnothing was stored") from None
        except Damaged as damaged:
            raise Finding(f"{damaged}; nothing was stored") from None
        yield scratch


def _verify(source: EventLog, views: Views, store: str) -> None:
    """Raise Finding where the log is not the one whose heads its store keeps: the other store would make them anew."""
    from service.stores import log_reopening
    from service.verifying.verify import DoesNotFit, verify_store

    with progress("verified") as told:
        try:
            verify_store(source, views, None, told.at, log_reopening(store))
        except DoesNotFit as finding:
            raise Finding(f"{finding}; nothing was stored") from None
