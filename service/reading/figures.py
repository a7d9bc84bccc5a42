"""Figures across developments: who claims what number."""

from __future__ import annotations

from itertools import groupby

import orjson

from domain.ports import Snapshot
from service.reading.answers import NotThere, Page
from service.reading.cursors import Start


def metrics(snapshot: Snapshot, begin: Start) -> Page:
    """Every metric of which a figure is known, by name, with the latest standing figure of each claimant."""
    cut = begin.pin.cut
    (behind,) = begin.key or [""]
    names = snapshot.metrics(cut, begin.limit + 1, behind)
    shown = names[: begin.limit]
    latest = {
        metric: [orjson.Fragment(row.body) for row in rows]
        for metric, rows in groupby(snapshot.latest(cut, shown, None), key=lambda row: row.metric)
    }
    items = [orjson.dumps({"metric": metric, "figures": latest.get(metric, [])}) for metric in shown]
    return Page(begin.pin, items, begin.next([shown[-1]]) if len(names) > begin.limit else None)


def series(snapshot: Snapshot, begin: Start, metric: str) -> Page:
    """Every standing figure of a metric in order of knowledge, and beside them the latest of each claimant.

    Raises NotThere where no figure of it is known at the cut.
    """
    cut = begin.pin.cut
    if not snapshot.metric_known(metric, cut):
        raise NotThere("metric", metric, exists=snapshot.exists("metric", metric), pin=begin.pin)
    behind = None if begin.key is None else (begin.key[0], begin.key[1], begin.key[2])
    rows = snapshot.figures(metric, cut, begin.limit + 1, behind)
    shown = rows[: begin.limit]
    last = shown[-1] if len(rows) > begin.limit else None
    latest = [orjson.Fragment(row.body) for row in snapshot.latest(cut, [metric], None)]
    return Page(
        begin.pin,
        [row.body for row in shown],
        None if last is None else begin.next([last.known, last.position, last.place]),
        {"metric": metric, "latest": latest},
    )
