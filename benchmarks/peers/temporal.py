"""The questions to bitemporal tables (`benchmarks.peers.states`), in what SQL is common to those who have them.

Values are written `:name`. How a table is asked as of a moment of the recorded clock, and how a text is searched for
words, differs: `Dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.peers.asked import LIMIT, Asked

_SHOWN = (
    "d.development, d.headline, d.summary, d.kind, d.status, d.occurred, d.place, d.topic, d.sources, d.first_known"
)
_AS_OF_X = "known_from <= :x AND known_to > :x"
_D_AS_OF_X = "d.known_from <= :x AND d.known_to > :x"

_LISTED = f"""SELECT development, occurred FROM {{timeline}} t WHERE actor = :subject AND {_AS_OF_X}
    ORDER BY occurred DESC, development LIMIT {LIMIT}"""

_QUESTIONS = {
    "listed": f"SELECT development FROM ({_LISTED}) l ORDER BY occurred DESC, development",
    "page": f"""SELECT {_SHOWN}
        FROM ({_LISTED}) l JOIN {{development}} d ON d.development = l.development AND {_D_AS_OF_X}
        ORDER BY l.occurred DESC, l.development""",
    "search": f"""SELECT {_SHOWN} FROM {{development}} d WHERE {{has_word}} AND {_D_AS_OF_X}
        ORDER BY d.occurred DESC, d.development LIMIT {LIMIT}""",
    "one": f"""SELECT {_SHOWN}, r.event, r.type, r.source, r.url
        FROM {{development}} d JOIN {{report}} r ON r.development = d.development
            AND r.known_from <= :x AND r.known_to > :x
        WHERE d.development = :subject AND {_D_AS_OF_X}
        ORDER BY r.known_from, r.position""",
    "counts": f"""SELECT status, kind, count(*) FROM {{development}} d WHERE {_D_AS_OF_X} GROUP BY status, kind""",
    "latest": f"""SELECT claimant, point, development FROM {{figure}} f WHERE metric = :subject AND {_AS_OF_X}""",
    "learned": f"""SELECT {_SHOWN} FROM {{development}} d
        WHERE d.first_known > :y AND d.first_known <= :x AND {_D_AS_OF_X}
        ORDER BY d.development LIMIT {LIMIT}""",
    "changed": """SELECT d.development, b.status, d.status
        FROM {development} d JOIN {development} b ON b.development = d.development
            AND b.known_from <= :y AND b.known_to > :y AND b.status <> d.status
        WHERE d.known_from > :y AND d.known_from <= :x AND d.known_to > :x""",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """`as_recorded` names a table as of the moment `:recorded`; `value` writes the value of a name."""

    as_recorded: Callable[[str], str]
    has_word: str
    value: Callable[[str], str] = "%({})s".format


def statement(asked: Asked, dialect: Dialect) -> str:
    """The SQL of a question."""
    return written(_QUESTIONS[asked.kind], asked, dialect)


def written(sql: str, asked: Asked, dialect: Dialect) -> str:
    """SQL with the tables and the values of a question in it."""
    named = dialect.as_recorded if asked.at is not None else str
    tables = {name: named(name) for name in ("development", "timeline", "report", "figure")}
    told = sql.format(**tables, has_word=dialect.has_word)
    return re.sub(r":(\w+)", lambda found: dialect.value(found[1]), told)
