"""The rows of a store, to be inserted again by plain `executemany`: the floor that any store on SQLite stands on."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from domain.words import words

ORDER = {
    "event": "position",
    "stream": "no",
    "chain": "position",
    "development": "dev",
    "version": "no >> 25",
    "overview": "no >> 25",
    "listing": "no >> 25",
    "figure": "no >> 25",
    "metric": "no >> 25",
    "entry": "position",
    "wording": "no >> 25",
    "mention": "position",
}
"""The tables that grow with the log, and the position of the event that a row came with."""
PRAGMAS = ("page_size = 8192", "journal_mode = WAL", "synchronous = FULL", "cache_size = -64000")
Rows = dict[str, list[tuple[Any, ...]]]


def definitions(store: Path) -> list[str]:
    """The statements that make the store's tables and indexes."""
    with sqlite3.connect(store) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rootpage = 0, rowid"
        )
        return [sql for name, sql in found if not name.startswith(("sqlite_", "word_"))]


def rows(store: Path, tables: tuple[str, ...], after: int, upto: int) -> Rows:
    """The rows that came with the events of these positions, per table in order."""
    with sqlite3.connect(store) as connection:
        found: Rows = {}
        for table in tables:
            if table == "stream":
                sql = (
                    "SELECT s.* FROM stream s JOIN event e ON e.stream = s.no AND e.version = 1 WHERE {} ORDER BY s.no"
                )
                sql = sql.format("e.position > ? AND e.position <= ?")
            elif table == "word":
                found[table] = _words(connection, after, upto)
                continue
            else:
                place = ORDER[table]
                sql = f"SELECT * FROM {table} WHERE {place} > ? AND {place} <= ? ORDER BY {place}"
            found[table] = connection.execute(sql, (after, upto)).fetchall()
        return found


def _words(connection: sqlite3.Connection, after: int, upto: int) -> list[tuple[Any, ...]]:
    made: list[tuple[Any, ...]] = []
    found = connection.execute("SELECT position, state FROM event WHERE position > ? AND position <= ?", (after, upto))
    for position, state in found:
        event = json.loads(state)
        if event["type"] == "DevelopmentReported":
            text = f"{event['headline']} {event.get('summary', '')} {event['place']['name']}"
            made.append((position << 25, " ".join(dict.fromkeys(words(text)))))
    return made


class Raw:
    """A database of the same definition, filled by `executemany` in durable transactions."""

    def __init__(self, path: Path, statements: list[str]) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        for statement in statements:
            self._connection.execute(statement)

    def insert(self, whole: Rows, transactions: int) -> float:
        """Seconds to insert the rows in that many transactions of equal size."""
        parts = [
            {
                table: found[part * len(found) // transactions : (part + 1) * len(found) // transactions]
                for table, found in whole.items()
            }
            for part in range(transactions)
        ]
        began = time.perf_counter()
        for part_rows in parts:
            self._connection.execute("BEGIN IMMEDIATE")
            for table, found in part_rows.items():
                if found:
                    columns = "(rowid, words)" if table == "word" else ""
                    values = ", ".join("?" * len(found[0]))
                    self._connection.executemany(f"INSERT INTO {table} {columns} VALUES ({values})", found)
            self._connection.execute("COMMIT")
        return time.perf_counter() - began
