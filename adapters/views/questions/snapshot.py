"""The questions, in SQL, against one consistent state of the views."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from adapters.views.cache import Plan
from adapters.views.questions.actors import ActorQuestions
from adapters.views.questions.developments import DevelopmentQuestions
from adapters.views.questions.figures import FigureQuestions
from adapters.views.questions.lists import asked, places_of
from adapters.views.questions.segments import segments
from adapters.views.questions.where import limited, where
from adapters.views.reader import Reader
from adapters.views.versions import require
from domain.clocks import Cut, Instant
from domain.log import entries_of
from domain.ports import Head, StoredEntry
from domain.questions import Filters, Named, Order, Place, Selection, Shown


class SQLSnapshot(DevelopmentQuestions, ActorQuestions, FigureQuestions):
    """See `domain.ports.Snapshot`."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        self._cache = cache = reader.cache
        self._chain: bytes | None
        _, version, position = standing = reader.standing()
        if cache is not None and cache.standing == standing:
            self.head, self._chain = cache.head
            return
        require(version)
        recorded_at, chain = reader.row(_LAST, {"position": position}) or (None, None)
        self.head = Head(position, recorded_at)
        self._chain = chain
        if cache is not None:
            cache.begin(reader, standing, (self.head, chain))

    def recorded_at(self, position: int) -> Instant | None:
        if position == self.head.position:
            return self.head.recorded_at
        recorded_at: Instant | None = self._reader.logged(_RECORDED_AT, position)
        return recorded_at

    def position_at(self, recorded: Instant) -> int:
        """Binary search: `recorded_at` never decreases along positions."""
        row = self._reader.row(_POSITION_AT, {"head": self.head.position, "recorded": recorded})
        return int(row[0])

    def chain_head(self, position: int) -> bytes | None:
        if position == self.head.position:
            return self._chain
        head: bytes | None = self._reader.logged(_HEAD, position)
        return head

    def chain_heads(self, after: int, upto: int) -> list[tuple[int, bytes]]:
        return self._reader.rows(
            "SELECT position, head FROM chain WHERE :after < position AND position <= :upto ORDER BY position",
            {"after": after, "upto": upto},
        )

    def exists(self, kind: str, text: str) -> bool:
        if kind == "actor":
            return self.had_name(text)
        sql = "SELECT 1 FROM metric m JOIN term t ON t.no = m.metric WHERE t.kind = 'metric' AND t.text = :text LIMIT 1"
        return self._reader.row(sql, {"text": text}) is not None

    def events(self, which: Selection, after: int, upto: int, limit: int) -> list[StoredEntry]:
        conditions = ["1 = 1"]
        parameters: dict[str, object] = {"after": after, "upto": upto, "limit": limited(limit)}
        for n, (kind, text) in enumerate(which.mentions):
            named = f"EXISTS (SELECT 1 FROM mention o WHERE o.term = :term{n} AND o.position = e.position)"
            conditions.append(named if n else "m.term = :term0")
            parameters[f"term{n}"] = self._reader.term(kind, text)
        if which.stream is not None:
            conditions.append("e.stream = (SELECT no FROM stream WHERE name = :stream)")
            parameters["stream"] = which.stream
        if which.type is not None:
            conditions.append("e.type = :type")
            parameters["type"] = which.type
        # What one event in many names is found by the first mention, and in the order of positions there.
        by, table = "e", "event e"
        if which.mentions:
            by, table = "m", f"mention m {self._reader.then('event', 'e', 'e.position = m.position')}"
        rows = self._reader.rows(
            f"SELECT e.position, e.recorded_at, e.id, s.name, e.version, e.type, e.state, e.sent FROM {table}"
            f" JOIN stream s ON s.no = e.stream WHERE {' AND '.join(conditions)}"
            f" AND {by}.position > :after AND {by}.position <= :upto ORDER BY {by}.position LIMIT :limit",
            parameters,
        )
        return entries_of(rows)

    # -- what is remembered

    def page(self, filters: Filters, order: Order, cut: Cut, limit: int, place: Place | None) -> list[Place]:
        plans = self._plans(filters, order, cut) if place is None else None
        return super().page(filters, order, cut, limit, place) if plans is None else self._planned(plans, cut, limit)

    def _plans(self, filters: Filters, order: Order, cut: Cut) -> list[Plan] | None:
        """How the first page is asked for, where that is remembered or can be: of a list that has no zones."""
        if self._cache is None or filters.words or filters.affiliates_of:
            return None
        plans = self._cache.plans.get((filters, order))
        if plans is None:
            found = where(self._reader, filters, cut)
            if found.zoned not in self._reader.short:
                return None
            plans = [
                (asked(found, segment.conditions, segment.order), found.parameters | segment.parameters)
                for segment in segments(order, None)
            ]
            self._cache.plans.note((filters, order), plans)
        return plans

    def _planned(self, plans: Sequence[Plan], cut: Cut, limit: int) -> list[Place]:
        places: list[Place] = []
        for sql, parameters in plans:
            given = parameters | {"x": cut.as_of, "at": cut.at, "limit": limited(limit) - len(places)}
            places += places_of(self._reader.rows(sql, given))
            if len(places) == limit:
                break
        return places

    def dev(self, development: str) -> int | None:
        known = None if self._cache is None else self._cache.devs.get(development)
        if known is None:
            known = super().dev(development)
            # One that is not there yet may come.
            if self._cache is not None and known is not None:
                self._cache.devs.note(development, known)
        return known

    def recall(self, devs: Sequence[int], cut: Cut) -> list[bytes | None] | None:
        return None if self._cache is None else self._cache.recall(devs, cut)

    def remember(self, at: int, shown: Iterable[tuple[int, Shown]]) -> None:
        if self._cache is not None:
            self._cache.keep(at, shown)

    def names(self, actors: Collection[str], at: int) -> dict[str, Named]:
        if self._cache is None:
            return super().names(actors, at)
        names = self._cache.names_of(actors, at)
        if len(names) < len(actors):
            others = super().names([actor for actor in actors if actor not in names], at)
            self._cache.keep_names(at, others)
            names |= others
        return names

    def resolve(self, name: str, at: int) -> tuple[str, ...]:
        if self._cache is None or at != self.head.position:
            return super().resolve(name, at)
        meant = self._cache.meant.get(name)
        if meant is None:
            meant = self._cache.meant.note(name, super().resolve(name, at))
        return meant


_LAST = """SELECT e.recorded_at, c.head FROM event e LEFT JOIN chain c ON c.position = e.position
    WHERE e.position = :position"""
_RECORDED_AT = "SELECT recorded_at FROM event WHERE position = :position"
_HEAD = "SELECT head FROM chain WHERE position = :position"
_POSITION_AT = """WITH RECURSIVE search(low, high) AS (SELECT CAST(0 AS bigint), :head
    UNION ALL SELECT CASE WHEN e.recorded_at <= :recorded THEN e.position ELSE s.low END,
        CASE WHEN e.recorded_at <= :recorded THEN s.high ELSE e.position - 1 END
        FROM search s JOIN event e ON e.position = (s.low + s.high + 1) / 2 WHERE s.low < s.high)
    SELECT low FROM search WHERE low = high"""
