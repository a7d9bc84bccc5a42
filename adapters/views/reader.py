"""What a database of the views has to offer for the questions to be put to it in one SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from adapters.views.cache import Cache

NOTHING: Mapping[str, object] = {}


class First(NamedTuple):
    """The first rows in an order that meet a condition, up to so many; all in SQL, with the name of the table.

    `key` are the columns of its primary key.
    """

    key: str
    condition: str
    order: str
    most: int


class Reader(Protocol):
    """One state of the database to read, and how its SQL says what is not said alike everywhere.

    Statements name their parameters `:name`; numbers are whole ones of 64 bits, texts sort by code point.
    """

    cache: Cache | None
    """What was read before and still holds, where that is remembered."""
    short: set[int]
    """Lists of which it is known that they have no zones."""

    def standing(self) -> tuple[int, int, int]:
        """What tells one generation of the tables from another, the version of the views, and their last position."""

    def then(self, table: str, name: str, condition: str) -> str:
        """For each row of the FROM clause so far, in its order, the rows of the table that meet the condition."""

    def first(self, table: str, name: str, which: First) -> str:
        """For each row of the FROM clause so far the first rows of the table, as said, if any."""

    def rows(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> list[Any]:
        """Every row of the answer, as a tuple."""

    def row(self, sql: str, parameters: Mapping[str, object] = NOTHING) -> Any:
        """The only row of the answer, as a tuple; None where there is none."""

    def term(self, kind: str, text: str) -> int:
        """The number of a term, -1 where there is none: a number tells the database how long its list is."""
        known = None if self.cache is None else self.cache.terms.get((kind, text))
        if known is not None:
            return known
        row = self.row("SELECT no FROM term WHERE kind = :kind AND text = :text", {"kind": kind, "text": text})
        # One that is not there yet may come.
        if row is None:
            return -1
        number = int(row[0])
        return number if self.cache is None else self.cache.terms.note((kind, text), number)

    def logged(self, sql: str, position: int) -> Any:
        """What there is once and for all about a position of the log, in one column; None where there is nothing."""
        known = None if self.cache is None else self.cache.logged.get((sql, position))
        if known is None:
            row = self.row(sql, {"position": position})
            known = None if row is None else row[0]
            if self.cache is not None and known is not None:
                self.cache.logged.note((sql, position), known)
        return known

    def texts(self, texts: Collection[str]) -> object:
        """Texts as one parameter, for `among`."""

    def among(self, column: str, name: str) -> str:
        """The condition that the column holds one of the texts of the parameter."""

    def numbers(self, numbers: Collection[int]) -> object:
        """Whole numbers as one parameter, for `each`."""

    def each(self, name: str) -> str:
        """A table `n` with a row for each number of the parameter, in `n.value`."""

    def saying(self, ways: Sequence[Collection[str]], last: int | None) -> tuple[str, dict[str, object]]:
        """SELECT of the developments, some twice, that ever had one of each of the words; its parameters.

        With `last` only developments up to that number, which are found among all where it is not a low one.
        """

    def matching(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        """FROM and WHERE, by index, of the rows `w` of `wording` that have one of each of the words; its parameters."""

    def says(self, ways: Sequence[Collection[str]]) -> tuple[str, dict[str, object]]:
        """The condition that a row `w` of `wording`, which was found already, has one of each; its parameters."""
