"""The tables of the read side in SQLite: those of `adapters.views.schema`."""

from __future__ import annotations

import secrets
import sqlite3

from adapters.views.schema import TABLES, VERSION


def establish(connection: sqlite3.Connection) -> None:
    """Make the tables."""
    for statement in TABLES:
        connection.execute(statement)
    # By its row other generations of the tables are told from this one.
    standing = (secrets.randbits(62), VERSION)
    connection.execute(
        "INSERT INTO progress (rowid, projection, version, position) VALUES (?, 'views', ?, 0)", standing
    )
