"""A click group that imports a command's module only when that command runs: `--help` and the queue stay quick.

It hands commands out in the language of the run, which `Program` chooses before anything else.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from gettext import gettext
from importlib import import_module
from typing import Any

import click

from mailgate.cli import words
from mailgate.cli.click_words import in_our_words
from mailgate.cli.help_words import summary, translated

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
            joined = self.commands.get(cmd_name)
            return translated(joined) if joined else None
        return translated(_imported(self._lazy[cmd_name][0]))

    @property
    def summaries(self) -> Mapping[str, str]:
        """The one-line help of each command that is imported only when it is used, in English."""
        return {name: text for name, (_, text) in self._lazy.items()}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's)
        self._join()
        say = words.catalogue().gettext
        known = [(name, summary(say(text))) for name, text in self.summaries.items()]
        further = [
            (name, translated(self.commands[name]).get_short_help_str(_HELP_COLUMNS)) for name in sorted(self.commands)
        ]
        with formatter.section(gettext("Commands")):
            formatter.write_dl([*known, *further])

    def _join(self) -> None:
        for commands in self._joined:
            for command in _imported(commands):
                self.add_command(command)
        self._joined = ()


class Program(LazyGroup):
    """The root, which has the options --lang and --config."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        typed = self._read_ahead(args)
        words.speak(words.choose(typed.get("lang"), typed.get("config"), os.environ))
        shown = translated(self)
        return click.Group.make_context(shown, info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.MissingParameter as error:
            raise in_our_words(error) from None

    def _read_ahead(self, args: Sequence[str]) -> Mapping[str, Any]:
        """The values of our own options as typed: what is wrong with the rest is to be said in the right language."""
        context = click.Context(self, resilient_parsing=True, ignore_unknown_options=True, help_option_names=[])
        return self.make_parser(context).parse_args(list(args))[0]


def _imported(place: str) -> Any:
    module, _, attribute = place.partition(":")
    with words.untranslated():
        return getattr(import_module(module), attribute)
