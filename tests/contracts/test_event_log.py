"""The contract of `domain.ports.EventLog`, asked of every adapter."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from domain.ports import EventLog, Head, NewEntry, StoredEntry, Unavailable
from domain.refusals import EventIdReused, Refusal, VersionConflict
from tests.contracts.logs import NOON, SOON, Place, append, entry, registration

EVERYTHING = 1_000_000
LATE = 10.0


def everything(log: EventLog) -> Sequence[StoredEntry]:
    return log.read(0, EVERYTHING)


def stored(position: int, new: NewEntry, at: int = NOON) -> StoredEntry:
    return StoredEntry(position, at, new.id, new.stream, new.version, new.type, new.body, new.sent)


class Interrupted(Exception):  # noqa: N818
    pass


def interrupt_session(log: EventLog, *appends: NewEntry) -> None:
    with log.session() as session:
        for new in appends:
            session.append([new], NOON)
        raise Interrupted


# What is read


def test_an_empty_log_has_its_head_before_the_first_position(log: EventLog) -> None:
    assert (log.head(), everything(log), log.stream("development/a")) == (Head(0, None), [], [])


def test_an_event_is_read_as_it_was_appended(log: EventLog) -> None:
    body = '{"title":"Überfall – \\u0000 𝔘"}'.encode()
    new = NewEntry("id/with: ümlaut", "actor/ümlaut 'quoted'", 1, "ActorRegistered", body, None)
    append(log, new)
    assert everything(log) == [stored(1, new)]


@pytest.mark.parametrize("sent", [None, b"", b"\x00\xff digest"])
def test_what_was_sent_is_given_back_and_nothing_is_not_the_empty_bytes(log: EventLog, sent: bytes | None) -> None:
    append(log, entry("a")._replace(sent=sent))
    assert everything(log)[0].sent == sent


def test_events_are_read_in_the_order_in_which_they_were_appended(log: EventLog) -> None:
    names = ["zebra", "ant", "mole", "ape"]
    append(log, *map(entry, names[:3]))
    append(log, entry(names[3]))
    assert [event.id for event in everything(log)] == [f"{name}-1" for name in names]


@pytest.mark.parametrize(
    ("after", "limit", "upto", "positions"),
    [
        (0, 3, None, [1, 2, 3]),
        (3, 3, None, [4, 5, 6]),
        (8, 3, None, [9]),
        (9, 3, None, []),
        (2, 5, 4, [3, 4]),
        (4, 5, 4, []),
        (0, 0, None, []),
        (0, -1, None, []),
        (2**70, 3, None, []),
        (7, 2**70, 2**70, [8, 9]),
    ],
)
def test_a_page_ends_with_its_limit_or_its_last_position(
    log: EventLog, after: int, limit: int, upto: int | None, positions: list[int]
) -> None:
    append(log, *(entry("a", version) for version in range(1, 10)))
    assert [event.position for event in log.read(after, limit, upto)] == positions


def test_a_stream_is_read_in_order_of_version_up_to_a_position(log: EventLog) -> None:
    append(log, entry("a"), entry("b"), entry("a", 2), entry("b", 2), entry("a", 3))
    assert [event.version for event in log.stream("development/a")] == [1, 2, 3]
    assert [event.id for event in log.stream("development/a", upto=4)] == ["a-1", "a-2"]


def test_the_events_of_actors_are_read_in_order(log: EventLog) -> None:
    append(log, entry("a"), registration("b"), entry("a", 2), registration("c"), registration("d"))
    assert [event.position for event in log.of_actors(0, 5)] == [2, 4, 5]
    assert [event.id for event in log.of_actors(2, 4)] == ["c-1"]


def test_what_streams_go_on_with_is_read_stream_by_stream(log: EventLog) -> None:
    append(log, entry("a"), entry("b"), entry("c"), entry("b", 2), entry("a", 2), entry("d"), entry("a", 3))
    append(log, entry("b", 3), entry("d", 2), entry("c", 2))
    assert [event.id for event in log.continued(0, 2, 9)] == ["a-2", "a-3", "b-2", "b-3"]
    assert [event.id for event in log.continued(0, 4, 7)] == ["a-2", "a-3"]
    assert [event.id for event in log.continued(2, 6, 10)] == ["c-2", "d-2"]
    assert list(log.continued(6, 10, 10)) == []


# Positions and clocks


def test_positions_have_no_gap_where_sessions_and_appends_failed(log: EventLog) -> None:
    append(log, entry("a"))
    with pytest.raises(Interrupted):
        interrupt_session(log, entry("lost"), entry("lost", 2))
    with pytest.raises(VersionConflict):
        append(log, entry("lost"), entry("a", event="lost-2"))
    append(log, entry("b"))
    assert [(event.position, event.id) for event in everything(log)] == [(1, "a-1"), (2, "b-1")]


def test_recorded_at_stays_where_it_was_when_the_clock_goes_back(log: EventLog) -> None:
    for at in (NOON, NOON - 60_000_000, NOON + 1):
        append(log, entry(f"at-{at}"), at=at)
    assert [event.recorded_at for event in everything(log)] == [NOON, NOON, NOON + 1]
    assert log.head() == Head(3, NOON + 1)


def test_recorded_at_may_lie_before_1970(log: EventLog) -> None:
    append(log, entry("a"), at=-1)
    assert log.head() == Head(1, -1)


# Sessions


def test_an_exception_in_a_session_leaves_nothing_of_it(log: EventLog) -> None:
    with pytest.raises(Interrupted):
        interrupt_session(log, entry("a"), entry("b"))
    assert (log.head(), everything(log)) == (Head(0, None), [])


def test_a_session_reads_what_it_has_appended(log: EventLog) -> None:
    append(log, entry("a"))
    with log.session() as session:
        assert session.append([entry("a", 2), entry("b")], NOON + 1) == 3
        assert session.head == Head(3, NOON + 1)
        assert [event.id for event in session.read(1, 10)] == ["a-2", "b-1"]
        assert [event.position for event in session.stream("development/a")] == [1, 2]
        assert session.versions(["development/a", "development/b"]) == {"development/a": 2, "development/b": 1}
        assert session.by_id(["b-1"]) == {"b-1": stored(3, entry("b"), NOON + 1)}


@pytest.mark.parametrize("named", [True, False])
def test_what_was_looked_up_before_it_was_appended_is_read_refused_and_stored_as_ever(
    log: EventLog, *, named: bool
) -> None:
    append(log, entry("a"))
    ids, streams = ["a-1", "a-2", "b-1", "b-2", "c-1", "\0"], ["development/a", "development/b", "\0"]
    with log.session(ids, streams) if named else log.session() as session:
        assert session.by_id(["a-1", "b-1", "\0"]) == {"a-1": stored(1, entry("a"), NOON)}
        assert session.versions(["development/a", "development/b", "\0"]) == {"development/a": 1}
        assert session.by_id(["a-2", "b-1", "b-2", "c-1"]) == {}
        session.append([entry("a", 2), entry("b")], NOON)
        with pytest.raises(EventIdReused):
            session.append([entry("b", 2, event="b-1")], NOON)
        with pytest.raises(VersionConflict):
            session.append([entry("b", event="b-2")], NOON)
        assert [stored.id for stored in session.read(0, 10)] == ["a-1", "a-2", "b-1"]
        session.by_id(["c-1", "d-1"])
        session.versions(["development/c", "development/d"])
        session.append([entry("c")], NOON)
        session.append([entry("d")], NOON)
    assert [stored.id for stored in log.read(0, 10)] == ["a-1", "a-2", "b-1", "c-1", "d-1"]
    with suppress(Interrupted), log.session() as session:
        session.by_id(["e-1"])
        session.versions(["development/e"])
        session.append([entry("e")], NOON)
        raise Interrupted
    assert log.head().position == 5


def test_what_a_session_has_appended_is_not_in_the_log_before_it_closes(log: EventLog) -> None:
    append(log, entry("a"))
    with log.session() as session:
        session.append([entry("a", 2)], NOON + 1)
        assert log.head() == Head(1, NOON)
        assert [event.id for event in everything(log)] == ["a-1"]
        assert [event.id for event in log.stream("development/a")] == ["a-1"]
    assert log.head() == Head(2, NOON + 1)


def test_appending_nothing_gives_the_position_of_the_head(log: EventLog) -> None:
    append(log, entry("a"))
    assert append(log) == 1


def test_a_session_is_of_no_use_after_its_end(log: EventLog) -> None:
    with log.session() as ended:
        pass
    with log.session(), pytest.raises(Unavailable):
        ended.append([entry("a")], NOON)
    assert everything(log) == []


def test_ids_find_the_events_that_are_there_and_leave_the_others_out(log: EventLog) -> None:
    append(log, *(entry("a", version) for version in range(1, 5_001)))
    with log.session() as session:
        found = session.by_id([f"a-{version}" for version in range(1, 10_001)])
    assert list(found.values()) == everything(log)


def test_versions_count_the_events_of_the_streams_that_are_there(log: EventLog) -> None:
    append(log, *(entry(f"{number}") for number in range(5_000)), entry("0", 2))
    with log.session() as session:
        versions = session.versions([f"development/{number}" for number in range(10_000)])
    assert versions == {"development/0": 2} | {f"development/{number}": 1 for number in range(1, 5_000)}


# What is refused


@pytest.mark.parametrize(
    ("entries", "refusal"),
    [
        ([entry("a", 2, event="new")], VersionConflict),
        ([entry("a", 1, event="new")], VersionConflict),
        ([entry("b"), entry("a", 1, event="new")], VersionConflict),
        ([entry("a", 4, event="new")], VersionConflict),
        ([entry("b", 2)], VersionConflict),
        ([entry("b", 0)], VersionConflict),
        ([entry("b"), entry("b", event="new")], VersionConflict),
        ([entry("b"), entry("b", 3)], VersionConflict),
        ([entry("b", event="a-1")], EventIdReused),
        ([entry("b"), entry("c", event="b-1")], EventIdReused),
        ([entry("a", 1)], EventIdReused),
    ],
)
def test_an_append_that_clashes_is_refused_and_leaves_its_session_as_it_was(
    log: EventLog, entries: list[NewEntry], refusal: type[Refusal]
) -> None:
    append(log, entry("a"), entry("a", 2))
    with log.session() as session:
        session.append([entry("before")], NOON)
        with pytest.raises(refusal):
            session.append(entries, NOON)
        assert session.head == Head(3, NOON)
        session.append([entry("a", 3), entry("b"), entry("c")], NOON)
    assert [event.id for event in everything(log)] == ["a-1", "a-2", "before-1", "a-3", "b-1", "c-1"]


@pytest.mark.parametrize("version", [1, 2, 4])
def test_a_version_conflict_names_the_stream_and_tells_its_version(log: EventLog, version: int) -> None:
    append(log, entry("a"), entry("a", 2))
    with pytest.raises(VersionConflict, match="development/a") as conflict:
        append(log, entry("a", version, event="new"))
    assert conflict.value.current_version == 2


def test_a_reused_id_is_named(log: EventLog) -> None:
    append(log, entry("a"))
    with pytest.raises(EventIdReused, match="a-1"):
        append(log, entry("b", event="a-1"))


# Restoring


def test_a_log_restored_elsewhere_is_the_same_log(log: EventLog) -> None:
    entries = [
        stored(1, entry("a"), NOON),
        stored(2, entry("b"), NOON),
        stored(3, entry("a", 2)._replace(sent=b"sent"), NOON + 7),
    ]
    with log.session() as session:
        assert session.restore(entries[:2]) == 2
        assert session.restore(entries[2:]) == 3
    assert everything(log) == entries


@pytest.mark.parametrize(
    ("entries", "named"),
    [
        ([stored(3, entry("b"))], "3"),
        ([stored(1, entry("b"))], "1"),
        ([stored(2, entry("b")), stored(4, entry("c"))], "4"),
        ([stored(2, entry("b")), stored(2, entry("c"))], "2"),
        ([stored(2, entry("b"), NOON - 1)], "2"),
        ([stored(2, entry("b"), NOON + 1), stored(3, entry("c"), NOON)], "3"),
    ],
)
def test_what_does_not_follow_the_head_is_not_restored(log: EventLog, entries: list[StoredEntry], named: str) -> None:
    append(log, entry("a"))
    with log.session() as session, pytest.raises(ValueError, match=f"position {named} "):
        session.restore(entries)
    assert log.head() == Head(1, NOON)


def test_restoring_refuses_what_an_append_would_refuse(log: EventLog) -> None:
    append(log, entry("a"))
    with log.session() as session:
        with pytest.raises(VersionConflict):
            session.restore([stored(2, entry("b")), stored(3, entry("a", 3))])
        with pytest.raises(EventIdReused):
            session.restore([stored(2, entry("b", event="a-1"))])
    assert log.head() == Head(1, NOON)


# Several at a time


def run_together(*tasks: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(tasks)) as threads:
        for future in [threads.submit(task) for task in tasks]:
            future.result()


def test_one_thread_at_a_time_has_a_session(log: EventLog) -> None:
    inside = threading.Semaphore(1)

    def write(name: str) -> None:
        for version in range(1, 21):
            with log.session() as session:
                assert inside.acquire(blocking=False)
                session.append([entry(name, version)], NOON)
                inside.release()

    run_together(*(lambda name=name: write(name) for name in "abcd"))
    assert [event.position for event in everything(log)] == list(range(1, 81))


def test_whoever_waits_too_long_for_a_session_is_told(place: Place) -> None:
    log = place.open(wait=SOON)
    with ThreadPoolExecutor(1) as threads, log.session() as session:
        session.append([entry("a")], NOON)
        with pytest.raises(Unavailable):
            threads.submit(append, log, entry("b")).result(LATE)
    assert [event.id for event in everything(log)] == ["a-1"]
    log.close()


def test_a_reader_sees_no_part_of_a_session(log: EventLog) -> None:
    sessions, late = 30, time.monotonic() + LATE
    seen = [0]

    def write() -> None:
        for version in range(1, 3 * sessions, 3):
            with log.session() as session:
                session.append([entry("a", version)], NOON)
                time.sleep(0.002)
                session.append([entry("a", version + 1), entry("a", version + 2)], NOON)
            while seen[-1] < version and time.monotonic() < late:
                time.sleep(0)

    def read() -> None:
        while seen[-1] < 3 * sessions and time.monotonic() < late:
            seen.extend((log.head().position, len(log.stream("development/a")), len(everything(log))))

    run_together(write, read, read)
    assert seen[-1] == 3 * sessions
    assert {position % 3 for position in seen} == {0}


def test_a_follower_of_four_writers_misses_nothing(log: EventLog) -> None:
    writers, events, late = "abcd", 50, time.monotonic() + LATE
    followed: list[StoredEntry] = []

    def write(name: str) -> None:
        for version in range(1, events + 1):
            append(log, entry(name, version))

    def follow() -> None:
        while len(followed) < len(writers) * events and time.monotonic() < late:
            followed.extend(log.read(followed[-1].position if followed else 0, 7))

    run_together(follow, *(lambda name=name: write(name) for name in writers))
    assert [event.position for event in followed] == list(range(1, len(writers) * events + 1))
    assert followed == everything(log)


# What outlives a process


def test_a_log_that_is_opened_again_holds_what_it_held(kept_place: Place) -> None:
    log = kept_place.open()
    append(log, entry("a"), entry("a", 2), entry("b"))
    held = everything(log)
    log.close()
    again = kept_place.open()
    append(again, entry("a", 3))
    assert everything(again) == [*held, stored(4, entry("a", 3))]
    again.close()


HOLDS_A_SESSION = """
with log.session() as session:
    session.append([entry("other")], NOON)
    print("open", flush=True)
    sys.stdin.readline()
