"""The tables of a database, brought to their newest version by whoever opens it first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from adapters.sqlite import Database
from domain.ports import Unavailable

_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema(component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID
"""


def establish(database: Database, component: str, migrations: Sequence[str]) -> None:
    """Bring a component's tables to the newest version, which is the number of scripts leading there.

    A new database runs them all, an older one those it lacks, each once, however many processes
    open it at a time. Raises Unavailable where the tables are newer than this program knows.
    """
    known = len(migrations)
    with database.read() as connection:
        found = _version(connection, component)
    if found < known:
        with database.write(durable=True) as connection:
            connection.execute(_VERSIONS)
            found = _version(connection, component)
            for version, script in enumerate(migrations[found:], found + 1):
                execute_script(connection, script)
                row = (component, version)
                connection.execute("INSERT OR REPLACE INTO schema VALUES (?, ?)", row)
    if found > known:
        raise Unavailable(
            f"{database} holds version {found} of {component}, and this program knows version"
            f" {known}: use the program that wrote it, or a newer one"
        )


def execute_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script in the open transaction; sqlite3's executescript commits it."""
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _version(connection: sqlite3.Connection, component: str) -> int:
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema'").fetchone():
        return 0
    versions = connection.execute("SELECT version FROM schema WHERE component = ?", (component,))
    return next((int(version) for (version,) in versions), 0)
