"""The library's `ProjectionRunner` at work with this project's projections, an event a transaction, in PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

from domain.ports import EventLog, StoredEntry, Views
from service.decoded import decode
from service.projecting.log_prefix import Prefix
from service.projecting.projector import Projector
from tests.postgres import Server

LONGEST = 300.0


class Entry(DomainEvent):
    """An event of the log, as the library stores it: its position tells which."""

    position: int
    body: str


class Log(Application[UUID]):
    """The library's own log."""


class Folding(Projection[PostgresTrackingRecorder]):
    """Folds each event into the views, and keeps no track beside them: that is to the runner's advantage."""

    projector: ClassVar[Projector]
    entries: ClassVar[dict[int, StoredEntry]]
    last: ClassVar[int]
    done: ClassVar[threading.Event]

    def process_event(self, domain_event: Entry, tracking: Tracking) -> None:
        """Take one event."""
        entry = self.entries[domain_event.position]._replace(body=domain_event.body.encode())
        self.projector.catch_up([decode(entry)])
        if domain_event.position == self.last:
            self.done.set()


def run_library(server: Server, log: EventLog, views: Views, entries: Sequence[StoredEntry], before: int) -> float:
    """Events a second over what is behind position `before`, which is folded at once."""
    Projector(Prefix(log, before), views).catch_up()
    Folding.projector = Projector(log, views)
    Folding.entries = {entry.position: entry for entry in entries}
    Folding.last, Folding.done = entries[-1].position, threading.Event()
    env = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "postgres",
        "POSTGRES_HOST": str(server.directory),
        "POSTGRES_PORT": "5432",
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "none",
    }
    application = Log(env)
    for entry in entries[before:]:
        origin = uuid5(NAMESPACE_URL, entry.stream)
        stamp = Entry.create_timestamp()
        event = Entry(  # type: ignore[call-arg]  # the library makes the constructor
            originator_id=origin,
            originator_version=entry.version,
            timestamp=stamp,
            position=entry.position,
            body=entry.body.decode(),
        )
        application.save(event)
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Log, projection_class=Folding, view_class=PostgresTrackingRecorder, env=env
    ):
        assert Folding.done.wait(LONGEST)
        seconds = time.perf_counter() - began
    application.close()
    with views.snapshot() as snapshot:
        assert snapshot.head.position == Folding.last
    return len(entries[before:]) / seconds
