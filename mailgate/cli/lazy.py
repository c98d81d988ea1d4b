"""A click group that imports a command's module only when that command runs: `--help` and the queue stay quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

_HELP_COLUMNS = 60
"""Of the one-line help of a command that is imported for it."""


class LazyGroup(click.Group):
    """`lazy` maps a command's name to ("module:attribute", its one-line help). `joined` names tuples of further
    commands ("module:attribute"): they are imported together when another name is asked for, or all names are.
    """

    def __init__(
        self, *args: Any, lazy: Mapping[str, tuple[str, str]], joined: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy
        self._joined = joined

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        self._join()
        return [*self._lazy, *sorted(self.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's)
        if cmd_name not in self._lazy:
            self._join()
            return self.commands.get(cmd_name)
        command: click.Command = _imported(self._lazy[cmd_name][0])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's)
        self._join()
        further = [(name, self.commands[name].get_short_help_str(_HELP_COLUMNS)) for name in sorted(self.commands)]
        with formatter.section("Commands"):
            formatter.write_dl([*((name, text) for name, (_, text) in self._lazy.items()), *further])

    def _join(self) -> None:
        for commands in self._joined:
            for command in _imported(commands):
                self.add_command(command)
        self._joined = ()


def _imported(place: str) -> Any:
    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)
