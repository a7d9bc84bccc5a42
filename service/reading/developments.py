"""Developments and timelines: pages, one development with its reports, its history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

import orjson

from adapters.codec.decode import event_of
from adapters.codec.encode import report_of
from adapters.upcasts import upcast
from domain.clocks import show
from domain.events import DevelopmentAmended, DevelopmentEvent, Entry
from domain.ports import Snapshot
from domain.questions import EntryRow, Filters, Named, Order, Place, Shown, VersionRow
from service.reading.answers import NotThere, One, Page, Retelling, stamped
from service.reading.cursors import Start, skipped
from service.reading.pins import Pin

KEY = (int, int, str, int)
"""The types of a sort key of developments, which is a `Place`."""


def page(snapshot: Snapshot, begin: Start, filters: Filters, order: Order) -> Page:
    """A page of developments known at the cut that the filters let through."""
    place = None if begin.key is None else Place(*begin.key)
    places = snapshot.page(filters, order, begin.pin.cut, begin.limit + 1, place)
    shown = places[: begin.limit]
    key = list(shown[-1]) if len(places) > begin.limit else None
    retelling = None
    if place is None and filters.whole:
        upto = None if key is None else places[-1]
        retelling = Retelling(begin, key, partial(snapshot.lasts, filters, order, begin.pin.cut, shown, upto))
    following = None if key is None else begin.next(key)
    return Page(begin.pin, bodies(snapshot, [place.dev for place in shown], begin.pin), following, retelling=retelling)


def bodies(snapshot: Snapshot, devs: Sequence[int], pinned: Pin) -> list[bytes]:
    """The developments of these numbers as they are at the cut, each a JSON object; unknown ones are left out."""
    recalled = snapshot.recall(devs, pinned.cut)
    if recalled is None:
        return assemble(snapshot, snapshot.versions(devs, pinned.cut), pinned)
    if None in recalled:
        rows = snapshot.versions([dev for dev, body in zip(devs, recalled, strict=True) if body is None], pinned.cut)
        made = dict(zip((row.dev for row in rows), _shown(snapshot, rows, pinned.at), strict=True))
        snapshot.remember(pinned.at, made.items())
        recalled = [
            made[dev].body if body is None and dev in made else body for dev, body in zip(devs, recalled, strict=True)
        ]
    return [body for body in recalled if body is not None]


def assemble(snapshot: Snapshot, rows: Sequence[VersionRow], pinned: Pin) -> list[bytes]:
    """Versions as JSON objects, with the actors' names of the pin's position."""
    return [shown.body for shown in _shown(snapshot, rows, pinned.at)]


def _shown(snapshot: Snapshot, rows: Sequence[VersionRow], at: int) -> list[Shown]:
    listed = [orjson.loads(row.actors) for row in rows]
    names = snapshot.names({actor for actors in listed for actor, _ in actors}, at)
    return [_reads(row, actors, names) for row, actors in zip(rows, listed, strict=True)]


def _reads(row: VersionRow, actors: list[tuple[str, str | None]], names: dict[str, Named]) -> Shown:
    named, since = [], row.since
    for actor, role in actors:
        name, named_since = names.get(actor, (actor, 0))
        named.append({"actor": actor, "name": name, "role": role})
        since = max(since, named_since)
    known_to = b"null" if (until := show(row.known_to)) is None else f'"{until}"'.encode()
    last = b',"known_to":%b,"version":%d}' % (known_to, row.stream_version)
    body = b"".join((row.head, orjson.dumps(named), row.tail, last))
    return Shown(row.known_from, row.known_to, since, body)


def development(snapshot: Snapshot, pinned: Pin, name: str) -> One:
    """One development with the reports that tell of it, as amended, in order of knowledge. Raises NotThere."""
    dev = snapshot.dev(name)
    told = [] if dev is None else bodies(snapshot, [dev], pinned)
    if dev is None or not told:
        raise NotThere("development", name, exists=dev is not None, pin=pinned)
    reports = [_report(entry) for entry in snapshot.entries(dev, pinned.cut) if entry.stands is not None]
    return One(pinned, stamped(pinned, told[0][:-1] + b',"reports":' + orjson.dumps(reports) + b"}"))


def _report(entry: EntryRow) -> dict[str, Any]:
    event = cast("Entry", event_of(orjson.loads(entry.body)))
    return {
        "id": event.id,
        "type": type(event).__name__,
        "stands": entry.stands,
        "by": getattr(event, "by", None),
        "known_from": show(entry.ordered),
        **report_of(event.report),
    }


def history(snapshot: Snapshot, begin: Start, name: str) -> Page:
    """The events of a development known and recorded at the cut, newest knowledge last. Raises NotThere."""
    skip = skipped(begin)
    dev = snapshot.dev(name)
    if dev is None or not snapshot.versions([dev], begin.pin.cut):
        raise NotThere("development", name, exists=dev is not None, pin=begin.pin)
    entries = snapshot.entries(dev, begin.pin.cut)
    shown = entries[skip : skip + begin.limit]
    following = begin.next([skip + begin.limit]) if len(entries) > skip + begin.limit else None
    return Page(begin.pin, [orjson.dumps(_event(entry)) for entry in shown], following)


def _event(entry: EntryRow) -> dict[str, Any]:
    wire = upcast(orjson.loads(entry.body))
    event = cast("DevelopmentEvent", event_of(wire))
    amendment = isinstance(event, DevelopmentAmended)
    told: dict[str, Any] = {
        "event": event.id,
        "type": wire["type"],
        "position": entry.position,
        "recorded_at": show(entry.recorded_at),
        "known_from": None if amendment else show(entry.ordered),
        "amended": entry.amended,
        "stands": entry.stands,
        "reported": (wire.get("report") or {}).get("reported"),
        "occurred": wire.get("occurred", (wire.get("changes") or {}).get("occurred")),
        "by": wire.get("by"),
        "changes": wire.get("changes"),
        "report": wire.get("report") if isinstance(event, DevelopmentAmended) else report_of(event.report),
        "reason": wire.get("reason"),
    }
    named = {key: wire[key] for key in ("withdraws", "reinstates", "amends") if key in wire}
    return told | named
