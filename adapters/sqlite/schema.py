"""The tables of a database, brought to their newest version by whoever opens it first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from adapters.sqlite.database import Database
from domain.ports import Unavailable

LOG = "log"
"""The component that every store has first: by it a program knows its own tables."""
_VERSIONS = """
CREATE TABLE IF NOT EXISTS schema(component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID
"""


def establish(database: Database, component: str, migrations: Sequence[str]) -> None:
    """Bring a component's tables to the newest version, which is the number of scripts leading there.

    A new database runs them all, an older one those it lacks, each once, however many processes
    open it at a time. Raises Unavailable where the tables are newer than this program knows, and,
    with nothing written, where they are those of another program.
    """
    known = len(migrations)
    with database.read() as connection:
        found = _version(database, connection, component)
    if found < known:
        with database.write(durable=True) as connection:
            found = _version(database, connection, component)
            connection.execute(_VERSIONS)
            for version, script in enumerate(migrations[found:], found + 1):
                execute_script(connection, script)
                row = (component, version)
                connection.execute("INSERT OR REPLACE INTO schema VALUES (?, ?)", row)
    if found > known:
        raise Unavailable(
            f"{database} holds version {found} of {component}, and this program knows version"
            f" {known}: use the program that wrote it, or a newer one"
        )


def refuse_others(database: Database, connection: sqlite3.Connection, component: str = LOG) -> None:
    """Raise Unavailable where `has_others`."""
    if has_others(connection, component):
        raise Unavailable(f"{database} has tables of another program: give asof a database of its own")


def has_others(connection: sqlite3.Connection, component: str = LOG) -> bool:
    """Whether there are tables, and neither this component's nor those of a store."""
    versions = _versions(connection)
    ours = component in versions or LOG in versions
    return not ours and connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


def execute_script(connection: sqlite3.Connection, script: str) -> None:
    """Run the statements of a script in the open transaction; sqlite3's executescript commits it."""
    statement = ""
    for part in script.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _version(database: Database, connection: sqlite3.Connection, component: str) -> int:
    """The version of a component, 0 where it is not there. Raises as `refuse_others`."""
    refuse_others(database, connection, component)
    return _versions(connection).get(component, 0)


def _versions(connection: sqlite3.Connection) -> dict[str, int]:
    columns = [name for (name,) in connection.execute("SELECT name FROM pragma_table_info('schema') ORDER BY cid")]
    if columns != ["component", "version"]:
        return {}
    return dict(connection.execute("SELECT component, version FROM schema"))
