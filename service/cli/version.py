"""`asof --version`."""

from __future__ import annotations

import click


def show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    """Say which version this is, and end."""
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"asof {version('asof')}")
    except PackageNotFoundError:
        click.echo("asof, run from its source")
    ctx.exit()
