"""The composition root: the inside, put together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from adapters.clock import SystemClock
from adapters.ids import TimeOrderedIds
from domain.ports import Clock, EventLog, Ids, Views
from domain.rebuilding import Rebuildable
from service.appending.appender import Appender
from service.projecting.projector import Projector
from service.projecting.shared import SharedProjector
from service.projecting.visibility import Visibility
from service.rebuilding.rebuild import level
from service.restore import Restorer
from service.stores import opened, reopening


@dataclass(frozen=True, slots=True)
class Services:
    """The inside, put together: what is appended goes to the log, questions are put to the views.

    `visibility` waits until the views that are asked show a position of the log. `rebuildable` are the views that are
    written, to be rebuilt in place.
    """

    log: EventLog
    views: Views
    visibility: Visibility
    projector: Projector
    appender: Appender
    restorer: Restorer
    rebuildable: Rebuildable


@contextmanager
def services(
    store: str, *, reads: str | None = None, projects: bool = True, clock: Clock | None = None, ids: Ids | None = None
) -> Iterator[Services]:
    """Everything over a store that is opened by its URL, and closed on leaving, as `stores.opened`. Raises as that."""
    with opened(store, reads=reads, projects=projects) as inside, ExitStack() as closing:
        log, projector = inside.log, inside.projector
        ids = ids or TimeOrderedIds()
        appender = Appender(log, inside.rebuildable, projector, clock or SystemClock(), ids)
        closing.callback(appender.close)
        restorer = Restorer(log, ids, lambda told: level(log, inside.rebuildable, projector, told, reopening(store)))
        if isinstance(projector, SharedProjector):
            projector.start(lambda: appender.showing or restorer.showing)
        yield Services(log, inside.read, inside.visibility, projector, appender, restorer, inside.rebuildable)
