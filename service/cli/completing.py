"""`asof completion`: what a shell needs to complete the commands."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash   eval "$(asof completion bash)"               in ~/.bashrc
    zsh    eval "$(asof completion zsh)"                in ~/.zshrc
    fish   asof completion fish > ~/.config/fish/completions/asof.fish
    """  # noqa: D301 (click keeps the lines behind a real backspace)
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(ctx.find_root().command, {}, "asof", "_ASOF_COMPLETE").source())
