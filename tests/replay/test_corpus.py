"""One stored sample of every type of event in every version ever written: it grows, and nothing in it ever changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.codec.chain import EMPTY_HEAD, canonical, head, leaf
from adapters.codec.decode import UnknownType, event_of
from adapters.codec.schema import SHAPES
from adapters.codec.validate import check
from adapters.upcasts import STEPS, upcast
from domain.events import ActorAffiliated
from domain.unavailable import Unreadable
from service.appending.admission import Proposal
from service.compose import Services, services
from service.decoded import decode
from service.reading.log import export_line

LOG = Path(__file__).with_name("corpus") / "log.ndjson"
LINES = [orjson.loads(line) for line in LOG.read_bytes().splitlines()]

HEADS = {
    19: "417d3a2cf94fbe74c1c3c4c232a47f3f579282a8bd3a4c704f0812fcf93f9746",
}
"""The head of the corpus at each length it ever had: samples are added behind, with one more line here."""


@pytest.fixture
def inside() -> Iterator[Services]:
    with services("sqlite://") as inside:
        inside.restorer.restore(enumerate(LINES, 1))
        yield inside


def test_there_is_a_sample_of_every_type_and_version() -> None:
    assert {line["type"] for line in LINES} == {*SHAPES, *STEPS}


@pytest.mark.parametrize("position", HEADS)
def test_no_sample_was_ever_changed(position: int) -> None:
    chain = EMPTY_HEAD
    for line in LINES[:position]:
        chain = head(chain, leaf(canonical(line)))
    assert chain.hex() == HEADS[position]


def test_the_whole_corpus_is_held() -> None:
    assert max(HEADS) == len(LINES)


def test_it_is_exported_as_it_was_stored_older_shapes_included(inside: Services) -> None:
    exported = b"".join(export_line(entry) + b"\n" for entry in inside.log.read(0, 1_000))
    assert exported == LOG.read_bytes()


def test_an_older_shape_reads_like_the_newest(inside: Services) -> None:
    (stored,) = [entry for entry in inside.log.read(0, 1_000) if entry.id == "affiliated-v0"]
    assert orjson.loads(stored.body)["type"] == "ActorAffiliated.v0"
    assert stored.type == "ActorAffiliated"
    assert decode(stored).event == ActorAffiliated(
        "affiliated-v0", "anna-berg", "aland", "foreign minister", "2024-09-01/.."
    )


def test_an_event_of_an_older_shape_that_is_sent_again_in_the_newest_is_known(inside: Services) -> None:
    (line,) = [line for line in LINES if line["id"] == "affiliated-v0"]
    wire, _, _ = check({k: v for k, v in upcast(line).items() if k not in ("position", "recorded_at")})
    assert wire is not None
    again = inside.appender.append([Proposal(wire, None, "")])
    assert (again.stored, again.first.position) == (False, line["position"])


@pytest.mark.parametrize("older", STEPS)
def test_nothing_writes_an_older_shape(older: str) -> None:
    (sample,) = [line for line in LINES if line["type"] == older]
    wire, _, faults = check({k: v for k, v in sample.items() if k not in ("position", "recorded_at")})
    assert wire is None
    assert [fault.pointer for fault in faults] == ["/type"]


@pytest.mark.parametrize(
    ("dates", "period"),
    [
        ({"from": "2004-03-09"}, "2004-03-09/.."),
        ({"to": "2012"}, "../2012"),
        ({"from": "2004~", "to": "2012-05"}, "2004~/2012-05"),
        ({"from": None}, None),
        ({}, None),
    ],
    ids=str,
)
def test_two_dates_became_a_period(dates: dict[str, Any], period: str | None) -> None:
    older = {"type": "ActorAffiliated.v0", "id": "e", "actor": "a", "with": "b", **dates}
    newer = {"type": "ActorAffiliated", "id": "e", "actor": "a", "with": "b"}
    assert upcast(older) == newer | ({} if period is None else {"period": period})


@pytest.mark.parametrize("kind", ["ActorAffiliated.v7", "ActorInvented", ""])
def test_a_type_or_version_that_nobody_knows_is_named(kind: str, inside: Services) -> None:
    with pytest.raises(UnknownType, match=repr(kind)):
        event_of({"type": kind, "id": "e", "actor": "a"})
    (entry,) = inside.log.read(4, 1)
    damaged = type(entry)(5, 0, "e", "actor/a", 1, kind, orjson.dumps({"type": kind}), None)
    with pytest.raises(Unreadable, match="position 5 cannot be read"):
        decode(damaged)
