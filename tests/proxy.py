"""A way to PostgreSQL that breaks where a test wants it to."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict


class Proxy:
    """Passes on what goes to the server of a URL and comes from it; `url` is the same database by this way."""

    def __init__(self, url: str) -> None:
        self._target = conninfo_to_dict(url)
        self._directory = Path(tempfile.mkdtemp(prefix="asof-way-", dir="/tmp"))
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self._directory / ".s.PGSQL.5432"))
        self._listening.listen()
        self._cut: tuple[bytes, bool, Callable[[], object]] | None = None
        self.cuts = 0
        parts = urlsplit(url)
        given = [part for part in parts.query.split("&") if not part.startswith(("host=", "port="))]
        query = "&".join([f"host={quote(str(self._directory), safe='')}", *given])
        user = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(parts._replace(netloc=f"{user}@" if user else "", query=query))

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
        shutil.rmtree(self._directory)

    def cut(self, word: bytes, *, arrives: bool, then: Callable[[], object] = bool) -> None:
        """Break the next connection that sends the word: once the server has answered it, or before it hears of it.

        `then` something else happens, before the client knows.
        """
        self._cut = word, arrives, then

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                try:
                    server = self._connect()
                except OSError:
                    _break(client)
                else:
                    threading.Thread(target=self._pass, args=(client, server), daemon=True).start()

    def _connect(self) -> socket.socket:
        host, port = str(self._target.get("host") or "localhost"), self._target.get("port") or 5432
        if not host.startswith(os.sep):
            return socket.create_connection((host, int(port)))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server

    def _pass(self, client: socket.socket, server: socket.socket) -> None:
        answered = threading.Event()
        silent = threading.Event()
        threading.Thread(target=_answer, args=(server, client, silent, answered), daemon=True).start()
        with suppress(OSError):
            while data := client.recv(65_536):
                if self._cut is None or self._cut[0] not in data:
                    server.sendall(data)
                    continue
                (_, arrives, then), self._cut = self._cut, None
                self.cuts += 1
                if arrives:
                    silent.set()
                    server.sendall(data)
                    answered.wait()
                then()
                break
        _break(client)
        _break(server)


def _answer(server: socket.socket, client: socket.socket, silent: threading.Event, answered: threading.Event) -> None:
    with suppress(OSError):
        while data := server.recv(65_536):
            if silent.is_set():
                break
            client.sendall(data)
    answered.set()
    _break(client)


def _break(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
