"""Connections to PostgreSQL as this program wants them: bounded in time, exact in types."""

from __future__ import annotations

import os
from socket import SO_SNDBUF, SOL_SOCKET, AddressFamily, socket
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.generators import fetch_many
from psycopg.pq import Format, TransactionStatus
from psycopg.rows import RowFactory, tuple_row
from psycopg.types import numeric

from adapters.postgres import arrays as postgres_arrays
from domain.ports import Unavailable

ROOM = 4 * 1024 * 1024
"""Bytes of the send buffer of a local socket; the system may allow fewer."""
_LOCAL = getattr(AddressFamily, "AF_UNIX", None)
_IN_TRANSACTION = (TransactionStatus.INTRANS, TransactionStatus.INERROR)

Connection = psycopg.Connection[tuple[Any, ...]]
PlainCursor = psycopg.Cursor[tuple[Any, ...]]

# Ends what a vanished client left behind: by its own clock where it stands idle, else by asking whether it is there.
_BOUNDS = """
SET client_encoding = 'UTF8'; SET timezone = 'UTC';
SET statement_timeout = {statement}; SET lock_timeout = {wait};
SET idle_in_transaction_session_timeout = '60s';
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
"""
# Questions are planned for what they name: a list has ten rows or a hundred thousand. Compiling takes longer than
# most of them, and 4 is what a page costs on a disk that turns, unless the operator says otherwise.
READER = """
SET default_transaction_isolation = 'repeatable read'; SET default_transaction_read_only = on;
SET plan_cache_mode = force_custom_plan; SET jit = off;
SELECT set_config('random_page_cost', '1.1', false) WHERE current_setting('random_page_cost') = '4';
"""
# Of the log everything is found by an index, however much is asked for and however little is there yet: it is planned
# once. Planning takes longer than a look-up, and what was planned for tables that nobody has analysed yet would scan
# full ones, or whole indexes to combine them.
BY_INDEX = """
SET plan_cache_mode = force_generic_plan; SET jit = off;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
"""
# An operator may ask for more than `on` (remote_apply); less than that would lose what was acknowledged.
WRITER = """
SET default_transaction_isolation = 'read committed';
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""

# What is not flushed is sent to a standby only when the server's writer comes by, after 0.2 seconds: then do not wait.
UNHURRIED = """
SELECT set_config('synchronous_commit', 'off', true) WHERE NOT EXISTS (SELECT FROM pg_stat_get_wal_senders())
"""


class Cursor(PlainCursor):
    """Results come as binary: bytes are then not doubled to hexadecimal digits on their way."""

    def __init__(self, connection: Connection, *, row_factory: RowFactory[tuple[Any, ...]] | None = None) -> None:
        super().__init__(connection, row_factory=row_factory or tuple_row)
        self.format = Format.BINARY


def bounded(statement_seconds: float, wait_seconds: float) -> str:
    """The settings under which a statement ends after so many seconds, waiting for a lock after so many."""
    return _BOUNDS.format(statement=round(statement_seconds * 1000), wait=round(wait_seconds * 1000))


def connect(url: str, wait_seconds: float, settings: str) -> Connection:
    """A connection in no transaction, which the caller closes; the seconds bound the time it may take."""
    connection: Connection = psycopg.connect(
        url,
        autocommit=True,
        cursor_factory=Cursor,
        fallback_application_name="asof",
        connect_timeout=_whole(conninfo_to_dict(url).get("connect_timeout"), wait_seconds),
    )
    try:
        # One type for every whole number: statements are prepared once, and indexes fit.
        connection.adapters.register_dumper(int, numeric.Int8Dumper)
        connection.adapters.register_dumper(int, numeric.Int8BinaryDumper)
        postgres_arrays.register(connection.adapters)
        _make_room(connection)
        run(connection, settings)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_room(connection: Connection) -> None:
    """Let the kernel take what is sent while the server is still at what came before; over TCP it does so by itself."""
    with socket(fileno=os.dup(connection.fileno())) as local:
        if local.family == _LOCAL:
            local.setsockopt(SOL_SOCKET, SO_SNDBUF, ROOM)


def run(connection: Connection, statements: str) -> None:
    """Run statements without parameters in one round trip."""
    psycopg.Cursor(connection).execute(statements.encode())


def last_row(connection: Connection, statements: str) -> Any:
    """The same, and the first row of the last one, None where it has none."""
    cursor = psycopg.Cursor(connection).execute(statements.encode())
    while cursor.nextset():
        pass
    return cursor.fetchone()


def roll_back_unawaited(connection: Connection) -> bool:
    """End what only read, without waiting for the server; whether the connection can be used again.

    Past psycopg: that has the server forget what was prepared with every ROLLBACK, in case something was made before.
    """
    status = connection.info.transaction_status
    if status not in _IN_TRANSACTION:
        return status == TransactionStatus.IDLE
    try:
        connection.pgconn.send_query(b"ROLLBACK")
        return connection.pgconn.flush() == 0
    except psycopg.Error:
        return False


def rolled_back(connection: Connection) -> None:
    """See that what `roll_back_unawaited` has sent is done, before the connection is used again.

    Where it was not (the server may cancel it, as any statement), the connection is closed, and psycopg's error raised.
    """
    if connection.info.transaction_status == TransactionStatus.ACTIVE:
        connection.wait(fetch_many(connection.pgconn))
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.close()
        raise psycopg.OperationalError("the transaction before is not over")


def named(url: str) -> str:
    """The database as messages name it; raises Unavailable where the URL is none."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error as exc:
        raise Unavailable(f"the URL of the database cannot be read: {' '.join(str(exc).split())}") from None
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    where = f"{host}:{parts['port']}" if "port" in parts else str(host)
    return f"the database {parts.get('dbname') or parts.get('user') or 'asof'} on {where}"


def _whole(given: Any, otherwise: float) -> int:
    return max(1, int(given)) if given else max(2, round(otherwise))
