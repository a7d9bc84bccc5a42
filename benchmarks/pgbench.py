"""PostgreSQL's own pgbench: durable commits of one row each, of the same size and under the same indexes as an event.

Each client has a connection of its own, and nothing is judged, numbered in the order of commits, or looked up.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from adapters.log.postgres import tables as postgres_tables
from benchmarks.group_commit import NOON, entries

THREADS = 2
_FOUND = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_DONE = re.compile(r"actually processed: ([0-9]+)")


class Pgbench:
    """One schema of a database to insert into."""

    def __init__(self, program: str, url: str) -> None:
        self._program = program
        self._url = url
        with psycopg.connect(url) as connection:
            for statement in (*postgres_tables.MIGRATIONS, "CREATE SEQUENCE position"):
                connection.execute(statement.encode())
        entry = next(entries())
        body = entry.body.decode().replace("'", "''").replace(":", "\\072")
        self._script = (
            "INSERT INTO event (position, stream, version, type, recorded_at, id, sent, state)"
            " SELECT n, n, 1, '{type}', {at}, 'evt-' || n, NULL, E'{body}'::bytea FROM nextval('position') AS n;\n"
        ).format(type=entry.type, at=NOON, body=body.replace("\\", "\\\\"))

    def commits(self, clients: int, count: int) -> float:
        """Commits a second, by so many clients, about `count` in all."""
        each = max(1, count // clients)
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(self._script)
            script.flush()
            command = [self._program, "-n", "-M", "prepared", "-f", script.name, "-t", str(each)]
            command += ["-c", str(clients), "-j", str(min(clients, THREADS)), self._url]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found, done = _FOUND.search(told), _DONE.search(told)
        assert found is not None, told
        assert done is not None, told
        assert int(done[1]) == each * clients, told
        return float(found[1])


def pgbench(url: str, beside: Path) -> Pgbench | None:
    """The one on the path, or beside the server's program; None, which is told, where there is none."""
    program = shutil.which("pgbench") or shutil.which("pgbench", path=str(beside))
    if program is None:
        print("appends: pgbench not found, so nothing is measured beside it", file=sys.stderr)
        return None
    return Pgbench(program, url)
