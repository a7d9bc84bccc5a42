"""How a database says that it will answer: the steps of its plans that go through a whole table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from adapters.views.postgres.reader import PostgresReader
from adapters.views.sqlite.reader import SQLiteReader

GROWING = {
    *("event", "stream", "development", "version", "overview", "listing", "figure", "metric", "entry", "wording"),
    *("word", "actor", "naming", "affiliation", "chain", "mention", "term"),
}
"""The tables that have more rows the more events there are. Of zones and tallies there are some hundred times fewer."""

_NAMED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(\w+))?")
_SCANNED = re.compile(r"SCAN (\w+)(?! VIRTUAL TABLE INDEX \d+:M)")  # M: the words are looked up
_ROW = PostgresReader.row


class Watched:
    """Every statement that was sent for questions, and its steps that go through a whole table that grows."""

    def __init__(self) -> None:
        self.question = ""
        self.statements: set[str] = set()
        self.scans: dict[tuple[str, str], str] = {}
        """By table and statement, a question that it was sent for."""

    def take(self, statement: str, tables: Iterator[str]) -> None:
        """A statement, and the tables that it goes through."""
        if statement not in self.statements:
            self.statements.add(statement)
            self.scans |= {(table, statement): self.question for table in tables if table in GROWING}


def watch(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """From now on have every statement of a question explained before it is sent."""
    watched = Watched()
    for reader, scanned in ((SQLiteReader, _of_sqlite), (PostgresReader, _of_postgres)):
        for name in ("rows", "row"):
            monkeypatch.setattr(reader, name, _watching(getattr(reader, name), scanned, watched))
    return watched


def _watching(method: Any, scanned: Callable[..., Iterator[str]], watched: Watched) -> Any:
    def asked(self: Any, sql: str, parameters: Mapping[str, object] | None = None) -> Any:
        watched.take(sql, scanned(self, sql, parameters or {}))
        return method(self, sql, parameters or {})

    return asked


def _of_sqlite(reader: Any, sql: str, parameters: Mapping[str, object]) -> Iterator[str]:
    named: dict[str, str] = {alias or table: table for table, alias in _NAMED.findall(sql)}
    for *_, step in reader._connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):  # noqa: SLF001 (no other way)
        if found := _SCANNED.match(step):
            yield named.get(str(found[1]), str(found[1]))


def _of_postgres(reader: Any, sql: str, parameters: Mapping[str, object]) -> Iterator[str]:
    # A few thousand rows are read faster as a whole: what is asked is whether there is another way.
    reader._connection.execute(b"SET LOCAL enable_seqscan = off")  # noqa: SLF001 (no other way)
    ((explained,),) = (_ROW(reader, f"EXPLAIN (FORMAT JSON) {sql}", parameters),)
    yield from _whole(explained[0]["Plan"])


def _whole(plan: dict[str, Any]) -> Iterator[str]:
    by_index = plan["Node Type"] in ("Index Scan", "Index Only Scan")
    if plan["Node Type"] == "Seq Scan" or (by_index and "Index Cond" not in plan):
        yield plan["Relation Name"]
    for inner in plan.get("Plans", ()):
        yield from _whole(inner)
