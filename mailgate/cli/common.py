"""What all commands share: the open office, who acts, one way to print, one way to ask.

A command parses, calls one flow, prints. `errors.MailgateError` becomes one line on stderr and exit status 1 in
`mailgate/__main__.py`.
"""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailgate.cli.pager import print_lines
from mailgate.cli.program import typed_here
from mailgate.cli.suggesting import MemberHandle, Number
from mailgate.cli.value_words import Shown, label
from mailgate.cli.words import ENGLISH, language
from mailgate.errors import BadInput, Refused
from mailgate.mail.folding import width
from mailgate.phrase import Phrase
from mailgate.system_words import system_words

if TYPE_CHECKING:  # the heavy half is imported when a command first needs it
    from mailgate.config import Config
    from mailgate.flow.context import Office


@dataclass
class Desk:
    """One run of the program: its options, and the office that is opened at first use."""

    config_option: Path | None
    operator_option: str | None
    language: str | None = None
    """As --lang says; "ja" or "en"."""
    pages: bool = True
    """Whether what is longer than the screen may be shown in a pager."""

    @cached_property
    def config(self) -> Config:
        import os

        from mailgate.config import find_config, load

        return load(find_config(self.config_option, os.environ))

    @cached_property
    def office(self) -> Office:
        """Reads received mails as the service does: in a child with limits, which is started for the first one."""
        from mailgate.office import child_limits_of, open_office
        from mailgate.sandbox.reader import ChildReader

        reader = ChildReader(child_limits_of(self.config))
        click.get_current_context().find_root().call_on_close(reader.close)
        return replace(open_office(self.config), read_mail=reader)

    def close(self) -> None:
        """At the end of the run: whoever must be alone with the database need not wait for us."""
        if "office" in self.__dict__:
            self.office.database.close()

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

NUMBER = Number(1, 2**31 - 1)
"""The number of a case or a comment, as far as both databases count."""
MEMBER = MemberHandle()
"""A member, by handle; the flows say when there is none."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
never_asks_option = click.option("--yes", is_flag=True, expose_value=False, help="Do not ask (nothing is asked here).")
"""So that a script may say --yes to whatever changes something."""
text_file_option = click.option(
    "--text-file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Take the text from a file; - is standard input.",
)

Row = Mapping[str, Any]
_STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
"""Categories Cc, Cf, Cs and the two separators but for the line end: written out, since asking for each takes 0.1 s."""
_HEAD_COLUMNS = 12


def show(as_json: bool, document: Mapping[str, Any], text: Callable[[], Iterable[str]]) -> None:
    """Prints the document as JSON, or the lines of `text()` for a person."""
    if as_json:
        click.echo(dumped(document, indent=2))
        return
    print_lines([harmless(line) for line in text()], pages=may_page())


def may_page() -> bool:
    """Whether nobody has said --no-pager to this run of the program."""
    context = click.get_current_context(silent=True)
    desk = context.find_object(Desk) if context else None
    return desk is None or desk.pages


def say(line: str, *, error: bool = False) -> None:
    """Prints a line of ours for a person; nothing in it steers the terminal, and its commands are as typed here."""
    click.echo(harmless(typed_here(line)), err=error)


def told(text: str) -> str:
    """What was made below the command line, in the language of this run: a phrase, or a plain text that was one before
    it stood in the database; else as it is. Commands in a phrase are as typed here."""
    if isinstance(text, Phrase) or language() == ENGLISH:
        return in_their_words(text)
    from mailgate.cli.stored_words import said_again  # for whoever needs them

    return said_again(text)


def in_their_words(text: str) -> str:
    """What somebody wrote, such as a subject, as it is; where a phrase of ours stands in its place, that as `told`."""
    return typed_here(text.said(gettext)) if isinstance(text, Phrase) else str(text)


def listed(reasons: Iterable[str]) -> str:
    """Several of them in one line."""
    return gettext("; ").join(map(told, reasons))


def dumped(document: Mapping[str, Any], indent: int | None = None) -> str:
    """`document` as JSON in UTF-8 text; characters that would steer a terminal stand escaped in it."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return _STEERING.sub(_escaped, text)


def before_value(column: str) -> str:
    """The name of a column as it stands before its value in the head of a page, filled to one width."""
    name = label(column)
    return name + " " * (_HEAD_COLUMNS - width(name))


def csv_octets(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """`rows` as a CSV file: nothing in it steers a terminal or starts a formula. With the mark of UTF-8, for
    Excel, but not on a terminal."""
    from mailgate.desk.csv_file import write_csv  # for whoever wants one

    cells = [{column: harmless(_whole_cell(row.get(column))) for column in columns} for row in rows]
    return write_csv(columns, cells).encode("utf-8" if sys.stdout.isatty() else "utf-8-sig")


def harmless(text: str) -> str:
    """`text` without the characters that steer a terminal: controls, escapes, bidi marks (all but the line end)."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


def without_steering(text: str) -> str:
    """`text` as `harmless`, but with nothing in the place of what is taken out: for an editor."""
    return _STEERING.sub("", text.replace("\t", " "))


def read_octets(file: Path) -> bytes:
    """What is in a file, or on standard input for "-"; raises BadInput in one line when it cannot be read."""
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        named = click.format_filename(file)
        raise BadInput([Phrase("{file} cannot be read: {why}", file=named, why=system_words(error))]) from None


def read_text(file: Path) -> str:
    """The same as text; raises BadInput when it is not UTF-8."""
    try:
        return read_octets(file).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise BadInput([Phrase("{file} is not a text in UTF-8", file=click.format_filename(file))]) from None


def warn_on_stderr(*, only_what_is_critical: bool = False) -> None:
    """Before flows that tell the log what went wrong: in a command that stands beside its output, not in it."""
    import logging

    from mailgate.watch.log import configure_log

    configure_log(logging.CRITICAL if only_what_is_critical else logging.WARNING)


def confirm(question: str, yes: bool) -> None:
    """Goes on after a yes; raises Refused after a no, or without a terminal and without --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("{question} Nothing was done: there is no terminal to ask at, add --yes.", question=question)
    if not click.confirm(question):
        raise Refused("nothing was done")


def at_a_terminal() -> bool:
    """Whether a person can be shown a screen and press keys."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def forget_typed_ahead() -> None:
    """Before a screen on which one key decides: what was typed before it was there was meant for something else."""
    import termios

    termios.tcflush(sys.stdin, termios.TCIFLUSH)


def confirm_at_terminal(question: str, yes: bool) -> None:
    """Asks in a terminal, before mail goes out and the like; elsewhere the command itself is the word for it."""
    if asks(yes) and not click.confirm(question):
        raise Refused("nothing was done")


def asks(yes: bool) -> bool:
    """Whether somebody is asked at all: then what they should know stands before the question."""
    return not yes and sys.stdin.isatty()


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def in_cell(value: Any, say: Shown = str) -> str:
    """A value as a person reads it, several of them with the commas of the language; nothing for None."""
    if value is None:
        return ""
    return gettext(", ").join(map(say, value)) if isinstance(value, (list, tuple)) else say(value)


def _whole_cell(value: Any) -> str:
    """The same for a spreadsheet, in every language alike."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
