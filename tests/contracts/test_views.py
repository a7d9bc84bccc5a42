"""The contract of `domain.ports.Views`, asked of every adapter; what the rows answer is the oracle's to ask."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.views import zones
from adapters.views.questions import cache, developments, latest, segments, wordings
from adapters.views.questions.latest import Latest, Ranked
from adapters.views.questions.reader import Reader
from adapters.views.questions.where import Where, where_among
from adapters.views.questions.wordings import Skimmed, Words
from domain.actor import Actor, Actors
from domain.clocks import AFTER, Cut
from domain.events import ActorAliasAdded, ActorEvent, ActorMerged, ActorRegistered, ActorRenamed, Recorded
from domain.ports import EventLog, Head, NewEntry, Views
from domain.questions import Filters, Order, Selection
from service.projecting.projector import Projector
from tests.contracts.logs import NOON, append, entry
from tests.contracts.views import ADAPTERS, KEPT, Opened, Place, actor


@pytest.fixture(params=ADAPTERS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    with Place(request.param, tmp_path).open() as opened:
        yield opened


@pytest.fixture
def log(opened: Opened) -> EventLog:
    return opened[0]


@pytest.fixture
def views(opened: Opened) -> Views:
    return opened[1]


@pytest.fixture(params=KEPT)
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Opened, Opened]]:
    place = Place(request.param, tmp_path)
    with place.open() as one, place.open() as other:
        yield one, other


def tell(log: EventLog, *events: dict[str, Any]) -> int:
    """Append developments with one report each."""
    told = [entry(event["development"], body=orjson.dumps({**REPORTED, **event})) for event in events]
    return append(log, *told)


REPORT = {"source": "S", "reported": "2023-01-01"}
REPORTED = {
    "type": "DevelopmentReported",
    "id": "e",
    "kind": "event",
    "occurred": "2023",
    "actors": [],
    "report": REPORT,
}


def known(views: Views, **filters: object) -> list[str]:
    with views.snapshot() as snapshot:
        cut = Cut(AFTER, snapshot.head.position)
        return [place.id for place in snapshot.page(Filters(**filters), "occurred", cut, 1_000, None)]  # type: ignore[arg-type]


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


# Few rows and many


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


# Texts


def test_texts_sort_by_code_point(log: EventLog, views: Views) -> None:
    ids = ["a-b", "a0", "ab", "b", "b-a", "ba"]
    metrics = ["A", "B-2", "B1", "a", "z", "É", "é", "\uffee", "𝔘"]
    figures = [{"metric": metric, "point": 1} for metric in reversed(metrics)]
    report = {**REPORT, "figures": figures}
    tell(log, *({"development": name, "headline": "H", "report": report} for name in reversed(ids)))
    Projector(log, views).catch_up()
    assert known(views) == ids
    with views.snapshot() as snapshot:
        cut = Cut(AFTER, len(ids))
        assert snapshot.metrics(cut, -1, "") == metrics
        assert snapshot.metrics(cut, 3, "a") == metrics[4:7]
        assert [figure.metric for figure in snapshot.latest(cut, metrics, None)] == metrics


def test_a_text_that_nothing_can_be_named_finds_nothing(log: EventLog, views: Views) -> None:
    tell(log, {"development": "d", "headline": "H", "topics": ["t"]})
    Projector(log, views).catch_up()
    nul = "t\0"
    with views.snapshot() as snapshot:
        assert not snapshot.exists("actor", nul)
        assert (snapshot.resolve(nul, 1), snapshot.names([nul], 1), snapshot.dev(nul)) == ((), {}, None)
        assert snapshot.events(Selection((("topic", nul),), nul, nul), 0, 1, -1) == []
        assert snapshot.matching([1, 2], Filters(topic=nul), Cut(AFTER, 1)) == set()
        assert snapshot.figures(nul, Cut(AFTER, 1), 10, None) == []
        assert snapshot.metrics(Cut(AFTER, 1), 10, nul) == []
    assert known(views, topic=nul, source=nul, metric=nul, actors=(nul,), affiliates_of=nul) == []


@pytest.mark.parametrize("common", [4, 1_000])
@pytest.mark.parametrize(("word", "each", "by_skimming"), [("often", 1, True), ("half", 2, True), ("seldom", 9, False)])
def test_pages_of_words_that_many_have_miss_nothing_however_they_are_found(
    log: EventLog,
    views: Views,
    monkeypatch: pytest.MonkeyPatch,
    word: str,
    *,
    each: int,
    by_skimming: bool,
    common: int,
) -> None:
    monkeypatch.setattr(developments, "RARE", 3)
    monkeypatch.setattr(developments, "COMMON", common)
    monkeypatch.setattr(wordings, "SURE", 2)
    monkeypatch.setattr(wordings, "FARTHEST", 30)
    skim, skimmed = Words.skim, []

    def told(words: Words, *given: Any, **how: Any) -> Skimmed:
        found = skim(words, *given, **how)
        skimmed.append(found.done)
        return found

    monkeypatch.setattr(Words, "skim", told)
    names = [f"d{number:02}" for number in range(100)]
    words = ("often", "half", "seldom")
    said = [" ".join(one for one, every in zip(words, (1, 2, 9), strict=True) if n % every == 0) for n in range(100)]
    tell(log, *({"development": name, "headline": line} for name, line in zip(names, said, strict=True)))
    Projector(log, views).catch_up()

    def paged(limit: int, at: int) -> list[str]:
        with views.snapshot() as snapshot:
            ask = partial(snapshot.page, Filters(words=(word,)), "occurred", Cut(AFTER, at), limit)
            found = page = ask(None)
            while page:
                assert len(page) <= limit
                page = ask(found[-1])
                found = [*found, *page]
        return [place.id for place in found]

    positions = (len(names), len(names) // wordings.EARLY)
    for limit, at in product(range(1, 8), positions):
        assert paged(limit, at) == names[:at:each]
    assert by_skimming in skimmed
    monkeypatch.setattr(developments, "RARE", 1_000)
    skimmed.clear()
    assert [paged(7, at) for at in positions] == [names[:at:each] for at in positions]
    assert skimmed == []


@pytest.mark.parametrize(("still", "times"), [(100, 1), (3, 2)])
def test_zones_of_a_list_that_has_none_are_not_looked_for_behind_every_append(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch, still: int, times: int
) -> None:
    monkeypatch.setattr(cache, "STILL_SHORT", still)
    looked, asked, remembers = [], segments._asked, False  # noqa: SLF001 (whether zones are looked for)

    def told(list_: int, *given: Any) -> Any:
        looked.append(list_)
        return asked(list_, *given)

    monkeypatch.setattr(segments, "_asked", told)
    names = [f"d{n}" for n in range(6)]
    for n, name in enumerate(names):
        tell(log, {"development": name, "headline": "H", "topics": ["t"]})
        Projector(log, views).catch_up()
        with views.snapshot() as snapshot:
            page = snapshot.page(Filters(topic="t"), "occurred", Cut(AFTER, n + 1), 10, None)
            assert [place.id for place in page] == names[: n + 1]
            remembers = snapshot.recall([], Cut(AFTER, n + 1)) is not None
    assert len(looked) == (times if remembers else len(names))


@pytest.mark.parametrize("order", ["occurred", "-occurred", "known", "-known"])
def test_pages_of_a_word_are_the_same_whether_what_ever_had_it_is_found_first(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    for module, name, few in (
        (zones, "ZONED", 4), (zones, "LARGEST", 4), (zones, "LOOK_AGAIN", 1), (segments, "ROWS_A_ZONE", 2),
        (segments, "LONG", 3), (developments, "RARE", 2), (developments, "COMMON", 3),
        (wordings, "SURE", 1), (wordings, "FARTHEST", 0),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, few)
    found_first, narrow = [], Words.narrow

    def told(words: Words, found: Where, **how: Any) -> None:
        narrow(words, found, **how)
        found_first.append(found.apart > 1)

    monkeypatch.setattr(Words, "narrow", told)
    names = [f"d{number:02}" for number in range(90)]
    tell(log, *({"development": name, "headline": "seldom" if n % 9 == 0 else "else"} for n, name in enumerate(names)))
    Projector(log, views).catch_up()
    pages: list[list[list[str]]] = []
    for worth in (0, 1_000):
        monkeypatch.setattr(wordings, "WORTH", worth)
        with views.snapshot() as snapshot:
            ask = partial(snapshot.page, Filters(words=("seldom",)), order)
            whole = [ask(Cut(AFTER, at), 50, None) for at in (90, 80, 9)]
            behind = ask(Cut(AFTER, 90), 5, whole[0][3])
        pages.append([[place.id for place in page] for page in (*whole, behind)])
    assert pages[0] == pages[1]
    assert [len(page) for page in pages[0]] == [10, 9, 1, 5]
    assert set(found_first) == {True, False}


@pytest.mark.parametrize(("share", "by_index"), [(8, True), (16, False)])
def test_all_that_has_a_word_is_counted_by_an_index_unless_so_many_have_it(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch, share: int, *, by_index: bool
) -> None:
    monkeypatch.setattr(developments, "COMMON", 2)
    for module in (developments, latest):
        monkeypatch.setattr(module, "SHARE", share)
    among: list[int] = []

    def looked_up(reader: Reader, devs: Collection[int], filters: Filters, cut: Cut) -> Where:
        among.append(len(devs))
        return where_among(reader, devs, filters, cut)

    monkeypatch.setattr(developments, "where_among", looked_up)
    told = [
        {
            "development": f"d{n:02}",
            "headline": "seldom" if n % 10 == 0 else "else",
            "report": {**REPORT, "figures": [{"metric": "m", "point": n, "claimed_by": "x"}]},
        }
        for n in range(100)
    ]
    tell(log, *told)
    Projector(log, views).catch_up()
    with views.snapshot() as snapshot:
        cut = Cut(AFTER, len(told))
        assert snapshot.counts(Filters(words=("seldom",)), cut).status == {"reported": 10}
        (last,) = snapshot.latest(cut, None, Filters(words=("seldom",)))
        assert orjson.loads(last.body)["point"] == 90
        assert snapshot.latest(cut, None, Filters(words=("nowhere",))) == []
    assert among == ([10, 10, 0] if by_index else [0])


def test_latest_figures_of_what_is_let_through_are_the_same_along_claims_and_along_lists(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zones, "ZONED", 4)
    monkeypatch.setattr(zones, "LARGEST", 4)
    monkeypatch.setattr(zones, "LOOK_AGAIN", 1)
    monkeypatch.setattr(latest, "SOME", 2)
    monkeypatch.setattr(latest, "MORE", 5)
    along, let_through = [], Latest._let_through  # noqa: SLF001 (whether it was found so)

    def told(self: Latest, filters: Filters) -> Collection[Ranked] | None:
        found = let_through(self, filters)
        along.append(found is not None)
        return found

    monkeypatch.setattr(Latest, "_let_through", told)
    chance = random.Random(3)
    tell(
        log,
        *(
            {
                "development": f"d{n:03}",
                "headline": "H",
                "kind": "plan" if n % 3 else "event",
                "topics": [f"t{n % 2}"] if n < 150 else ["t2"],
                "report": {**REPORT, "figures": [figure(chance) for _ in range(chance.randrange(4))]},
            }
            for n in range(200)
        ),
    )
    Projector(log, views).catch_up()
    asked = [Filters(kind="event"), Filters(topic="t1"), Filters(topic="t2"), Filters(kind="event", topic="t0")]
    cuts = [Cut(AFTER, at) for at in (200, 120, 60)]
    found = {}
    for long in (1, 1_000):
        monkeypatch.setattr(segments, "LONG", long)
        with views.snapshot() as snapshot:
            found[long] = [snapshot.latest(cut, None, filters) for cut in cuts for filters in asked]
    assert found[1] == found[1_000]
    assert all(found[1][:4])
    assert set(along) == {True, False}


def figure(chance: random.Random) -> dict[str, Any]:
    dated = f"20{chance.randrange(10, 20)}-{chance.randrange(1, 13):02}"
    told = {"metric": f"m{chance.randrange(2)}", "point": chance.randrange(9), "claimed_by": chance.choice("xyz")}
    return told | ({"as_at": dated} if chance.random() < 0.8 else {})


def stated(text: str, listed: list[str], attributed: str | None = None) -> dict[str, Any]:
    actors = [{"actor": actor} for actor in listed]
    report = REPORT if attributed is None else {**REPORT, "attributed_to": attributed}
    return {"headline": text, "actors": actors, "report": report}


@pytest.mark.parametrize("texts", [2, 40])
@pytest.mark.parametrize("order", ["occurred", "-occurred", "known", "-known"])
def test_pages_of_a_word_of_names_have_what_lists_its_bearers_and_what_says_it(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch, order: Order, texts: int
) -> None:
    monkeypatch.setattr(developments, "RARE", 4)
    monkeypatch.setattr(developments, "COMMON", 5)
    monkeypatch.setattr(wordings, "SURE", 2)
    monkeypatch.setattr(wordings, "FARTHEST", 6)
    for named in ("Kim Aland", "Kim Bland", "Cland"):
        wire = {
            "type": "ActorRegistered",
            "id": named,
            "actor": named.split()[-1].lower(),
            "name": named,
            "kind": "other",
        }
        append(log, NewEntry(named, f"actor/{wire['actor']}", 1, "ActorRegistered", orjson.dumps(wire), None))
    each = {
        f"d{n:02}": stated(
            "Kim met" if n < texts else "Others met",
            [actor for actor, every in (("aland", 2), ("bland", 3), ("cland", 1)) if n % every == 0],
            "aland" if n % 5 == 0 else None,
        )
        for n in range(60)
    }
    tell(log, *({"development": name, **told} for name, told in each.items()))
    Projector(log, views).catch_up()
    having = {n for n in range(60) if n % 2 == 0 or n % 3 == 0 or n < texts}
    of_aland = {n for n in range(60) if n % 2 == 0 or n % 5 == 0}
    asked = (("kim",), (), having), (("kim", "met"), (), having), (("kim", "cland"), ("aland",), having & of_aland)
    for words, actors, those in asked:
        told = [f"d{n:02}" for n in sorted(those)]
        for limit in (1, 3, 50):
            with views.snapshot() as snapshot:
                cut = Cut(AFTER, snapshot.head.position)
                ask = partial(snapshot.page, Filters(words=words, actors=actors), order, cut, limit)
                found = page = ask(None)
                while page:
                    page = ask(found[-1])
                    found = [*found, *page]
            assert [place.id for place in found] == told, (words, actors, limit)


def test_a_word_of_names_is_not_looked_for_in_their_timelines_where_other_filters_choose(
    log: EventLog, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(developments, "RARE", 4)
    wire = {"type": "ActorRegistered", "id": "k", "actor": "aland", "name": "Kim", "kind": "other"}
    append(log, NewEntry("k", "actor/aland", 1, "ActorRegistered", orjson.dumps(wire), None))
    tell(log, *({"development": f"d{n}", "topics": [f"t{n}"], **stated("Met", ["aland"])} for n in range(9)))
    Projector(log, views).catch_up()
    asked: list[Words] = []

    def watched(words: Words) -> None:
        asked.append(words)

    monkeypatch.setattr(Words, "borne", watched)
    for narrow in ({"topic": "t3"}, {"actors": ("aland",)}, {"kind": "event"}, {"source": "S"}):
        assert "d3" in known(views, words=("kim",), **narrow)
    assert asked == []
    assert len(known(views, words=("kim",))) == 9
    assert len(asked) == 1


@pytest.mark.parametrize("length", [1, 199, 200, 201, 3_000, 9_000])
def test_a_word_of_any_length_is_found_whole(log: EventLog, views: Views, length: int) -> None:
    word = "ä" * length
    tell(log, {"development": "d", "headline": "H", "summary": f"{word} {word}b"})
    Projector(log, views).catch_up()
    found = [known(views, words=(asked,)) for asked in (word, f"{word}b", f"{word}a", f"b{word}")]
    assert found == [["d"], ["d"], [], []]
