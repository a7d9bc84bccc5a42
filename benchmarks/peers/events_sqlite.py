"""The plain events table in a file of SQLite, by Python's own driver; texts are found by FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.peers import events_table
from benchmarks.peers.asked import Asked, Tuples, compared
from benchmarks.peers.batches import batches
from benchmarks.peers.story import Told
from benchmarks.peers.temporal import Dialect

_DIALECT = Dialect(
    as_recorded=str,
    has_word="position IN (SELECT rowid FROM text WHERE text MATCH :subject)",
    value=":{}".format,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_KNOWN = 9
_KEYS = {"event": "position INTEGER PRIMARY KEY"}


class EventsInSQLite:
    """The store in a new file. Moments are whole microseconds, days are texts."""

    name = "events table, SQLite"

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        for setting in ("journal_mode = WAL", "cache_size = -64000", "mmap_size = 8589934592"):
            self._connection.execute(f"PRAGMA {setting}")

    def load(self, told: Iterable[Told]) -> None:
        """Take the story."""
        tables = events_table.TABLES
        for table, columns in tables.items():
            defined = ", ".join(columns).replace("position", _KEYS.get(table, "position"))
            self._connection.execute(f"CREATE TABLE {table} ({defined})")
        for table, batch in batches(events_table.rows(told)):
            inserted = f"INSERT INTO {table} VALUES ({', '.join('?' * len(tables[table]))})"
            self._connection.executemany(inserted, [tuple(map(_stored, row)) for row in batch])
        self._connection.execute("CREATE VIRTUAL TABLE text USING fts5(words, content=event, content_rowid=position)")
        self._connection.execute(
            "INSERT INTO text (rowid, words) SELECT position, words FROM event WHERE headline IS NOT NULL"
        )
        for index in events_table.INDEXES:
            self._connection.execute(index)
        self._connection.execute("ANALYZE")
        self._connection.commit()

    def ask(self, asked: Asked) -> Any:
        """See `benchmarks.peers.asked.Store`."""
        values = {name: _stored(value) for name, value in asked.values.items()}
        if asked.kind == "search":
            values["subject"] = f'"{asked.subject}"'
        return self._connection.execute(events_table.statement(asked, _DIALECT), values).fetchall()

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """See `benchmarks.peers.asked.Store`."""
        if asked.kind in ("page", "search", "one", "learned"):
            answer = [(*row[:_FIRST_KNOWN], _moment(row[_FIRST_KNOWN]), *row[_FIRST_KNOWN + 1 :]) for row in answer]
        return compared(asked, answer)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(microseconds=1)
    return value.isoformat() if isinstance(value, date) else value


def _moment(stored: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stored)
