"""Actors: whom a name means, what may be appended, what merging does."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from adapters.codec.decode import event_of
from domain.actor import Actors, admit, other_names
from domain.events import ActorEvent, Recorded
from domain.names import actor_id
from domain.refusals import ActorExists, ActorHasMerged, ActorNameUnknown, ActorUnknown, Malformed


def event(type_: str, actor: str, **more: Any) -> ActorEvent:
    return event_of({"type": type_, "id": "e", "actor": actor, **more})  # type: ignore[return-value]


def register(actor: str, name: str, *aliases: str) -> ActorEvent:
    return event("ActorRegistered", actor, name=name, kind="state", aliases=list(aliases))


def actors(*events: ActorEvent) -> Actors:
    known = Actors()
    for position, happened in enumerate(events, 1):
        admit(known, happened)
        known.apply(Recorded(position, 1, position, happened))
    return known


ALAND, BLAND = register("aland", "Aland", "The Land"), register("bland", "Bland", "Blandia")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("aland", ("aland",)),
        ("Aland", ("aland",)),
        ("The Land", ("aland",)),
        ("THE LAND", ("aland",)),
        ("ALAND", ("aland",)),
        ("Atlantis", ()),
    ],
)
def test_an_actor_is_named_by_id_name_or_alias_and_by_names_whatever_their_case(
    name: str, found: tuple[str, ...]
) -> None:
    assert actors(ALAND, BLAND).resolve(name) == found


def test_names_are_compared_after_nfc_and_exactly_before_they_are_folded() -> None:
    known = actors(register("aland", "Aland"), register("aa", "\u00c5land"), register("b1", "X"), register("b2", "x"))
    assert known.resolve("A\u030aland") == ("aa",)
    assert known.resolve("\u00c5LAND") == ("aa",)
    assert known.resolve("x") == ("b2",)


def test_a_name_that_two_share_is_ambiguous() -> None:
    assert actors(register("a", "Same"), register("b", "Same")).resolve("Same") == ("a", "b")


def test_a_name_wins_over_an_alias_and_an_id_over_both() -> None:
    known = actors(register("a", "B"), register("b", "C", "B"), register("c", "b"))
    assert known.resolve("B") == ("a",)
    assert known.resolve("b") == ("b",)


def test_a_rename_keeps_the_old_name_as_an_alias_and_takes_the_new_one_out_of_them() -> None:
    known = actors(ALAND, event("ActorRenamed", "aland", name="The Land"))
    actor = known.get("aland")
    assert actor is not None
    assert (actor.name, other_names(actor.name, actor.aliases)) == ("The Land", ["Aland"])


def test_amending_our_entry_replaces_what_is_given_and_keeps_no_old_name() -> None:
    amended = event("ActorAmended", "aland", changes={"name": "Olland", "aliases": []}, reason="r")
    assert actors(ALAND, amended).resolve("Aland") == ()
    actor = actors(ALAND, amended).get("aland")
    assert actor is not None
    assert (actor.name, actor.aliases) == ("Olland", ())


def test_after_a_merge_every_name_and_the_id_of_the_one_mean_the_other() -> None:
    known = actors(ALAND, BLAND, event("ActorMerged", "bland", into="aland"))
    assert [known.resolve(name) for name in ("bland", "Bland", "Blandia")] == [("aland",)] * 3
    actor = known.get("aland")
    assert actor is not None
    assert actor.aliases == ("The Land", "Bland", "Blandia")


def test_merging_the_survivor_on_moves_everyone_who_was_merged_before() -> None:
    cland = register("cland", "Cland")
    merges = [event("ActorMerged", "bland", into="aland"), event("ActorMerged", "aland", into="cland")]
    assert actors(ALAND, BLAND, cland, *merges).survivor("bland") == "cland"


def test_a_later_affiliation_of_the_same_title_replaces_and_a_merge_leaves_one_of_each() -> None:
    minister: dict[str, Any] = {"title": "minister"}
    known = actors(
        ALAND,
        BLAND,
        register("x", "X"),
        event("ActorAffiliated", "x", **{"with": "aland", "period": "2001"}, **minister),
        event("ActorAffiliated", "x", **{"with": "bland", "period": "2002"}, **minister),
        event("ActorAffiliated", "x", **{"with": "aland", "period": "2003"}, title="envoy"),
        event("ActorMerged", "bland", into="aland"),
    )
    actor = known.get("x")
    assert actor is not None
    assert [(a.with_actor, a.title, a.period) for a in actor.affiliations] == [
        ("aland", "minister", "2002"),
        ("aland", "envoy", "2003"),
    ]


def test_what_is_rolled_back_was_never_there() -> None:
    known = actors(ALAND, BLAND)
    mark = known.mark()
    known.apply(Recorded(3, 2, 3, event("ActorMerged", "bland", into="aland")))
    known.apply(Recorded(4, 1, 4, register("cland", "Cland")))
    known.rollback(mark)
    assert known.resolve("Bland") == ("bland",)
    assert known.resolve("Cland") == ()
    actor = known.get("aland")
    assert actor is not None
    assert actor.aliases == ("The Land",)


@pytest.mark.parametrize(
    ("proposed", "refusal"),
    [
        (register("aland", "Else"), ActorExists),
        (event("ActorRenamed", "nobody", name="N"), ActorUnknown),
        (event("ActorRenamed", "bland", name="N"), ActorHasMerged),
        (register("bland", "Again"), ActorExists),
        (event("ActorMerged", "aland", into="bland"), Malformed),
    ],
)
def test_what_cannot_stand_behind_the_stream_is_refused(proposed: ActorEvent, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        admit(actors(ALAND, BLAND, event("ActorMerged", "bland", into="aland")), proposed)


def test_the_nearest_known_names_are_told_closest_first() -> None:
    nearest = actors(ALAND, BLAND).nearest(["Blanda", "Xyz"])
    assert (nearest["Blanda"][0] in {"Bland", "Blandia"}, nearest["Xyz"]) == (True, [])


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("Putin", ["Vladimir Putin"]),
        ("putin", ["Vladimir Putin"]),
        ("Kim", ["Kim Jong Un", "Kim Yo Jong the Younger"]),
        ("Jong Kim", ["Kim Jong Un", "Kim Yo Jong the Younger"]),
        ("Un", ["Kim Jong Un"]),
        ("Russian", ["Russian Foreign Ministry", "Russia"]),
        ("Russiaa", ["Russia"]),
        ("Ivanov", []),
        ("Vladimir Putins", ["Vladimir Putin"]),
        ("-", []),
    ],
)
def test_names_that_have_all_the_words_come_first_then_those_written_alike(name: str, nearest: list[str]) -> None:
    known = actors(
        register("russia", "Russia"),
        register("rfm", "Russian Foreign Ministry"),
        register("usa", "United States", "USA", "US"),
        register("putin", "Vladimir Putin"),
        register("kyj", "Kim Yo Jong the Younger"),
        register("kju", "Kim Jong Un"),
    )
    assert known.nearest([name]) == {name: nearest}


@pytest.mark.parametrize(
    ("unknown", "told"),
    [(5, "'a0', 'a1', 'a2', 'a3', 'a4': register"), (9, "'a0', 'a1', 'a2', 'a3', 'a4' and 4 more: register")],
)
def test_of_many_unknown_names_the_first_are_told_and_how_many_more(unknown: int, told: str) -> None:
    refusal = ActorNameUnknown((f"/actors/{n}/actor", f"a{n}") for n in range(unknown))
    assert told in refusal.detail
    assert len(refusal.faults) == unknown


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kim Jong-un", "kim-jong-un"),
        ("  Côte d'Ivoire ", "cote-d-ivoire"),
        ("№ 5_b", "no-5-b"),
        ("x" * 128, "x" * 128),
    ],
)
def test_an_actor_registered_on_the_way_gets_its_name_as_a_slug(name: str, slug: str) -> None:
    assert actor_id(name, taken=lambda _: False) == slug


@pytest.mark.parametrize("name", ["김정은", "---", "x" * 129, "taken"])
def test_where_that_is_empty_too_long_or_taken_the_id_is_a_digest_of_the_name(name: str) -> None:
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    assert actor_id(name, taken=lambda known: known == "taken") == f"actor-{digest}"
