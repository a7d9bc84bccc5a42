"""Every text of every field: empty, too long, with a control character, with half a surrogate pair, and no text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.codec.validate import check
from tests.codec.samples import (
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
    renamed,
    report,
    reported,
)
from tests.codec.schemas import schema_accepts

Json = Any
Make = Callable[[Json], Json]


def figures(*of: Json) -> Json:
    return reported(report=report(figures=list(of)))


LINES: dict[str, Make] = {
    "/headline": lambda text: reported(headline=text),
    "/actors/0/actor": lambda text: reported(actors=[{"actor": text}]),
    "/actors/0/role": lambda text: reported(actors=[{"actor": "a", "role": text}]),
    "/place/name": lambda text: reported(place={"name": text}),
    "/report/source": lambda text: reported(report=report(source=text)),
    "/report/attributed_to": lambda text: reported(report=report(attributed_to=text)),
    "/report/figures/0/unit": lambda text: figures(figure(unit=text)),
    "/report/figures/0/claimed_by": lambda text: figures(figure(claimed_by=text)),
    "/changes/headline": lambda text: corroborated(changes={"headline": text}),
    "/by": lambda text: confirmed(by=text),
    "/name": lambda text: registered(name=text),
    "/name of a renamed actor": lambda text: renamed(name=text),
    "/aliases/0": lambda text: registered(aliases=[text]),
    "/alias": lambda text: alias_added(alias=text),
    "/with": lambda text: affiliated(**{"with": text}),
    "/title": lambda text: affiliated(title=text),
    "/changes/name": lambda text: actor_amended(changes={"name": text}),
    "/changes/aliases/0": lambda text: actor_amended(changes={"aliases": [text]}),
    "/into": lambda text: merged(into=text),
}

PROSE: dict[str, Make] = {
    "/summary": lambda text: reported(summary=text),
    "/occurred_text": lambda text: reported(occurred_text=text),
    "/reason": lambda text: corrected(reason=text),
    "/report/quote/exact": lambda text: reported(report=report(quote={"exact": text})),
    "/report/quote/prefix": lambda text: reported(report=report(quote={"exact": "x", "prefix": text})),
    "/report/quote/suffix": lambda text: reported(report=report(quote={"exact": "x", "suffix": text})),
    "/report/figures/0/note": lambda text: figures(figure(note=text)),
    "/changes/summary": lambda text: amended(changes={"summary": text}),
    "/changes/occurred_text": lambda text: amended(changes={"occurred_text": text}),
    "/report/quote/exact of an amendment": lambda text: amended(report={"quote": {"exact": text}}),
}

ANYWHERE: dict[str, tuple[Json, str]] = {
    "empty": ("", "an empty text"),
    "with NUL": ("a\x00", "U+0000"),
    "with ESC": ("\x1b[0m", "U+001B"),
    "with DEL": ("a\x7f", "U+007F"),
    "with a C1 control": ("a\x85", "U+0085"),
    "with half a surrogate pair": ("a\ud83d", "surrogate"),
    "a number": (5, "5; accepted: "),
    "an object": ({}, "an object; accepted: "),
}

IN_LINES = ANYWHERE | {
    "of 301 code points": ("é" * 301, "301 characters"),
    "with a newline": ("a\nb", "U+000A"),
    "with a tab": ("a\tb", "U+0009"),
}

IN_PROSE = ANYWHERE | {
    "of 10,001 code points": ("é" * 10_001, "10,001 characters"),
    "with a carriage return": ("a\r\nb", "U+000D"),
}


def as_parameters(fields: dict[str, Make], wrong: dict[str, tuple[Json, str]]) -> list[Any]:
    return [
        pytest.param(make(text), where.partition(" ")[0], word, id=f"{where} {said}")
        for where, make in fields.items()
        for said, (text, word) in wrong.items()
    ]


@pytest.mark.parametrize(
    ("document", "pointer", "word"), as_parameters(LINES, IN_LINES) + as_parameters(PROSE, IN_PROSE)
)
def test_refused_where_it_stands_and_by_json_schema_as_well(document: Json, pointer: str, word: str) -> None:
    wire, _, faults = check(document)
    assert wire is None
    assert [fault.pointer for fault in faults] == [pointer]
    assert word in faults[0].detail
    half_a_pair_is_nothing_that_a_client_can_send = word == "surrogate"
    assert not schema_accepts(document) or half_a_pair_is_nothing_that_a_client_can_send
