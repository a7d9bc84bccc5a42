"""The views in a PostgreSQL database, beside the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.postgres.database import Database
from adapters.postgres.schema import establish
from adapters.views.cache import Caches
from adapters.views.postgres.reader import STANDING, PostgresReader
from adapters.views.postgres.shadow import PostgresShadow
from adapters.views.postgres.tables import HEAD_TABLE, MIGRATIONS, NAME
from adapters.views.postgres.writing import PostgresWriter, PostgresWriting
from adapters.views.questions.snapshot import SQLSnapshot
from adapters.views.storing.packing import Packing
from adapters.views.versions import outdated
from domain.ports import Late, Views


class PostgresViews(Views):
    """See `domain.ports.Views`. Of all processes one writes at a time; appending to the log does not wait for it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writer = PostgresWriter(PostgresWriting)
        self._caches = Caches()
        establish(database, NAME, MIGRATIONS)
        with database.read_holding(HEAD_TABLE, STANDING) as (_, (_, version, _)):
            self.outdated = outdated(version)

    @contextmanager
    def write(self) -> Iterator[PostgresWriting]:
        with self._database.write(NAME, durable=False) as connection, self._writer.writing(connection) as writing:
            self.outdated = False
            yield writing
        writing.settle()

    @contextmanager
    def snapshot(self, within: float | None = None) -> Iterator[SQLSnapshot]:
        if within is not None:
            raise Late("a server is always waited for")
        with self._database.read_holding(HEAD_TABLE, STANDING) as (connection, standing):
            snapshot = SQLSnapshot(PostgresReader(connection, self._caches.of(connection), standing))
            self.outdated = False
            yield snapshot

    def shadow(self) -> PostgresShadow:
        return PostgresShadow(self._database)

    def packing(self) -> Packing:
        return Packing()
