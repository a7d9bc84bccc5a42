"""The contract of `domain.ports.Views`, asked of every adapter; what the rows answer is the oracle's to ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.actor import Actor, Actors
from domain.clocks import AFTER, Cut
from domain.events import ActorAliasAdded, ActorEvent, ActorMerged, ActorRegistered, ActorRenamed, Recorded
from domain.ports import EventLog, Head, Views
from domain.questions import Filters, Selection
from service.projecting.projector import Projector
from tests.contracts.logs import NOON, append, entry
from tests.contracts.views.adapters import Opened, actor
from tests.contracts.views.telling import known, tell

# Position and transaction


def test_new_views_stand_before_the_first_position_and_know_nothing(views: Views) -> None:
    with views.snapshot() as snapshot:
        assert snapshot.head == Head(0, None)
        assert (snapshot.register(), snapshot.chain_head(0), snapshot.position_at(AFTER)) == ([], None, 0)
        assert (snapshot.exists("actor", "a"), snapshot.dev("a")) == (False, None)
    assert known(views) == []


def test_rows_and_position_move_together(log: EventLog, views: Views) -> None:
    append(log, entry("a"), entry("b"))
    with views.write() as writing:
        writing.actor(1, actor("Aland", 1), 1)
        writing.chain(1, b"head")
        writing.position = 1
    with views.snapshot() as snapshot:
        assert snapshot.head == Head(1, NOON)
        assert (snapshot.chain_head(1), [held.id for held in snapshot.register()]) == (b"head", ["aland"])


class Interrupted(Exception):  # noqa: N818
    pass


def interrupt(views: Views, position: int, name: str) -> None:
    with views.write() as writing:
        writing.actor(position, actor(name, position), 2)
        writing.mention("topic", f"of-{name}", position)
        writing.position = position
        raise Interrupted


def test_an_exception_leaves_rows_and_position_as_they_were(log: EventLog, views: Views) -> None:
    append(log, entry("a"), entry("b"))
    with pytest.raises(Interrupted):
        interrupt(views, 1, "Aland")
    with views.write() as writing:
        assert (writing.position, writing.actors(), writing.head()) == (0, [], None)
        writing.mention("topic", "of-other", 1)
        writing.mention("topic", "of-aland", 2)
        writing.position = 2
    with views.snapshot() as snapshot:
        found = {
            topic: [event.position for event in snapshot.events(Selection((("topic", topic),)), 0, 2, -1)]
            for topic in ("of-aland", "of-other", "of-Aland")
        }
    assert found == {"of-aland": [2], "of-other": [1], "of-Aland": []}


def test_a_snapshot_stays_as_it_was_while_others_write(two: tuple[Opened, Opened]) -> None:
    (log, views), (_, others) = two
    tell(log, {"development": "a", "headline": "A"})
    Projector(log, views).catch_up()
    with views.snapshot() as before:
        tell(log, {"development": "b", "headline": "B"})
        Projector(log, others).catch_up()
        assert before.head.position == 1
        assert [place.id for place in before.page(Filters(), "occurred", Cut(AFTER, 2), -1, None)] == ["a"]
    assert known(views) == known(others) == ["a", "b"]


def test_views_that_take_turns_give_their_terms_the_same_numbers(two: tuple[Opened, Opened]) -> None:
    (log, one), (_, other) = two
    for number in range(6):
        topics = [f"topic-{number // 2}", f"topic-{number}", "all"]
        tell(log, {"development": f"d{number}", "headline": "H", "topics": list(dict.fromkeys(topics))})
        Projector(log, (one, other)[number % 2]).catch_up()
    everything = [f"d{number}" for number in range(6)]
    for views in (one, other):
        assert known(views, topic="all") == everything
        assert [known(views, topic=f"topic-{number}") for number in (2, 3)] == [["d2", "d4", "d5"], ["d3"]]


# BoundedDict rows and many


@pytest.mark.parametrize("count", [1, 19, 20, 21, 400])
def test_any_number_of_rows_is_stored_in_one_transaction(log: EventLog, views: Views, count: int) -> None:
    names = [f"d{number:03}" for number in range(count)]
    tell(log, *({"development": name, "headline": f"Headline {name}", "topics": ["t"]} for name in names))
    Projector(log, views).catch_up()
    assert known(views) == known(views, topic="t") == known(views, words=("headline",)) == names
    assert known(views, words=(names[-1],)) == [names[-1]]


def test_an_actor_that_changes_in_one_transaction_or_in_many_was_what_it_was(two: tuple[Opened, Opened]) -> None:
    changes = list(_changes())
    (log, views), _ = two
    append(log, *(entry(f"d{number}") for number in range(1, len(changes) + 1)))
    for size in (3, 1, 2, len(changes)):
        with views.write() as writing:
            for position, changed, standing in changes[writing.position : writing.position + size]:
                for one in changed:
                    writing.actor(position, one, standing)
                writing.position = position
    with views.snapshot() as snapshot:
        held = [snapshot.resolve("Newland", position) for position, *_ in changes]
        names = [snapshot.names(["aland", "other"], position) for position, *_ in changes]
        counted = [snapshot.count_actors(position) for position in range(len(changes) + 1)]
        assert snapshot.survivors(len(changes)) == {"other": "aland"}
        assert [actor.version for actor in snapshot.register()] == [3, 2]
    assert counted == [0, 1, 2, 2, 2, 1]
    assert held == [(), (), ("aland",), ("aland",), ("aland",)]
    assert names[1] == {"aland": ("Aland", 1), "other": ("Other", 2)}
    assert [{actor: name for actor, (name, _) in named.items()} for named in (names[0], names[-1])] == [
        {"aland": "Aland"},
        {"aland": "Newland", "other": "Other"},
    ]


def _changes() -> Iterator[tuple[int, list[Actor], int]]:
    """Each position's actors that changed there, as the register tells them, and how many there are."""
    actors = Actors()
    events: tuple[ActorEvent, ...] = (
        ActorRegistered("1", "aland", "Aland", "state", ()),
        ActorRegistered("2", "other", "Other", "state", ()),
        ActorRenamed("3", "aland", "Newland"),
        ActorAliasAdded("4", "aland", "Aland of old"),
        ActorMerged("5", "other", "aland"),
    )
    for position, (version, event) in enumerate(zip((1, 1, 2, 3, 2), events, strict=True), 1):
        yield position, list(actors.apply(Recorded(position, version, NOON, event))), actors.standing
