"""What differs between two answers is told by its path, with the value that was and the one that is."""

from __future__ import annotations

from typing import Any

import pytest

from service.replay.fields import differences


def figure(metric: str, claimant: str, point: int) -> dict[str, Any]:
    return {"metric": metric, "claimant": claimant, "as_at": "2025-01-13", "point": point, "note": None}


@pytest.mark.parametrize(
    ("was", "became", "told"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 1}}, []),
        ({"a": {"b": 1}, "c": 2}, {"c": 2, "a": {"b": None}}, ["a.b 1 is now null"]),
        (
            {"figures": [figure("killed", "nis", 300), figure("killed", "hur", 4)]},
            {"figures": [figure("killed", "nis", 3000), figure("killed", "hur", 4)]},
            ["figures[killed, nis, 2025-01-13].point 300 is now 3000"],
        ),
        (
            {"figures": [figure("killed", "nis", 300)]},
            {"figures": [figure("wounded", "nis", 300)]},
            ["figures[killed, nis, 2025-01-13] is gone", "figures[wounded, nis, 2025-01-13] is new"],
        ),
        ({"timeline": ["a", "b"]}, {"timeline": ["b", "c"]}, ["timeline[a] is gone", "timeline[c] is new"]),
        ({"timeline": ["a", "b"]}, {"timeline": ["b", "a"]}, ["timeline is in another order"]),
        (
            {"actors": [{"actor": "a", "role": None}]},
            {"actors": [{"actor": "a", "role": "host"}]},
            ["actors[a] is gone", "actors[a, host] is new"],
        ),
        ({"topics": ["a", "a"]}, {"topics": ["a", "b"]}, ['topics[1] "a" is now "b"']),
        (1, 2, ["1 is now 2"]),
    ],
)
def test_a_difference_is_told_by_its_path(was: Any, became: Any, told: list[str]) -> None:
    assert list(differences(was, became)) == told


def test_of_long_texts_the_part_that_differs_is_shown() -> None:
    (told,) = differences({"summary": "x" * 300 + "was" + "y" * 300}, {"summary": "x" * 300 + "is" + "y" * 300})
    assert told.startswith("summary …xxx")
    assert "xxwasyy" in told
    assert "xxisyy" in told
    assert len(told) < 300
