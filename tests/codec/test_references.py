"""Where a wire names actors."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.codec.references import references
from tests.codec.samples import (
    ABSENT,
    actor_amended,
    affiliated,
    amended,
    confirmed,
    corroborated,
    figure,
    merged,
    registered,
    report,
    reported,
)

NAMING = report(attributed_to="R", figures=[figure(), figure(claimed_by="F1"), figure(claimed_by="F2")])


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        pytest.param(
            reported(actors=[{"actor": "A"}, {"actor": "B", "role": "x"}], report=NAMING),
            {
                "/actors/0/actor": "A",
                "/actors/1/actor": "B",
                "/report/attributed_to": "R",
                "/report/figures/1/claimed_by": "F1",
                "/report/figures/2/claimed_by": "F2",
            },
            id="a description lists actors, a report is attributed, figures have claimants",
        ),
        pytest.param(confirmed(by="B"), {"/by": "B"}, id="a party confirms"),
        pytest.param(
            corroborated(changes={"actors": [{"actor": "A"}], "place": None}),
            {"/changes/actors/0/actor": "A"},
            id="changes list actors",
        ),
        pytest.param(
            amended(changes=ABSENT, report={"attributed_to": "R", "figures": [figure(claimed_by="F")]}),
            {"/report/attributed_to": "R", "/report/figures/0/claimed_by": "F"},
            id="an amendment names those of its report",
        ),
        pytest.param(amended(report={"attributed_to": None, "figures": None}), {}, id="what is cleared names nobody"),
        pytest.param(affiliated(), {"/with": "Russia"}, id="an affiliation is with an actor"),
        pytest.param(merged(), {"/into": "Aland"}, id="a merge is into an actor"),
        pytest.param(registered(), {}, id="the actor of the stream is no reference"),
        pytest.param(actor_amended(), {}, id="a new name of an actor is no reference"),
    ],
)
def test_references(wire: dict[str, Any], expected: dict[str, str]) -> None:
    assert {reference.pointer: reference.name for reference in references(wire)} == expected
    for reference in references(wire):
        reference.replace("id-of-" + reference.name)
    assert [reference.name for reference in references(wire)] == [f"id-of-{name}" for name in expected.values()]
