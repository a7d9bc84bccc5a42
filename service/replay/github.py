"""The outcome as GitHub Actions shows it: annotations, of which a step may give ten, and a table as its summary."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from service.replay.checks import Outcome

MOST_ANNOTATIONS = 9
MARKS = {"ok": "✅", "failed": "❌", "skipped": "⏭️"}
_MARKS = re.compile(r"[\\`*_\[\]|~$]")
LONGEST_DIFF = 50_000
"""Characters: a step's summary holds a mebibyte."""


def commands(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """An error for each finding, as workflow commands; the last of nine counts those there was no room for."""
    found = [(outcome.title, finding) for outcome in outcomes for finding in outcome.findings]
    room = len(found) if len(found) <= MOST_ANNOTATIONS else MOST_ANNOTATIONS - 1
    for title, finding in found[:room]:
        yield _error(f"replay: {title}", finding)
    if found[room:]:
        yield _error("replay", f"{len(found) - room} more findings: see the summary of this step")


def summary(outcomes: Sequence[Outcome]) -> str:
    """The table, and the diffs below it, in Markdown."""
    lines = ["### asof replay", "", "| | check | |", "|---|---|---|"]
    for outcome in outcomes:
        told = "<br>".join(map(_cell, [outcome.told, *outcome.findings[:MOST_ANNOTATIONS]]))
        lines.append(f"| {MARKS[outcome.verdict]} | {outcome.title} | {told} |")
    for outcome in outcomes:
        if outcome.diff:
            fence = "`" * max(3, _longest_run(outcome.diff) + 1)
            lines += ["", f"{fence}diff", outcome.diff[:LONGEST_DIFF].rstrip("\n"), fence]
    return "\n".join(lines) + "\n"


def _error(title: str, message: str) -> str:
    return f"::error title={_escaped(title).replace(':', '%3A').replace(',', '%2C')}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _cell(text: str) -> str:
    """The text as it is, in a cell of a table: no Markdown, no HTML."""
    return _MARKS.sub(r"\\\g<0>", html.escape(text, quote=False)).replace("\n", " ")


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest
