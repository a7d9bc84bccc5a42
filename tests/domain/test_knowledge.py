"""What a development is, as of X: told with short histories, one rule a test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from adapters.codec.decode import event_of
from domain import edtf
from domain.clocks import SECOND, Instant
from domain.entries import entries
from domain.events import DevelopmentEvent, Recorded
from domain.fold import Version
from domain.knowledge import versions
from domain.standing import standing_ids

JANUARY = edtf.single("2026-01-01T00:00:00Z").begins


def day(text: str) -> Instant:
    """The end of a day: when what was reported on it is known."""
    return edtf.single(text).ends


def told(type_: str, id_: str, reported: str | None, source: str = "Reuters", **more: Any) -> dict[str, Any]:
    report = more.pop("report", {})
    wire: dict[str, Any] = {"type": type_, "id": id_, "development": "d", **more}
    if reported is not None:
        wire["report"] = {"source": source, "reported": reported, **report}
    elif report:
        wire["report"] = report
    return wire


def first(reported: str = "2025-07-01", **more: Any) -> dict[str, Any]:
    words: dict[str, Any] = {"headline": "H0", "kind": "event", "occurred": "2025-06", "actors": [{"actor": "aland"}]}
    return told("DevelopmentReported", "e1", reported, **(words | more))


def history(*wires: dict[str, Any]) -> list[Recorded[DevelopmentEvent]]:
    return [
        Recorded(position, position, JANUARY + position * SECOND, cast("DevelopmentEvent", event_of(wire)))
        for position, wire in enumerate(wires, 1)
    ]


def as_of(date: str, *wires: dict[str, Any], merged: dict[str, str] | None = None) -> Version | None:
    known = [
        v for v in versions(history(*wires), lambda name: (merged or {}).get(name, name)) if v.known_from <= day(date)
    ]
    return known[-1] if known else None


def words(version: Version | None) -> tuple[str, str] | None:
    return None if version is None else (version.description.headline, version.description_from)


CORRECTED = told("DevelopmentCorrected", "e2", "2025-07-05", changes={"headline": "H1"}, reason="r")
CORROBORATED = told("DevelopmentCorroborated", "e2", "2025-07-05", "AFP")


def test_it_is_not_known_before_its_first_report_is() -> None:
    assert as_of("2025-06-30", first()) is None
    assert words(as_of("2025-07-01", first())) == ("H0", "e1")


def test_a_correction_changes_the_words_from_its_own_report_on() -> None:
    assert words(as_of("2025-07-04", first(), CORRECTED)) == ("H0", "e1")
    assert words(as_of("2025-07-05", first(), CORRECTED)) == ("H1", "e2")


def test_a_report_entered_later_but_known_earlier_begins_it_in_the_words_of_the_first_entry() -> None:
    late = told("DevelopmentCorroborated", "e2", "2025-06-20", "AFP")
    version = as_of("2025-06-20", first(), late)
    assert words(version) == ("H0", "e1")
    assert version is not None
    assert version.sources == ("AFP",)


def test_the_first_entry_sets_its_words_in_its_turn_over_what_an_earlier_report_told_differently() -> None:
    early = told("DevelopmentCorroborated", "e2", "2025-06-20", changes={"headline": "H1"})
    assert words(as_of("2025-06-20", first(), early)) == ("H1", "e2")
    assert words(as_of("2025-07-01", first(), early)) == ("H0", "e1")


def test_a_withdrawn_correction_takes_its_words_with_it_and_a_withdrawn_first_entry_does_not() -> None:
    withdrawn = told("ReportWithdrawn", "e3", "2025-07-09", withdraws=["e1", "e2"], reason="r")
    version = as_of("2025-07-09", first(), CORRECTED, withdrawn)
    assert words(version) == ("H0", "e1")
    assert version is not None
    assert (version.status, version.sources) == ("retracted", ())


def test_withdrawing_everything_spares_what_is_recorded_later() -> None:
    everything = told("ReportWithdrawn", "e3", "2025-07-09", withdraws="*", reason="r")
    later = told("DevelopmentCorroborated", "e4", "2025-07-02", "TASS")
    version = as_of("2025-07-09", first(), CORROBORATED, everything, later)
    assert version is not None
    assert version.sources == ("TASS",)


def test_the_last_known_of_withdrawals_and_reinstatements_decides_whatever_their_order_of_arrival() -> None:
    reinstated = told("ReportReinstated", "e3", "2025-07-20", reinstates=["e1"], reason="r")
    withdrawn = told("ReportWithdrawn", "e2", "2025-07-10", withdraws=["e1"], reason="r")
    earlier = told("ReportWithdrawn", "e4", "2025-07-15", withdraws=["e1"], reason="r")
    version = as_of("2025-07-20", first(), withdrawn, reinstated, earlier)
    assert version is not None
    assert version.status == "reported"


def test_a_report_withdrawn_before_it_is_known_never_stands() -> None:
    ahead = told("DevelopmentCorroborated", "e2", "2025-07-20", "AFP")
    withdrawn = told("ReportWithdrawn", "e3", "2025-07-10", withdraws=["e2"], reason="r")
    version = as_of("2025-07-20", first(), ahead, withdrawn)
    assert version is not None
    assert version.sources == ("Reuters",)


def test_one_party_confirming_and_another_denying_dispute_it_and_each_may_change_its_mind() -> None:
    yes = told("DevelopmentConfirmed", "e2", "2025-07-02", by="aland")
    no = told("DevelopmentDenied", "e3", "2025-07-03", by="bland")
    turn = told("DevelopmentConfirmed", "e4", "2025-07-04", by="bland")
    statuses = [as_of(f"2025-07-0{n}", first(), yes, no, turn) for n in (1, 2, 3, 4)]
    assert [version and version.status for version in statuses] == ["reported", "confirmed", "disputed", "confirmed"]


def test_two_reports_of_one_source_do_not_corroborate_each_other() -> None:
    again = told("DevelopmentCorroborated", "e2", "2025-07-05", "Reuters")
    assert [v.status for v in versions(history(first(), again, CORROBORATED | {"id": "e3"}), str)] == [
        "reported",
        "corroborated",
    ]


def figure(point: int, **more: Any) -> dict[str, Any]:
    return {"figures": [{"metric": "killed", "point": point, **more}]}


def points(version: Version | None) -> list[tuple[str, str | None, Any]]:
    assert version is not None
    return [(f.claimant, f.figure.as_at, f.figure.point) for f in version.figures]


def test_a_figure_replaces_one_of_the_same_metric_claimant_and_date_and_stands_beside_any_other() -> None:
    reports = [
        first(report=figure(100, as_at="2025-06")),
        told("DevelopmentCorroborated", "e2", "2025-07-02", report=figure(300)),
        told("DevelopmentCorroborated", "e3", "2025-07-03", report=figure(120, as_at="2025-06")),
        told("DevelopmentCorroborated", "e4", "2025-07-04", "AFP", report=figure(7)),
    ]
    assert points(as_of("2025-07-04", *reports)) == [
        ("Reuters", None, 300),
        ("Reuters", "2025-06", 120),
        ("AFP", None, 7),
    ]


def test_the_claimant_is_who_claims_else_whom_it_is_attributed_to_else_the_party_else_the_source() -> None:
    by = {"by": "bland"}
    reports = [
        told("DevelopmentConfirmed", "e2", "2025-07-02", report=figure(1), **by),
        told("DevelopmentConfirmed", "e3", "2025-07-03", report=figure(2) | {"attributed_to": "cland"}, **by),
        told("DevelopmentConfirmed", "e4", "2025-07-04", report=figure(3, claimed_by="dland"), **by),
        told("DevelopmentCorroborated", "e5", "2025-07-05", report=figure(4)),
    ]
    claimants = [claimant for claimant, _, _ in points(as_of("2025-07-05", first(), *reports))]
    assert claimants == ["bland", "cland", "dland", "Reuters"]


def test_after_a_merge_what_named_either_counts_once_as_the_survivor() -> None:
    yes = told("DevelopmentConfirmed", "e2", "2025-07-02", by="bland", report=figure(1))
    no = told("DevelopmentDenied", "e3", "2025-07-03", by="aland", report=figure(2))
    version = as_of(
        "2025-07-03", first(actors=[{"actor": "aland"}, {"actor": "bland"}]), yes, no, merged={"bland": "aland"}
    )
    assert version is not None
    assert (version.stances, version.timelines, version.status) == ((("aland", "denies"),), ("aland",), "denied")
    assert points(version) == [("aland", None, 2)]


def test_an_amended_date_moves_when_it_was_known_on_the_whole_reported_clock() -> None:
    amended = told("DevelopmentAmended", "e2", None, report={"reported": "2025-07-10"}, reason="r")
    assert as_of("2025-07-09", first(), amended) is None
    version = as_of("2025-07-10", first(), amended)
    assert version is not None
    assert (version.known_from, version.events) == (day("2025-07-10"), 2)


def test_amendments_are_laid_over_each_other_in_order_of_position_and_null_clears() -> None:
    one = told("DevelopmentAmended", "e2", None, changes={"headline": "H1", "summary": "S1"}, reason="r")
    two = told("DevelopmentAmended", "e3", None, changes={"summary": None, "topics": ["t"]}, reason="r")
    (read,) = entries(history(first(), one, two))
    (version,) = versions(history(first(), one, two), str)
    assert read.amended
    assert (version.description.headline, version.description.summary, version.description.topics) == (
        "H1",
        None,
        ("t",),
    )


def test_reports_known_at_one_instant_begin_one_version_possibly_known_from_the_earliest() -> None:
    month = first("2025-06")
    together = told("DevelopmentCorroborated", "e2", "2025-06-30", "AFP")
    (version,) = versions(history(month, together), str)
    assert version.known_from == edtf.single("2025-06").ends
    assert version.possibly_from == edtf.single("2025-06").begins
    assert version.status == "corroborated"


def test_an_early_report_recorded_late_leaves_every_version_before_it_as_it_was() -> None:
    late = told("DevelopmentCorroborated", "e3", "2025-07-03", "TASS")
    before = versions(history(first(), CORRECTED), str)
    after = versions(history(first(), CORRECTED, late), str)
    assert [version.known_from for version in after] == [day(d) for d in ("2025-07-01", "2025-07-03", "2025-07-05")]
    assert after[0] == before[0]


def test_what_stands_is_judged_as_if_everything_recorded_were_known() -> None:
    withdrawn = told("ReportWithdrawn", "e3", "2025-12-31", withdraws=["e2"], reason="r")
    assert standing_ids(history(first(), CORROBORATED, withdrawn)) == {"e1": True, "e2": False}


def names(versions_: Sequence[Version]) -> list[str]:
    return [version.description.headline for version in versions_]


def test_a_correction_and_its_withdrawal_known_together_leave_the_words_alone() -> None:
    withdrawn = told("ReportWithdrawn", "e3", "2025-07-05", withdraws=["e2"], reason="r")
    assert names(versions(history(first(), CORRECTED, withdrawn), str)) == ["H0", "H0"]
