"""The views in SQLite, beside the log in the same file: written by one projector at a time, read by anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import orjson

from adapters.sqlite import Database
from adapters.views.actors import load_actors
from adapters.views.rows import Batch
from adapters.views.schema import TABLES, VERSION
from adapters.views.snapshot import SQLSnapshot
from adapters.views.sqlite_reader import SQLiteReader
from domain import edtf
from domain.actor import Actor, forms
from domain.clocks import AFTER, BEFORE
from domain.plane import FOREVER, Row
from domain.ports import Unavailable
from domain.words import words

_INSERTS = {"version": 11, "overview": 14, "listing": 10, "figure": 14, "metric": 9, "entry": 12, "wording": 7}
_ENDS = {
    "version": "no = ?",
    "overview": "rank = ? AND id = ? AND no = ?",
    "listing": "list = ? AND rank = ? AND id = ? AND no = ?",
    "figure": "metric = ? AND known = ? AND position = ? AND place = ? AND no = ?",
    "metric": "metric = ? AND known = ? AND no = ?",
    "entry": "no = ?",
    "wording": "no = ?",
}


class SQLiteViews:
    """See `domain.ports.Views`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._terms: dict[tuple[str, str], int] = {}
        with database.write(durable=False) as connection:
            for statement in TABLES:
                connection.execute(statement)
            connection.execute("INSERT OR IGNORE INTO term VALUES (1, 'expected', '')")
            connection.execute("INSERT OR IGNORE INTO progress VALUES ('views', ?, 0)", (VERSION,))
            (version,) = connection.execute("SELECT version FROM progress").fetchone()
        if version != VERSION:
            raise Unavailable(f"the views are of version {version}, this program knows version {VERSION}: replay them")

    @contextmanager
    def write(self) -> Iterator[SQLiteWriting]:
        with self._database.write(durable=False) as connection:
            writing = SQLiteWriting(connection, self._terms)
            try:
                yield writing
            except BaseException:
                self._terms.clear()
                raise
            writing.flush()

    @contextmanager
    def snapshot(self) -> Iterator[SQLSnapshot]:
        with self._database.read() as connection:
            yield SQLSnapshot(SQLiteReader(connection))


class SQLiteWriting:
    """One transaction of the projector: rows and position move together."""

    def __init__(self, connection: sqlite3.Connection, terms: dict[tuple[str, str], int]) -> None:
        self._connection = connection
        self._terms = terms
        self._batch = Batch()
        self._chain: list[tuple[int, bytes]] = []
        self._mentions: list[tuple[int, int]] = []
        (self.position,) = connection.execute("SELECT position FROM progress WHERE projection = 'views'").fetchone()

    def head(self) -> bytes | None:
        """The chain's head at the position, None at 0."""
        row = self._connection.execute("SELECT head FROM chain WHERE position = ?", (self.position,)).fetchone()
        return None if row is None else row[0]

    def actors(self) -> list[Actor]:
        """Every actor as it is at the position."""
        return load_actors(SQLiteReader(self._connection))

    def merges(self) -> list[tuple[int, dict[str, str]]]:
        """For each position at which actors merged: the ids whose survivor changed, and to whom."""
        merged: dict[int, dict[str, str]] = {}
        for position, actor, survivor in self._connection.execute(
            "SELECT recorded_from, id, survivor FROM actor WHERE survivor IS NOT NULL ORDER BY recorded_from"
        ):
            merged.setdefault(position, {})[actor] = survivor
        return sorted(merged.items())

    def mentioning(self, names: Iterable[str]) -> list[str]:
        """The development streams whose events name one of the ids, oldest first."""
        self._flush_rows()
        found = self._connection.execute(
            "SELECT DISTINCT s.no, s.name FROM term t JOIN mention m ON m.term = t.no"
            " JOIN event e ON e.position = m.position JOIN stream s ON s.no = e.stream"
            " WHERE t.kind IN ('actor', 'claimant') AND t.text IN (SELECT value FROM json_each(?))"
            " AND s.name LIKE 'development/%' ORDER BY s.no",
            (orjson.dumps(list(names)).decode(),),
        )
        return [name for _, name in found]

    def development(self, dev: int, development: str) -> None:
        """A development begins."""
        self._batch.inserts["development"].append((dev, development))

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        """Rows of a development that were drawn or changed."""
        self._batch.take(dev, development, rows, self._term)

    def actor(self, position: int, actor: Actor) -> None:
        """From this position on the actor is so."""
        self._flush_rows()
        connection, ended = self._connection, (position, actor.id, FOREVER)
        if actor.registered < position:
            for table in ("actor", "naming", "affiliation"):
                connection.execute(f"UPDATE {table} SET recorded_to = ? WHERE id = ? AND recorded_to = ?", ended)
                connection.execute(f"DELETE FROM {table} WHERE id = ? AND recorded_from = recorded_to", (actor.id,))
        held = [(a.with_actor, a.title, a.period, a.position) for a in actor.affiliations]
        spoken = sorted({word for name in (actor.name, *actor.aliases) for word in words(name)})
        connection.execute(
            "INSERT INTO actor VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(actor.id, position, FOREVER, actor.registered, actor.version, actor.name, actor.kind, actor.survivor),
                *(orjson.dumps(actor.aliases), orjson.dumps(held), _padded(spoken), _padded(words(actor.name))),
            ),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO naming VALUES (?, ?, ?, ?)",
            [(form, actor.id, position, FOREVER) for form in forms(actor)],
        )
        connection.executemany(
            "INSERT INTO affiliation VALUES (?, ?, ?, ?, ?, ?)",
            [(a.with_actor, actor.id, position, FOREVER, *_period(a.period)) for a in actor.affiliations],
        )

    def mention(self, kind: str, text: str, position: int) -> None:
        """The event at this position names an actor or a topic."""
        self._mentions.append((self._term(kind, text), position))

    def chain(self, position: int, head: bytes) -> None:
        """The head of the chain at this position."""
        self._chain.append((position, head))

    def flush(self) -> None:
        """Hand everything to the transaction, the position included."""
        self._flush_rows()
        self._connection.execute("UPDATE progress SET position = ? WHERE projection = 'views'", (self.position,))

    def _flush_rows(self) -> None:
        connection, batch = self._connection, self._batch
        connection.executemany("INSERT INTO development VALUES (?, ?)", batch.inserts.pop("development", []))
        for table, columns in _INSERTS.items():
            if rows := batch.inserts[table]:
                connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})", rows)
        for table, where in _ENDS.items():
            if rows := batch.ends[table]:
                connection.executemany(
                    f"UPDATE {table} SET known_to = ?, superseded_at = ?, recorded_to = ? WHERE {where}", rows
                )
        connection.executemany("INSERT INTO word (rowid, words) VALUES (?, ?)", batch.words)
        connection.executemany("INSERT INTO chain VALUES (?, ?)", self._chain)
        connection.executemany("INSERT OR IGNORE INTO mention VALUES (?, ?)", self._mentions)
        self._batch, self._chain, self._mentions = Batch(), [], []

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


def _padded(spoken: Iterable[str]) -> str:
    return f" {' '.join(spoken)} "


def _period(period: str | None) -> tuple[int, int]:
    if period is None:
        return (BEFORE, AFTER)
    span = edtf.parse(period)
    return (span.begins, span.ends)
