"""A store that outlives the program, and its tables looked at without it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from adapters.postgres.database import Database
from adapters.views.sqlite.shadow import NAMES
from adapters.views.storing.packing import CLAIM


@dataclass(frozen=True)
class Kept:
    """A store, and how to look at its tables without the program."""

    url: str

    def ask(self, *statements: str) -> list[Any]:
        """The rows of the last of the statements, which are run in one transaction."""
        rows: list[Any] = []
        with closing(self._connect()) as connection, connection:
            for statement in statements:
                cursor = connection.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def put(self, position: int, body: bytes) -> None:
        """Write over an event."""
        literal = f"X'{body.hex()}'" if self.url.startswith("sqlite") else f"'\\x{body.hex()}'"
        self.ask(f"UPDATE event SET state = {literal} WHERE position = {position}")

    def others(self) -> list[str]:
        """The tables of the views besides those that are read."""
        if self.url.startswith("sqlite"):
            names = self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")
            return [name for (name,) in names if name.startswith(("g", "old"))]
        digits = f"{self.key() % 2**64:016x}"
        return self.ask(f"SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname LIKE 'asof%{digits}'")

    def indexed(self) -> list[Any]:
        """The indexes of the tables that are read."""
        if self.url.startswith("sqlite"):
            return self.ask(
                "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL GROUP BY 1"
                " ORDER BY 1"
            )
        return self.ask("SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1")

    def key(self) -> int:
        with closing(Database(self.url)) as database:
            return database.key("views")

    def _connect(self) -> Any:
        if self.url.startswith("sqlite"):
            return sqlite3.connect(self.url.removeprefix("sqlite:///"))
        return psycopg.connect(self.url)


def tables(kept: Kept) -> dict[str, list[object]]:
    """Every row of the views, whatever the batches were: terms are told, not their numbers, and no step of nothing."""
    held = {name: kept.ask(f"SELECT * FROM {name}") for name in NAMES if name != "word"}
    terms = {number: (kind, text) for number, kind, text in held["term"]}
    for name in ("term", "listing", "figure", "metric", "mention"):
        held[name] = [(terms[row[0]], *row[1:]) for row in held[name]]
    held["figure"] = [(*row[:CLAIM], terms[row[CLAIM]], *row[CLAIM + 1 :]) for row in held["figure"]]
    held["term"] = [row[0] for row in held["term"]]
    held["tally"] = [row for row in held["tally"] if row[-1]]
    return {name: sorted(rows, key=repr) for name, rows in held.items()}
