"""The plain alternative: one table of events, and the state as of a date by window functions.

Beside it what a team adds once questions get slow: who is named by which event, and the figures, both with what the
question filters and orders by, in covering indexes. The SQL is the same for PostgreSQL and SQLite, but for the search.
A state is computed when it is asked for; nothing has to be kept level with anything, and a late report is one more row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from benchmarks.peers.asked import LIMIT, Asked
from benchmarks.peers.states import Row
from benchmarks.peers.story import Told, claimant_of, names_of, text_of
from benchmarks.peers.temporal import Dialect, written

TABLES = {
    "event": (
        *("position", "development", "event", "type", "known", "recorded", "by_actor", "source", "url"),
        *("headline", "summary", "kind", "occurred", "place", "topic", "words"),
    ),
    "named": ("actor", "occurred", "development", "known", "position"),
    "figure": ("metric", "claimant", "occurred", "known", "position", "point", "development"),
}
"""The columns. What describes a development stands in its first event, and is null in the others."""
INDEXES = (
    "CREATE INDEX event_of ON event (development, known, position, type, by_actor, source)",
    "CREATE INDEX event_known ON event (known, development, position)",
    "CREATE INDEX event_first ON event (development) WHERE headline IS NOT NULL",
    "CREATE INDEX event_occurred ON event (occurred DESC, development, known, position) WHERE headline IS NOT NULL",
    "CREATE INDEX named_occurred ON named (actor, occurred DESC, development, known, position)",
    """CREATE INDEX figure_latest ON figure
        (metric, claimant, occurred DESC, known DESC, position DESC, point, development)""",
)

_SHOWN = (
    "f.development, f.headline, f.summary, f.kind, s.status, f.occurred, f.place, f.topic, s.sources, s.first_known"
)
_FIRST = "JOIN event f ON f.development = s.development AND f.headline IS NOT NULL"
_ALL = "event e"
_OF_PAGE = "page JOIN event e ON e.development = page.development"


def rows(told: Iterable[Told]) -> Iterator[Row]:
    """Every row of every table."""
    occurred: dict[str, date] = {}
    for one in told:
        event, report = one.event, one.event["report"]
        name = event["development"]
        described: tuple[Any, ...] = (None,) * 7
        if "headline" in event:
            occurred[name] = date.fromisoformat(event["occurred"])
            place, topic = event["place"]["name"], event["topics"][0]
            described = (
                event["headline"],
                event["summary"],
                event["kind"],
                occurred[name],
                place,
                topic,
                text_of(event),
            )
        when = (one.known, one.recorded)
        by = (event.get("by"), report["source"], report["url"])
        yield "event", (one.position, name, event["id"], event["type"], *when, *by, *described)
        for actor in names_of(event):
            yield "named", (actor, occurred[name], name, one.known, one.position)
        for figure in report.get("figures", ()):
            claim = (figure["metric"], claimant_of(event))
            yield "figure", (*claim, occurred[name], one.known, one.position, figure["point"], name)


def statement(asked: Asked, dialect: Dialect) -> str:
    """The SQL of a question."""
    return written(_questions(pinned=asked.at is not None)[asked.kind], asked, dialect)


@lru_cache
def _questions(*, pinned: bool) -> dict[str, str]:
    def told(of: str, cut: str = "x") -> str:
        """What was known by a cut, and recorded by the position."""
        return f"{of}.known <= :{cut}" + (f" AND {of}.position <= :at" if pinned else "")

    def status(among: str, cut: str = "x") -> str:
        return f"""(SELECT development, count(DISTINCT source) AS sources, min(known) AS first_known,
                CASE WHEN count(*) FILTER (WHERE stance = 'DevelopmentConfirmed') > 0
                      AND count(*) FILTER (WHERE stance = 'DevelopmentDenied') > 0 THEN 'disputed'
                    WHEN count(*) FILTER (WHERE stance = 'DevelopmentConfirmed') > 0 THEN 'confirmed'
                    WHEN count(*) FILTER (WHERE stance = 'DevelopmentDenied') > 0 THEN 'denied'
                    WHEN count(DISTINCT source) > 1 THEN 'corroborated' ELSE 'reported' END AS status
            FROM (SELECT e.development, e.source, e.known, CASE WHEN e.by_actor IS NOT NULL AND row_number() OVER
                    (PARTITION BY e.development, e.by_actor ORDER BY e.known DESC, e.position DESC) = 1
                    THEN e.type END AS stance
                FROM {among} WHERE {told("e", cut)}) entries
            GROUP BY development)"""

    def found(page: str, order: str = "f.occurred DESC, f.development") -> str:
        return f"WITH page AS ({page}) SELECT {_SHOWN} FROM {status(_OF_PAGE)} s {_FIRST} ORDER BY {order}"

    listed = f"""SELECT development FROM named n WHERE actor = :subject AND {told("n")}
        GROUP BY occurred, development ORDER BY occurred DESC, development LIMIT {LIMIT}"""
    return {
        "listed": listed,
        "page": found(listed),
        "search": found(
            f"SELECT development FROM event e WHERE headline IS NOT NULL AND {{has_word}} AND {told('e')}"
            f" ORDER BY occurred DESC, development LIMIT {LIMIT}"
        ),
        "learned": found(
            f"SELECT development FROM event e WHERE headline IS NOT NULL AND known > :y AND {told('e')}"
            f" ORDER BY development LIMIT {LIMIT}",
            "f.development",
        ),
        "one": f"""WITH page AS (SELECT CAST(:subject AS text) AS development)
            SELECT {_SHOWN}, r.event, r.type, r.source, r.url FROM {status(_OF_PAGE)} s {_FIRST}
            JOIN event r ON r.development = s.development AND {told("r")} ORDER BY r.known, r.position""",
        "counts": f"SELECT s.status, f.kind, count(*) FROM {status(_ALL)} s {_FIRST} GROUP BY s.status, f.kind",
        "changed": f"""WITH page AS (SELECT DISTINCT development FROM event e WHERE known > :y AND {told("e")})
            SELECT a.development, b.status, a.status FROM {status(_OF_PAGE)} a
            JOIN {status(_OF_PAGE, "y")} b ON b.development = a.development WHERE a.status <> b.status""",
        "latest": f"""SELECT claimant, point, development FROM (SELECT claimant, point, development, row_number() OVER
                    (PARTITION BY claimant ORDER BY occurred DESC, known DESC, position DESC) AS nth
                FROM figure g WHERE metric = :subject AND {told("g")}) figures WHERE nth = 1""",
    }
