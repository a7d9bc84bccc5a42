"""What changed in knowledge between two cuts of the reported clock, or between two positions of the log.

A merge of two actors' entries changes nobody's knowledge: between positions, both ends are judged by who is who at the
later one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from domain.clocks import show
from domain.ports import Snapshot
from domain.questions import Filters
from service.reading.answers import Page, Pending
from service.reading.compare import WEIGHTS, Side, differences
from service.reading.cursors import Slice, Start, pin_of, skipped, start
from service.reading.developments import assemble, bodies
from service.reading.pins import BadParameter, Pin, When, cut_at, pin, pin_at, position
from service.reading.refolding import refolded

AMENDED = "amended"
Survivors = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Between:
    """The parameters of the question, as given: two dates, or two positions."""

    from_: str | None
    to: str | None
    from_at: int | None
    to_at: int | None
    when: When


@dataclass(frozen=True, slots=True)
class Change:
    """One difference in one development."""

    change: str
    development: str
    before: bytes | None
    after: bytes | None
    events: list[str]

    def weight(self) -> tuple[int, str]:
        """Weightiest first, then by development."""
        return (WEIGHTS.index(self.change), self.development)

    def body(self) -> bytes:
        """The change as an item of the answer."""
        return orjson.dumps(
            {
                "change": self.change,
                "development": self.development,
                "before": None if self.before is None else orjson.Fragment(self.before),
                "after": None if self.after is None else orjson.Fragment(self.after),
                "events": self.events,
            }
        )


def changes(
    snapshot: Snapshot, between: Between, asked: Slice, filters: Callable[[Pin], Filters], question: str
) -> Pending:
    """A page of changes, weightiest first.

    `filters` are those of the later pin; `question` is what else was asked, which the cursor is bound to.
    """
    x, y = _pins(snapshot, between)
    begin = start(snapshot, between.when, asked, question, (int, int, int))
    if begin.key is not None:
        _, x_as_of, x_at = begin.key
        x, y = pin_of(snapshot, x_at, x_as_of), begin.pin
    span = _Span(x, begin._replace(pin=y), skipped(begin), between.from_at is not None)
    return Pending(y, many=True, answer=lambda: _page(snapshot, span, filters(y)))


@dataclass(frozen=True, slots=True)
class _Span:
    """From the pin `x` to that of `begin`, `skip` changes into them."""

    x: Pin
    begin: Start
    skip: int
    by_position: bool


def _page(snapshot: Snapshot, span: _Span, filters: Filters) -> Page:
    x, y, skip, limit = span.x, span.begin.pin, span.skip, span.begin.limit
    upto = skip + limit
    new: Sequence[tuple[int, str]] = ()
    others: list[Change] = []
    if span.by_position:
        others = _by_position(snapshot, x, y, filters)
    else:
        # Weightiest, and told without comparing: they may be all that a page has room for.
        new = snapshot.newly_known(filters, x.cut.as_of, y.cut, upto + 1)
        if len(new) <= upto:
            others = _by_date(snapshot, x, y, filters, {dev for dev, _ in new})
    shown = _learned(snapshot, x, y, new[skip:upto])
    shown += sorted(others, key=Change.weight)[max(skip - len(new), 0) : max(upto - len(new), 0)]
    following = None
    if len(new) + len(others) > upto:
        following = span.begin.next([upto, x.as_of, x.at])
    beside: dict[str, Any] = {"from": show(x.as_of), "to": show(y.as_of)}
    if span.by_position:
        beside = {"from_at": x.at, "to_at": y.at}
    return Page(y, [change.body() for change in shown], following, beside)


def _pins(snapshot: Snapshot, between: Between) -> tuple[Pin, Pin]:
    by_date = between.from_ is not None or between.to is not None
    if between.from_at is not None or between.to_at is not None:
        return _positions(snapshot, between, by_date=by_date)
    if between.when.as_of is not None:
        raise BadParameter("as_of", "belongs to `from_at` and `to_at`; here `to` is the later cut")
    if between.from_ is None:
        raise BadParameter(
            "from", "missing; accepted: `from` and `to`, two dates, or `from_at` and `to_at`, two positions"
        )
    y = pin(snapshot, between.when)
    if between.to is not None:
        y = y._replace(as_of=cut_at("to", between.to))
    return y._replace(as_of=cut_at("from", between.from_)), y


def _positions(snapshot: Snapshot, between: Between, *, by_date: bool) -> tuple[Pin, Pin]:
    if by_date or between.when.at is not None or between.when.recorded_as_of is not None:
        raise BadParameter("from_at", "stands alone with `to_at` and `as_of`; accepted: two positions or two dates")
    if between.from_at is None:
        raise BadParameter("from_at", "missing; accepted: a position of the log, from 0 on")
    as_of = None if between.when.as_of is None else cut_at("as_of", between.when.as_of)
    to_at = snapshot.head.position if between.to_at is None else position("to_at", between.to_at, snapshot)
    x = pin_at(snapshot, position("from_at", between.from_at, snapshot), as_of)
    y = pin_at(snapshot, to_at, as_of)
    return x, y._replace(pinned=False)


def _learned(snapshot: Snapshot, x: Pin, y: Pin, new: Sequence[tuple[int, str]]) -> list[Change]:
    """That these developments, in order, were learned."""
    devs = [dev for dev, _ in new]
    events: dict[int, list[str]] = {dev: [] for dev in devs}
    for dev, _, event in snapshot.learned_between(x.cut.as_of, y.cut.as_of, y.at, devs) if devs else ():
        events[dev].append(event)
    told = zip(new, bodies(snapshot, devs, y), strict=True)
    return [Change("learned", development, None, body, events[dev]) for (dev, development), body in told]


def _by_date(snapshot: Snapshot, x: Pin, y: Pin, filters: Filters, learned: Collection[int]) -> list[Change]:
    """What changed in developments that were known before; those that were `learned` are told of already.

    What is known at a date is known at every later one: the filters judge it there.
    """
    span = (x.cut.as_of, y.cut.as_of, y.at)
    which = None
    if filters.any:
        told = [dev for dev in snapshot.told_between(*span) if dev not in learned]
        which = snapshot.matching(told, filters, y.cut)
    events: dict[tuple[int, str], list[str]] = {}
    for dev, development, event in snapshot.learned_between(*span, which):
        if dev not in learned:
            events.setdefault((dev, development), []).append(event)
    found: list[Change] = []
    earlier, later = (_sides(snapshot, events, end, {}) for end in (x, y))
    for (dev, development), learned_of_it in events.items():
        before, after = earlier.get(dev), later.get(dev)
        found += _changes(development, before, after, differences(before, after), learned_of_it)
    return found


def _by_position(snapshot: Snapshot, x: Pin, y: Pin, filters: Filters) -> list[Change]:
    events: dict[tuple[int, str], list[str]] = {}
    amended: set[int] = set()
    for dev, development, event, type_ in snapshot.recorded_between(x.at, y.at):
        events.setdefault((dev, development), []).append(event)
        if type_ == "DevelopmentAmended":
            amended.add(dev)
    found: list[Change] = []
    survivors = snapshot.survivors(y.at)
    merged = survivors != snapshot.survivors(x.at)
    touched = _let_through(snapshot, events, x, y, filters)
    earlier, later = (_sides(snapshot, touched, end, survivors) for end in (x, y))
    for dev, development in touched:
        before, after = earlier.get(dev), later.get(dev)
        same = refolded(snapshot, development, x, x.at, survivors) if merged and before is not None else before
        kinds = differences(same, after)
        if dev in amended:
            unamended = refolded(snapshot, development, y, x.at, survivors)
            kinds = _amended(kinds, differences(same, unamended), gone=before is not None and after is None)
        found += _changes(development, before, after, kinds, events[dev, development])
    return found


def _amended(kinds: list[str], unamended: list[str], *, gone: bool) -> list[str]:
    """What differs only through amendments is `amended` and nothing else; `gone`: what was known is not any more."""
    told = [kind for kind in kinds if kind in unamended]
    return [*told, AMENDED] if gone or told != kinds else told


def _changes(
    development: str, before: Side | None, after: Side | None, kinds: Iterable[str], events: list[str]
) -> list[Change]:
    return [Change(kind, development, _body(before), _body(after), events) for kind in dict.fromkeys(kinds)]


def _body(side: Side | None) -> bytes | None:
    return None if side is None else side.body


def _let_through(
    snapshot: Snapshot, touched: Iterable[tuple[int, str]], x: Pin, y: Pin, filters: Filters
) -> list[tuple[int, str]]:
    """The filters judge a development as it is after, or where it is not known there, as it was before."""
    touched = list(touched)
    if not filters.any:
        return touched
    after = snapshot.matching([dev for dev, _ in touched], filters, y.cut)
    others = [dev for dev, _ in touched if dev not in after]
    known = snapshot.matching(others, Filters(), y.cut)
    before = snapshot.matching([dev for dev in others if dev not in known], filters, x.cut)
    return [(dev, name) for dev, name in touched if dev in after or dev in before]


def _sides(
    snapshot: Snapshot, touched: Iterable[tuple[int, str]], pinned: Pin, survivors: Survivors
) -> dict[int, Side]:
    """The developments, by number, as they are at the pin; what is not known there is left out."""
    rows = snapshot.versions([dev for dev, _ in touched], pinned.cut)
    standing = snapshot.standing([row.dev for row in rows], pinned.cut)
    told = zip(rows, assemble(snapshot, rows, pinned), strict=True)
    return {row.dev: Side.of(body, orjson.loads(row.sources), standing[row.dev], survivors) for row, body in told}
