"""Click's help in the columns of a terminal, where a full-width character takes two.

click counts characters and breaks at spaces alone: Japanese would neither align nor wrap. After this stand the
commands as `help_words` shows them. Nothing is cut: a word without a place to break (an address, a path) that is
wider than the line stands alone on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from gettext import gettext

import click

from mailgate.mail.folding import may_break, width

FULL_COLON = "："
"""It brings its own space."""
_SCRAP_COLUMNS = 4
_WIDE_COLUMNS = 40
"""Narrower lines are filled as far as they go."""
_LEAST_COLUMNS = 10
"""Of the second column, however narrow the terminal is."""


def wrapped(text: str, columns: int, first: str = "", rest: str = "") -> list[str]:
    """`text` in lines of at most `columns`, the first one after `first`, the others after `rest`.

    Breaks at spaces, and beside a full-width character where Japanese typesetting allows it (`mail/folding.py`). The
    last line is not left with one or two characters where slightly shorter lines before it help. Linear in the length
    of the text.
    """
    lines = _filled(text, columns, first, rest)
    if columns < _WIDE_COLUMNS or not _ends_in_a_scrap(lines, rest):
        return lines
    others = [_filled(text, columns - less, first, rest) for less in (2, 4, 6)]
    return next((one for one in others if len(one) == len(lines) and not _ends_in_a_scrap(one, rest)), lines)


def _filled(text: str, columns: int, first: str, rest: str) -> list[str]:
    lines, line, used = [], [first], width(first)
    begun = False
    for gap, piece in _pieces(text):
        needed = width(gap) + width(piece) if begun else width(piece)
        if begun and used + needed > columns:
            lines.append("".join(line))
            line, used, needed, begun = [rest], width(rest), width(piece), False
        line.append(gap + piece if begun else piece)
        used += needed
        begun = True
    return [*lines, "".join(line)]


def _ends_in_a_scrap(lines: list[str], rest: str) -> bool:
    return len(lines) > 1 and width(lines[-1]) - width(rest) <= _SCRAP_COLUMNS


class MeasuredFormatter(click.HelpFormatter):
    """click's help pages with their texts and their two columns measured as they are shown."""

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        column = min(max((width(first) for first, _ in rows), default=0), col_max) + col_spacing
        indent, rest = " " * self.current_indent, " " * (self.current_indent + column)
        columns = max(self.width - 2, len(rest) + _LEAST_COLUMNS)
        for first, second in rows:
            if width(first) > column - col_spacing:
                self.write(f"{indent}{first}\n")
                head = rest
            else:
                head = indent + first + " " * (column - width(first))
            self._write_lines(line.rstrip() for line in wrapped(second, columns, first=head, rest=rest))

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            kept, _, lines = paragraph.partition("\n") if paragraph.startswith("\b") else ("", "", paragraph)
            if kept:  # click's mark for lines that stay as they are
                self._write_lines(indent + line for line in lines.split("\n"))
            else:
                self._write_lines(wrapped(lines.replace("\n", " "), self.width, first=indent, rest=indent))

    def _write_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(f"{line}\n")


class FullWidthFormatter(MeasuredFormatter):
    """The same for a page in Japanese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        opening = prefix or f"{gettext('Usage:')} "
        head = f"{opening.removesuffix(' ') if opening.endswith(f'{FULL_COLON} ') else opening}{prog} "
        self._write_lines(wrapped(args, self.width, first=head, rest=" " * width(head)))

    def write_heading(self, heading: str) -> None:
        self.write(f"{' ' * self.current_indent}{heading}{FULL_COLON}\n")


class FullWidthContext(click.Context):
    """A command with this context class shows its help by that formatter."""

    formatter_class = FullWidthFormatter


class MeasuredContext(click.Context):
    """The same for a page in English."""

    formatter_class = MeasuredFormatter


class MeasuredCommand(click.Command):
    """One that names full-width values, whatever the language of its help."""

    context_class = MeasuredContext


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What must stay together, each with the spaces before it."""
    for found in re.finditer(r"( *)([^ ]+)", text):
        gap, word = found.groups()
        start = 0
        for place in range(1, len(word)):
            if may_break(word[place - 1], word[place]):
                yield gap, word[start:place]
                gap, start = "", place
        yield gap, word[start:]
