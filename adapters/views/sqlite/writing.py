"""Writing the views in SQLite: one transaction of the projector."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.views import tally, zones
from adapters.views.load_progress import OF_PROJECTION
from adapters.views.sqlite.reader import SQLiteReader
from adapters.views.storing.actor_rows import actor_row, affiliation_rows, naming_rows
from adapters.views.storing.resuming import Resuming
from adapters.views.storing.rows import Batch
from adapters.views.zones import Zones
from domain.actor import Actor
from domain.plane import FOREVER, Row

_STANDING = "SELECT position FROM progress" + OF_PROJECTION
_MOVE = "UPDATE progress SET position = ? WHERE projection = ?"
_INSERTS = {
    "development": 2,
    "version": 11,
    "overview": 14,
    "listing": 10,
    "figure": 15,
    "metric": 9,
    "entry": 12,
    "wording": 8,
}
_ENDS = {
    "version": "no = ?",
    "overview": "rank = ? AND id = ? AND no = ?",
    "listing": "list = ? AND rank = ? AND id = ? AND no = ?",
    "figure": "metric = ? AND known = ? AND position = ? AND place = ? AND no = ?",
    "metric": "metric = ? AND known = ? AND no = ?",
    "entry": "no = ?",
    "wording": "no = ?",
}


PUT_ZONE = zones.PUT.format(f"VALUES ({', '.join('?' * len(zones.COLUMNS))})")
PUT_TALLY = tally.PUT.format(f"VALUES ({', '.join('?' * len(tally.COLUMNS))})")


class SQLiteWriting(Resuming):
    """One transaction of the projector: rows and position move together."""

    STANDING = "views"
    """Whose position is moved."""

    def __init__(
        self, connection: sqlite3.Connection, terms: dict[tuple[str, str], int], known: Zones, generation: int = 0
    ) -> None:
        (position,) = connection.execute(_STANDING, {"projection": self.STANDING}).fetchone()
        super().__init__(SQLiteReader(connection), known, position)
        self.generation = generation
        self._connection = connection
        self._terms = terms
        self._batch = Batch()
        self._chain: list[tuple[int, bytes]] = []
        self._mentions: list[tuple[int, int]] = []

    def development(self, dev: int, development: str) -> None:
        """A development begins."""
        self._batch.inserts["development"].append((dev, development))

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        """Rows of a development that were drawn or changed."""
        self._batch.take(dev, development, rows, self._term)

    def actor(self, position: int, actor: Actor, standing: int) -> None:
        """From this position on the actor is so, and there are so many, merged ones not counted."""
        connection, ended = self._connection, (position, actor.id, FOREVER)
        if actor.registered < position:
            for table in ("actor", "naming", "affiliation"):
                connection.execute(f"UPDATE {table} SET recorded_to = ? WHERE id = ? AND recorded_to = ?", ended)
                connection.execute(f"DELETE FROM {table} WHERE id = ? AND recorded_from = recorded_to", (actor.id,))
        current = (actor, position, FOREVER)
        row = actor_row(*current, standing)
        connection.execute(f"INSERT INTO actor VALUES ({', '.join('?' * len(row))})", row)
        connection.executemany("INSERT INTO naming VALUES (?, ?, ?, ?)", naming_rows(*current))
        connection.executemany("INSERT INTO affiliation VALUES (?, ?, ?, ?, ?, ?)", affiliation_rows(*current))

    def mention(self, kind: str, text: str, position: int) -> None:
        """The event at this position names an actor or a topic."""
        self._mentions.append((self._term(kind, text), position))

    def chain(self, position: int, head: bytes) -> None:
        """The head of the chain at this position."""
        self._chain.append((position, head))

    def flush(self) -> None:
        """Hand everything to the transaction, the position included."""
        self._flush_rows()
        self._connection.execute(_MOVE, (self.position, self.STANDING))

    def _flush_rows(self) -> None:
        connection, batch = self._connection, self._batch
        self._insert(batch.inserts)
        for table, where in _ENDS.items():
            if rows := batch.ends[table]:
                connection.executemany(
                    f"UPDATE {table} SET known_to = ?, superseded_at = ?, recorded_to = ? WHERE {where}", rows
                )
        connection.executemany(PUT_TALLY, batch.tally.rows())
        connection.executemany(PUT_ZONE, self._zoned(batch.inserts, batch.ended))
        connection.executemany("INSERT INTO chain VALUES (?, ?)", self._chain)
        connection.executemany("INSERT OR IGNORE INTO mention VALUES (?, ?)", self._mentions)
        self._batch, self._chain, self._mentions = Batch(), [], []

    def _insert(self, tables: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        connection = self._connection
        for table, columns in _INSERTS.items():
            if rows := tables.get(table):
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)
        wordings = [(row[0], row[-1]) for row in tables.get("wording", ())]
        connection.executemany("INSERT INTO word (rowid, words) VALUES (?, ?)", wordings)

    def _term(self, kind: str, text: str) -> int:
        number = self._terms.get((kind, text))
        if number is None:
            found = self._connection.execute("SELECT no FROM term WHERE kind = ? AND text = ?", (kind, text)).fetchone()
            if found is None:
                cursor = self._connection.execute("INSERT INTO term (kind, text) VALUES (?, ?)", (kind, text))
                number = int(cursor.lastrowid or 0)
            else:
                number = int(found[0])
            self._terms[kind, text] = number
        return number
