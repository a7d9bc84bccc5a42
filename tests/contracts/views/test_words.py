"""Texts and words in every adapter: whichever way they are found, the answers are the same."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from itertools import product
from typing import Any

import orjson
import pytest

from adapters.views import zones
from adapters.views.questions import developments, latest, segments
from adapters.views.questions import words as wordings
from adapters.views.questions.where import Where, where_among
from adapters.views.questions.words import Skimmed, Words
from adapters.views.reader import Reader
from domain.clocks import AFTER, Cut
from domain.ports import EventLog, NewEntry, Views
from domain.questions import Filters, Order, Selection
from service.projecting.projector import Projector
from tests.contracts.logs import append
from tests.contracts.views.telling import REPORT, known, stated, tell


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
