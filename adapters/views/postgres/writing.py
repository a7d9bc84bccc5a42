"""Writing the views in PostgreSQL: one transaction of the projector, and what is remembered from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from adapters.postgres.database import Connection
from adapters.views.load_progress import OF_PROJECTION
from adapters.views.postgres.actors import ActorChanges
from adapters.views.postgres.reader import PostgresReader
from adapters.views.postgres.storing import end, insert, put_tally, put_zones
from adapters.views.postgres.terms import Terms
from adapters.views.storing.resuming import Resuming
from adapters.views.storing.rows import Batch
from adapters.views.versions import require
from adapters.views.zones import Zones
from domain.actor import Actor
from domain.plane import Row

W = TypeVar("W", bound="PostgresWriting")

TOGETHER = 200
"""Developments whose rows are sent together."""
_STANDING = "SELECT tableoid::int8, version, position FROM progress" + OF_PROJECTION
_MOVE = b"UPDATE progress SET position = %s WHERE projection = %s"


class PostgresWriter(Generic[W]):
    """Writes the tables that a connection finds. What it remembers of them lasts until others are in their place."""

    def __init__(self, kind: type[W]) -> None:
        self._kind = kind
        self._connection: Connection | None = None
        self._begin(-1)

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[W]:
        """Write in the connection's transaction. Raises Unavailable where the tables are of another version."""
        generation, version, position = PostgresReader(connection).row(_STANDING, {"projection": self._kind.STANDING})
        require(version)
        if generation != self._generation or connection is not self._connection:
            # A commit that was not waited for may be lost with the server, and the connection with it.
            self._begin(generation)
            self._connection = connection
        self._terms.begin(connection)
        writing = self._kind(connection, self._terms, self._zones, (generation, position))
        # What is sent is waited for where something is asked, and at the end.
        with connection.pipeline():
            yield writing
            writing.flush()

    def _begin(self, generation: int) -> None:
        self._generation = generation
        self._terms = Terms()
        self._zones = Zones()


class PostgresWriting(Resuming):
    """One transaction of the projector: rows and position move together."""

    STANDING = "views"
    """Whose position is moved."""

    def __init__(self, connection: Connection, terms: Terms, known: Zones, standing: tuple[int, int]) -> None:
        self.generation, position = standing
        super().__init__(PostgresReader(connection), known, position)
        self._connection = connection
        self._terms = terms
        self._begin()

    def development(self, dev: int, development: str) -> None:
        self._batch.inserts["development"].append((dev, development))

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        self._batch.take(dev, development, rows, self._terms.number)
        self._unsent += 1
        if self._unsent == TOGETHER:
            self._send()

    def actor(self, position: int, actor: Actor, standing: int) -> None:
        self._actors.add(position, actor, standing)

    def mention(self, kind: str, text: str, position: int) -> None:
        self._mentions[self._terms.number(kind, text), position] = None

    def chain(self, position: int, head: bytes) -> None:
        self._batch.inserts["chain"].append((position, head))

    def flush(self) -> None:
        """Hand everything to the transaction, the position included."""
        self._flush_rows()
        self._connection.execute(_MOVE, (self.position, self.STANDING))

    def _flush_rows(self) -> None:
        self._actors.end_earlier(self._connection)
        self._batch.inserts.update(self._actors.rows())
        self._send()
        put_tally(self._connection, self._batch.tally.rows())
        put_zones(self._connection, self._zoned(self._listed, self._batch.ended))
        self._begin()

    def _send(self) -> None:
        """Send the rows that there are: the server stores them while the next are made."""
        inserts = self._batch.inserts
        inserts["term"] = self._terms.take()
        inserts["mention"] += self._mentions
        insert(self._connection, inserts)
        end(self._connection, self._batch.ends)
        for table in self._listed:
            self._listed[table] += inserts[table]
        inserts.clear()
        self._batch.ends.clear()
        self._mentions.clear()
        self._unsent = 0

    def _begin(self) -> None:
        self._batch = Batch()
        self._actors = ActorChanges()
        self._mentions: dict[tuple[int, int], None] = {}
        self._listed: dict[str, list[tuple[Any, ...]]] = {"listing": [], "overview": []}
        self._unsent = 0
