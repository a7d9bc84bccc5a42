"""Standard streams that whoever started the command has closed: Python has None for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, cast

from service.cli.faults import CouldNotRun


class Closed:
    """Stands for a stream that is closed: to use it raises CouldNotRun."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, _attribute: str) -> Any:
        raise CouldNotRun(f"{self._name} is closed")

    def flush(self) -> None:
        """Nothing was written."""


def stand_in() -> None:
    """Put something in the place of each stream that is closed; notes that nobody can read go nowhere."""
    if sys.stdin is None:
        sys.stdin = cast("Any", Closed("standard input"))
    if sys.stdout is None:
        sys.stdout = cast("Any", Closed("standard output"))
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (until the process ends)
