"""The questions, in SQL, against one consistent state of the views."""

from __future__ import annotations

from adapters.views.actors import ActorQuestions
from adapters.views.developments import DevelopmentQuestions
from adapters.views.figures import FigureQuestions
from adapters.views.reader import Reader
from adapters.views.versions import require
from adapters.views.where import limited
from domain.clocks import Instant
from domain.ports import Head, StoredEntry
from domain.questions import Selection


class SQLSnapshot(DevelopmentQuestions, ActorQuestions, FigureQuestions):
    """See `domain.ports.Snapshot`."""

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader)
        position, recorded_at, version = reader.row(
            "SELECT p.position, e.recorded_at, p.version FROM progress p LEFT JOIN event e ON e.position = p.position"
            " WHERE p.projection = 'views'"
        )
        require(version)
        self.head = Head(position, recorded_at)

    def recorded_at(self, position: int) -> Instant | None:
        row = self._reader.row("SELECT recorded_at FROM event WHERE position = :position", {"position": position})
        return None if row is None else row[0]

    def position_at(self, recorded: Instant) -> int:
        """Binary search: `recorded_at` never decreases along positions."""
        row = self._reader.row(_POSITION_AT, {"head": self.head.position, "recorded": recorded})
        return int(row[0])

    def chain_head(self, position: int) -> bytes | None:
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


_POSITION_AT = """WITH RECURSIVE search(low, high) AS (SELECT CAST(0 AS bigint), :head
    UNION ALL SELECT CASE WHEN e.recorded_at <= :recorded THEN e.position ELSE s.low END,
        CASE WHEN e.recorded_at <= :recorded THEN s.high ELSE e.position - 1 END
        FROM search s JOIN event e ON e.position = (s.low + s.high + 1) / 2 WHERE s.low < s.high)
    SELECT low FROM search WHERE low = high"""
