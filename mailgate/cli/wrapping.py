"""Long lines cut to the width of a terminal, as Japanese and English are cut: full-width letters count two columns, a
word in Latin letters stays whole where it can, no line begins with 。 or ）.

For a terminal alone: what goes into a file or another program keeps its lines. In time linear to the text.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator

from mailgate.cli.pager import in_terminal, width_of

_WORD_OR_SIGN = re.compile(r"[!-~]+| +|.", re.S)
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー々〜～…‥）］｝〕〉》」』】’”ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}"
)
_NOT_LAST = frozenset("（［｛〔〈《「『【‘“([{")
_NARROWEST, _WIDEST = 20, 100
"""Of a terminal: longer lines are hard to read."""


def wrapped(lines: Iterable[str], indent: str = "") -> Iterator[str]:
    """The lines with `indent` before each, none wider than the terminal; as they are where there is none."""
    columns = max(min(shutil.get_terminal_size().columns, _WIDEST), _NARROWEST)
    for line in lines:
        for one in line.split("\n"):
            parts = fold(one, columns - width_of(indent)) if in_terminal() else [one]
            yield from (f"{indent}{part}".rstrip() for part in parts)


def fold(line: str, columns: int) -> list[str]:
    """One line as lines of at most so many columns; a sign that may not begin a line may stand one beyond."""
    done: list[str] = []
    current, width = "", 0
    for piece in _pieces(line, columns):
        size = width_of(piece)
        fits = width + size <= columns
        if not fits and current.strip() and not (piece in _NOT_FIRST and width <= columns):
            carried = _carried(current)
            done.append(current[: len(current) - len(carried)].rstrip(" "))
            current, width = carried, width_of(carried)
            piece = piece if piece.strip(" ") else ""
        current, width = current + piece, width + width_of(piece)
    return [*done, current]


def _pieces(line: str, columns: int) -> Iterator[str]:
    """What is not cut: a word, some blanks, a single sign; a word longer than a line is cut after all."""
    for found in _WORD_OR_SIGN.findall(line):
        if len(found) <= columns:
            yield found
        else:
            yield from (found[at : at + columns] for at in range(0, len(found), columns))


def _carried(line: str) -> str:
    """What goes to the next line with what follows: an opening bracket does not end one."""
    return line[-1:] if line[-1:] in _NOT_LAST and len(line) > 1 else ""
