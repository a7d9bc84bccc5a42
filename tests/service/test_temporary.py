"""What is on disk only while somebody is at work is taken away, whenever a signal arrives."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from service.processes.temporary import temporary_folder, temporary_lines


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of temporary files is that of the test, and nobody has found out yet whether it is good."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)


def _interrupt_behind(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Have Ctrl-C arrive as soon as a function of `os` has done its work."""
    function = getattr(os, name)

    def interrupted(*given: object, **named: object) -> object:
        done = function(*given, **named)
        signal.raise_signal(signal.SIGINT)
        return done

    monkeypatch.setattr(os, name, interrupted)


def test_a_folder_is_empty_and_gone_afterwards(tmp_path: Path) -> None:
    with temporary_folder("asof-") as path:
        assert list(tmp_path.iterdir()) == [Path(path)]
        assert list(Path(path).iterdir()) == []
        (Path(path) / "store.db").write_bytes(b"events")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_behind_the_making_of_a_folder_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupt_behind(monkeypatch, "mkdir")
    with pytest.raises(KeyboardInterrupt), temporary_folder("asof-"):
        pytest.fail("the signal was not told")
    assert list(tmp_path.iterdir()) == []


def test_a_signal_while_a_folder_is_tried_out_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupt_behind(monkeypatch, "open")
    with pytest.raises(KeyboardInterrupt), temporary_lines(1):
        pytest.fail("the signal was not told")
    assert list(tmp_path.iterdir()) == []


def test_signals_are_told_at_once_again_inside() -> None:
    with temporary_folder("asof-"), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_lines_are_read_as_they_were_written_whether_they_fit_into_memory_or_not() -> None:
    for in_memory in (1, 1_000_000):
        with temporary_lines(in_memory) as held:
            held.writelines([b"one\n", b"two\n"])
            held.seek(0)
            assert list(held) == [b"one\n", b"two\n"]
