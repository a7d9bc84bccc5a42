"""What is accepted, a sentence each; JSON Schema accepts it as well."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.codec.validate import check
from tests.codec.samples import (
    ABSENT,
    EVERY_TYPE,
    actor_amended,
    affiliated,
    alias_added,
    amended,
    confirmed,
    corrected,
    corroborated,
    figure,
    merged,
    registered,
    reinstated,
    report,
    reported,
    withdrawn,
)
from tests.codec.schemas import schema_accepts

SMALLEST = -(2**53)
LARGEST = 2**53

ACCEPTED: dict[str, Any] = {
    "an event without an id": reported(id=ABSENT),
    "an id of 128 of all its characters": reported(id="Az09._:-" * 16),
    "a null id": reported(id=None),
    "a version the stream is expected at": reported(expected_version=0),
    "a version written with a fraction of zero": reported(expected_version=3.0),
    "a null version": reported(expected_version=None),
    "a slug of one letter": reported(development="x"),
    "a slug of 128 characters": reported(development="a" * 128),
    "a slug with digits first and hyphens within": reported(development="2025--a-1"),
    "a headline of 300 code points beyond the BMP": reported(headline="😀" * 300),
    "a summary of 10,000 code points": reported(summary="é" * 10_000),
    "newline and tab in long texts": reported(
        summary="a\n\tb",
        occurred_text="a\nb",
        report=report(figures=[figure(note="a\tb")], quote={"exact": "a\nb", "prefix": "\t", "suffix": "\n"}),
    ),
    "newline and tab in a reason": corrected(reason="a\n\tb"),
    "a text of one space": reported(headline=" "),
    "every optional field as null": reported(summary=None, occurred_text=None, place=None, topics=None),
    "every optional field of a report as null": reported(
        report=report(url=None, attributed_to=None, grade=None, quote=None, figures=None)
    ),
    "every optional field of a figure as null": reported(
        report=report(
            figures=[
                figure(low=None, high=None, approximate=None, unit=None, as_at=None, claimed_by=None, note=None),
            ]
        )
    ),
    "no date where there is a phrase for it": reported(occurred=ABSENT, occurred_text="over the weekend"),
    "a null date where there is a phrase for it": reported(occurred=None, occurred_text="over the weekend"),
    "200 actors": reported(actors=[{"actor": f"a{n}"} for n in range(200)]),
    "200 topics": reported(topics=[f"t{n}" for n in range(200)]),
    "200 figures": reported(report=report(figures=[figure(point=n) for n in range(200)])),
    "200 aliases": registered(aliases=[f"A {n}" for n in range(200)]),
    "the same actor in two roles": reported(actors=[{"actor": "a", "role": "x"}, {"actor": "a", "role": "y"}]),
    "the same actor with and without a role": reported(actors=[{"actor": "a", "role": "x"}, {"actor": "a"}]),
    "an actor by a name of 300 code points": reported(actors=[{"actor": "å" * 300, "role": None}]),
    "a place with a name only": reported(place={"name": "Kursk"}),
    "a place at the ends of the scales": reported(
        place={"name": "p", "country": "RU", "latitude": -90, "longitude": 180.0}
    ),
    "an interval, open, of another precision": reported(occurred="2025-06~/.."),
    "an instant with an offset": reported(occurred="2025-07-12T09:30:00.123456+09:00"),
    "a single date of unknown digits as reported": reported(report=report(reported="202X")),
    "a quarter as reported": reported(report=report(reported="2025-33")),
    "an instant as reported": reported(report=report(reported="2025-07-12T09:30:00Z")),
    "a URL with http and one with a port, a query and letters of other scripts": reported(
        report=report(url="http://x:80/한?q=1#f")
    ),
    "a URL of 2,048 characters": reported(report=report(url="https://" + "x" * 2040)),
    "a grade of the source": reported(report=report(grade="F")),
    "a grade of the information": reported(report=report(grade="6")),
    "a grade of both": reported(report=report(grade="A1")),
    "a quote without context": reported(report=report(quote={"exact": "words", "prefix": None})),
    "a figure with a low bound": reported(report=report(figures=[figure(point=ABSENT, low=1)])),
    "a figure with a high bound": reported(report=report(figures=[figure(point=ABSENT, high=-1.5)])),
    "a figure with equal bounds": reported(report=report(figures=[figure(low=10, high=10.0)])),
    "the largest numbers": reported(report=report(figures=[figure(low=SMALLEST, point=ABSENT, high=LARGEST)])),
    "the largest numbers with a fraction of zero": reported(
        report=report(figures=[figure(low=float(SMALLEST), point=-0.0, high=float(LARGEST))])
    ),
    "a small fraction": reported(report=report(figures=[figure(point=5e-324)])),
    "figures that differ in their date only": reported(
        report=report(figures=[figure(as_at="2025-06"), figure(as_at="2025-07")])
    ),
    "a corroboration without changes": corroborated(changes=None),
    "changes that clear what is not required": corroborated(
        changes={"summary": None, "occurred": None, "place": None, "topics": None}
    ),
    "changes that clear a date and give a phrase": corroborated(
        changes={"occurred": None, "occurred_text": "in spring"}
    ),
    "changes to an empty list of actors": corroborated(changes={"actors": [], "topics": []}),
    "a correction of figures only": corrected(changes=ABSENT, report=report(figures=[figure()])),
    "a withdrawal of everything": withdrawn(withdraws="*"),
    "a withdrawal of 10,000 reports": withdrawn(withdraws=[f"e{n}" for n in range(10_000)]),
    "a withdrawal whose report has an empty list of figures": withdrawn(report=report(figures=[])),
    "a reinstatement of several": reinstated(reinstates=["e1", "e2"]),
    "a reinstatement whose report says there are no figures": reinstated(report=report(figures=None)),
    "an amendment of a report only": amended(changes=ABSENT, report={"reported": "2025-07-10"}),
    "an amendment of both, of an entry by its id": amended(amends="e2", report={"source": "AFP"}),
    "an amendment that clears what a report need not have": amended(
        report={"url": None, "attributed_to": None, "grade": None, "quote": None, "figures": None}
    ),
    "an actor without aliases": registered(aliases=[]),
    "aliases that differ in case": registered(aliases=["DPRK", "dprk"]),
    "an alias in another script": alias_added(alias="김정은"),
    "an affiliation with title and period": affiliated(title="minister", period="2004-03-09/.."),
    "an affiliation with nothing else": affiliated(title=None, period=None),
    "an amendment that clears the aliases": actor_amended(changes={"aliases": None}),
    "an amendment of an actor's kind": actor_amended(changes={"kind": "armed-force", "aliases": []}),
    "a merge into a name": merged(into="North Korea"),
    "a stance of a name": confirmed(by="Democratic People's Republic of Korea"),
}


@pytest.mark.parametrize("document", [pytest.param(document, id=said) for said, document in ACCEPTED.items()])
def test_accepted(document: dict[str, Any]) -> None:
    wire, _, faults = check(document)
    assert faults == []
    assert wire is not None
    assert schema_accepts(document)


@pytest.mark.parametrize("document", [pytest.param(document, id=document["type"]) for document in EVERY_TYPE])
def test_the_least_that_every_type_needs_is_accepted(document: dict[str, Any]) -> None:
    assert check(document)[2] == []
    assert schema_accepts(document)


@pytest.mark.parametrize("document", [pytest.param(document, id=document["type"]) for document in EVERY_TYPE])
def test_nothing_of_the_least_can_be_left_out(document: dict[str, Any]) -> None:
    optional = {"id"}
    for field in document.keys() - optional:
        rest = {key: value for key, value in document.items() if key != field}
        assert f"/{field}" in [fault.pointer for fault in check(rest)[2]]
        assert not schema_accepts(rest)
