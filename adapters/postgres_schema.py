"""The tables of a database, brought to their newest version by whoever opens it first."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from adapters.postgres import Connection, Database
from domain.ports import Unavailable

_VERSIONS = "CREATE TABLE IF NOT EXISTS schema (component text PRIMARY KEY, version integer NOT NULL)"
_NOW_AT = """
INSERT INTO schema VALUES (%s, %s) ON CONFLICT (component) DO UPDATE SET version = excluded.version
"""


def establish(database: Database, component: str, migrations: Sequence[str]) -> None:
    """Bring a component's tables to the newest version, which is the number of scripts leading there.

    A new database runs them all, an older one those it lacks, each once, however many processes open it at a time.
    Raises Unavailable where the tables are newer than this program knows, and where they lack something and the
    database is read-only.
    """
    known = len(migrations)
    with database.read() as connection:
        found = _version(database, connection, component)
    if found < known:
        with database.write("schema", durable=True) as connection:
            connection.execute(_VERSIONS)
            found = _version(database, connection, component)
            for version, script in enumerate(migrations[found:], found + 1):
                execute_script(connection, script)
                connection.execute(_NOW_AT, (component, version))
    if found > known:
        raise Unavailable(
            f"{database} holds version {found} of {component}, and this program knows version"
            f" {known}: use the program that wrote it, or a newer one"
        )


def execute_script(connection: Connection, script: str) -> None:
    """Run the statements of a script, which takes no parameters, in the open transaction."""
    psycopg.Cursor(connection).execute(script.encode())


def _version(database: Database, connection: Connection, component: str) -> int:
    there = connection.execute("SELECT to_regclass(quote_ident(%s) || '.schema')::text", (database.schema,)).fetchone()
    if there is None or there[0] is None:
        return 0
    versions = connection.execute("SELECT version FROM schema WHERE component = %s", (component,))
    return next((int(version) for (version,) in versions), 0)
