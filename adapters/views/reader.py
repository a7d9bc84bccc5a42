"""What a database of the views has to offer for the questions to be put to it in one SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

NOTHING: Mapping[str, object] = {}


class Reader(Protocol):
    """One state of the database to read, and how its SQL says what is not said alike everywhere.

    Statements name their parameters `:name`; numbers are whole ones of 64 bits, texts sort by code point.
    """

    @property
    def in_order(self) -> str:
        """The inner join of two tables of which the left one is to be gone through first."""

    def rows(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> list[Any]:
        """Every row of the answer, as a tuple."""

    def row(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> Any:
        """The only row of the answer, as a tuple; None where there is none."""

    def texts(self, texts: Collection[str]) -> object:
        """Texts as one parameter, for `among`."""

    def among(self, column: str, name: str) -> str:
        """The condition that the column holds one of the texts of the parameter."""

    def word(self, word: str) -> object:
        """A word made by `domain.words` as a parameter, for `worded`."""

    def worded(self, name: str) -> str:
        """FROM and WHERE of the rows `w` of `wording` that have the word of the parameter."""
