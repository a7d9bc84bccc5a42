"""The service's answers beside the oracle's: whole answers, in a form without what the contract leaves open.

Open is the order inside the figures, stances, aliases and affiliations of one item, of items of equal weight among the
changes, and whether what is missing in a report or a place is null or not there.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

UNORDERED = ("figures", "stances", "aliases", "affiliations", "latest")
PRUNED = ("report", "place")
REPORT = ("source", "reported", "url", "attributed_to", "grade", "quote", "figures")


def canonical(answer: Any, name: str = "") -> Any:
    """The answer in a form in which equal answers are equal."""
    if name in PRUNED:
        return _pruned(answer)
    if isinstance(answer, dict):
        return {key: canonical(value, key) for key, value in answer.items()}
    if isinstance(answer, list):
        items = [canonical(item, f"{name}/") for item in answer]
        return sorted(items, key=_text) if name in UNORDERED else items
    return unicodedata.normalize("NFC", answer) if name == "aliases/" else answer


def with_reports(answer: dict[str, Any]) -> dict[str, Any]:
    """A development whose reports have their report in one member, so that it is compared as one."""
    reports = [
        {
            **{key: value for key, value in one.items() if key not in REPORT},
            "report": {key: value for key, value in one.items() if key in REPORT},
        }
        for one in answer["reports"]
    ]
    return {**answer, "reports": reports}


def with_amendments(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A history in which what an amendment gives is compared as it was given: null clears there."""
    return [
        {**item, "report": None, "given": item["report"]} if item["type"] == "DevelopmentAmended" else item
        for item in items
    ]


def difference(service: Any, oracle: Any, where: str = "") -> str:
    """Where two canonical answers differ first, in words."""
    if isinstance(service, dict) and isinstance(oracle, dict):
        for key in sorted({*service, *oracle}):
            if key not in service or key not in oracle:
                return f"{where}/{key} only in the {'oracle' if key in oracle else 'service'}"
            if service[key] != oracle[key]:
                return difference(service[key], oracle[key], f"{where}/{key}")
    if isinstance(service, list) and isinstance(oracle, list) and len(service) == len(oracle):
        for index, (one, other) in enumerate(zip(service, oracle, strict=True)):
            if one != other:
                return difference(one, other, f"{where}/{index}")
    return f"{where}: the service says {_text(service)}, the oracle {_text(oracle)}"


def agree(service: Any, oracle: Any, question: Callable[[], str]) -> None:
    """Fail, naming the question, where the two answers differ."""
    one, other = canonical(service), canonical(oracle)
    assert one == other, f"{question()}: {difference(one, other)}"


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(one) for key, one in value.items() if one not in (None, []) and one is not False}
    return [_pruned(one) for one in value] if isinstance(value, list) else value


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
