"""The latest figure of a claim is found beside the cut, however many figures of it were dated, known or told later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.views import claims
from adapters.views.sqlite.reader import SQLiteReader
from domain import edtf
from domain.clocks import AFTER, BEFORE, Instant
from service.compose import Services, services
from service.reading.pins import When, pin
from tests.stores import STORES

YEARS = 10
FIRST = date(2010, 1, 1)
DATED: dict[str, Callable[[date], str]] = {
    "when it became known": lambda day: day.isoformat(),
    "a month before": lambda day: (day - timedelta(days=30)).isoformat(),
    "months before": lambda day: (day - timedelta(days=150)).isoformat(),
    "ahead": lambda day: (day + timedelta(days=60)).isoformat(),
    "by no end": lambda day: f"{day.isoformat()}/..",
    "by nobody": lambda day: f"{day.isoformat()}/",
}
"""How a figure of a day is dated, `as_at`."""

_INSTANTS = st.integers(edtf.single("1000").ends, edtf.single("3000").ends)


@given(_INSTANTS | st.sampled_from((BEFORE, AFTER)), _INSTANTS, st.integers(0, 10**15))
@example(AFTER, 0, 0)
@example(BEFORE, 0, 0)
@example(edtf.single("2024-01-01").ends, edtf.single("2024-01-01").ends, 0)
def test_no_figure_that_was_known_is_dated_later_than_its_claim_says(
    dated: Instant, known: Instant, later: Instant
) -> None:
    told = claims.read(claims.claim("dprk-killed", "Seoul, or so", dated, known))
    assert (told.metric, told.claimant) == ("dprk-killed", "Seoul, or so")
    assert dated <= claims.last_date(told.lead, known + later)


def story(figures_: int, dated: str) -> Iterator[bytes]:
    """An export: a development, and so many reports of it in ten years, each with a number of one claimant."""
    for n in range(figures_):
        day = FIRST + timedelta(days=n * YEARS * 365 // figures_)
        told: dict[str, Any] = {"position": n + 1, "recorded_at": f"{day + timedelta(days=1)}T00:00:00Z"}
        told |= {"id": f"evt-{n}", "development": "losses"}
        if n == 0:
            told |= {"type": "DevelopmentReported", "headline": "Losses", "kind": "assessment", "actors": []}
            told |= {"summary": "Losses.", "occurred_text": "since then"}
        else:
            told |= {"type": "DevelopmentCorroborated"}
        figure = {"metric": "dprk-killed", "point": n, "unit": "people", "as_at": DATED[dated](day)}
        told["report"] = {"source": "Example Herald", "reported": day.isoformat(), "figures": [figure]}
        yield orjson.dumps(told)


def looked_at(inside: Services, when: When, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """The latest figure at a cut, and how many steps the database took to find it."""
    with inside.views.snapshot() as snapshot, monkeypatch.context() as counting:
        cut = pin(snapshot, when).cut
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        ask = SQLiteReader.rows

        def counted(reader: Any, sql: str, parameters: Any = None) -> list[Any]:
            connection = reader._connection  # noqa: SLF001 (no other way)
            connection.set_progress_handler(count, 1)
            rows: list[Any] = ask(reader, sql, parameters or {})
            connection.set_progress_handler(None, 1)
            return rows

        counting.setattr(SQLiteReader, "rows", counted)
        (row,) = snapshot.latest(cut, None, None)
    return orjson.loads(row.body)["point"], steps


@pytest.mark.parametrize("dated", DATED)
def test_a_longer_history_takes_no_more_steps(dated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = 100, 1_000
    taken: dict[int, list[int]] = {}
    for number in (few, many):
        with services(STORES["sqlite-memory"](tmp_path / str(number))) as inside:
            inside.restorer.restore(enumerate(map(orjson.loads, story(number, dated)), 1))
            cuts = [When(f"{FIRST.year + year}-07-01", None, None) for year in (1, 5, 8)]
            cuts += [When(None, number // 5, None), When("2030", number // 5, None)]
            told = [looked_at(inside, when, monkeypatch) for when in cuts]
        expected = [_last(number, cut, dated) for cut in cuts]
        assert [point for point, _ in told] == expected
        taken[number] = [steps for _, steps in told]
    # Ten times as many lie within the same months.
    assert all(later <= 3 * earlier for earlier, later in zip(taken[few], taken[many], strict=True)), taken


def _last(number: int, when: When, dated: str) -> int:
    """Every figure is of another date, the later the later it is told, or of none."""
    known = when.at or number
    if when.as_of is not None:
        cut = edtf.single(when.as_of).ends
        days = [FIRST + timedelta(days=n * YEARS * 365 // number) for n in range(number)]
        known = min(known, sum(edtf.single(day.isoformat()).ends <= cut for day in days))
    return known - 1
