"""Words in the questions: which developments tell of all of them, in their texts or in the names of their actors."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from adapters.views.where import Where, visible
from domain.clocks import Cut
from domain.projections.search import bearer

COMMON = 10_000
"""Developments from which on it is faster to go through a list and look at their words, as many of them have those."""
FEW = 32
"""Ways to say a word up to which it can be looked for in a row."""


def few(reader: Reader, words: Sequence[str], cut: Cut) -> list[int] | None:
    """The developments that have all the words at the cut; None where they are many, or no word is asked for."""
    if not words:
        return None
    matching, parameters = reader.matching(_ways(reader, words, cut))
    asked = f"SELECT DISTINCT w.dev {matching} AND {visible('w')} LIMIT {COMMON}"
    devs = [row[0] for row in reader.rows(asked, parameters | {"x": cut.as_of, "at": cut.at})]
    return devs if len(devs) < COMMON else None


def add_words(reader: Reader, found: Where, words: Sequence[str], cut: Cut, *, common: bool = False) -> None:
    """Only developments that have all the words at the cut; `common`: as many have that it is looked up row by row."""
    if not words:
        return
    ways = _ways(reader, words, cut)
    if common and max(map(len, ways)) <= FEW:
        low, high = f"{found.dev} * {ROWS_A_DEVELOPMENT}", f"({found.dev} + 1) * {ROWS_A_DEVELOPMENT}"
        says, parameters = reader.says(ways)
        row = f"w.no >= {low} AND w.no < {high} AND {visible('w')} AND {says}"
        found.add(f"EXISTS (SELECT 1 FROM wording w WHERE {row})", **parameters)
    else:
        matching, parameters = reader.matching(ways)
        found.add(f"{found.dev} IN (SELECT w.dev {matching} AND {visible('w')})", **parameters)


def _ways(reader: Reader, words: Sequence[str], cut: Cut) -> list[list[str]]:
    """Each word in all that it is said by: itself, and what stands for the actors who bear it in their names."""
    said: list[list[str]] = []
    for word in words:
        rows = reader.rows(
            "SELECT id FROM actor WHERE recorded_from <= :at AND :at < recorded_to AND named LIKE :name",
            {"at": cut.at, "name": f"% {word} %"},
        )
        said.append([word, *(bearer(row[0]) for row in rows)])
    return said
