"""Words in the questions: which developments tell of all of them, in their texts or in the names of their actors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.where import Where, visible
from domain.projections.search import bearer

COMMON = 10_000
"""Developments from which on it is faster to go through a list and look at their words, as many of them have those."""
FEW = 32
"""Ways to say a word up to which it can be looked for in a row."""


def add_words(reader: Reader, found: Where, words: Sequence[str], *, paged: bool) -> None:
    """Only developments that have all the words at the cut. `paged`: the first ones in an order are asked for."""
    if not words:
        return
    ways = [[word, *_bearers(reader, word, found)] for word in words]
    matching, parameters = reader.matching(ways)
    if paged and max(map(len, ways)) <= FEW and _are_common(reader, matching, parameters):
        low, high = f"{found.dev} * {ROWS_A_DEVELOPMENT}", f"({found.dev} + 1) * {ROWS_A_DEVELOPMENT}"
        says, parameters = reader.says(ways)
        row = f"w.no >= {low} AND w.no < {high} AND {visible('w')} AND {says}"
        found.add(f"EXISTS (SELECT 1 FROM wording w WHERE {row})", **parameters)
    else:
        found.add(f"{found.dev} IN (SELECT w.dev {matching} AND {visible('w')})", **parameters)


def _bearers(reader: Reader, word: str, found: Where) -> list[str]:
    """What stands among the words for the actors who bear this one in their names at the position."""
    rows = reader.rows(
        "SELECT id FROM actor WHERE recorded_from <= :at AND :at < recorded_to AND named LIKE :name",
        {"at": found.parameters["at"], "name": f"% {word} %"},
    )
    return [bearer(row[0]) for row in rows]


def _are_common(reader: Reader, matching: str, parameters: Mapping[str, object]) -> bool:
    counted = f"SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT {COMMON}) AS counted"
    return int(reader.row(counted, parameters)[0]) == COMMON
