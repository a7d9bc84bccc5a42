"""A database that another program keeps its tables in: it is refused in one sentence, and stays as it was."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import psycopg
import pytest

from domain.ports import Unavailable
from service.stores import log_of, open_for_rebuild, opened
from tests.stores import KEPT

OTHERS = {
    "a table that asof has none of": ("CREATE TABLE notes (x integer)",),
    "a table of a name of asof's log": ("CREATE TABLE event (x integer)",),
    "a table of a name of asof's views": ("CREATE TABLE chain (x integer)",),
    "a marker of other columns": ("CREATE TABLE schema (version integer)",),
    "a marker with one column more": ("CREATE TABLE schema (component text, version integer, at integer)",),
    "a marker of nothing": ("CREATE TABLE schema (component text, version integer)", "CREATE TABLE chain (x integer)"),
    "a marker of something else": (
        "CREATE TABLE schema (component text, version integer)",
        "INSERT INTO schema VALUES ('users', 3)",
    ),
}
ROOT = Path(__file__).parents[2]
USES: dict[str, Callable[[str], AbstractContextManager[object]]] = {
    "opened": opened,
    "open_for_rebuild": open_for_rebuild,
    "log_of": log_of,
}


def tell(url: str, *statements: str) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            for statement in statements:
                file.execute(statement)
            file.commit()
        return
    with psycopg.connect(url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())


def held(url: str) -> object:
    """All that is there: the bytes of a file and the names beside it, the relations of a schema."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return hashlib.sha256(path.read_bytes()).hexdigest(), sorted(each.name for each in path.parent.iterdir())
    with psycopg.connect(url) as server:
        found = "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace ORDER BY 1"
        return server.execute(found.encode()).fetchall()


@pytest.fixture(params=KEPT)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return KEPT[request.param](tmp_path / "other")


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("tables", OTHERS)
def test_tables_of_another_program_are_refused_and_left_as_they_are(database: str, tables: str, use: str) -> None:
    tell(database, *OTHERS[tables])
    before = held(database)
    with (
        pytest.raises(Unavailable, match=r"^the database .* has tables of another program.*: give"),
        USES[use](database),
    ):
        pass
    assert held(database) == before


def test_a_command_says_so_in_one_line(database: str) -> None:
    tell(database, *OTHERS["a table of a name of asof's log"])
    command = [sys.executable, "-m", "service.cli", "state", "--store", database]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (3, "", 1)
    assert "tables of another program" in ran.stderr


def test_a_store_that_another_program_has_put_a_table_into_is_opened(database: str) -> None:
    with opened(database):
        pass
    tell(database, *OTHERS["a table that asof has none of"])
    with opened(database) as inside:
        assert inside.log.head().position == 0


def test_a_store_that_has_its_log_but_not_its_views_yet_is_opened(database: str) -> None:
    with log_of(database):
        pass
    with opened(database) as inside:
        assert inside.log.head().position == 0


def test_a_file_of_no_tables_is_taken(tmp_path: Path) -> None:
    url = KEPT["sqlite-file"](tmp_path / "empty")
    tell(url, "CREATE TABLE gone (x)", "DROP TABLE gone")
    with opened(url) as inside:
        assert inside.log.head().position == 0


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ["VIEW {} AS SELECT 1 AS x", "MATERIALIZED VIEW {} AS SELECT 1 AS x", "SEQUENCE {}",
    "TYPE {} AS (x integer)", "TYPE {} AS ENUM ('x')"])  # fmt: skip
@pytest.mark.parametrize("name", ["schema", "event"])
def test_what_is_named_like_a_table_of_asof_is_refused_and_left_as_it_is(
    postgres: str, use: str, kind: str, name: str
) -> None:
    tell(postgres, f"CREATE {kind.format(name)}")
    before = held(postgres)
    with (
        pytest.raises(Unavailable, match=r"^the database .* or what is named like tables of asof: give"),
        USES[use](postgres),
    ):
        pass
    assert held(postgres) == before


@pytest.mark.parametrize("name", ["chain", "wording"])
def test_what_is_named_like_a_table_of_the_views_is_refused(postgres: str, name: str) -> None:
    tell(postgres, f"CREATE VIEW {name} AS SELECT 1 AS x")
    with pytest.raises(Unavailable, match="or what is named like tables of asof"), opened(postgres):
        pass


def test_views_sequences_and_extensions_are_no_tables_of_another_program(postgres: str) -> None:
    tell(
        postgres,
        "CREATE VIEW seen AS SELECT 1 AS x",
        "CREATE SEQUENCE counted",
        "CREATE TABLE of_an_extension (x integer)",
        # What belongs to an extension is told by this row alone: the server of the tests has none that brings a table.
        "INSERT INTO pg_depend VALUES ('pg_class'::regclass, 'of_an_extension'::regclass, 0, 'pg_extension'::regclass,"
        " (SELECT oid FROM pg_extension WHERE extname = 'plpgsql'), 0, 'e')",
    )
    with opened(postgres) as inside:
        assert inside.log.head().position == 0
    tell(postgres, "DELETE FROM pg_depend WHERE objid = 'of_an_extension'::regclass AND deptype = 'e'")


def test_tables_of_a_schema_that_is_not_the_first_of_the_search_path_do_not_count(tmp_path: Path) -> None:
    others, ours = KEPT["postgres"](tmp_path / "others"), KEPT["postgres"](tmp_path / "ours")
    tell(others, *OTHERS["a table of a name of asof's log"])
    with opened(f"{ours}{others.partition('search_path')[2].replace('%3D', '%2C', 1)}") as inside:
        assert inside.log.head().position == 0
