"""How many developments stand in each of some lists: zones in which everything has happened are not gone through."""

from __future__ import annotations

from collections.abc import Collection

from adapters.views.questions.where import visible
from adapters.views.reader import Reader
from domain.clocks import Cut

_SETTLED = "z.known_by <= :x AND z.recorded_by <= :at"
_BEGUN = f"z.known_from <= :x AND z.recorded_from <= :at AND NOT ({_SETTLED})"
_IN_ZONE = "(l.rank, l.id) >= (z.lo_rank, z.lo_id) AND (l.rank, l.id) < (z.hi_rank, z.hi_id)"


class Sizes:
    """The sizes of lists at a cut."""

    def __init__(self, reader: Reader, cut: Cut) -> None:
        self._reader = reader
        self._cut = {"x": cut.as_of, "at": cut.at}

    def of(self, lists: Collection[int]) -> dict[int, int]:
        """By list; some in which nothing stands are left out."""
        if not lists:
            return {}
        then = self._reader.then
        listed = then("listing", "l", f"l.list = n.value AND {_IN_ZONE} AND {visible('l')}")
        zoned = self._counts("1", then("zone", "z", "z.list = n.value"), lists)
        settled = self._counts("z.size - z.ended", then("zone", "z", f"z.list = n.value AND {_SETTLED}"), lists)
        begun = self._counts("1", f"{then('zone', 'z', f'z.list = n.value AND {_BEGUN}')} {listed}", zoned)
        listed = then("listing", "l", f"l.list = n.value AND {visible('l')}")
        short = self._counts("1", listed, [list_ for list_ in lists if list_ not in zoned])
        return {list_: settled.get(list_, 0) + begun.get(list_, 0) for list_ in zoned} | short

    def _counts(self, counted: str, joined: str, lists: Collection[int]) -> dict[int, int]:
        asked = f"SELECT n.value, CAST(SUM({counted}) AS bigint) FROM {self._reader.each('lists')} {joined}"
        given = self._cut | {"lists": self._reader.numbers(lists)}
        return dict(self._reader.rows(f"{asked} GROUP BY n.value", given))
