"""As of which dates a list is the same, up to some place of it."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.views.reader import Reader
from adapters.views.segments import upto_place
from adapters.views.where import Where
from domain.clocks import AFTER, BEFORE, Instant
from domain.questions import Lasting, Order, Place

_ROWS = """SELECT {by}.known_from, CASE WHEN :at < {by}.superseded_at THEN {after} ELSE {by}.known_to END
    FROM {table} WHERE {of} AND {by}.recorded_from <= :at AND :at < {by}.recorded_to LIMIT {most}"""


def list_lasts(reader: Reader, found: Where, order: Order, upto: Place | None, most: int) -> Lasting | None:
    """Of a whole list, around its cut, up to the place, or to its end; None where that many rows lie there."""
    conditions, given = upto_place(order, upto)
    if found.by == "l":
        conditions.append("l.list = :list")
        given["list"] = found.parameters["list"]
    of = " AND ".join(conditions).format(by=found.by)
    sql = _ROWS.format(by=found.by, after=AFTER, table=found.table, of=of, most=most)
    rows = reader.rows(sql, {"at": found.parameters["at"], **given})
    return _around(found.parameters["x"], rows) if len(rows) < most else None


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
