"""What is refused: where, and a word of the reason. JSON Schema refuses it as well, but for what it cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.codec.validate import check
from tests.codec.samples import (
    ABSENT,
    actor_amended,
    affiliated,
    amended,
    confirmed,
    corrected,
    corroborated,
    figure,
    registered,
    reinstated,
    renamed,
    report,
    reported,
    withdrawn,
)
from tests.codec.schemas import schema_accepts

Json = Any


def figures(*of: Json) -> Json:
    return reported(report=report(figures=list(of)))


REFUSED: dict[str, tuple[Json, str, str]] = {
    "no object": ([reported()], "", "a list of 1; accepted: an event"),
    "null": (None, "", "null; accepted: an event"),
    "no type": (reported(type=ABSENT), "/type", "is required: one of DevelopmentReported"),
    "an unknown type, with the nearest": (reported(type="DevelopmentReport"), "/type", "DevelopmentReported"),
    "a type that is no text": (reported(type=["DevelopmentReported"]), "/type", "a list of 1"),
    "a null type": (reported(type=None), "/type", "null"),
    "an unknown field, with the fields there are": (reported(colour="red"), "/colour", "fields here: id, "),
    "a misspelt field, with the nearest": (reported(headlin="x"), "/headlin", "did you mean headline?"),
    "an unknown field with / and ~ in it": (reported(**{"a/b~c": 1}), "/a~1b~0c", "unknown field"),
    "an unknown field of a report": (reported(report=report(mood="x")), "/report/mood", "attributed_to"),
    "an unknown field of a figure": (figures(figure(value=1)), "/report/figures/0/value", "claimed_by"),
    "an unknown field of an actor": (reported(actors=[{"actor": "a", "rôle": "x"}]), "/actors/0/rôle", "role"),
    "an unknown field of a place": (reported(place={"name": "p", "lat": 1}), "/place/lat", "latitude"),
    "an unknown field of a quote": (
        reported(report=report(quote={"exact": "x", "by": "y"})),
        "/report/quote/by",
        "prefix",
    ),
    "an unknown field of changes": (corroborated(changes={"title": "x"}), "/changes/title", "headline"),
    "an unknown field of an actor's changes": (
        actor_amended(changes={"headline": "x"}),
        "/changes/headline",
        "aliases",
    ),
    "a field of another type of event": (renamed(aliases=[]), "/aliases", "unknown field"),
    "a report of an amendment's own": (amended(report={"mood": "x"}), "/report/mood", "unknown field"),
    "the position": (reported(position=1), "/position", "unknown field"),
    "the recording": (reported(recorded_at="2025-12-01T00:00:00Z"), "/recorded_at", "unknown field"),
    "an id with a space": (reported(id="a b"), "/id", "'a b'; accepted: an event id"),
    "an id of 129 characters": (reported(id="a" * 129), "/id", "129 characters"),
    "an id in another script": (reported(id="é"), "/id", "accepted: an event id"),
    "a negative expected version": (reported(expected_version=-1), "/expected_version", "-1; accepted: a whole number"),
    "a fractional expected version": (reported(expected_version=1.5), "/expected_version", "1.5"),
    "an expected version next to 0": (reported(expected_version=5e-136), "/expected_version", "5e-136"),
    "an expected version that is true": (reported(expected_version=True), "/expected_version", "true"),
    "an expected version as text": (reported(expected_version="3"), "/expected_version", "'3'"),
    "an expected version beyond 2^53": (reported(expected_version=2**53 + 1), "/expected_version", "whole number"),
    "a slug with a capital": (reported(development="D"), "/development", "accepted: a slug"),
    "a slug that begins with a hyphen": (reported(development="-d"), "/development", "accepted: a slug"),
    "a slug that ends with a hyphen": (reported(development="d-"), "/development", "accepted: a slug"),
    "a slug with an underscore": (reported(topics=["a_b"]), "/topics/0", "accepted: a slug"),
    "a slug of 129 characters": (reported(development="a" * 129), "/development", "129 characters"),
    "a slug with a newline behind it": (registered(actor="a\n"), "/actor", "accepted: a slug"),
    "an empty slug": (figures(figure(metric="")), "/report/figures/0/metric", "an empty text"),
    "a null development": (reported(development=None), "/development", "null; accepted: a slug"),
    "a null headline": (reported(headline=None), "/headline", "null"),
    "a kind that there is not": (
        reported(kind="rumour"),
        "/kind",
        "one of event, statement, assessment, plan, forecast",
    ),
    "a kind of actor that there is not": (registered(kind="country"), "/kind", "one of person, state, organisation"),
    "actors as null": (reported(actors=None), "/actors", "null; accepted: a list"),
    "201 actors": (reported(actors=[{"actor": f"a{n}"} for n in range(201)]), "/actors", "at most 200"),
    "201 topics": (reported(topics=[f"t{n}" for n in range(201)]), "/topics", "at most 200"),
    "201 figures": (figures(*[figure(point=n) for n in range(201)]), "/report/figures", "at most 200"),
    "201 aliases": (registered(aliases=[f"A {n}" for n in range(201)]), "/aliases", "at most 200"),
    "a topic twice": (reported(topics=["a", "b", "a"]), "/topics/2", "already, at 0"),
    "an alias twice": (registered(aliases=["A", "A"]), "/aliases/1", "already"),
    "an alias twice in an amendment": (actor_amended(changes={"aliases": ["A", "A"]}), "/changes/aliases/1", "already"),
    "an actor twice in one role": (reported(actors=[{"actor": "a", "role": "x"}] * 2), "/actors/1", "already"),
    "an actor twice in changes": (
        corroborated(changes={"actors": [{"actor": "a"}] * 2}),
        "/changes/actors/1",
        "already",
    ),
    "a topic twice in changes": (corroborated(changes={"topics": ["a", "a"]}), "/changes/topics/1", "already"),
    "a figure twice": (figures(figure(), figure()), "/report/figures/1", "already"),
    "an actor that is a text": (
        reported(actors=["a"]),
        "/actors/0",
        "'a'; accepted: an object {\"actor\": …} with or without role",
    ),
    "actors as a text": (reported(actors="a"), "/actors", 'accepted: a list, each an object {"actor": …} with or'),
    "a quote that is a text": (
        reported(report=report(quote="hello")),
        "/report/quote",
        "'hello'; accepted: an object {\"exact\": …} with or without prefix, suffix",
    ),
    "an amendment with a report that is a text": (
        amended(report="x"),
        "/report",
        "accepted: an object of one or more of source, reported, ",
    ),
    "an amendment of an actor with changes that are a text": (
        actor_amended(changes="x"),
        "/changes",
        "accepted: an object of one or more of name, kind, aliases",
    ),
    "an actor without a name": (reported(actors=[{"role": "x"}]), "/actors/0/actor", "is required"),
    "a place without a name": (reported(place={"country": "RU"}), "/place/name", "is required"),
    "a country of small letters": (reported(place={"name": "p", "country": "ru"}), "/place/country", "two capital"),
    "a country of three letters": (reported(place={"name": "p", "country": "RUS"}), "/place/country", "two capital"),
    "a latitude beyond the pole": (reported(place={"name": "p", "latitude": 90.1}), "/place/latitude", "-90 to 90"),
    "a longitude beyond 180": (reported(place={"name": "p", "longitude": -181}), "/place/longitude", "-180 to 180"),
    "a latitude as text": (reported(place={"name": "p", "latitude": "51"}), "/place/latitude", "'51'"),
    "a date in occurred that is none": (reported(occurred="2025-13"), "/occurred", "an interval of these"),
    "a date in another order": (affiliated(period="12.07.2025"), "/period", "2025-04-28"),
    "a date as a number": (reported(occurred=2025), "/occurred", "2025; accepted: a year"),
    "a phrase as a date": (
        reported(occurred="over the weekend " * 9),
        "/occurred",
        "(153 characters); accepted: a year",
    ),
    "an interval in reported": (
        reported(report=report(reported="2025-07-01/2025-07-02")),
        "/report/reported",
        "accepted",
    ),
    "a null reported": (reported(report=report(reported=None)), "/report/reported", "null; accepted: a year"),
    "a date of a figure that is none": (
        figures(figure(as_at="2025-02-30")),
        "/report/figures/0/as_at",
        "possible date",
    ),
    "neither a date nor a phrase": (reported(occurred=None), "/occurred", "no occurred_text"),
    "no report": (confirmed(report=None), "/report", "null; accepted: an object"),
    "a URL of another scheme": (reported(report=report(url="ftp://x")), "/report/url", "http:// or https://"),
    "a URL that is a script": (
        reported(report=report(url="javascript:alert(1)")),
        "/report/url",
        "http:// or https://",
    ),
    "a URL with a space": (reported(report=report(url="https://x y")), "/report/url", "without spaces"),
    "a URL of a scheme only": (reported(report=report(url="https://")), "/report/url", "accepted: a URL"),
    "a URL of 2,049 characters": (reported(report=report(url="https://" + "x" * 2041)), "/report/url", "2,049"),
    "a grade of small letters": (reported(report=report(grade="b2")), "/report/grade", "Admiralty"),
    "a grade G": (reported(report=report(grade="G1")), "/report/grade", "Admiralty"),
    "a grade 7": (reported(report=report(grade="A7")), "/report/grade", "Admiralty"),
    "a figure without a number": (figures({"metric": "m"}), "/report/figures/0", "one or more of low, high and point"),
    "a figure of nulls": (figures(figure(point=None, low=None)), "/report/figures/0", "one or more of"),
    "a number that is true": (
        figures(figure(point=True)),
        "/report/figures/0/point",
        "true; accepted: a finite number",
    ),
    "a number as text": (figures(figure(low="10")), "/report/figures/0/low", "'10'"),
    "an integer beyond 2^53": (figures(figure(point=2**53 + 1)), "/report/figures/0/point", "9007199254740993"),
    "an integer below -2^53": (figures(figure(point=-(2**53) - 1)), "/report/figures/0/point", "from -2^53 to 2^53"),
    "an integral float beyond 2^53": (figures(figure(point=1e300)), "/report/figures/0/point", "1e+300"),
    "approximate as a number": (figures(figure(approximate=1)), "/report/figures/0/approximate", "true or false"),
    "empty changes": (corroborated(changes={}), "/changes", "is empty"),
    "empty changes of a correction": (corrected(changes={}), "/changes", "is empty"),
    "empty changes of an actor": (actor_amended(changes={}), "/changes", "is empty"),
    "changes as a list": (corroborated(changes=[]), "/changes", "a list of 0; accepted: an object"),
    "changes that clear the headline": (corroborated(changes={"headline": None}), "/changes/headline", "null"),
    "changes that clear the kind": (corroborated(changes={"kind": None}), "/changes/kind", "null; accepted: one of"),
    "changes that clear the actors": (corroborated(changes={"actors": None}), "/changes/actors", "null"),
    "changes that clear an actor's name": (actor_amended(changes={"name": None}), "/changes/name", "null"),
    "changes that clear an actor's kind": (actor_amended(changes={"kind": None}), "/changes/kind", "null"),
    "changes that clear the date and its phrase": (
        corroborated(changes={"occurred": None, "occurred_text": None}),
        "/changes/occurred",
        "cannot both be cleared",
    ),
    "a correction of nothing": (corrected(changes=ABSENT), "/changes", "where the report brings no figures"),
    "a correction of nothing, with an empty list of figures": (
        corrected(changes=None, report=report(figures=[])),
        "/changes",
        "where the report brings no figures",
    ),
    "a withdrawal of nothing": (withdrawn(withdraws=[]), "/withdraws", "an empty list; accepted: 1 or more"),
    "a withdrawal by another word": (withdrawn(withdraws="all"), "/withdraws", "'all'; accepted: a list of event ids"),
    "a null withdrawal": (withdrawn(withdraws=None), "/withdraws", "null; accepted: a list of event ids"),
    "a withdrawal of an id twice": (withdrawn(withdraws=["e1", "e1"]), "/withdraws/1", "already"),
    "a withdrawal of what is no id": (withdrawn(withdraws=["e1", "é"]), "/withdraws/1", "accepted: an event id"),
    "a withdrawal of 10,001": (withdrawn(withdraws=[f"e{n}" for n in range(10_001)]), "/withdraws", "at most 10,000"),
    "a withdrawal that brings figures": (
        withdrawn(report=report(figures=[figure()])),
        "/report/figures",
        "accepted here: an empty list, or none",
    ),
    "a reinstatement that brings figures": (reinstated(report=report(figures=[figure()])), "/report/figures", "none"),
    "a reinstatement of everything": (reinstated(reinstates="*"), "/reinstates", "'*'; accepted: a list"),
    "a reinstatement of nothing": (reinstated(reinstates=[]), "/reinstates", "1 or more"),
    "a reinstatement of an id twice": (reinstated(reinstates=["e1", "e1"]), "/reinstates/1", "already"),
    "an amendment of nothing": (amended(changes=ABSENT), "/changes", "needs changes, or report"),
    "an amendment of nulls": (amended(changes=None, report=None), "/changes", "needs changes, or report"),
    "an amendment with an empty report": (amended(changes=ABSENT, report={}), "/report", "is empty"),
    "an amendment that clears the source": (amended(report={"source": None}), "/report/source", "null"),
    "an amendment that clears reported": (amended(report={"reported": None}), "/report/reported", "null"),
    "an amendment of a report to an interval": (
        amended(report={"reported": "2025/.."}),
        "/report/reported",
        "accepted",
    ),
    "an amendment without a reason": (amended(reason=ABSENT), "/reason", "is required"),
    "an amendment of what is no id": (amended(amends="*"), "/amends", "accepted: an event id"),
}

BEYOND_SCHEMA: dict[str, tuple[Json, str, str]] = {
    "a figure with low above high": (
        figures(figure(point=None, low=2, high=1)),
        "/report/figures/0/low",
        "above high 1",
    ),
    "a figure with low above point": (figures(figure(low=11)), "/report/figures/0/point", "low 11 is above point 10"),
    "a figure with point above high": (figures(figure(high=9.5)), "/report/figures/0/point", "point 10 is above high"),
    "an amended figure with low above high": (
        amended(report={"figures": [figure(point=None, low=2, high=1)]}),
        "/report/figures/0/low",
        "low <= point <= high",
    ),
    "an interval that ends before it begins": (reported(occurred="2025-07-13/2025-07-12"), "/occurred", "does not end"),
    "an actor twice, once with a null role": (
        reported(actors=[{"actor": "a"}, {"actor": "a", "role": None}]),
        "/actors/1",
        "already, at 0",
    ),
    "a figure twice, once with nulls and 10.0": (
        figures(figure(), figure(point=10.0, low=None, approximate=False)),
        "/report/figures/1",
        "already",
    ),
}


def as_parameters(table: dict[str, tuple[Json, str, str]]) -> list[Any]:
    return [pytest.param(*row, id=said) for said, row in table.items()]


@pytest.mark.parametrize(("document", "pointer", "word"), as_parameters(REFUSED | BEYOND_SCHEMA))
def test_refused(document: Json, pointer: str, word: str) -> None:
    wire, expected_version, faults = check(document)
    assert (wire, expected_version) == (None, None)
    assert [fault.pointer for fault in faults] == [pointer]
    assert word in faults[0].detail


@pytest.mark.parametrize(("document", "pointer", "word"), as_parameters(REFUSED))
def test_refused_by_json_schema_as_well(document: Json, pointer: str, word: str) -> None:
    only_to_python_does_the_end_match_before_a_newline = document == registered(actor="a\n")
    assert not schema_accepts(document) or only_to_python_does_the_end_match_before_a_newline


@pytest.mark.parametrize(("document", "pointer", "word"), as_parameters(BEYOND_SCHEMA))
def test_what_json_schema_cannot_say(document: Json, pointer: str, word: str) -> None:
    assert schema_accepts(document)
