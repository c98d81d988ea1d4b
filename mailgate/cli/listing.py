"""What every command that lists has: a table for a person, --json and --csv for scripts, and a pager.

A title stands above the table in a terminal alone, into which its lines are fitted: what goes into a file or another
program begins with the head line, as it always did, no cell of it is cut, and its times are whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from gettext import gettext
from typing import Any, TypeVar

import click

from mailgate.cli.common import Row, csv_octets, dumped, harmless, json_option, may_page
from mailgate.cli.pager import has_colour, in_terminal, print_lines
from mailgate.cli.tables import is_moment, short_moment, table
from mailgate.cli.value_words import Cells, Shown

_F = TypeVar("_F", bound=Callable[..., Any])
csv_option = click.option("--csv", "as_csv", is_flag=True, help="Print the columns as CSV.")


@dataclass(frozen=True, slots=True)
class Form:
    """How a list is printed."""

    as_json: bool
    as_csv: bool
    pages: bool


def list_options(command: _F) -> _F:
    """--json, --csv and --no-pager, handed to the command as `form`."""

    @json_option
    @csv_option
    @click.option("--no-pager", is_flag=True, help="Print a long list at once.")
    @wraps(command)
    def chosen(*args: Any, as_json: bool, as_csv: bool, no_pager: bool, **given: Any) -> Any:
        if as_json and as_csv:
            raise click.UsageError(gettext("either --json or --csv"))
        return command(*args, form=Form(as_json, as_csv, not no_pager), **given)

    return chosen  # type: ignore[return-value]  # the same command with other options


def show_list(
    form: Form,
    key: str,
    rows: Sequence[Row],
    columns: Sequence[str],
    *,
    title: str,
    empty: str,
    lines: Sequence[Row] | None = None,
    head: Row | None = None,
    words: Cells | None = None,
) -> None:
    """Prints `rows` in the form that was asked for: as {key: rows} with `head` before, or with these columns. `lines`
    stand for them where a person or a spreadsheet reads; `words` says the values for a person alone."""
    if form.as_json:
        click.echo(dumped({**(head or {}), key: rows}, indent=2))
        return
    lines = rows if lines is None else lines
    if form.as_csv:
        click.echo(csv_octets(columns, lines), nl=False)
        return
    if in_terminal():
        words, most = _short_moments(columns) | dict(words or {}), shutil.get_terminal_size().columns
        told = [harmless(line) for line in table(lines, columns, empty, words, key, most=most)]
    else:
        told = [harmless(line) for line in table(lines, columns, empty, words, key, cuts=False)]
    if in_terminal() and lines:
        told = [_painted(title), _painted(told[0]), *told[1:]]
    print_lines(told, pages=form.pages and may_page())


def _short_moments(columns: Sequence[str]) -> dict[str, Shown]:
    now = datetime.now(UTC)
    return {column: lambda moment: short_moment(moment, now) for column in columns if is_moment(column)}


def _painted(text: str) -> str:
    return click.style(text, bold=True) if has_colour() else text
