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


class Words:
    """The words of a question, each in all that it is said by at the cut: itself, and the actors who bear it."""

    def __init__(self, reader: Reader, words: Sequence[str], cut: Cut) -> None:
        self._reader = reader
        self._cut = cut
        self._ways = [[word, *self._bearers(word)] for word in words]

    def few(self) -> list[int] | None:
        """The developments that have all the words; None where they are many, or no word is asked for."""
        if not self._ways:
            return None
        matching, parameters = self._reader.matching(self._ways)
        asked = f"SELECT DISTINCT w.dev {matching} AND {visible('w')} LIMIT {COMMON}"
        rows = self._reader.rows(asked, parameters | {"x": self._cut.as_of, "at": self._cut.at})
        return [row[0] for row in rows] if len(rows) < COMMON else None

    def narrow(self, found: Where, *, common: bool = False) -> None:
        """Only developments that have all the words; `common`: so many have that it is looked up row by row."""
        if not self._ways:
            return
        if common and max(map(len, self._ways)) <= FEW:
            low, high = f"{found.dev} * {ROWS_A_DEVELOPMENT}", f"({found.dev} + 1) * {ROWS_A_DEVELOPMENT}"
            says, parameters = self._reader.says(self._ways)
            row = f"w.no >= {low} AND w.no < {high} AND {visible('w')} AND {says}"
            found.add(f"EXISTS (SELECT 1 FROM wording w WHERE {row})", **parameters)
        else:
            matching, parameters = self._reader.matching(self._ways)
            found.add(f"{found.dev} IN (SELECT w.dev {matching} AND {visible('w')})", **parameters)

    def _bearers(self, word: str) -> list[str]:
        rows = self._reader.rows(
            "SELECT id FROM actor WHERE recorded_from <= :at AND :at < recorded_to AND named LIKE :name",
            {"at": self._cut.at, "name": f"% {word} %"},
        )
        return [bearer(row[0]) for row in rows]
