"""How lines come to a person: at once, or in a pager where they are more than the screen of the terminal has.

Colour is for a terminal alone, and not where NO_COLOR is set (https://no-color.org) or a pager shows the lines. What
comes in is harmless already (`common.harmless`).
"""

from __future__ import annotations

import codecs
import os
import shutil
import sys
from collections.abc import Sequence

import click

from mailgate.mail.folding import width

_ROOM_FOR_THE_PROMPT = 2


def in_terminal() -> bool:
    """Whether a person reads along."""
    return sys.stdout.isatty()


def has_colour() -> bool:
    """Whether the terminal shows colours, and the person wants them."""
    return in_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_lines(lines: Sequence[str], *, pages: bool) -> None:
    """Prints the lines; with `pages` in a pager where the terminal has too few rows for them."""
    if pages and in_terminal() and rows_of(lines) > shutil.get_terminal_size().lines - _ROOM_FOR_THE_PROMPT:
        in_pager("\n".join([*lines, ""]))
        return
    for line in lines:
        click.echo(line, color=has_colour())


def in_pager(text: str) -> None:
    """Hands `text` to the pager; prints it where there is no terminal."""
    for name, value in _less().items():
        os.environ.setdefault(name, value)  # whoever has settings of their own keeps them
    click.echo_via_pager(text, color=False)


def _less() -> dict[str, str]:
    """What fits the screen needs no pager, and stays on it. What is handed over is UTF-8 also where the locale that is
    named is not installed or is POSIX (PEP 540): less would take its octets for no characters then."""
    settings = {"LESS": "-FRX"}
    return settings | {"LESSCHARSET": "utf-8"} if codecs.lookup(sys.stdout.encoding).name == "utf-8" else settings


def rows_of(lines: Sequence[str]) -> int:
    """How many rows of the terminal they take; a line may have line ends in it."""
    columns = max(shutil.get_terminal_size().columns, 1)
    return sum(max(-(-width(one) // columns), 1) for line in lines for one in click.unstyle(line).split("\n"))