log.close()
"""


def test_one_process_at_a_time_has_a_session_and_readers_do_not_wait_for_it(kept_place: Place) -> None:
    impatient, patient = kept_place.open(wait=SOON), kept_place.open()
    append(patient, entry("a"))
    with kept_place.program(HOLDS_A_SESSION) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(Unavailable):
            append(impatient, entry("b"))
        assert impatient.head().position == 1
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(append, patient, entry("b"))
            other.communicate("close\n")
            assert waiting.result() == 3
    assert [event.id for event in everything(patient)] == ["a-1", "other-1", "b-1"]
    impatient.close()
    patient.close()


APPENDS_ONE_BY_ONE = """
for version in range(1, 41):
    append(log, entry(sys.stdin.readline().strip(), version))
log.close()
"""


def test_a_follower_of_three_processes_misses_nothing(kept_place: Place) -> None:
    log = kept_place.open()
    with (
        kept_place.program(APPENDS_ONE_BY_ONE) as one,
        kept_place.program(APPENDS_ONE_BY_ONE) as two,
        kept_place.program(APPENDS_ONE_BY_ONE) as three,
    ):
        for name, process in zip("abc", (one, two, three), strict=True):
            assert process.stdin is not None
            process.stdin.write(f"{name}\n" * 40)
            process.stdin.close()
        followed: list[int] = []
        late = time.monotonic() + LATE
        while len(followed) < 120 and time.monotonic() < late:
            followed.extend(event.position for event in log.read(len(followed), 7))
    assert followed == list(range(1, 121))
    log.close()


# The end


def test_a_closed_log_is_not_available_and_may_be_closed_again(log: EventLog) -> None:
    append(log, entry("a"))
    log.close()
    log.close()
    uses: list[Callable[[], object]] = [
        log.head,
        lambda: log.read(0, 1),
        lambda: log.stream("development/a"),
        lambda: append(log, entry("b")),
    ]
    for use in uses:
        with pytest.raises(Unavailable):
            use()
