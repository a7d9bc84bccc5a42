"""The questions, in SQL, against one consistent state of the views."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence

import orjson

from adapters.views.actors import load_actors
from adapters.views.where import ORDERS, Where, behind, visible, where
from domain.actor import Actor
from domain.clocks import AFTER, Cut, Instant
from domain.ports import Head, StoredEntry
from domain.questions import ActorRow, Counts, EntryRow, FigureRow, Filters, Order, Place, Selection, VersionRow
from domain.words import exact, fold

_LATEST = """ROW_NUMBER() OVER (
    PARTITION BY f.metric, f.claimant ORDER BY f.dated DESC, f.known DESC, f.position DESC, f.place DESC)"""


class SQLiteSnapshot:
    """See `domain.ports.Snapshot`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        (position,) = connection.execute("SELECT position FROM progress WHERE projection = 'views'").fetchone()
        self.head = Head(position, self.recorded_at(position))

    def recorded_at(self, position: int) -> Instant | None:
        row = self._connection.execute("SELECT recorded_at FROM event WHERE position = ?", (position,)).fetchone()
        return None if row is None else row[0]

    def position_at(self, recorded: Instant) -> int:
        """Binary search: `recorded_at` never decreases along positions."""
        low, high = 0, self.head.position
        while low < high:
            middle = (low + high + 1) // 2
            if (self.recorded_at(middle) or 0) <= recorded:
                low = middle
            else:
                high = middle - 1
        return low

    def chain_head(self, position: int) -> bytes | None:
        row = self._connection.execute("SELECT head FROM chain WHERE position = ?", (position,)).fetchone()
        return None if row is None else row[0]

    def chain_heads(self, after: int, upto: int) -> list[tuple[int, bytes]]:
        sql = "SELECT position, head FROM chain WHERE ? < position AND position <= ? ORDER BY position"
        return self._connection.execute(sql, (after, upto)).fetchall()

    def exists(self, kind: str, text: str) -> bool:
        """Whether the whole log knows of it: a development, an actor, a metric."""
        if kind == "metric":
            sql = "SELECT 1 FROM metric m JOIN term t ON t.no = m.metric WHERE t.kind = 'metric' AND t.text = ?"
        else:
            sql = f"SELECT 1 FROM {'development' if kind == 'development' else 'actor'} WHERE id = ?"
        return self._connection.execute(f"{sql} LIMIT 1", (text,)).fetchone() is not None

    def register(self) -> list[Actor]:
        return load_actors(self._connection)

    def events(self, which: Selection, after: int, upto: int, limit: int) -> list[StoredEntry]:
        conditions = ["e.position > :after", "e.position <= :upto"]
        parameters: dict[str, object] = {"after": after, "upto": upto, "limit": limit}
        for n, (kind, text) in enumerate(which.mentions):
            conditions.append(
                "EXISTS (SELECT 1 FROM term t JOIN mention m ON m.term = t.no"
                f" WHERE t.kind = :kind{n} AND t.text = :text{n} AND m.position = e.position)"
            )
            parameters |= {f"kind{n}": kind, f"text{n}": text}
        if which.stream is not None:
            conditions.append("e.stream = (SELECT no FROM stream WHERE name = :stream)")
            parameters["stream"] = which.stream
        if which.type is not None:
            conditions.append("e.type = :type")
            parameters["type"] = which.type
        rows = self._connection.execute(
            "SELECT e.position, e.recorded_at, e.id, s.name, e.version, e.type, e.state, e.sent FROM event e"
            f" JOIN stream s ON s.no = e.stream WHERE {' AND '.join(conditions)} ORDER BY e.position LIMIT :limit",
            parameters,
        )
        return [StoredEntry(*row) for row in rows]

    # -- developments

    def page(self, filters: Filters, order: Order, cut: Cut, limit: int, place: Place | None) -> list[Place]:
        found = where(filters, cut)
        if place is not None:
            behind(found, order, place)
        return self._places(found, ORDERS[order].format(by=found.by), limit)

    def expected(self, filters: Filters, cut: Cut) -> list[Place]:
        found = where(filters, cut, expected=True)
        found.add(f"(a.ends > :x OR a.ends = {AFTER})")
        return self._places(found, ORDERS["occurred"].format(by=found.by), -1)

    def matching(self, developments: Collection[str], filters: Filters, cut: Cut) -> set[str]:
        found = where(filters, cut)
        found.add("a.id IN (SELECT value FROM json_each(:ids))", ids=orjson.dumps(list(developments)).decode())
        return {place.id for place in self._places(found, "a.id", -1)}

    def _places(self, found: Where, order: str, limit: int) -> list[Place]:
        distinct = "DISTINCT " if found.parameters.get("of") else ""
        rows = self._connection.execute(
            f"SELECT {distinct}a.rank, a.first_known, a.id, a.dev {found.sql} ORDER BY {order} LIMIT :limit",
            found.parameters | {"limit": limit},
        )
        return [Place(*row) for row in rows]

    def counts(self, filters: Filters, cut: Cut) -> Counts:
        found = where(filters, cut)
        status: dict[str, int] = {}
        kind: dict[str, int] = {}
        rows = self._connection.execute(
            f"SELECT a.status, a.kind, COUNT(DISTINCT a.dev) {found.sql} GROUP BY a.status, a.kind", found.parameters
        )
        for of_status, of_kind, number in rows:
            status[of_status] = status.get(of_status, 0) + number
            kind[of_kind] = kind.get(of_kind, 0) + number
        return Counts(status, kind)

    def dev(self, development: str) -> int | None:
        row = self._connection.execute("SELECT dev FROM development WHERE id = ?", (development,)).fetchone()
        return None if row is None else row[0]

    def version(self, dev: int, cut: Cut) -> VersionRow | None:
        row = self._connection.execute(_VERSION, {"dev": dev, "x": cut.as_of, "at": cut.at}).fetchone()
        return None if row is None else VersionRow(dev, *row)

    def entries(self, dev: int, cut: Cut) -> list[EntryRow]:
        rows = self._connection.execute(
            "SELECT e.position, s.recorded_at, e.ordered, e.amended IS NOT NULL, e.stands, COALESCE(e.amended, s.state)"
            f" FROM entry e JOIN event s ON s.position = e.position WHERE e.dev = :dev AND {visible('e')}"
            " ORDER BY e.ordered, e.position",
            {"dev": dev, "x": cut.as_of, "at": cut.at},
        )
        return [
            EntryRow(position, recorded_at, ordered, bool(amended), None if stands is None else bool(stands), body)
            for position, recorded_at, ordered, amended, stands, body in rows
        ]

    def learned_between(self, after: Instant, upto: Instant, at: int) -> list[tuple[int, str, str]]:
        """(dev, development, event id) of what became known after one cut up to another, in order of knowledge."""
        rows = self._connection.execute(
            "SELECT e.dev, d.id, s.id FROM entry e"
            " JOIN development d ON d.dev = e.dev JOIN event s ON s.position = e.position"
            " WHERE :after < e.known_from AND e.known_from <= :x AND e.known_from = e.ordered"
            " AND e.recorded_from <= :at AND :at < e.recorded_to ORDER BY e.known_from, e.position",
            {"after": after, "x": upto, "at": at},
        )
        return rows.fetchall()

    def recorded_between(self, after: int, upto: int) -> list[tuple[int, str, str, str]]:
        rows = self._connection.execute(
            "SELECT d.dev, d.id, e.id, e.type FROM event e JOIN stream s ON s.no = e.stream"
            " JOIN development d ON 'development/' || d.id = s.name"
            " WHERE ? < e.position AND e.position <= ? ORDER BY e.position",
            (after, upto),
        )
        return rows.fetchall()

    # -- figures

    def figures(self, metric: str, cut: Cut, limit: int, behind_of: tuple[int, int, int] | None) -> list[FigureRow]:
        known, position, place = behind_of or (-AFTER, 0, 0)
        return self._figures(
            f"WHERE m.kind = 'metric' AND m.text = :metric AND {visible('f')}"
            " AND (f.known, f.position, f.place) > (:known, :position, :place)"
            " ORDER BY f.known, f.position, f.place LIMIT :limit",
            {"metric": metric, "known": known, "position": position, "place": place, "limit": limit},
            cut,
        )

    def latest(self, cut: Cut, metrics: Collection[str] | None, filters: Filters | None) -> list[FigureRow]:
        """The latest standing figure per metric and claimant; in order of metric and claimant."""
        parameters: dict[str, object] = {}
        conditions = ["m.kind = 'metric'", visible("f")]
        if metrics is not None:
            conditions.append("m.text IN (SELECT value FROM json_each(:metrics))")
            parameters["metrics"] = orjson.dumps(list(metrics)).decode()
        if filters is not None and filters.any:
            found = where(filters, cut)
            conditions.append(f"f.dev IN (SELECT a.dev {found.sql})")
            parameters |= found.parameters
        ranked = (
            f"SELECT f.known, f.position, f.place, m.text AS metric, f.claimant, f.body, {_LATEST} AS nth"
            f" FROM figure f JOIN term m ON m.no = f.metric WHERE {' AND '.join(conditions)}"
        )
        rows = self._connection.execute(
            f"SELECT known, position, place, metric, claimant, body FROM ({ranked})"
            " WHERE nth = 1 ORDER BY metric, claimant",
            parameters | {"x": cut.as_of, "at": cut.at},
        )
        return [FigureRow(*row) for row in rows]

    def metrics(self, cut: Cut, limit: int, behind_of: str) -> list[str]:
        """Metrics of which a figure stands at the cut, by name."""
        rows = self._connection.execute(
            "SELECT m.text FROM term m WHERE m.kind = 'metric' AND m.text > :behind"
            f" AND EXISTS (SELECT 1 FROM metric f WHERE f.metric = m.no AND {visible('f')})"
            " ORDER BY m.text LIMIT :limit",
            {"behind": behind_of, "limit": limit, "x": cut.as_of, "at": cut.at},
        )
        return [row[0] for row in rows]

    def metric_known(self, metric: str, cut: Cut) -> bool:
        row = self._connection.execute(
            "SELECT 1 FROM metric f JOIN term m ON m.no = f.metric"
            f" WHERE m.kind = 'metric' AND m.text = :metric AND {visible('f')} LIMIT 1",
            {"metric": metric, "x": cut.as_of, "at": cut.at},
        ).fetchone()
        return row is not None

    def _figures(self, tail: str, parameters: dict[str, object], cut: Cut) -> list[FigureRow]:
        rows = self._connection.execute(
            "SELECT f.known, f.position, f.place, m.text, f.claimant, f.body"
            f" FROM figure f JOIN term m ON m.no = f.metric {tail}",
            parameters | {"x": cut.as_of, "at": cut.at},
        )
        return [FigureRow(*row) for row in rows]

    # -- actors

    def resolve(self, name: str, at: int) -> tuple[str, ...]:
        """As `domain.actor.Actors.resolve`, at a position."""
        row = self._actor("id = :id", {"id": exact(name), "at": at})
        if row:
            return (row[0][1] or row[0][0],)
        normal, folded = exact(name), fold(name)
        for form in (f"name {normal}", f"alias {normal}", f"folded name {folded}", f"folded alias {folded}"):
            hits = self._connection.execute(
                "SELECT id FROM naming WHERE form = ? AND recorded_from <= ? AND ? < recorded_to ORDER BY id",
                (form, at, at),
            ).fetchall()
            if hits:
                return tuple(hit[0] for hit in hits)
        return ()

    def _actor(self, condition: str, parameters: dict[str, object]) -> list[tuple[str, str | None]]:
        return self._connection.execute(
            f"SELECT id, survivor FROM actor WHERE {condition} AND recorded_from <= :at AND :at < recorded_to",
            parameters,
        ).fetchall()

    def survivors(self, at: int) -> dict[str, str]:
        return dict(
            self._connection.execute(
                "SELECT id, survivor FROM actor WHERE survivor IS NOT NULL AND recorded_from <= ? AND ? < recorded_to",
                (at, at),
            ).fetchall()
        )

    def names(self, actors: Collection[str], at: int) -> dict[str, str]:
        rows = self._connection.execute(
            "SELECT a.id, a.name FROM json_each(?) j JOIN actor a ON a.id = j.value"
            " WHERE a.recorded_from <= ? AND ? < a.recorded_to",
            (orjson.dumps(list(actors)).decode(), at, at),
        )
        return dict(rows.fetchall())

    def actors(self, words: Sequence[str], cut: Cut, limit: int, behind_of: str) -> list[ActorRow]:
        """Actors that stand for themselves, by id; all of the words, whole, in their names and aliases."""
        spoken = "".join(f" AND a.words LIKE :word{n}" for n, _ in enumerate(words))
        parameters = {f"word{n}": f"% {word} %" for n, word in enumerate(words)}
        return self._actors(
            f"a.survivor IS NULL AND a.id > :behind{spoken} ORDER BY a.id LIMIT :limit",
            {**parameters, "behind": behind_of, "limit": limit},
            cut,
        )

    def actor(self, actor: str, cut: Cut) -> ActorRow | None:
        found = self._actors("a.id = :id", {"id": actor}, cut)
        return found[0] if found else None

    def _actors(self, tail: str, parameters: dict[str, object], cut: Cut) -> list[ActorRow]:
        counted = (
            "(SELECT COUNT(*) FROM term t JOIN listing l ON l.list = t.no"
            f" WHERE t.kind = 'actor' AND t.text = a.id AND {visible('l')})"
        )
        rows = self._connection.execute(
            f"SELECT a.id, a.name, a.kind, a.survivor, a.aliases, a.affiliations, {counted} FROM actor a"
            f" WHERE a.recorded_from <= :at AND :at < a.recorded_to AND {tail}",
            {**parameters, "x": cut.as_of, "at": cut.at},
        )
        return [ActorRow(*row) for row in rows]

    def count_actors(self, at: int) -> int:
        row = self._connection.execute(
            "SELECT COUNT(*) FROM actor WHERE survivor IS NULL AND recorded_from <= ? AND ? < recorded_to", (at, at)
        ).fetchone()
        return int(row[0])


_VERSION = f"""SELECT v.known_from, CASE WHEN :at < v.superseded_at THEN {AFTER} ELSE v.known_to END,
    (SELECT e.version FROM entry e WHERE e.dev = v.dev AND e.position <= :at ORDER BY e.position DESC LIMIT 1),
    v.head, v.actors, v.tail, v.sources
    FROM version v WHERE v.dev = :dev AND {visible("v")} ORDER BY v.known_from DESC LIMIT 1"""
