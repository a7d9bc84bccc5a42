"""The page at `/docs`, and the files it loads: everything from this service, nothing from another host."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from service.http.schemas.problems import CODES, Explained

_OURS = files("service.http") / "static"
_SWAGGER_UI = files("fastapi_offline") / "static"
_FILES = {
    "ui_script": (_SWAGGER_UI / "swagger-ui-bundle.js", "text/javascript"),
    "ui_style": (_SWAGGER_UI / "swagger-ui.css", "text/css"),
    "script": (_OURS / "docs.js", "text/javascript"),
    "style": (_OURS / "docs.css", "text/css"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served."""

    content: bytes
    media_type: str


@cache
def assets() -> dict[str, File]:
    """The files of the page by name; a name holds a digest of the content, so what it names never changes."""
    return dict(map(_asset, _FILES))


@cache
def page() -> bytes:
    """The page: the routes, which a script fills in, and every code of a problem with what to do about it."""
    names = {key: f"docs/{_asset(key)[0]}" for key in _FILES}
    problems = "\n".join(_problem(code, told) for code, told in CODES.items())
    return Template((_OURS / "docs.html").read_text("utf-8")).substitute(names, problems=problems).encode()


@cache
def _asset(key: str) -> tuple[str, File]:
    path, media_type = _FILES[key]
    content = path.read_bytes()
    stem, _, suffix = path.name.rpartition(".")
    return f"{stem}.{hashlib.blake2b(content, digest_size=6).hexdigest()}.{suffix}", File(content, media_type)


def _problem(code: str, told: Explained) -> str:
    statuses = ", ".join(map(str, told.statuses))
    return (
        f'<article id="{code}"><h3><a href="#{code}">{code}</a> <small>({statuses})</small></h3>'
        f"<p>{_prose(told.meaning)}</p><p>{_prose(told.remedy)}</p></article>"
    )


def _prose(text: str) -> str:
    """Text as HTML, `names` as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))
