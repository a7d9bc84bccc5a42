"""The questions, in SQL, against one consistent state of the views."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from adapters.views.actors import ActorQuestions
from adapters.views.figures import FigureQuestions
from adapters.views.memory import Memory, Plan
from adapters.views.reader import Reader
from adapters.views.segments import Segment, ranges, segments
from adapters.views.tally import tallied
from adapters.views.versions import require
from adapters.views.where import Where, limited, visible, where, where_among
from adapters.views.wordings import Words
from domain.clocks import AFTER, Cut, Instant
from domain.ports import Head, StoredEntry
from domain.questions import Counts, EntryRow, Filters, Order, Place, Selection, VersionRow


class SQLSnapshot(ActorQuestions, FigureQuestions):
    """See `domain.ports.Snapshot`."""

    def __init__(self, reader: Reader, memory: Memory | None = None) -> None:
        super().__init__(reader)
        self._memory = memory
        self._chain: bytes | None
        _, version, position = standing = reader.row(_STANDING.format(reader.generation))
        if memory is not None and memory.standing == standing:
            self.head, self._chain = memory.head
            return
        require(version)
        recorded_at, chain = reader.row(_LAST, {"position": position}) or (None, None)
        self.head = Head(position, recorded_at)
        self._chain = chain
        if memory is not None:
            memory.begin(reader, standing, (self.head, chain))

    def recorded_at(self, position: int) -> Instant | None:
        if position == self.head.position:
            return self.head.recorded_at
        row = self._reader.row("SELECT recorded_at FROM event WHERE position = :position", {"position": position})
        return None if row is None else row[0]

    def position_at(self, recorded: Instant) -> int:
        """Binary search: `recorded_at` never decreases along positions."""
        row = self._reader.row(_POSITION_AT, {"head": self.head.position, "recorded": recorded})
        return int(row[0])

    def chain_head(self, position: int) -> bytes | None:
        if position == self.head.position:
            return self._chain
        row = self._reader.row("SELECT head FROM chain WHERE position = :position", {"position": position})
        return None if row is None else row[0]

    def chain_heads(self, after: int, upto: int) -> list[tuple[int, bytes]]:
        return self._reader.rows(
            "SELECT position, head FROM chain WHERE :after < position AND position <= :upto ORDER BY position",
            {"after": after, "upto": upto},
        )

    def exists(self, kind: str, text: str) -> bool:
        """Whether the whole log knows of it: a development, an actor, a metric."""
        if kind == "metric":
            sql = "SELECT 1 FROM metric m JOIN term t ON t.no = m.metric WHERE t.kind = 'metric' AND t.text = :text"
        else:
            sql = f"SELECT 1 FROM {'development' if kind == 'development' else 'actor'} WHERE id = :text"
        return self._reader.row(f"{sql} LIMIT 1", {"text": text}) is not None

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
        return [StoredEntry(*row) for row in rows]

    # -- developments

    def page(self, filters: Filters, order: Order, cut: Cut, limit: int, place: Place | None) -> list[Place]:
        plans = self._plans(filters, order, cut) if place is None and not filters.words else None
        if plans is not None:
            return self._planned(plans, cut, limited(limit))
        words = Words(self._reader, filters.words, cut)
        devs = None if filters.affiliates_of else words.few()
        if devs is None:
            found = where(self._reader, filters, cut)
            words.narrow(found, common=True)
        else:
            found = where_among(self._reader, devs, filters, cut)
        return self._page(found, segments(order, place), filters, limited(limit))

    def _plans(self, filters: Filters, order: Order, cut: Cut) -> list[Plan] | None:
        """How the first page is asked for, where that is remembered or can be: of a list that has no zones."""
        if self._memory is None:
            return None
        plans = self._memory.plans.get((filters, order))
        if plans is None:
            found = where(self._reader, filters, cut)
            if found.parameters.get("list") not in self._reader.short:
                return None
            plans = [
                (_asked(found, segment.conditions, segment.order), found.parameters | segment.parameters)
                for segment in segments(order, None)
            ]
            self._memory.plans.note((filters, order), plans)
        return plans

    def _planned(self, plans: Sequence[Plan], cut: Cut, limit: int) -> list[Place]:
        places: list[Place] = []
        for sql, parameters in plans:
            given = parameters | {"x": cut.as_of, "at": cut.at, "limit": limit - len(places)}
            places += map(Place._make, self._reader.rows(sql, given))
            if len(places) == limit:
                break
        return places

    def expected(self, filters: Filters, cut: Cut) -> list[Place]:
        found = where(self._reader, filters, cut, expected=True)
        Words(self._reader, filters.words, cut).narrow(found)
        found.add(f"(a.ends > :x OR a.ends = {AFTER})")
        return self._page(found, segments("occurred", None), filters, limited(-1))

    def matching(self, developments: Collection[str], filters: Filters, cut: Cut) -> set[str]:
        found = where(self._reader, filters, cut)
        Words(self._reader, filters.words, cut).narrow(found)
        found.add(self._reader.among(f"{found.by}.id", "ids"), ids=self._reader.texts(developments))
        return {row[0] for row in self._reader.rows(f"SELECT {found.by}.id {found.sql}", found.parameters)}

    def _page(self, found: Where, parts: Sequence[Segment], filters: Filters, limit: int) -> list[Place]:
        """The segments one after the other, each over the stretches of the list that can have anything to show."""
        places: list[Place] = []
        for segment in parts:
            for stretch, bounds in ranges(self._reader, found, segment, filters, limit):
                conditions = [stretch, *segment.conditions]
                parameters = found.parameters | segment.parameters | bounds | {"limit": limit - len(places)}
                places += self._places(found, conditions, segment.order, parameters)
                if len(places) == limit:
                    return places
        return places

    def _places(
        self, found: Where, conditions: Sequence[str], order: str, parameters: dict[str, object]
    ) -> list[Place]:
        return list(map(Place._make, self._reader.rows(_asked(found, conditions, order), parameters)))

    def counts(self, filters: Filters, cut: Cut) -> Counts:
        steps = tallied(self._reader, cut) if self._is_tallied(filters, cut) else self._counted(filters, cut)
        status: dict[str, int] = {}
        kind: dict[str, int] = {}
        for of_status, of_kind, number in sorted(steps):
            status[of_status] = status.get(of_status, 0) + number
            kind[of_kind] = kind.get(of_kind, 0) + number
        return Counts(status, kind)

    def _is_tallied(self, filters: Filters, cut: Cut) -> bool:
        return not filters.any and cut.at == self.head.position

    def _counted(self, filters: Filters, cut: Cut) -> list[tuple[str, str, int]]:
        found = where(self._reader, filters, cut, overview=True)
        Words(self._reader, filters.words, cut).narrow(found)
        counted = f"SELECT a.status, a.kind, COUNT(DISTINCT a.dev) {found.sql} GROUP BY a.status, a.kind"
        return self._reader.rows(counted, found.parameters)

    def dev(self, development: str) -> int | None:
        row = self._reader.row("SELECT dev FROM development WHERE id = :id", {"id": development})
        return None if row is None else row[0]

    def versions(self, devs: Sequence[int], cut: Cut) -> list[VersionRow]:
        if not devs:
            return []
        reader = self._reader
        asked = _VERSIONS.format(each=reader.each("devs"), versions=reader.then("version", "v", _SEEN))
        parameters = {"devs": reader.numbers(devs), "x": cut.as_of, "at": cut.at}
        rows = {row[0]: VersionRow._make(row) for row in reader.rows(asked, parameters)}
        return [rows[dev] for dev in devs if dev in rows]

    def recall(self, devs: Sequence[int], cut: Cut) -> list[bytes | None] | None:
        if self._memory is None or cut.at != self.head.position:
            return None
        return self._memory.recall(devs, cut.as_of)

    def remember(self, shown: Iterable[tuple[int, Instant, Instant, bytes]]) -> None:
        if self._memory is not None:
            self._memory.keep((dev, (known_from, known_to, body)) for dev, known_from, known_to, body in shown)

    def names(self, actors: Collection[str], at: int) -> dict[str, str]:
        if self._memory is None or at != self.head.position:
            return super().names(actors, at)
        kept = self._memory.names
        names = {actor: kept[actor] for actor in actors if actor in kept}
        if len(names) < len(actors):
            for actor, name in super().names([actor for actor in actors if actor not in names], at).items():
                names[actor] = kept.note(actor, name)
        return names

    def resolve(self, name: str, at: int) -> tuple[str, ...]:
        if self._memory is None or at != self.head.position:
            return super().resolve(name, at)
        meant = self._memory.meant.get(name)
        if meant is None:
            meant = self._memory.meant.note(name, super().resolve(name, at))
        return meant

    def entries(self, dev: int, cut: Cut) -> list[EntryRow]:
        rows = self._reader.rows(
            "SELECT e.position, s.recorded_at, e.ordered, e.amended IS NOT NULL, e.stands, COALESCE(e.amended, s.state)"
            f" FROM entry e JOIN event s ON s.position = e.position WHERE e.dev = :dev AND {visible('e')}"
            " ORDER BY e.ordered, e.position",
            {"dev": dev, "x": cut.as_of, "at": cut.at},
        )
        return [
            EntryRow(position, recorded_at, ordered, bool(amended), None if stands is None else bool(stands), body)
            for position, recorded_at, ordered, amended, stands, body in rows
        ]

    def newly_known(self, filters: Filters, after: Instant, cut: Cut, limit: int) -> list[tuple[int, str]]:
        found = where(self._reader, filters, cut)
        Words(self._reader, filters.words, cut).narrow(found)
        by = found.by
        found.add(f"{by}.first_known > :after AND {by}.first_known <= :x", after=after)
        once = f"SELECT DISTINCT {found.dev}, {by}.id {found.sql} ORDER BY {by}.id LIMIT :limit"
        return self._reader.rows(once, found.parameters | {"limit": limit})

    def learned_between(
        self, after: Instant, upto: Instant, at: int, devs: Collection[int] | None = None
    ) -> list[tuple[int, str, str]]:
        """(dev, development, event id) of what became known after one cut up to another, in order of knowledge."""
        parameters: dict[str, object] = {"after": after, "x": upto, "at": at}
        source = "entry e"
        if devs is not None:
            source = f"{self._reader.each('devs')} {self._reader.then('entry', 'e', 'e.dev = n.value')}"
            parameters["devs"] = self._reader.numbers(devs)
        return self._reader.rows(
            f"SELECT e.dev, d.id, s.id FROM {source}"
            " JOIN development d ON d.dev = e.dev JOIN event s ON s.position = e.position"
            " WHERE :after < e.known_from AND e.known_from <= :x AND e.known_from = e.ordered"
            " AND e.recorded_from <= :at AND :at < e.recorded_to ORDER BY e.known_from, e.position",
            parameters,
        )

    def recorded_between(self, after: int, upto: int) -> list[tuple[int, str, str, str]]:
        return self._reader.rows(
            f"SELECT f.position, substr(s.name, {len('development/') + 1}), e.id, e.type FROM event e"
            " JOIN stream s ON s.no = e.stream JOIN event f ON f.stream = e.stream AND f.version = 1"
            " WHERE :after < e.position AND e.position <= :upto AND s.name LIKE 'development/%' ORDER BY e.position",
            {"after": after, "upto": upto},
        )


def _asked(found: Where, conditions: Sequence[str], order: str) -> str:
    by = found.by
    once = f" GROUP BY {by}.rank, {by}.first_known, {by}.id, {found.dev}" if found.many else ""
    told = " AND ".join((found.sql, *conditions))
    return (
        f"SELECT {by}.rank, {by}.first_known, {by}.id, {found.dev} {told}{once} ORDER BY {order} LIMIT :limit".format(
            by=by
        )
    )


_STANDING = "SELECT {}, p.version, p.position FROM progress p WHERE p.projection = 'views'"
_LAST = """SELECT e.recorded_at, c.head FROM event e LEFT JOIN chain c ON c.position = e.position
    WHERE e.position = :position"""
_POSITION_AT = """WITH RECURSIVE search(low, high) AS (SELECT CAST(0 AS bigint), :head
    UNION ALL SELECT CASE WHEN e.recorded_at <= :recorded THEN e.position ELSE s.low END,
        CASE WHEN e.recorded_at <= :recorded THEN s.high ELSE e.position - 1 END
        FROM search s JOIN event e ON e.position = (s.low + s.high + 1) / 2 WHERE s.low < s.high)
    SELECT low FROM search WHERE low = high"""


_VERSIONS = f"""SELECT v.dev, v.known_from, CASE WHEN :at < v.superseded_at THEN {AFTER} ELSE v.known_to END,
    (SELECT e.version FROM entry e WHERE e.dev = v.dev AND e.position <= :at ORDER BY e.position DESC LIMIT 1),
    v.head, v.actors, v.tail, v.sources
    FROM {{each}} {{versions}}"""
_SEEN = f"""v.no = (SELECT w.no FROM version w WHERE w.dev = n.value AND {visible("w")}
    ORDER BY w.known_from DESC LIMIT 1)"""
