"""asof itself, asked in process: what its routes answer, the bytes without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson

from benchmarks import corpus
from benchmarks.peers.asked import LIMIT, Asked, Tuples
from benchmarks.peers.story import lines
from domain.ports import Late, Snapshot
from domain.questions import Filters, Place
from service.compose import Services
from service.http.asking import HASTE
from service.reading import developments
from service.reading.answers import Page
from service.reading.changes import Between, changes
from service.reading.cursors import Slice, start
from service.reading.pins import When, pin

MOST = 1_000
"""Items of the longest page there is."""
_AT_ONCE = frozenset({"listed", "page", "search", "one", "latest", "learned"})
_SHOWN = (
    "development",
    "headline",
    "summary",
    "kind",
    "status",
    "occurred",
    "place",
    "topics",
    "sources",
    "first_known",
)


@dataclass(frozen=True, slots=True)
class Ours:
    """A store of asof; every question opens its own snapshot, as a request does."""

    name: str
    inside: Services

    def load(self, count: int, actors: int = corpus.ACTORS) -> None:
        """Restore the story into the empty store."""
        self.inside.restorer.restore(enumerate(lines(count, actors), 1))

    def ask(self, asked: Asked) -> Any:
        """See `benchmarks.peers.asked.Store`. As over HTTP: at once where that is quick, else as any reader asks."""
        if asked.kind in _AT_ONCE:
            with suppress(Late), self.inside.views.snapshot(HASTE) as snapshot:
                return _ASK[asked.kind](snapshot, asked)
        with self.inside.views.snapshot() as snapshot:
            return _ASK[asked.kind](snapshot, asked)

    def told(self, asked: Asked, answer: Any) -> Tuples:
        """See `benchmarks.peers.asked.Store`."""
        return _TOLD[asked.kind](answer)


def _when(asked: Asked) -> When:
    return When(asked.as_of.isoformat(), asked.at, None)


def _listed(snapshot: Snapshot, asked: Asked) -> Sequence[Place]:
    cut = pin(snapshot, _when(asked)).cut
    return snapshot.page(Filters(actors=(asked.subject,)), "-occurred", cut, LIMIT, None)


def _page(snapshot: Snapshot, asked: Asked, filters: Filters) -> bytes:
    begin = start(snapshot, _when(asked), Slice(LIMIT, None), "", developments.KEY)
    return developments.page(snapshot, begin, filters, "-occurred").body()


def _one(snapshot: Snapshot, asked: Asked) -> bytes:
    return developments.development(snapshot, pin(snapshot, _when(asked)), asked.subject).body


def _counts(snapshot: Snapshot, asked: Asked) -> bytes:
    counts = snapshot.counts(Filters(), pin(snapshot, _when(asked)).cut)
    return orjson.dumps({"status": counts.status, "kind": counts.kind})


def _latest(snapshot: Snapshot, asked: Asked) -> bytes:
    rows = snapshot.latest(pin(snapshot, _when(asked)).cut, [asked.subject], None)
    return b"[" + b",".join(row.body for row in rows) + b"]"


def _changes(snapshot: Snapshot, asked: Asked, limit: int, cursor: str | None = None) -> Page:
    assert asked.since is not None
    between = Between(asked.since.isoformat(), asked.as_of.isoformat(), None, None, When(None, asked.at, None))
    page = changes(snapshot, between, Slice(limit, cursor), lambda _: Filters(), "").answer()
    assert isinstance(page, Page)
    return page


def _all_changes(snapshot: Snapshot, asked: Asked) -> list[bytes]:
    page = _changes(snapshot, asked, MOST)
    bodies = [page.body()]
    while page.next is not None:
        page = _changes(snapshot, asked, MOST, page.next)
        bodies.append(page.body())
    return bodies


_ASK: dict[str, Callable[[Snapshot, Asked], Any]] = {
    "listed": _listed,
    "page": lambda snapshot, asked: _page(snapshot, asked, Filters(actors=(asked.subject,))),
    "search": lambda snapshot, asked: _page(snapshot, asked, Filters(words=(asked.subject,))),
    "one": _one,
    "counts": _counts,
    "latest": _latest,
    "learned": lambda snapshot, asked: _changes(snapshot, asked, LIMIT).body(),
    "changed": _all_changes,
}


def _shown(document: dict[str, Any]) -> tuple[Any, ...]:
    told = {name: document[name] for name in _SHOWN}
    told["occurred"] = told["occurred"]["edtf"]
    told["place"] = told["place"]["name"]
    told["topics"] = told["topics"][0]
    told["first_known"] = told["first_known"].removesuffix("Z")
    return tuple(told.values())


def _changed(pages: Iterable[list[dict[str, Any]]]) -> Tuples:
    told = {
        (item["development"], item["before"]["status"], item["after"]["status"])
        for item in chain.from_iterable(pages)
        if item["before"] is not None
    }
    return sorted(one for one in told if one[1] != one[2])


def _told_one(answer: bytes) -> Tuples:
    document = orjson.loads(answer)
    return [
        (*_shown(document), report["id"], report["type"], report["source"], report["url"])
        for report in document["reports"]
    ]


def _told_counts(answer: bytes) -> Tuples:
    counted = chain.from_iterable(counts.items() for counts in orjson.loads(answer).values())
    return sorted((name, count) for name, count in counted if count)


def _told_latest(answer: bytes) -> Tuples:
    return sorted((one["claimant"], one["point"], one["development"]) for one in orjson.loads(answer))


def _told_learned(answer: bytes) -> Tuples:
    return [_shown(item["after"]) for item in orjson.loads(answer)["items"] if item["change"] == "learned"]


def _told_items(answer: bytes) -> Tuples:
    return [_shown(item) for item in orjson.loads(answer)["items"]]


_TOLD: dict[str, Callable[[Any], Tuples]] = {
    "listed": lambda places: [(place.id,) for place in places],
    "page": _told_items,
    "search": _told_items,
    "one": _told_one,
    "counts": _told_counts,
    "latest": _told_latest,
    "learned": _told_learned,
    "changed": lambda bodies: _changed(orjson.loads(body)["items"] for body in bodies),
}
