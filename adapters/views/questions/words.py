"""Words in the questions: which developments tell of all of them, in their texts or in the names of their actors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from adapters.views.cache import BoundedDict
from adapters.views.questions.segments import is_long
from adapters.views.questions.where import Where, visible
from adapters.views.reader import Reader
from adapters.views.schema import ROWS_A_DEVELOPMENT
from domain.actor import word_of_name
from domain.clocks import Cut
from domain.projections.search import actor_of, bearer
from domain.questions import Place

FEW = 32
"""Ways to say a word up to which it can be looked for in a row."""
BEARERS, MOST_TEXTS = 8, 200
"""Actors who bear a word, and developments whose texts have it, up to which timelines are gone through for it."""
LONGEST = 64
"""Characters of a word up to which it is remembered who bears it."""
WORTH = 2
"""So many developments that have words are found by an index in the time in which one is looked at for them."""
AHEAD = 2
"""Of how many times as many developments as a page has room for the words are looked at first."""
SURE = 8
"""After how many times as many developments as a page has room for it is judged how close on the words stand."""
EARLY = 8
"""Up to one in so many of all positions are early ones: little is gone through to leave out what came later."""
FARTHEST = 1_000
"""Developments that may be left to look at for a page: more are gone through in one statement, or found by words."""

Ways = tuple[tuple[str, ...], ...]
"""Words, each in all that it is said by."""


class Borne(NamedTuple):
    """By what all that has a word is found: the timelines of whose name has it, and the developments whose texts do."""

    actors: tuple[str, ...]
    devs: list[int]


class Skimmed(NamedTuple):
    """What of a list has the words, up to a place; `done` where that is all, or as much as was asked for."""

    found: list[Place]
    place: Place | None
    done: bool


class Words:
    """The words of a question, each in all that it is said by at the cut: itself, and the actors who bear it."""

    def __init__(self, reader: Reader, words: Sequence[str], cut: Cut) -> None:
        self._reader = reader
        self._cut = cut
        self._ways: Ways = tuple((word, *self._bearers(word)) for word in words)
        self._found: list[int] | None = None
        *_, head = reader.standing()
        # A development has the number of the position that opens it.
        self._is_early = cut.at * EARLY <= head
        self._last = cut.at if self._is_early else None
        self.positions = cut.at if self._is_early else head
        """Those among which developments are looked for: each opens one at the most."""
        # It was seen, or is to be expected, that more than so many developments had all the words; and how many
        # positions there are for each of them.
        self._more_than = self._apart = 0

    def few(self, most: int) -> list[int] | None:
        """The developments that ever had all the words; None where so many have, or no word is asked for.

        As of an early position only those that were there.
        """
        common = self._common
        if common is not None and self._ways in common:
            self._expect(common[self._ways])
        if self._found is None and self._ways and most > self._more_than:
            devs = self._saying(self._ways, most)
            if len(devs) < most:
                self._found = list(dict.fromkeys(devs))
            else:
                # They are the first that had them: as many will have them further on.
                self._expect(max(most, most * self.positions // max(devs)))
                if common is not None:
                    common.note(self._ways, self._more_than)
        return self._found

    def _expect(self, many: int) -> None:
        """So many developments, or more, had all the words, or are to be expected to have had them."""
        if many > self._more_than:
            self._more_than, self._apart = many, self.positions // many

    def _saying(self, ways: Ways, most: int) -> list[int]:
        """Up to so many of the developments that ever had all of these, some twice."""
        saying, parameters = self._reader.saying(ways, self._last)
        return [row[0] for row in self._reader.rows(f"{saying} LIMIT {most}", parameters)]

    @property
    def _common(self) -> BoundedDict[Ways, int] | None:
        """More than how many developments ever had the words, where it is remembered."""
        cache = self._reader.cache
        if cache is None or self._is_early or not all(len(way[0]) <= LONGEST for way in self._ways):
            return None
        return cache.common

    def borne(self) -> Borne | None:
        """Of a word of few actors' names that few developments ever had in their texts; None without one.

        Whoever is listed by a development has it in the timeline.
        """
        for word, *bearers in self._ways:
            if 0 < len(bearers) <= BEARERS:
                text, common = ((word,),), self._common
                if common is None or text not in common:
                    devs = self._saying(text, MOST_TEXTS)
                    if len(devs) < MOST_TEXTS:
                        return Borne(tuple(map(actor_of, bearers)), list(dict.fromkeys(devs)))
                    if common is not None:
                        common.note(text, MOST_TEXTS)
        return None

    def skim(
        self,
        page: Callable[[int, Place | None], Sequence[Place]],
        limit: int,
        place: Place | None,
        *,
        is_sample: bool,
    ) -> Skimmed:
        """Up to `limit` of a list that have the words, from behind a place; `page` gives any so.

        Not done is what takes longer so: where no word is asked for, or few in the list have them. Of a sample it is
        judged how many of all developments have them.
        """
        if not self._ways or not self._can_be_looked_for or limit < 0:
            return Skimmed([], place, done=False)
        if is_sample and limit * self._apart > SURE * limit + FARTHEST:
            return Skimmed([], place, done=False)
        found: list[Place] = []
        seen, size = 0, AHEAD * limit
        while True:
            places = page(size, place)
            having = self._having([one.dev for one in places])
            found += [one for one in places if one.dev in having]
            seen += len(places)
            if len(found) >= limit or len(places) < size:
                return Skimmed(found[:limit], place, done=True)
            # As many as will do, if the words stand as close on; each further part asks the database again.
            likely = (limit - len(found)) * seen // max(len(found), 1)
            place = places[-1]
            if seen >= SURE * limit:
                if likely > FARTHEST:
                    # As many as will have them, if all do as often: each position opens a development at the most.
                    if is_sample:
                        self._expect(len(found) * self.positions // seen)
                    return Skimmed(found, place, done=False)
            else:
                likely = min(likely, SURE * limit)
            size = AHEAD * limit + likely

    def narrow(self, found: Where, *, common: bool = False, page: int = -1) -> None:
        """Only developments that have all the words; `common`: so many have that it is looked up row by row.

        Of a `page` of a long list row by row only what ever had them, where finding that is less than looking it up.
        """
        if not self._ways:
            return
        if common and self._can_be_looked_for:
            if found.zoned is not None and self._are_worth_finding(page) and is_long(self._reader, found.zoned):
                saying, parameters = self._reader.saying(self._ways, self._last)
                # IS TRUE keeps PostgreSQL from making it a join: it puts what ever had the words into a hash table.
                found.add(f"({found.dev} IN ({saying})) IS TRUE", **parameters)
                found.apart = self._apart
            row, parameters = self._row_of(found.dev)
            # IS TRUE keeps PostgreSQL from making it a join: looked up are the rows that a page goes through.
            condition = f"EXISTS (SELECT 1 FROM wording w WHERE {row}) IS TRUE"
        else:
            matching, parameters = self._reader.matching(self._ways)
            condition = f"{found.dev} IN (SELECT w.dev {matching} AND {visible('w')})"
        found.add(condition, **parameters)

    def _are_worth_finding(self, page: int) -> bool:
        """Whether to find all that ever had the words is less than to look at all that lies before the end of a page.

        A page goes through as many times `_apart` rows as it has places.
        """
        return 0 < self._more_than <= WORTH * page * self._apart

    @property
    def _can_be_looked_for(self) -> bool:
        return max(map(len, self._ways)) <= FEW

    def _row_of(self, dev: str) -> tuple[str, dict[str, object]]:
        """The condition that a row `w` is the wording of a development, and has them; its parameters but the cut's."""
        low, high = f"{dev} * {ROWS_A_DEVELOPMENT}", f"({dev} + 1) * {ROWS_A_DEVELOPMENT}"
        says, parameters = self._reader.says(self._ways)
        row = f"w.no >= {low} AND w.no < {high} AND {visible('w')} AND {says}"
        return row, parameters

    def _having(self, devs: Sequence[int]) -> set[int]:
        row, parameters = self._row_of("n.value")
        asked = f"SELECT n.value FROM {self._reader.each('devs')} {self._reader.then('wording', 'w', row)}"
        given = parameters | {"devs": self._reader.numbers(devs), "x": self._cut.as_of, "at": self._cut.at}
        return {row[0] for row in self._reader.rows(asked, given)}

    def _bearers(self, word: str) -> tuple[str, ...]:
        cache = self._reader.cache
        if cache is not None and cache.head[0].position != self._cut.at:
            cache = None
        known = None if cache is None else cache.bearers.get(word)
        if known is None:
            rows = self._reader.rows(
                "SELECT id FROM naming WHERE form = :form AND recorded_from <= :at AND :at < recorded_to",
                {"at": self._cut.at, "form": word_of_name(word)},
            )
            known = tuple(bearer(row[0]) for row in rows)
            if cache is not None and len(word) <= LONGEST and len(known) <= FEW:
                cache.bearers.note(word, known)
        return known
