"""Rebuilding the views of a store in place: beside those that are read, while appends go on, switched at once."""

from __future__ import annotations

import time

from domain.ports import EventLog
from domain.rebuilding import Rebuildable
from service.loading import PAUSE, load
from service.progress import Progress, quiet
from service.project import Projector
from service.replay.prefix import Prefix

STEP = 500
"""Events of a turn that were appended meanwhile."""


def rebuild(log: EventLog, views: Rebuildable, progress: Progress = quiet, store: str | None = None) -> int:
    """Build every projection from zero, or from where an interrupted rebuilding stands, and give the position.

    What the log has at the beginning is loaded, with `store`, its URL, by several processes; what is appended meanwhile
    is folded event by event.

    Whoever reads sees the views as they were until the switch, and the new ones, level with the log, from then on.
    Raises Unavailable; what was built so far stays for the next time then, and readers keep what they have. Raises
    `domain.unavailable.Rewritten` where the log is not the one whose heads the views keep: they stay the witness.
    """
    beside = views.beside()
    load(log, views, beside, progress, store)
    with beside.write() as writing:
        part = Prefix(log, writing.position)
    projector = Projector(part, beside)
    before = head = log.head().position
    while part.upto < head:
        began = time.monotonic()
        part.upto = min(part.upto + STEP, head)
        progress(projector.catch_up())
        before, head = head, log.head().position
        # While others append, they get as much time as this takes.
        time.sleep(PAUSE if head == before else max(PAUSE, time.monotonic() - began))
    with beside.switch():
        part.upto = log.head().position
        position = projector.catch_up()
    while beside.clear():
        time.sleep(PAUSE)
    return position
