"""Columns that are sent to PostgreSQL as arrays, made by hand: what arrives is what was sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.postgres.arrays import Bigints, Byteas, Texts
from adapters.postgres.database import Connection, Database
from tests.postgres import store_at

INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    database = Database(store_at(tmp_path_factory.mktemp("arrays")))
    with database.read() as connection:
        yield connection
    database.close()


@given(st.lists(st.tuples(INTEGERS, st.none() | TEXTS, st.none() | st.binary())))
def test_columns_arrive_as_the_rows_that_they_were(
    connection: Connection, rows: list[tuple[int | None, str | None, bytes | None]]
) -> None:
    numbers, texts, octets = zip(*rows, strict=True) if rows else ((), (), ())
    found = connection.execute(
        "SELECT * FROM unnest(%b, %b, %b)", (Bigints(numbers), Texts(texts), Byteas(octets))
    ).fetchall()
    assert found == rows
