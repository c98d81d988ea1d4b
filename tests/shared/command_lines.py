"""The commands as they are, and what is wrong with a command line that stands in a text: README, handbook, help."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache

import click

from mailgate.cli import cli, words

_HELP = ["-h", "--help"]


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command below the groups, as ("case invite", its command); a group too that does something by itself."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    if command.invoke_without_command:
        yield " ".join(path), command
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None, name
        yield from walk(found, (*path, name))


@cache
def commands() -> dict[str, click.Command]:
    """As they are written, in English, whatever the test speaks that asks first."""
    with words.untranslated():
        return dict(walk(cli))


def name_of(typed: list[str]) -> str:
    """The command that these words begin with; "" when there is none."""
    return next((name for length in (2, 1) if (name := " ".join(typed[:length])) in commands()), "")


def options_of(command: click.Command) -> set[str]:
    return {"--help"}.union(*(one.opts for one in command.params if isinstance(one, click.Option)))


def problem_of(line: str) -> str:
    """What is wrong with a command line, without its shell syntax and the options before the command; "" if nothing.

    Placeholders such as N may stand where a number does.
    """
    name, rest = _parted(line)
    if not name:
        return f"no such command: {line}"
    command = commands()[name]
    context = click.Context(command, help_option_names=_HELP)  # kept by click for whoever asks next
    try:
        command.make_parser(context).parse_args(rest)
    except click.UsageError as error:
        return f"{error.format_message()}: {line}"
    return ""


def problem_typed(line: str) -> str:
    """The same for a line that can be typed as it stands: also each number, day and choice must be one, and every
    argument be there. Nothing is done."""
    name, rest = _parted(line)
    if not name:
        return f"no such command: {line}"
    try:
        commands()[name].make_context(name, rest, help_option_names=_HELP)
    except click.UsageError as error:
        return f"{error.format_message()}: {line}"
    return ""


def _parted(line: str) -> tuple[str, list[str]]:
    """The name of the command, and the words behind it."""
    plain = re.sub(r"\$\([^)]*\)", "X", line)
    typed = shlex.split(plain.split(" > ")[0].split(" | ")[0], comments=True)[1:]
    while typed and typed[0].startswith("--"):
        del typed[:2]
    name = name_of(typed)
    return name, typed[len(name.split()) :]
