"""The recorder in the suites that the eventsourcing library ships for all recorders, and in what it lacks there."""

from __future__ import annotations

import sys
import threading
from abc import ABC
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Literal
from unittest import TestCase, mock
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from adapters.log.recorder import Recorder
from domain.ports import EventLog
from tests.contracts.logs import ADAPTERS, NOON, PATIENTLY, Place, append, entry, recorder_of

# The library's suites import its cipher, which needs a package of its own; no recorder does.
cipher = ModuleType("eventsourcing.cipher")
cipher.AESCipher = object  # type: ignore[attr-defined]
with mock.patch.dict(sys.modules, {"eventsourcing.cipher": cipher}):
    from eventsourcing.tests import persistence as shipped


class OnStore(TestCase, ABC):
    store = "sqlite-file"
    originator_id_type: Literal["uuid", "text"] = "uuid"

    def create_recorder(self) -> Recorder:
        log = ADAPTERS[self.store].open(Path(self.enterContext(TemporaryDirectory())), PATIENTLY)
        self.addCleanup(log.close)
        return recorder_of(log, self.originator_id_type)

    def new_originator_id(self) -> UUID | str:
        return uuid4() if self.originator_id_type == "uuid" else f"development/{uuid4()}"


class TestEventsOnFile(OnStore, shipped.ApplicationRecorderTestCase[Recorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestEventsInMemory(TestEventsOnFile):
    store = "sqlite-memory"


class TestEventsOnPostgres(TestEventsOnFile):
    store = "postgresql"


class TestEventsOfNamedStreams(TestEventsOnFile):
    originator_id_type = "text"


class TestEventsOfNamedStreamsOnPostgres(TestEventsOnPostgres):
    originator_id_type = "text"


class TestOrderOnFile(OnStore, shipped.NonInterleavingNotificationIDsBaseCase):
    pass


class TestOrderInMemory(TestOrderOnFile):
    store = "sqlite-memory"


class TestOrderOnPostgres(TestOrderOnFile):
    store = "postgresql"


def events(*versions: int, topic: str = "DevelopmentReported") -> list[StoredEvent]:
    return [StoredEvent("development/a", version, topic, b"{}") for version in versions]


@pytest.fixture
def recorder(log: EventLog) -> Recorder:
    return recorder_of(log)


def follow(recorder: Recorder, gt: int, count: int, topics: Sequence[str] = ()) -> list[int]:
    """The positions that a subscription gives, which is stopped after ten seconds."""
    with recorder.subscribe(gt, topics) as subscription:
        timer = threading.Timer(10, subscription.stop)
        timer.start()
        positions = []
        for notification in subscription:
            positions.append(notification.id)
            if len(positions) == count:
                break
        timer.cancel()
    return positions


def test_the_log_and_the_recorder_read_the_same_events(log: EventLog, recorder: Recorder) -> None:
    append(log, entry("a", body=b"[1]"))
    recorder.insert_events(events(2))
    assert [(event.version, event.body) for event in log.stream("development/a")] == [(1, b"[1]"), (2, b"{}")]
    assert [event.state for event in recorder.select_events("development/a")] == [b"[1]", b"{}"]
    assert [event.topic for event in recorder.select_notifications(1, 10)] == ["DevelopmentReported"] * 2


def test_events_of_the_recorder_are_never_recorded_before_the_head(log: EventLog, recorder: Recorder) -> None:
    append(log, entry("b"), at=NOON)
    recorder_of(log, now=lambda: NOON - 1).insert_events(events(1))
    recorder_of(log, now=lambda: NOON + 1).insert_events(events(2))
    assert [event.recorded_at for event in log.read(0, 10)] == [NOON, NOON, NOON + 1]


def test_a_refused_insert_leaves_no_gap(recorder: Recorder) -> None:
    recorder.insert_events(events(1))
    with pytest.raises(IntegrityError):
        recorder.insert_events(events(2, 1))
    assert recorder.insert_events(events(2)) == [2]


def test_a_closed_database_is_an_operational_error_of_the_library(log: EventLog, recorder: Recorder) -> None:
    subscription = recorder.subscribe()
    log.close()
    for use in (recorder.max_notification_id, lambda: recorder.insert_events(events(1)), lambda: next(subscription)):
        with pytest.raises(OperationalError, match="closed"):
            use()


def test_a_subscription_skips_what_has_other_topics_and_what_is_not_behind_its_start(recorder: Recorder) -> None:
    recorder.insert_events(
        events(1) + events(2, 3, topic="Other") + events(*range(4, 1500)) + events(1500, topic="Other")
    )
    assert follow(recorder, 2, 2, ["Other"]) == [3, 1500]
    assert follow(recorder, 1490, 3) == [1491, 1492, 1493]
    assert follow(recorder, 0, 1500) == list(range(1, 1501))


def test_a_subscription_is_woken_by_another_thread(recorder: Recorder) -> None:
    writer = threading.Thread(target=lambda: [recorder.insert_events(events(version)) for version in range(1, 101)])
    writer.start()
    assert follow(recorder, 0, 100) == list(range(1, 101))
    writer.join()


def test_a_subscription_ahead_of_the_log_waits_until_the_log_is_there(log: EventLog, recorder: Recorder) -> None:
    writer = threading.Thread(target=lambda: [recorder.insert_events(events(version)) for version in range(1, 7)])
    writer.start()
    assert follow(recorder, 4, 2) == [5, 6]
    writer.join()


INSERTS_ONE_BY_ONE = """
from eventsourcing.persistence import StoredEvent
for version in range(1, 31):
    log.recorder.insert_events([StoredEvent("development/a", version, "DevelopmentReported", b"{}")])
"""


def test_a_subscription_sees_what_another_process_stores(kept_place: Place) -> None:
    log = kept_place.open()
    with kept_place.program(INSERTS_ONE_BY_ONE):
        assert follow(recorder_of(log), 0, 30) == list(range(1, 31))
    log.close()


def test_stopping_a_subscription_ends_it_while_it_waits(recorder: Recorder) -> None:
    subscription = recorder.subscribe()
    follower = threading.Thread(target=lambda: list(subscription), daemon=True)
    follower.start()
    follower.join(0.05)
    assert follower.is_alive()
    subscription.stop()
    follower.join(10)
    assert not follower.is_alive()
