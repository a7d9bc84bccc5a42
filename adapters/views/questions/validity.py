"""As of which dates a list is the same, up to some place of it."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.views.questions.segments import Stretch
from adapters.views.reader import Reader
from adapters.views.zones import ALL
from domain.clocks import AFTER, BEFORE, Cut, Instant
from domain.questions import Lasting

_ROWS = """SELECT {by}.known_from, {by}.known_to, {by}.recorded_from, {by}.superseded_at, {by}.recorded_to
    FROM {of} {upto} LIMIT {most}"""


def list_lasts(reader: Reader, list_: int, cut: Cut, upto: Stretch, most: int) -> Lasting | None:
    """The interval of dates around the cut in which the same rows of a list are seen, up to some place of it.

    None where `most` rows or more lie before that place. Rows that the cut's position does not see count as well: going
    through them takes as long.
    """
    condition, given = upto
    by, of = ("a", "overview a WHERE") if list_ == ALL else ("l", "listing l WHERE l.list = :list AND")
    sql = _ROWS.format(by=by, of=of, upto=condition.format(by=by), most=most)
    rows = reader.rows(sql, given if list_ == ALL else {**given, "list": list_})
    if len(rows) >= most:
        return None
    return _around(
        cut.as_of,
        (
            (known_from, AFTER if cut.at < superseded_at else known_to)
            for known_from, known_to, recorded_from, superseded_at, recorded_to in rows
            if recorded_from <= cut.at < recorded_to
        ),
    )


def _around(as_of: Instant, rows: Iterable[tuple[Instant, Instant]]) -> Lasting:
    """The dates around one as of which the same rows are seen, each from its first date on until its second."""
    since, until = BEFORE, AFTER
    for begins, ends in rows:
        if begins > as_of:
            until = min(until, begins)
        elif ends <= as_of and ends != AFTER:
            since = max(since, ends)
        else:
            since, until = max(since, begins), min(until, ends)
    return Lasting(since, until)
