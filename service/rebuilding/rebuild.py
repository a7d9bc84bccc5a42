"""Rebuilding the views of a store in place: beside those that are read, while appends go on, switched at once."""

from __future__ import annotations

import logging
import time

from domain.ports import EventLog, Unavailable
from domain.rebuilding import Rebuildable, Shadow
from domain.unavailable import Rewritten
from service.progress import Progress, quiet
from service.projecting.log_prefix import Prefix
from service.projecting.projector import Projector
from service.rebuilding.bulk_load import PAUSE, load
from service.rebuilding.folding import Reopen

_logger = logging.getLogger("asof.views")

LONG = 20_000
"""Events that have to be missing from views for a rebuilding to be worth its preparation."""
MOSTLY = 2
"""Where the views know less than one event in so many, they are built anew: that is faster than to go on."""
STEP = 500
"""Events of a turn that were appended meanwhile; so many may be left for the switch, as others go on appending."""
CLEARING = 0.05
"""Seconds of a turn of taking tables away."""


def level(
    log: EventLog, views: Rebuildable, projector: Projector, progress: Progress = quiet, reopen: Reopen | None = None
) -> int:
    """Bring the views level with their log the quicker way, and give their position; arguments as for `rebuild`.

    Where most of a long log is missing, that is to build them anew, if that is for this process to do; else `projector`
    goes on event by event. Raises as both.
    """
    if projector.has_duty() and _mostly_missing(log, views):
        try:
            rebuild(log, views, progress, reopen)
        except Rewritten:
            raise
        except Unavailable:
            _logger.info("the views were not built anew: another process may be at it")
    return projector.catch_up()


def _mostly_missing(log: EventLog, views: Rebuildable) -> bool:
    shown = 0
    if not views.outdated:
        with views.snapshot() as snapshot:
            shown = snapshot.head.position
    last = log.head().position
    return last - shown >= LONG and shown * MOSTLY < last


def rebuild(log: EventLog, views: Rebuildable, progress: Progress = quiet, reopen: Reopen | None = None) -> int:
    """Build every projection from zero, or from where an interrupted rebuilding stands, and give the position.

    What the log has at the beginning is loaded, with `reopen` by several processes; what is appended meanwhile is
    folded event by event.

    Whoever reads sees the views as they were until the switch, and the new ones, level with the log, from then on.
    Raises Unavailable; what was built so far stays for the next time then, and readers keep what they have. Raises
    `domain.unavailable.Rewritten` where the log is not the one whose heads the views keep: they stay the witness.
    """
    shadow = views.shadow()
    load(log, views, shadow, progress, reopen)
    with shadow.write() as writing:
        part = Prefix(log, writing.position)
    projector = Projector(part, shadow)
    behind = log.head().position - part.upto
    while behind > STEP:
        began = time.monotonic()
        part.upto += STEP
        progress(projector.catch_up())
        before, behind = behind, log.head().position - part.upto
        # While others append, they get as much time as this takes, unless they append more meanwhile than this folds.
        shared = before - STEP < behind < before
        time.sleep(max(PAUSE, time.monotonic() - began) if shared else PAUSE)
    reached = part.upto
    with shadow.switch():
        part.upto = log.head().position
        position = projector.catch_up()
    if position > reached:
        progress(position)
    _clear(shadow)
    return position


def _clear(shadow: Shadow) -> None:
    """Take away what the views before have left behind, with a pause for others behind every turn."""
    began = time.monotonic()
    while shadow.clear():
        if time.monotonic() - began > CLEARING:
            time.sleep(PAUSE)
            began = time.monotonic()
