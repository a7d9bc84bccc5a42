"""The layout holds: what the domain may import, how large a file may be, where a file may lie."""

from __future__ import annotations

import ast
import pkgutil
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("domain", "adapters", "service") for path in (ROOT / package).rglob("*.py"))
DOMAIN = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "domain"]
MOST_LINES = 300


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_imports_the_standard_library_and_itself_only(path: Path) -> None:
    assert imported(path) <= {"domain", *sys.stdlib_module_names}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_enough_to_be_read_at_once_and_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert ast.get_docstring(ast.parse(text))
    assert "utils" not in path.stem


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_docstring_points_to_is_there(path: Path) -> None:
    for name in re.findall(r"`((?:domain|adapters|service)(?:\.\w+)+)`", path.read_text("utf-8")):
        pkgutil.resolve_name(name)


def test_every_directory_of_the_product_is_a_package() -> None:
    assert [path for path in MODULES if not (path.parent / "__init__.py").exists()] == []
