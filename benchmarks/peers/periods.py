"""PostgreSQL with the extension `periods`: system versioning and an application period, as in SQL:2011.

Every table has a period `known`, unique without overlaps, and a period of system time, with its history in a table
beside it. The extension stamps rows with the time of their transaction; here the recorded clock is that of the story,
so the rows are put in as the triggers would have left them, under `session_replication_role = replica`. Present rows
are asked of the table, past ones of the function `TABLE__as_of(moment)` that the extension makes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.peers import states, temporal
from benchmarks.peers.asked import Asked, Tuples, compared
from benchmarks.peers.copying import connect, copy
from benchmarks.peers.story import Told
from benchmarks.peers.temporal import Dialect

DEBIAN = Path("/usr/lib/postgresql/15")
_EXTENSION = Path("/usr/share/postgresql/15/extension/periods.control")

_DIALECT = Dialect(as_recorded="{}__as_of(:recorded)".format, has_word="d.words @@ plainto_tsquery('simple', :subject)")
_COLUMNS = {
    "development": """development text NOT NULL, headline text NOT NULL, summary text, kind text NOT NULL,
        occurred date NOT NULL, place text, topic text, words tsvector NOT NULL, first_known timestamptz NOT NULL,
        status text NOT NULL, sources int NOT NULL""",
    "timeline": "actor text NOT NULL, development text NOT NULL, occurred date NOT NULL",
    "report": """development text NOT NULL, position bigint NOT NULL, event text NOT NULL, type text NOT NULL,
        source text NOT NULL, url text""",
    "figure": "metric text NOT NULL, claimant text NOT NULL, point bigint NOT NULL, development text NOT NULL",
}
_KEYS = {"development": 1, "timeline": 2, "report": 2, "figure": 2}
"""How many columns of each table, the first, say what a row is the state of."""
_INDEXES = {
    "development": (
        "development, known_from, known_to, status",
        "status, kind, known_from, known_to",
        "known_from, known_to, development, status",
        "first_known",
        "occurred DESC, development",
    ),
    "timeline": ("actor, occurred DESC, development, known_from, known_to",),
    "report": ("development, known_from",),
    "figure": ("metric, known_from, known_to",),
}


def missing() -> str | None:
    """What has to be installed before there can be one; None where nothing has."""
    found = _EXTENSION.exists() and (DEBIAN / "bin/postgres").exists()
    return None if found else "apt install postgresql-15-periods"


class Periods:
    """The store in an empty database, which the URL names."""

    name = "PostgreSQL with periods"

    def __init__(self, url: str) -> None:
        self._connection = connect(url)

    def load(self, told: Iterable[Told]) -> None:
        """Take the story."""
        execute = self._connection.execute
        execute(b"CREATE EXTENSION periods CASCADE")
        for table, columns in _COLUMNS.items():
            execute(f"CREATE TABLE {table} ({columns}, known_from timestamptz, known_to timestamptz)".encode())
            execute(f"SELECT periods.add_period('{table}', 'known', 'known_from', 'known_to')".encode())
            execute(f"SELECT periods.add_system_time_period('{table}', 'recorded_from', 'recorded_to')".encode())
            execute(f"SELECT periods.add_system_versioning('{table}')".encode())
        execute(b"SET session_replication_role = replica")
        copy(self._connection, ((_table(*row), _ended(row[1])) for row in states.rows(told)), _into)
        execute(b"SET session_replication_role = origin")
        for table, indexes in _INDEXES.items():
            key = list(states.TABLES[table][: _KEYS[table]])
            execute(f"SELECT periods.add_unique_key('{table}', ARRAY{key}, 'known')".encode())
            for columns in indexes:
                for held in (table, f"{table}_history"):
                    execute(f"CREATE INDEX ON {held} ({columns}, recorded_from, recorded_to)".encode())
        for table in ("development", "development_history"):
            execute(f"CREATE INDEX ON {table} USING gin (words)".encode())
        execute(b"VACUUM ANALYZE")

    def ask(self, asked: Asked) -> Any:
        """See `benchmarks.peers.asked.Store`."""
        return self._connection.execute(temporal.statement(asked, _DIALECT).encode(), asked.values).fetchall()

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """See `benchmarks.peers.asked.Store`."""
        return compared(asked, answer)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def _table(table: str, row: states.Values) -> str:
    return table if row[-1] is None else f"{table}_history"


def _ended(row: states.Values) -> states.Values:
    *values, known_from, known_to, recorded_from, recorded_to = row
    return (*values, known_from, known_to or "infinity", recorded_from, recorded_to or "infinity")


def _into(table: str) -> tuple[str, tuple[str, ...]]:
    return table, (*states.TABLES[table.removesuffix("_history")], *states.CLOCKS)
