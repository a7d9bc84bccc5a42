"""How PostgreSQL finds what is asked of the log in tables that nobody has analysed, as behind a bulk load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from adapters.log.postgres import tables
from adapters.log.postgres.log import PostgresLog
from adapters.log.rows import LAST
from adapters.postgres.database import Database

EVENTS = 20_000
STREAMS = 10_000
ASKED: dict[str, tuple[str, Sequence[object]]] = {
    "the head": (tables.HEAD, ()),
    "a page": (tables.READ, (15_000, LAST, 500)),
    "a stream": (tables.STREAM, ("development/d77", LAST)),
    "events of actors": (tables.OF_ACTORS, (15_000, 15_500)),
    "what goes on": (tables.CONTINUED, (500, LAST, 0, 500)),
}
FILL = f"""
INSERT INTO stream SELECT n, 'development/d' || n FROM generate_series(1, {STREAMS}) AS n;
INSERT INTO event
    SELECT n, (n - 1) % {STREAMS} + 1, (n - 1) / {STREAMS} + 1, n, 'DevelopmentReported', 'e' || n, NULL, 'x'
    FROM generate_series(1, {EVENTS}) AS n
"""


@pytest.fixture
def database(postgres: str) -> Iterator[Database]:
    database = Database(postgres)
    PostgresLog(database)
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute("ALTER TABLE event SET (autovacuum_enabled = off)")
        server.execute("ALTER TABLE stream SET (autovacuum_enabled = off)")
        server.execute(FILL.encode())
    yield database
    database.close()


def nodes(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["Node Type"]
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.mark.parametrize("what", ASKED)
def test_the_log_is_read_row_by_row_along_indexes(database: Database, what: str) -> None:
    statement, given = ASKED[what]
    ((explained,),) = database.ask(f"EXPLAIN (FORMAT JSON) {statement}", given)
    found = set(nodes(explained[0]["Plan"]))
    assert "Index Scan" in found or "Index Only Scan" in found
    assert not {node for node in found if "Seq" in node or "Hash" in node or "Bitmap" in node or "Merge" in node}
