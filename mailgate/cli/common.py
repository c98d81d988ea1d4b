"""What all commands share: the open office, who acts, one way to print, one way to ask.

A command parses, calls one flow, prints. `errors.MailgateError` becomes one line on stderr and exit status 1 in
`mailgate/__main__.py`.
"""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.errors import Refused

if TYPE_CHECKING:  # the heavy half is imported when a command first needs it
    from mailgate.config import Config
    from mailgate.flow.context import Office


@dataclass
class Desk:
    """One run of the program: its options, and the office that is opened at first use."""

    config_option: Path | None
    operator_option: str | None

    @cached_property
    def config(self) -> Config:
        import os

        from mailgate.config import find_config, load

        return load(find_config(self.config_option, os.environ))

    @cached_property
    def office(self) -> Office:
        from mailgate.service import open_office

        return open_office(self.config)

    @property
    def operator(self) -> str:
        try:
            return self.operator_option or getpass.getuser()
        except (KeyError, OSError):  # a container may run under a number without a name
            raise Refused("say who acts: --as NAME, or MAILGATE_OPERATOR") from None

    @property
    def actor(self) -> str:
        """Who acts, as the audit log has it."""
        return f"operator:{self.operator}"


pass_desk = click.make_pass_decorator(Desk)

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")

Row = Mapping[str, Any]
_WIDEST_CELL = 60
"""Columns of the terminal; a full-width character takes two."""


def show(as_json: bool, document: Mapping[str, Any], text: Callable[[], Iterable[str]]) -> None:
    """Prints the document as JSON, or the lines of `text()` for a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in text():
        click.echo(harmless(line))


def table(rows: Sequence[Row], columns: Sequence[str], empty: str) -> list[str]:
    """`rows` as aligned columns with a head line, long cells cut; `empty` when there are none."""
    if not rows:
        return [empty]
    cells = [list(columns)] + [[_cell(row.get(column)) for column in columns] for row in rows]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(columns))]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def harmless(text: str) -> str:
    """`text` without the characters that steer a terminal: controls, escapes, bidi marks (all but the line end)."""
    import unicodedata

    return "".join(
        c if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def confirm(question: str, yes: bool) -> None:
    """Goes on after a yes; raises Refused after a no, or without a terminal and without --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused(f"{question} Nothing was done: there is no terminal to ask at, add --yes.")
    if not click.confirm(question):
        raise Refused("nothing was done")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    one_line = " ".join(text.split())
    if _width(one_line) <= _WIDEST_CELL:
        return one_line
    while _width(one_line) >= _WIDEST_CELL:  # at most as many rounds as a cell is wide, after the cut below
        one_line = one_line[: min(len(one_line) - 1, _WIDEST_CELL)]
    return f"{one_line}…"


def _width(text: str) -> int:
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
