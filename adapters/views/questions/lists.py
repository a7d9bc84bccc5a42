"""Going through lists of developments: page by page, as a whole, or several as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import Any

from adapters.views.questions.segments import KEYS, WHOLE, Segment, ranges, segments
from adapters.views.questions.where import Where
from adapters.views.reader import Reader
from domain.questions import Filters, Order, Place

MORE = 4
"""Rows that are read of each of several lists beyond its share of a page, so that few are read on."""


class Lists:
    """Lists of developments, as one question's filters choose them."""

    def __init__(self, reader: Reader, filters: Filters) -> None:
        self._reader = reader
        self._filters = filters

    def page(self, found: Where, order: Order, limit: int, place: Place | None) -> list[Place]:
        """Up to `limit` of a list, in order, from behind a place."""
        return self._page(found, segments(order, place), limit)

    def merged(self, lists: Sequence[Where], order: Order, limit: int, place: Place | None) -> list[Place]:
        """The same of several lists as one, each development once; each is read only as far as the page needs it."""
        size = min(limit // len(lists) + MORE, limit)
        places: list[Place] = []
        for following in merge(*(self._walk(found, order, size, place) for found in lists), key=KEYS[order]):
            if not places or following != places[-1]:
                places.append(following)
            if len(places) == limit:
                break
        return places

    def stretches(self, found: Where, joined: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Everything found, with what is joined to it, as parts of the list: each from FROM on, with its parameters."""
        conditions = " AND ".join(found.conditions)
        for stretch, bounds in ranges(self._reader, found, WHOLE, self._filters, -1):
            yield f"FROM {found.table} {joined} WHERE {conditions} AND {stretch}", found.parameters | bounds

    def _walk(self, found: Where, order: Order, size: int, place: Place | None) -> Iterator[Place]:
        while True:
            places = self.page(found, order, size, place)
            yield from places
            if len(places) < size:
                return
            place, size = places[-1], 2 * size

    def _page(self, found: Where, parts: Sequence[Segment], limit: int) -> list[Place]:
        """The segments one after the other, each over the stretches of the list that can have anything to show."""
        places: list[Place] = []
        for segment in parts:
            for stretch, bounds in ranges(self._reader, found, segment, self._filters, limit):
                conditions = [stretch, *segment.conditions]
                parameters = found.parameters | segment.parameters | bounds | {"limit": limit - len(places)}
                places += self._places(found, conditions, segment.order, parameters)
                if len(places) == limit:
                    return places
        return places

    def _places(
        self, found: Where, conditions: Sequence[str], order: str, parameters: dict[str, object]
    ) -> list[Place]:
        return places_of(self._reader.rows(asked(found, conditions, order), parameters))


def places_of(rows: Iterable[tuple[Any, ...]]) -> list[Place]:
    """Rows of `asked` as places: a page makes twenty or a hundred, which `_make` takes five times as long for."""
    return [tuple.__new__(Place, row) for row in rows]


def asked(found: Where, conditions: Sequence[str], order: str) -> str:
    """Up to `:limit` places of what is found and meets the conditions, as SQL."""
    told = " AND ".join((found.sql, *conditions))
    columns = "{by}.rank, {by}.first_known, {by}.id"
    return f"SELECT {columns}, {found.dev} {told} ORDER BY {order} LIMIT :limit".format(by=found.by)
