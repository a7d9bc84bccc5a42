"""Rows as they go from one process to another: by table, in the order of its key, so that they are stored fast."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from typing import NamedTuple

from adapters.views.storing.rows import Batch, Columns
from domain.plane import Row

TERMED = ("listing", "figure", "metric", "mention")
"""The tables that begin with the number of a term."""
CLAIM = 11
"""The column of a figure that has another one."""


class Packed(NamedTuple):
    """`tables` have the numbers of the store's terms; `tally` is to be added to what is there."""

    tables: dict[str, list[Columns]]
    tally: list[Columns]


class Packing:
    """See `domain.rebuilding.Packing`. Terms are numbered from 0; the store has other numbers for them."""

    def __init__(self) -> None:
        self._batch = Batch()
        self._terms: dict[tuple[str, str], int] = {}
        self._mentions: dict[tuple[int, int], None] = {}

    def development(self, dev: int, development: str) -> None:
        self._batch.inserts["development"].append((dev, development))

    def rows(self, dev: int, development: str, rows: Sequence[Row]) -> None:
        self._batch.take(dev, development, rows, self._term)

    def mention(self, kind: str, text: str, position: int) -> None:
        self._mentions[self._term(kind, text), position] = None

    def packed(self) -> bytes:
        tables = dict(self._batch.inserts) | {"mention": list(self._mentions)}
        for name in tables.keys() - set(TERMED):
            tables[name].sort()
        return marshal.dumps((list(self._terms), tables, self._batch.tally.rows()))

    def _term(self, kind: str, text: str) -> int:
        return self._terms.setdefault((kind, text), len(self._terms))


def unpacked(packed: bytes, term: Callable[[str, str], int]) -> Packed:
    """What was packed, with the numbers that `term` gives."""
    terms, tables, tally = marshal.loads(packed)  # noqa: S302 (only what this program has packed)
    numbers = [term(kind, text) for kind, text in terms]
    tables["figure"] = [(*row[:CLAIM], numbers[row[CLAIM]], *row[CLAIM + 1 :]) for row in tables.get("figure", ())]
    for name in TERMED:
        if name in tables:
            tables[name] = sorted([(numbers[row[0]], *row[1:]) for row in tables[name]])
    return Packed(tables, tally)
