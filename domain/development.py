"""What may be appended to the stream of a development: `admit` refuses, or lets the event in."""

from __future__ import annotations

from collections.abc import Sequence

from domain.entries import entries
from domain.events import (
    TELLING,
    DevelopmentAmended,
    DevelopmentCorrected,
    DevelopmentCorroborated,
    DevelopmentEvent,
    DevelopmentReported,
    Recorded,
    ReportReinstated,
    ReportWithdrawn,
)
from domain.knowledge import versions
from domain.refusals import (
    AlreadyWithdrawn,
    DevelopmentExists,
    DevelopmentUnknown,
    EventUnknown,
    Fault,
    Malformed,
    NotWithdrawn,
)
from domain.standing import standing_ids

History = Sequence[Recorded[DevelopmentEvent]]
_DATES = ("occurred", "occurred_text")


def admit(history: History, event: DevelopmentEvent) -> None:
    """Let the event stand behind the stream's history (in order; empty where there is none), or raise a Refusal.

    Withdrawals and reinstatements are judged by what stands once everything recorded is known.
    """
    if isinstance(event, DevelopmentReported):
        if history:
            raise DevelopmentExists(
                f"the development {event.development!r} has been reported already: corroborate or correct it",
                Fault("/development", "accepted: a development that nobody has reported"),
            )
        return
    if not history:
        raise DevelopmentUnknown(
            f"nobody has reported the development {event.development!r}: open it with DevelopmentReported",
            Fault("/development", "accepted: a development that has been reported"),
        )
    if isinstance(event, ReportWithdrawn):
        _admit_withdrawal(history, event)
    elif isinstance(event, ReportReinstated):
        _admit_reinstatement(history, event)
    elif isinstance(event, DevelopmentAmended):
        _admit_amendment(history, event)
    elif isinstance(event, DevelopmentCorroborated | DevelopmentCorrected):
        _refuse_undated(history, event, event.id)


def _admit_withdrawal(history: History, event: ReportWithdrawn) -> None:
    stands = standing_ids(history)
    if event.withdraws is None:
        if not any(stands.values()):
            raise AlreadyWithdrawn(
                f"no report of {event.development!r} stands", Fault("/withdraws", "accepted: reports that stand")
            )
        return
    for index, named in enumerate(event.withdraws):
        pointer = f"/withdraws/{index}"
        if not _named(stands, named, pointer, "withdrawn"):
            raise AlreadyWithdrawn(
                f"the report {named!r} is withdrawn already", Fault(pointer, "accepted: a report that stands")
            )


def _admit_reinstatement(history: History, event: ReportReinstated) -> None:
    stands = standing_ids(history)
    for index, named in enumerate(event.reinstates):
        pointer = f"/reinstates/{index}"
        if _named(stands, named, pointer, "reinstated"):
            raise NotWithdrawn(f"the report {named!r} stands", Fault(pointer, "accepted: a report that is withdrawn"))


def _named(stands: dict[str, bool], named: str, pointer: str, what: str) -> bool:
    if named not in stands:
        raise EventUnknown(
            f"this development has no event {named!r} that could be {what}",
            Fault(pointer, "accepted: the id of an entry of this development that tells of it"),
        )
    return stands[named]


def _admit_amendment(history: History, event: DevelopmentAmended) -> None:
    named = event.amends or history[0].event.id
    target = next((recorded.event for recorded in history if recorded.event.id == named), None)
    if target is None or isinstance(target, DevelopmentAmended):
        raise EventUnknown(
            f"this development has no event {named!r} that could be amended",
            Fault("/amends", "accepted: the id of an entry of this development, no amendment"),
        )
    if event.changes and not isinstance(target, DevelopmentReported | DevelopmentCorroborated | DevelopmentCorrected):
        raise Malformed(
            f"a {type(target).__name__} has no changes to amend",
            Fault("/changes", "accepted: none; only `report` can be amended in this entry"),
        )
    if event.report.get("figures") and not isinstance(target, TELLING):
        raise Malformed(
            f"the report of a {type(target).__name__} brings no figures",
            Fault("/report/figures", "accepted: no figures; amend the entry that told them"),
        )
    _refuse_cleared(history, named, event)
    _refuse_undated(history, event, named)


def _refuse_undated(
    history: History, event: DevelopmentCorroborated | DevelopmentCorrected | DevelopmentAmended, entry: str
) -> None:
    """What the entry tells may not leave the development without both a date and words for one."""
    cleared = next((name for name in _DATES if event.changes.get(name, ...) is None), None)
    if cleared is None:
        return
    for version in versions([*history, _behind(history, event)], lambda actor: actor):
        told = version.description
        if version.description_from == entry and told.occurred is None and told.occurred_text is None:
            raise Malformed(
                "the development would not say when it occurred",
                Fault(f"/changes/{cleared}", "accepted: `occurred`, or `occurred_text` where no date is known"),
            )


def _behind(history: History, event: DevelopmentEvent) -> Recorded[DevelopmentEvent]:
    last = history[-1]
    return Recorded(last.position + 1, last.version + 1, last.recorded_at, event)


def _refuse_cleared(history: History, named: str, event: DevelopmentAmended) -> None:
    """What an entry has to have cannot be cleared: judged by the entry as it would read."""
    (reads,) = [entry.event for entry in entries([*history, _behind(history, event)]) if entry.event.id == named]
    if isinstance(reads, DevelopmentReported):
        told = reads.description
        if told.occurred is None and told.occurred_text is None:
            cleared = "occurred" if "occurred" in event.changes else "occurred_text"
            raise Malformed(
                "the entry would not say when it occurred",
                Fault(f"/changes/{cleared}", "accepted: `occurred`, or `occurred_text` where no date is known"),
            )
    if isinstance(reads, DevelopmentCorrected) and not reads.changes and not reads.report.figures:
        raise Malformed(
            "the correction would correct nothing",
            Fault("/report/figures", "accepted: figures, for an entry without changes"),
        )
