"""Which lines of a reply are lines of our own mail that came back, whatever the client did to them.

`quoting.py` asks when it knows the text that this mail answers. Clients re-wrap, change widths, drop marks, blank lines and
whole lines, so lines are compared by their overlapping pieces and without white space. What everybody writes
(`お世話になっております`) is no sign of a quote by itself. Time and memory grow with both texts together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.mail.lines import is_courtesy

_PIECE = 6
"""Characters compared at a time: longer than the endings that all Japanese sentences share."""
_SHARE_THAT_CAME_BACK = 0.7
"""Of the pieces of a line: forgives a character that a client changed."""
_LEAST_THAT_CAME_BACK = 12
"""Characters in a run of lines: fewer may be the sender's own words."""
_MARKS = " \t\u3000>＞|｜≫│┃"


@dataclass(frozen=True, slots=True)
class Returned:
    """For each line of the reply."""

    quoted: tuple[bool, ...]
    """It came back in a run that is long enough to be a quote."""
    share: tuple[float, ...]
    """How much of it stands in our text, from 0 to 1."""


def compare(lines: Sequence[str], marked: Sequence[bool], sent: str) -> Returned:
    """Look for `lines` in `sent`. Lines that are `marked` as quotes already need no comparison and end a run."""
    share = _shares(lines, marked, sent)
    quoted = [False] * len(lines)
    at = 0
    while at < len(lines):
        start, end, weight = at, at, 0
        while at < len(lines) and not marked[at] and (share[at] >= _SHARE_THAT_CAME_BACK or not lines[at].strip()):
            if lines[at].strip():
                weight, end = weight + (0 if is_courtesy(lines[at]) else len(_folded(lines[at]))), at + 1
            at += 1
        if weight >= _LEAST_THAT_CAME_BACK:
            quoted[start:end] = [True] * (end - start)
        at += 1
    return Returned(tuple(quoted), tuple(share))


def _shares(lines: Sequence[str], marked: Sequence[bool], sent: str) -> list[float]:
    """A line too short for pieces must be a whole line of ours or go on where the line above it ended."""
    whole = {_folded(line) for line in sent.split("\n")}
    joined = "".join(_folded(line) for line in sent.split("\n"))
    pieces = {joined[at : at + _PIECE] for at in range(len(joined) - _PIECE + 1)}
    shares: list[float] = []
    above = ""
    for line, is_marked in zip(lines, marked, strict=True):
        folded = _folded(line)
        if is_marked or not folded:
            shares.append(0.0)
        elif len(folded) < _PIECE:
            shares.append(float(folded in whole or (above != "" and above[-_PIECE:] + folded in joined)))
        else:
            count = len(folded) - _PIECE + 1
            shares.append(sum(folded[at : at + _PIECE] in pieces for at in range(count)) / count)
        above = folded or above
    return shares


def _folded(line: str) -> str:
    plain = unicodedata.normalize("NFKC", line.lstrip(_MARKS)).replace("〜", "~")
    return "".join(plain.split()).casefold()
