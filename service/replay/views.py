"""The answers of the API at a checkpoint, taken apart so that two of them can be compared.

They come from the functions that the routes answer with. What stands in several answers is kept once: a timeline is a
list of ids, its developments stand beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson

from domain.ports import Snapshot, Views
from domain.questions import Filters
from service.reading import actors, developments, state
from service.reading.answers import Elsewhere, NotThere, Page
from service.reading.cursors import Slice, start
from service.reading.pins import When, pin
from service.replay.digests import digest

Json = dict[str, Any]
View = dict[str, dict[str, Any]]
"""By section (`state`, `figures`, `developments`, `actors`), then by name."""

LIMIT = 1_000
EVERYTHING = Filters()


class Checkpoint(NamedTuple):
    """A cut of the reported clock (a date, None for the end of knowledge), seen from a position of the log."""

    as_of: str | None
    at: int

    @property
    def name(self) -> str:
        """How it is told."""
        return f"at {self.at}" if self.as_of is None else f"as of {self.as_of}"

    @property
    def when(self) -> When:
        """The parameters that ask for it."""
        return When(self.as_of, self.at, None)


def view(views: Views, checkpoint: Checkpoint) -> View:
    """What the API answers at the checkpoint: the state, every development, every actor with its timeline."""
    with views.snapshot() as snapshot:
        told: Json = orjson.loads(state.state(snapshot, pin(snapshot, checkpoint.when), EVERYTHING).body)
        known = list(_developments(snapshot, checkpoint, EVERYTHING))
        registered = {
            actor["actor"]: actor | {"timeline": [d["development"] for d in _timeline(snapshot, checkpoint, actor)]}
            for actor in _items(
                lambda cursor: actors.page(
                    snapshot, start(snapshot, checkpoint.when, Slice(LIMIT, cursor), "actors", (str,)), None
                )
            )
        }
    ids = {name: [development["development"] for development in told[name]] for name in ("expected", "recent")}
    return {
        "state": {"counts": told["counts"], "actors": told["actors"], **ids},
        "figures": {f"{figure['metric']}, {figure['claimant']}": figure for figure in told["figures"]},
        "developments": {development["development"]: development for development in known},
        "actors": registered,
    }


def answer_after(views: Views, stream: str, at: int, known_from: str | None) -> str:
    """The digest of what the API answers about the subject of an event right after it.

    At two cuts of the reported clock: the default one, and the very instant at which the event became known.
    """
    with views.snapshot() as snapshot:
        told = [_subject(snapshot, stream, When(as_of, at, None)) for as_of in dict.fromkeys((None, known_from))]
    return digest({"answers": told})


def _subject(snapshot: Snapshot, stream: str, when: When) -> Any:
    kind, _, name = stream.partition("/")
    ask = developments.development if kind == "development" else actors.actor
    try:
        return orjson.loads(ask(snapshot, pin(snapshot, when), name).body)
    except Elsewhere as elsewhere:
        return elsewhere.actor
    except NotThere:
        return None


def _developments(snapshot: Snapshot, checkpoint: Checkpoint, filters: Filters) -> Iterator[Json]:
    def page(cursor: str | None) -> Page:
        begin = start(snapshot, checkpoint.when, Slice(LIMIT, cursor), repr(filters), developments.KEY)
        return developments.page(snapshot, begin, filters, "occurred")

    return _items(page)


def _timeline(snapshot: Snapshot, checkpoint: Checkpoint, actor: Json) -> Iterator[Json]:
    return _developments(snapshot, checkpoint, Filters(actors=(actor["actor"],)))


def _items(page: Callable[[str | None], Page]) -> Iterator[Json]:
    cursor: str | None = None
    while True:
        shown = page(cursor)
        yield from map(orjson.loads, shown.items)
        cursor = shown.next
        if cursor is None:
            return
