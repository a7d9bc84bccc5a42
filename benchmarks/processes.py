"""Appends by many processes at once into one log, each gathering those of its own clients.

The module is also the program of such a process: it opens the log, says so, waits to be told to begin, and tells when
it began and ended.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing

from benchmarks.group_commit import Gathered, entries
from benchmarks.report import Figure, at_least, median_of
from benchmarks.stores import Store
from benchmarks.tasks import at_once
from service.stores import log_of

PROCESSES = 6
COUNT = 3_000
WARM = 500
PAGE = 10_000


def figure(store: Store, clients: int, rounds: int) -> Figure:
    """Six processes of so many clients each, to one of them."""
    with store.open() as opened:
        six = [_Process(opened.url, f"six-{n}-", clients, rounds) for n in range(PROCESSES)]
        one = [_Process(opened.url, "one-", clients, rounds)]
        try:
            total, alone = median_of(rounds, lambda: _rate(six), lambda: _rate(one))
        finally:
            for process in six + one:
                process.end()
        with log_of(opened.url) as log:
            position, ids = 0, set[str]()
            while page := log.read(position, PAGE):
                assert [entry.position for entry in page] == list(range(position + 1, position + len(page) + 1))
                position = page[-1].position
                ids |= {entry.id for entry in page}
        assert position == len(ids) == (PROCESSES + 1) * (rounds * COUNT + WARM)
    return at_least(f"{store.name}: six processes of {clients} clients each, to one", total, alone, "appends/s", 0.8)


class _Process:
    def __init__(self, url: str, name: str, clients: int, rounds: int) -> None:
        command = [sys.executable, "-m", __name__, url, name, str(clients), str(rounds)]
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def begin(self) -> None:
        assert self._running.stdin is not None
        self._running.stdin.write("begin\n")
        self._running.stdin.flush()

    def ended(self) -> tuple[float, float]:
        began, ended = self._line().split()
        return float(began), float(ended)

    def end(self) -> None:
        self._running.communicate()

    def _line(self) -> str:
        assert self._running.stdout is not None
        return self._running.stdout.readline().strip()


def _rate(processes: Sequence[_Process]) -> float:
    for process in processes:
        process.begin()
    times = [process.ended() for process in processes]
    return len(processes) * COUNT / (max(ended for _, ended in times) - min(began for began, _ in times))


def _append(url: str, name: str, clients: int, rounds: int) -> None:
    ours = entries(name)
    with log_of(url) as log, closing(Gathered(log)) as gathered:
        at_once(gathered.append_soon, ours, WARM, clients)
        print("ready", flush=True)
        for _ in range(rounds):
            if not sys.stdin.readline():
                return
            # One clock for all processes of a machine.
            began = time.monotonic()
            at_once(gathered.append_soon, ours, COUNT, clients)
            print(began, time.monotonic(), flush=True)


if __name__ == "__main__":
    _append(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
