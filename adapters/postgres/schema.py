"""The tables of a database, brought to their newest version by whoever opens it first."""

from __future__ import annotations

import re
from collections.abc import Sequence

import psycopg

from adapters.postgres.database import Connection, Database
from domain.ports import Unavailable

LOG = "log"
"""The component that every store has first: by it a program knows its own tables."""
_VERSIONS = "CREATE TABLE IF NOT EXISTS schema (component text PRIMARY KEY, version integer NOT NULL)"
_NOW_AT = """
INSERT INTO schema VALUES (%s, %s) ON CONFLICT (component) DO UPDATE SET version = excluded.version
"""
# Read, not asked for by name: one statement sees what one moment has, and tables of extensions are nobody's.
_TABLES = """
WITH tables AS (
    SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
)
SELECT EXISTS (SELECT FROM tables), ARRAY(
    SELECT a.attname::text FROM tables JOIN pg_attribute a ON a.attrelid = oid
    WHERE relname = 'schema' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
), EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = ANY(%s) AND c.relkind NOT IN ('r', 'p')
)
"""
_MADE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")


def establish(database: Database, component: str, migrations: Sequence[str]) -> None:
    """Bring a component's tables to the newest version, which is the number of scripts leading there.

    A new database runs them all, an older one those it lacks, each once, however many processes open it at a time.
    Raises Unavailable where the tables are newer than this program knows, where they lack something and the database
    is read-only, and, with nothing written, where they or what is named like them are those of another program.
    """
    known = len(migrations)
    named = _MADE.findall("".join((_VERSIONS, *migrations)))
    with database.read() as connection:
        found = _version(database, connection, component, named)
    if found < known:
        with database.write("schema", durable=True) as connection:
            found = _version(database, connection, component, named)
            try:
                connection.execute(_VERSIONS)
                for version, script in enumerate(migrations[found:], found + 1):
                    execute_script(connection, script)
                    connection.execute(_NOW_AT, (component, version))
            except psycopg.errors.DuplicateObject as exc:
                # A type that is no relation has the name of a table.
                raise _refused(database) from exc
    if found > known:
        raise Unavailable(
            f"{database} holds version {found} of {component}, and this program knows version"
            f" {known}: use the program that wrote it, or a newer one"
        )


def execute_script(connection: Connection, script: str) -> None:
    """Run the statements of a script, which takes no parameters, in the open transaction."""
    psycopg.Cursor(connection).execute(script.encode())


def _version(database: Database, connection: Connection, component: str, named: Sequence[str]) -> int:
    """The version of a component, 0 where it is not there.

    Raises Unavailable where the tables are of others, or what has the name of one of its tables is none.
    """
    [(tables, columns, taken)] = connection.execute(_TABLES, (database.schema, database.schema, named))
    versions = _versions(connection) if columns == ["component", "version"] else {}
    if taken or (tables and component not in versions and LOG not in versions):
        raise _refused(database)
    return versions.get(component, 0)


def _refused(database: Database) -> Unavailable:
    return Unavailable(
        f"{database} has tables of another program in the schema {database.schema}, or what is named like tables of"
        " asof: give asof a database of its own, or a schema, as the first of the search path"
    )


def _versions(connection: Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT component, version FROM schema").fetchall())
