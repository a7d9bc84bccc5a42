"""The same content, or other content."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.codec.content import content, difference, digest
from adapters.codec.validate import check
from tests.codec.samples import ABSENT, amended, corroborated, figure, report, reported
from tests.codec.strategies import documents

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(reported(), dict(reversed(reported().items())), id="keys in another order"),
        pytest.param(reported(summary=None), reported(), id="null and missing"),
        pytest.param(
            reported(actors=[{"actor": "a", "role": None}]), reported(actors=[{"actor": "a"}]), id="null within a list"
        ),
        pytest.param(
            reported(report=report(figures=[figure(point=1)])),
            reported(report=report(figures=[figure(point=1.0)])),
            id="1 and 1.0",
        ),
        pytest.param(
            reported(report=report(figures=[figure(point=0)])),
            reported(report=report(figures=[figure(point=-0.0)])),
            id="0 and -0.0",
        ),
        pytest.param(reported(expected_version=1), reported(), id="with and without an expected version"),
        pytest.param(
            corroborated(changes={"place": {"name": "p", "country": None}}),
            corroborated(changes={"place": {"name": "p"}}),
            id="null within a changed place",
        ),
    ],
)
def test_the_same(one: Json, other: Json) -> None:
    assert content(one) == content(other)
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(reported(), reported(headline="h"), id="another text"),
        pytest.param(reported(), reported(id="other"), id="another id"),
        pytest.param(reported(headline="Å"), reported(headline="A\u030a"), id="another normal form of Unicode"),
        pytest.param(reported(topics=[]), reported(), id="an empty list and none"),
        pytest.param(reported(topics=["a", "b"]), reported(topics=["b", "a"]), id="a list in another order"),
        pytest.param(
            reported(report=report(figures=[figure(approximate=False)])),
            reported(report=report(figures=[figure()])),
            id="false and missing",
        ),
        pytest.param(
            corroborated(changes={"headline": "H", "summary": None}),
            corroborated(changes={"headline": "H"}),
            id="cleared and not given in changes",
        ),
        pytest.param(
            amended(changes=ABSENT, report={"grade": "A", "url": None}),
            amended(changes=ABSENT, report={"grade": "A"}),
            id="cleared and not given in an amended report",
        ),
    ],
)
def test_not_the_same(one: Json, other: Json) -> None:
    assert content(one) != content(other)
    assert digest(one) != digest(other)


@given(documents(), st.randoms())
def test_what_is_sent_and_what_is_kept_are_the_same(document: Json, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in random.sample(list(value), len(value))}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    wire = check(document)[0]
    assert wire is not None
    assert content(wire) == content(document) == content(shuffled(json.loads(json.dumps(document))))


@given(documents())
def test_comparing_changes_nothing(document: Json) -> None:
    before = copy.deepcopy(document)
    content(document)
    assert document == before


@pytest.mark.parametrize(
    ("other", "where"),
    [
        (reported(headline="x"), "/headline"),
        (reported(summary="x"), "/summary"),
        (reported(summary=None, expected_version=3), ""),
        (reported(topics=[]), "/topics"),
        (reported(report=report(grade="B2")), "/report/grade"),
        (reported(report=report(figures=[figure()])), "/report/figures"),
        (reported(id="e2", headline="x"), "/id"),
        (corroborated(id="e1"), "/type"),
    ],
)
def test_the_first_member_that_differs_is_told(other: Json, where: str) -> None:
    assert difference(reported(), other) == where
