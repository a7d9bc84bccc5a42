"""Rebuilding the views of a store in place: beside those that are read, while appends go on, switched at once."""

from __future__ import annotations

from domain.ports import EventLog
from domain.rebuilding import Rebuildable
from service.progress import Progress, quiet
from service.project import Projector
from service.replay.prefix import Prefix

STEP = 10_000


def rebuild(log: EventLog, views: Rebuildable, progress: Progress = quiet) -> int:
    """Build every projection from zero, or from where an interrupted rebuilding stands, and give the position.

    Whoever reads sees the views as they were until the switch, and the new ones, level with the log, from then on.
    Raises Unavailable; what was built so far stays for the next time then, and readers keep what they have.
    """
    beside = views.beside()
    part = Prefix(log, 0)
    projector = Projector(part, beside)
    while part.upto < (head := log.head().position):
        part.upto = min(part.upto + STEP, head)
        progress(max(part.upto, projector.catch_up()))
    with beside.switch():
        part.upto = log.head().position
        position = projector.catch_up()
    beside.clear()
    return position
