"""What is said of a store, a server or a key that cannot be used: what is accepted, and no password."""

from __future__ import annotations

import pytest

from service.settings import BadSetting, Settings, server_url, shown
from tests.cli.test_commands import run


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
    assert result.exit_code == 3
    assert "'; accepted: sqlite:///FILE" in result.stderr.replace("' is no store", "'").replace("' is no file", "'")
    assert "ret@" not in result.output


def test_no_password_is_told_where_no_file_is_named() -> None:
    told = run("backup", "copy.db", "--store", "postgresql://u:secret@h/x").stderr
    assert told.startswith("Error: 'postgresql://u@h/x' is no file")


@pytest.mark.parametrize("command", ["timeline -q", "events --actor", "state --source"])
def test_bytes_that_are_no_text_are_wrong_usage(command: str) -> None:
    result = run(*command.split(), "\udcff", "--server", "http://127.0.0.1:1")
    assert (result.exit_code, "accepted: UTF-8" in result.stderr) == (2, True)
