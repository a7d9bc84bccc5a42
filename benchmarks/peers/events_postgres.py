"""The plain events table in PostgreSQL, by psycopg; texts are found by a GIN index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.peers import events_table
from benchmarks.peers.asked import Asked, Tuples, compared
from benchmarks.peers.copying import connect, copy
from benchmarks.peers.story import Told
from benchmarks.peers.temporal import Dialect

_DIALECT = Dialect(as_recorded=str, has_word="words @@ plainto_tsquery('simple', :subject)")
_DEFINITIONS = """
    CREATE TABLE event (position bigint PRIMARY KEY, development text NOT NULL, event text NOT NULL, type text NOT NULL,
        known timestamptz NOT NULL, recorded timestamptz NOT NULL, by_actor text, source text NOT NULL, url text,
        headline text, summary text, kind text, occurred date, place text, topic text, words tsvector);
    CREATE TABLE named (actor text NOT NULL, occurred date NOT NULL, development text NOT NULL,
        known timestamptz NOT NULL, position bigint NOT NULL);
    CREATE TABLE figure (metric text NOT NULL, claimant text NOT NULL, occurred date NOT NULL,
        known timestamptz NOT NULL, position bigint NOT NULL, point bigint NOT NULL, development text NOT NULL);
"""


class EventsInPostgres:
    """The store in an empty schema, which the URL names."""

    name = "events table, PostgreSQL"

    def __init__(self, url: str) -> None:
        self._connection = connect(url)

    def load(self, told: Iterable[Told]) -> None:
        """Take the story."""
        self._connection.execute(_DEFINITIONS.encode())
        copy(self._connection, events_table.rows(told), lambda table: (table, events_table.TABLES[table]))
        for index in (*events_table.INDEXES, "CREATE INDEX event_words ON event USING gin (words)"):
            self._connection.execute(index.encode())
        self._connection.execute(b"VACUUM ANALYZE event, named, figure")

    def ask(self, asked: Asked) -> Any:
        """See `benchmarks.peers.asked.Store`."""
        return self._connection.execute(events_table.statement(asked, _DIALECT).encode(), asked.values).fetchall()

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """See `benchmarks.peers.asked.Store`."""
        return compared(asked, answer)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()
