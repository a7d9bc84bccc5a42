"""docker-compose.yml and the Dockerfile fit the service: its settings, its commands, its ports, and nothing open."""

from __future__ import annotations

import re
import shlex
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from service.cli.command import asof
from service.cli.target import Target
from service.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "asof"}
DATABASES = {name: service for name, service in SERVICES.items() if name not in OURS}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
STEPS = re.sub(r"\\\n", "", DOCKERFILE).splitlines()
SETTINGS = {f"ASOF_{field.name.upper()}" for field in fields(Settings)}


def filled(text: str) -> str:
    """With the defaults of its variables."""
    return re.sub(r"\$\{\w+:-(\w*)\}", r"\1", text)


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: filled(text) for name, text in service.get("environment", {}).items()}


def parsed(command: list[str]) -> click.Context:
    """The command as `asof` understands it; raises click.UsageError."""
    name, *arguments = command
    found = asof.commands[name]
    return found.make_context(name, list(arguments))


def steps(instruction: str) -> list[str]:
    return [step.removeprefix(instruction).strip() for step in STEPS if step.startswith(f"{instruction} ")]


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_set_up_with_settings_that_there_are(name: str) -> None:
    given = environment(OURS[name])
    assert set(given) <= SETTINGS
    settings = Settings.read(given)
    assert Target(settings.store, None, None).store.startswith("postgresql://")


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_that_there_is(name: str) -> None:
    parsed(OURS[name]["command"])


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_asked_by_asof_at_its_own_port_whether_it_is_well(name: str) -> None:
    _, program, *command = OURS[name]["healthcheck"]["test"]
    server = parsed(command).params["server"]
    serves = OURS[name]["command"][0] == "serve"
    assert program == "asof"
    assert server == (f"http://127.0.0.1:{environment(OURS[name])['ASOF_PORT']}" if serves else None)


@pytest.mark.parametrize("name", OURS)
def test_a_service_may_do_little_and_write_nowhere(name: str) -> None:
    service = OURS[name]
    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert (service["read_only"], service["tmpfs"], service["cap_drop"]) == (True, ["/tmp"], ["ALL"])  # noqa: S108 (a path there)
    assert "no-new-privileges:true" in service["security_opt"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_listens_beyond_loopback(name: str) -> None:
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert (service.get("network_mode") == "host") == (name in OURS)
    assert environment(service).get("ASOF_HOST", "127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_is_looked_after_and_kept(name: str) -> None:
    service = DATABASES[name]
    assert service["healthcheck"]["test"][1] == "pg_isready"
    (volume,) = service["volumes"]
    assert volume == f"{name}:/var/lib/postgresql"
    assert name in COMPOSE["volumes"]
    assert all(other["depends_on"]["postgres"]["condition"] == "service_healthy" for other in OURS.values())


def test_every_store_is_a_database_of_the_file_at_its_port() -> None:
    published = {int(port.split(":")[1]): name for name, db in DATABASES.items() for port in db["ports"]}
    assert sorted(published.values()) == sorted(DATABASES)
    for service in OURS.values():
        settings = Settings.read(environment(service))
        for url, name in ((settings.store, "postgres"), (settings.read_store, "standby")):
            if url is not None:
                given = environment(DATABASES[name])
                login = f"{given['POSTGRES_USER']}:{given['POSTGRES_PASSWORD']}"
                port = next(port for port, published_name in published.items() if published_name == name)
                assert url == f"postgresql://{login}@127.0.0.1:{port}/{given['POSTGRES_DB']}"


def test_without_a_profile_there_is_one_service_and_with_it_a_standby_and_a_projector() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["postgres", "asof"]
    in_profile = [name for name, service in SERVICES.items() if service.get("profiles") == ["replica"]]
    assert sorted(in_profile) == ["projector", "reader", "standby"]
    ports = [environment(service)["ASOF_PORT"] for service in OURS.values() if service["command"][0] == "serve"]
    assert len(set(ports)) == len(ports)


def test_the_image_is_built_in_stages_of_what_there_is() -> None:
    build, final = steps("FROM")
    assert build.endswith("AS build")
    assert "slim" in build
    assert "slim" in final
    copied = [path for step in steps("COPY") if not step.startswith("--from") for path in step.split()[:-1]]
    assert all((ROOT / path).exists() for path in copied)
    let_through = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert all(f"!{path}" in let_through for path in copied)
    assert any("--require-hashes" in step for step in steps("RUN"))


def test_the_image_runs_asof_as_nobody_of_importance() -> None:
    (user,) = steps("USER")
    assert user.partition(":")[0] not in {"0", "root"}
    assert steps("ENTRYPOINT") == ['["asof"]']
    (command,) = steps("CMD")
    assert parsed(yaml.safe_load(command)).info_name == "serve"
    (health,) = steps("HEALTHCHECK")
    assert parsed(shlex.split(health.partition("CMD ")[2].strip("[]").replace(",", ""))[1:]).params["server"]
