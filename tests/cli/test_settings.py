"""What is said of a store, a server or a key that cannot be used: what is accepted, and no password."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import pytest

from benchmarks.server import serving
from service.settings import BadSetting, Settings, server_url, shown
from tests.cli.commands import ALAND, lines, run


@pytest.mark.parametrize(
    "server",
    ["http://[::1", "http://h:x", "http://h:99999", "http://:80", "http://./", "http://u@", "http://\u00fc..x"],
)
def test_what_is_no_server_is_wrong_usage(server: str) -> None:
    result = run("log", "--server", server)
    assert result.exit_code == 2
    assert "is no server; accepted: http://HOST:PORT or https://HOST" in result.stderr


@pytest.mark.parametrize(
    "server", ["http://[::1]:8000", "https://asof.example/", "http://u:p@h:1", "http://b\u00fccher"]
)
def test_a_server_is_taken_as_it_is_given(server: str) -> None:
    assert server_url("--server", server) == server


@pytest.mark.parametrize("key", ["k\u00e9y", "key\n"], ids=ascii)
def test_a_key_that_no_header_can_hold_is_wrong_usage_and_not_told(key: str) -> None:
    with pytest.raises(BadSetting, match="ASOF_KEY") as refused:
        Settings.read({"ASOF_KEY": key})
    assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgresql://u:secret@h/x", "postgresql://u@h/x"),
        ("postgresql://u@h:5432/x", "postgresql://u@h:5432/x"),
        ("postgresql://u:secr/et@h/x", "postgresql://h/x"),
        ("postgresql://u:secr#et@h/x", "postgresql://h/x"),
        ("postgresql://u:secret@[h/x", "postgresql://[h/x"),
        ("postgresql://h/x?user=u&password=secret&a=b", "postgresql://h/x?user=u&a=b"),
        ("postgresql://h/x?password=secret", "postgresql://h/x"),
        ("sqlite+x://u:secret@h/x", "sqlite+x://u@h/x"),
        ("sqlite:////a@b/c.db", "sqlite:////a@b/c.db"),
        ("sqlite:///asof.db", "sqlite:///asof.db"),
    ],
)
def test_a_store_is_told_without_its_password(store: str, told: str) -> None:
    assert shown(store) == told


@pytest.mark.parametrize("store", ["sqlite+x://u:secret@h/x", "postgresql+psycopg://u:secret@h/x", "x://u:sec/ret@h"])
@pytest.mark.parametrize("command", ["log", "backup copy.db", "replay", "append -"])
def test_what_is_no_store_is_told_without_its_password(store: str, command: str) -> None:
    result = run(*command.split(), "--store", store, given=b"")
    assert result.exit_code == 2
    assert "'; accepted: sqlite:///FILE" in result.stderr.replace("' is no store", "'").replace("' is no file", "'")
    assert "ret@" not in result.output


def test_no_password_is_told_where_no_file_is_named() -> None:
    told = run("backup", "copy.db", "--store", "postgresql://u:secret@h/x").stderr
    assert "\nError: 'postgresql://u@h/x' is no file" in told


@pytest.mark.parametrize("command", ["timeline -q", "events --actor", "state --source"])
def test_bytes_that_are_no_text_are_wrong_usage(command: str) -> None:
    result = run(*command.split(), "\udcff", "--server", "http://127.0.0.1:1")
    assert (result.exit_code, "accepted: UTF-8" in result.stderr) == (2, True)


class Quiet(SimpleHTTPRequestHandler):
    """`python -m http.server`, without its notes."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def another_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Quiet) as server:
        answering = threading.Thread(target=server.serve_forever)
        answering.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        answering.join()


@pytest.mark.parametrize(
    ("command", "told"),
    [("verify", "404"), ("development x", "404"), ("export -", "404"), ("append -", "501"), ("timeline", "404")],
)
def test_a_server_that_is_no_service_could_not_be_asked(command: str, told: str) -> None:
    with another_server() as server:
        result = run(*command.split(), "--server", server, given=lines(ALAND))
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr == f"Error: {server} is no asof service: it answered {told} with text/html\n"


def test_the_address_of_a_service_is_had_without_the_version_of_its_api(tmp_path: Path) -> None:
    with serving(tmp_path / "served.db") as server:
        for command in ("verify", "development x", "append -"):
            result = run(*command.split(), "--server", f"{server.url}/v1", given=lines(ALAND))
            assert (result.exit_code, result.stdout) == (3, "")
            assert "--server or ASOF_SERVER is its address alone, without /v1" in result.stderr
