"""`mailgate completion SHELL`: the script that lets a shell ask mailgate what may follow. click writes it."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_MAILGATE_COMPLETE"
"""By which the script asks; click derives the same name from "mailgate"."""


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script by which the TAB key completes commands, options, numbers and handles.

    Load the file from the start-up file of the shell. Numbers come with their state, members as handles; the key shows
    no name and no text.

    \b
      bash: mailgate completion bash > ~/.mailgate.bash
            and in ~/.bashrc: source ~/.mailgate.bash
      zsh:  mailgate completion zsh > ~/.mailgate.zsh
            and in ~/.zshrc, below compinit: source ~/.mailgate.zsh
      fish: mailgate completion fish > ~/.config/fish/completions/mailgate.fish

    Example: mailgate completion bash > ~/.mailgate.bash
    """
    script = get_completion_class(shell)
    assert script is not None, "click knows the three"
    click.echo(script(ctx.find_root().command, {}, "mailgate", VARIABLE).source())
