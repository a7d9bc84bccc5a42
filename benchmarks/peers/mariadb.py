"""MariaDB: system-versioned tables with an application-time period, in what its manual calls bitemporal tables.

Every table has `PERIOD FOR known`, without overlaps, and `PERIOD FOR SYSTEM_TIME`, present and past rows together. The
recorded clock is that of the story: the history is put in with `system_versioning_insert_history`, as transactions at
those moments would have left it. A log position is asked for as the moment at which it was recorded. Tables are not
partitioned by system time, for partitioned tables have no FULLTEXT; the end of the row's system time stands in the
indexes instead, which finds the present rows as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any

from benchmarks.peers import states, temporal
from benchmarks.peers.asked import Asked, Tuples, compared
from benchmarks.peers.batches import batches
from benchmarks.peers.mariadb_server import serving
from benchmarks.peers.story import Told
from benchmarks.peers.temporal import Dialect

_NEVER = {"known_to": "9999-12-31 00:00:00", "recorded_to": "2038-01-19 03:14:07.999999"}
_DIALECT = Dialect(
    as_recorded="{} FOR SYSTEM_TIME AS OF TIMESTAMP :recorded".format,
    has_word="MATCH (d.words) AGAINST (:subject IN BOOLEAN MODE)",
)
_ID = "varchar(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"
_DEFINITIONS = {
    "development": f"""development {_ID}, headline varchar(300) NOT NULL, summary text, kind varchar(12) NOT NULL,
        occurred date NOT NULL, place varchar(300), topic {_ID}, words text NOT NULL, first_known datetime(6) NOT NULL,
        status varchar(12) NOT NULL, sources int NOT NULL,
        PRIMARY KEY (development, known WITHOUT OVERLAPS)""",
    "timeline": f"""actor {_ID}, development {_ID}, occurred date NOT NULL,
        PRIMARY KEY (actor, development, known WITHOUT OVERLAPS)""",
    "report": f"""development {_ID}, position bigint NOT NULL, event {_ID}, type varchar(40) NOT NULL,
        source varchar(300) NOT NULL, url varchar(2048),
        PRIMARY KEY (development, position, known WITHOUT OVERLAPS)""",
    "figure": f"""metric {_ID}, claimant varchar(300) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        point bigint NOT NULL, development {_ID},
        PRIMARY KEY (metric, claimant, known WITHOUT OVERLAPS)""",
}
_INDEXES = {
    "development": (
        "INDEX (status, kind, recorded_to, known_from, known_to)",
        "INDEX (status, kind, known_from, known_to, recorded_from, recorded_to)",
        "INDEX (recorded_to, known_from, known_to, development, status)",
        "INDEX (recorded_to, first_known)",
        "INDEX (recorded_to, occurred DESC, development)",
        "FULLTEXT INDEX (words)",
    ),
    "timeline": (
        "INDEX (actor, recorded_to, occurred DESC, development, known_from, known_to)",
        "INDEX (actor, occurred DESC, development, known_from, known_to, recorded_from, recorded_to)",
    ),
    "report": (),
    "figure": ("INDEX (metric, recorded_to, known_from, known_to)",),
}
_CLOCKS = """known_from datetime(6) NOT NULL, known_to datetime(6) NOT NULL,
    recorded_from timestamp(6) GENERATED ALWAYS AS ROW START, recorded_to timestamp(6) GENERATED ALWAYS AS ROW END,
    PERIOD FOR known (known_from, known_to), PERIOD FOR SYSTEM_TIME (recorded_from, recorded_to)"""


class MariaDB:
    """The store in an empty database of a server, by its C driver."""

    name = "MariaDB"

    def __init__(self, socket: str) -> None:
        driver = import_module("MySQLdb")
        self._connection = driver.connect(unix_socket=socket, user="root", charset="utf8mb4", autocommit=True)
        self._cursor = self._connection.cursor()
        self._cursor.execute("SET time_zone = '+00:00'")

    def load(self, told: Iterable[Told]) -> None:
        """Take the story."""
        execute = self._cursor.execute
        execute("CREATE DATABASE story CHARACTER SET utf8mb4")
        execute("USE story")
        execute("SET system_versioning_insert_history = 1, unique_checks = 0")
        for table, columns in _DEFINITIONS.items():
            execute(f"CREATE TABLE {table} ({columns}, {_CLOCKS}) WITH SYSTEM VERSIONING ENGINE = InnoDB")
        for table, batch in batches(states.rows(told)):
            into = (*states.TABLES[table], *states.CLOCKS)
            inserted = f"INSERT INTO {table} ({', '.join(into)}) VALUES ({', '.join(['%s'] * len(into))})"
            self._cursor.executemany(inserted, [_stored(row) for row in batch])
        execute("SET system_versioning_alter_history = KEEP")
        for table, indexes in _INDEXES.items():
            if indexes:
                execute(f"ALTER TABLE {table} {', '.join(f'ADD {index}' for index in indexes)}")
            execute(f"ANALYZE TABLE {table} PERSISTENT FOR ALL")
            self._cursor.fetchall()

    def ask(self, asked: Asked) -> Any:
        """See `benchmarks.peers.asked.Store`."""
        values = {name: _value(value) for name, value in asked.values.items()}
        if asked.kind == "search":
            values["subject"] = f"+{asked.subject}"
        self._cursor.execute(temporal.statement(asked, _DIALECT), values)
        return self._cursor.fetchall()

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """See `benchmarks.peers.asked.Store`."""
        return compared(asked, answer)


@contextmanager
def running(megabytes: int) -> Iterator[MariaDB]:
    """The store on a server of its own, ended on leaving; its buffers have room for the data."""
    with serving(
        f"--innodb-buffer-pool-size={megabytes}M",
        "--innodb-log-file-size=1G",
        "--innodb-flush-log-at-trx-commit=0",
        "--sort-buffer-size=32M",
        "--join-buffer-size=8M",
    ) as socket:
        yield MariaDB(socket)


def _stored(row: states.Values) -> states.Values:
    *values, known_from, known_to, recorded_from, recorded_to = map(_value, row)
    return (
        *values,
        known_from,
        known_to or _NEVER["known_to"],
        recorded_from,
        recorded_to or _NEVER["recorded_to"],
    )


def _value(value: Any) -> Any:
    """The driver leaves fractions of a second out."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
