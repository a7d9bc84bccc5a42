"""A MariaDB server of its own: in a new directory, reached over a socket there and over nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_READY_SECONDS = 60.0
_PROGRAMS = ("mariadbd", "mariadb-install-db")
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
DRIVER = "MySQLdb"


def missing() -> str | None:
    """What has to be installed before there can be one; None where nothing has."""
    if any(shutil.which(program, path=_PATH) is None for program in _PROGRAMS):
        return "apt install mariadb-server"
    if find_spec(DRIVER) is None:
        return "apt install libmariadb-dev gcc, then pip install --require-hashes -r requirements/peers.txt"
    return None


@contextmanager
def serving(*settings: str) -> Iterator[str]:
    """The path of the socket of a server with an empty store; it is ended on leaving, and what it had is deleted."""
    directory = Path(tempfile.mkdtemp(prefix="asof-my-", dir="/tmp"))  # the path of a socket must be short
    # As root it runs for nobody, as it would refuse to otherwise.
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        directory.chmod(0o755)
        os.chown(directory, pwd.getpwnam(user).pw_uid, -1)
    where = ["--no-defaults", f"--datadir={directory}/data"]
    install = ["mariadb-install-db", *where, "--auth-root-authentication-method=normal", "--skip-test-db"]
    _run(install, directory, user)
    socket = directory / "socket"
    command = ["mariadbd", *where, f"--socket={socket}", "--skip-networking", *settings]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            _found(command),
            stdout=log,
            stderr=log,
            user=user,
            cwd=directory,
            start_new_session=True,  # Ctrl-C ends the benchmark, which ends the server
        )
    try:
        _wait(process, socket, directory / "log")
        yield str(socket)
    finally:
        process.terminate()
        process.wait(_READY_SECONDS)
        shutil.rmtree(directory, ignore_errors=True)


def _run(command: list[str], directory: Path, user: str | None) -> None:
    subprocess.run(_found(command), check=True, capture_output=True, user=user, cwd=directory)


def _found(command: list[str]) -> list[str]:
    return [shutil.which(command[0], path=_PATH) or command[0], *command[1:]]


def _wait(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    late = time.monotonic() + _READY_SECONDS
    while b"ready for connections" not in log.read_bytes() or not socket.exists():
        if process.poll() is not None or time.monotonic() > late:
            raise RuntimeError(log.read_text("utf-8", errors="replace"))
        time.sleep(0.05)
