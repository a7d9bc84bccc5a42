"""The timelines of an actor and of those who were affiliated with it, as lists that a question goes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from adapters.views.questions.where import Where, overlap
from adapters.views.reader import Reader
from domain.clocks import Cut
from domain.questions import Filters

_HELD = """SELECT DISTINCT id, begins, ends FROM affiliation
    WHERE with_actor = :actor AND recorded_from <= :at AND :at < recorded_to ORDER BY id, begins, ends"""


def affiliated(reader: Reader, filters: Filters, cut: Cut, find: Callable[[Filters], Where]) -> list[Where]:
    """The lists of `filters.affiliates_of`: its own, and what occurred in another's while that was affiliated with it.

    `find` gives the list of filters without affiliates; the rows `a` of the overview have to be there in it.
    """
    assert filters.affiliates_of is not None
    lists = [find(_of(filters.affiliates_of, filters))]
    for actor, periods in _held(reader, filters.affiliates_of, cut.at).items():
        found = find(_of(actor, filters))
        during = [overlap("a.begins", "a.ends", f":begins{n}", f":ends{n}") for n, _ in enumerate(periods)]
        found.add(f"({' OR '.join(during)})")
        for n, (begins, ends) in enumerate(periods):
            found.parameters |= {f"begins{n}": begins, f"ends{n}": ends}
        lists.append(found)
    return lists


def _of(actor: str, filters: Filters) -> Filters:
    return filters._replace(actors=(actor, *filters.actors), affiliates_of=None)


def _held(reader: Reader, actor: str, at: int) -> dict[str, list[tuple[int, int]]]:
    """By actor, the periods of its affiliations with this one."""
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for affiliate, begins, ends in reader.rows(_HELD, {"actor": actor, "at": at}):
        held[affiliate].append((begins, ends))
    return held
