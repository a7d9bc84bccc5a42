"""What all tests share: properties are judged by their answers, never by time.

And what tests counted (`record_property("counted", …)`), told at the end of every run.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import end_shared, store_at

settings.register_profile("asof", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("asof")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == "counted":
                terminalreporter.write_line(f"{report.nodeid}: {value}")


def pytest_unconfigure() -> None:
    end_shared()


@pytest.fixture
def postgres(tmp_path: Path) -> str:
    """The URL of an empty store on a real PostgreSQL."""
    return store_at(tmp_path)
