"""Which lines of a reply are lines of our own mail that came back, whatever the client did to them.

`quoting.py` asks when it knows the text that this mail answers. Clients re-wrap, change widths and signs, drop marks,
blank lines and whole lines, so only letters and digits are compared, by overlapping pieces. What everybody writes
(`お世話になっております`) came back only where it stands in our text next to what else came back. Time and memory
grow with both texts together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail.lines import is_courtesy

_PIECE = 5
"""Characters compared at a time: longer than most endings that all Japanese sentences share."""
_SHARE_THAT_CAME_BACK = 0.7
"""Of the characters of a line: forgives some that a client changed."""
_SHARE_BETWEEN_RETURNED = 0.4
_LEAST_THAT_CAME_BACK = 12
"""Characters in a run of lines: fewer may be the sender's own words."""
_MARKS = " \t\u3000>＞|｜≫│┃"
_NEITHER = re.compile(r"[\W_]+")
_NEXT_TO = 8
"""Characters of the neighbour that must stand next to a courtesy in our text."""


@dataclass(frozen=True, slots=True)
class Returned:
    """For each line of the reply, and of our text as a whole."""

    quoted: tuple[bool, ...]
    """It came back in a run that is long enough to be a quote."""
    share: tuple[float, ...]
    """How much of it stands in our text, from 0 to 1."""
    size: tuple[int, ...]
    """Its letters and digits."""
    size_sent: int
    """The letters and digits of our text."""


def compare(lines: Sequence[str], marked: Sequence[bool], sent: str) -> Returned:
    """Look for `lines` in `sent`. A line `marked` as a quote needs no comparison; it holds a run together."""
    ours = _folded(sent)
    pieces = set(_pieces(ours))
    folded = [_folded(line) for line in lines]
    share = _shares(folded, marked, pieces, {_folded(line) for line in sent.split("\n")})
    quoted = [False] * len(lines)
    for start, end in _runs(folded, marked, share):
        inner = [at for at in range(start, end) if folded[at] and not marked[at]]
        signs = [at for at in range(start, end) if marked[at]]
        if not (inner and signs and signs[0] < inner[0]):
            inner = _without_own_courtesies_above(lines, folded, inner, pieces)
        if not (inner and signs and signs[-1] > inner[-1]):
            inner = _without_own_courtesies_below(lines, folded, inner, pieces)
        weight = sum(len(folded[at]) for at in inner if not is_courtesy(lines[at]))
        enclosed = inner and signs and signs[0] < inner[0] and signs[-1] > inner[-1]
        if inner and (weight >= _LEAST_THAT_CAME_BACK or (weight and signs) or enclosed):
            quoted[inner[0] : inner[-1] + 1] = [True] * (inner[-1] + 1 - inner[0])
    beside = [back or is_marked for back, is_marked in zip(quoted, marked, strict=True)]
    for at in _drawn_beside(lines, folded, beside, sent):
        quoted[at] = True
    return Returned(tuple(quoted), tuple(share), tuple(map(len, folded)), len(ours))


def _shares(folded: Sequence[str], marked: Sequence[bool], pieces: set[str], whole: set[str]) -> list[float]:
    """The part of each line's characters in pieces of ours; a short line counts whole or with a neighbour."""
    shares: list[float] = []
    for at, line in enumerate(folded):
        if marked[at]:
            shares.append(0.0)
            continue
        if len(line) < _PIECE:
            shares.append(float(line != "" and (line in whole or _goes_on(folded, at, pieces))))
            continue
        covered, end = 0, 0
        for start in range(len(line) - _PIECE + 1):
            if line[start : start + _PIECE] in pieces:
                covered += start + _PIECE - max(start, end)
                end = start + _PIECE
        # A few words of the sender's own are easily made of pieces of ours: at the edge of a quote all must be.
        few = covered < len(line) < 2 * _PIECE
        shares.append(min(covered / len(line), _SHARE_BETWEEN_RETURNED) if few else covered / len(line))
    return shares


def _goes_on(folded: Sequence[str], at: int, pieces: set[str]) -> bool:
    """Whether a few characters stand in our text right behind the line above or right before the line below."""
    above = next((folded[look] for look in range(at - 1, max(at - 3, -1), -1) if folded[look]), "")
    below = next((folded[look] for look in range(at + 1, min(at + 3, len(folded))) if folded[look]), "")
    behind = above != "" and _stands_in(above[-_NEXT_TO:] + folded[at], pieces)
    return behind or (below != "" and _stands_in(folded[at] + below[:_NEXT_TO], pieces))


def _runs(folded: Sequence[str], marked: Sequence[bool], share: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Stretches of returned, marked and blank lines; a line that is half ours stays in when its neighbours are ours."""
    written = [at for at in range(len(folded)) if folded[at] or marked[at]]
    ours = [marked[at] or share[at] >= _SHARE_THAT_CAME_BACK for at in written]
    start = 0
    for nth, at in enumerate(written):
        between = 0 < nth < len(written) - 1 and ours[nth - 1] and ours[nth + 1]
        if not ours[nth] and not (between and share[at] >= _SHARE_BETWEEN_RETURNED):
            yield start, at
            start = at + 1
    yield start, len(folded)


def _drawn_beside(lines: Sequence[str], folded: Sequence[str], ours: Sequence[bool], sent: str) -> Iterator[int]:
    """Lines without a letter that stand right beside a line of ours and are drawn just so in our text."""
    drawn = {line.strip() for line in sent.split("\n") if line.strip() and not _folded(line)}
    for at, line in enumerate(lines):
        beside = (at and ours[at - 1]) or (at + 1 < len(lines) and ours[at + 1])
        if beside and not folded[at] and line.strip(_MARKS) in drawn:
            yield at


def _without_own_courtesies_above(
    lines: Sequence[str], folded: Sequence[str], inner: list[int], pieces: set[str]
) -> list[int]:
    """Drop courtesies at the head of a run that do not stand there in our text: the sender wrote them too."""
    while inner and is_courtesy(lines[inner[0]]):
        below = folded[inner[1]] if len(inner) > 1 else ""
        if below and _stands_in(folded[inner[0]] + below[:_NEXT_TO], pieces):
            break
        inner = inner[1:]
    return inner


def _without_own_courtesies_below(
    lines: Sequence[str], folded: Sequence[str], inner: list[int], pieces: set[str]
) -> list[int]:
    """The same at the foot of a run."""
    while inner and is_courtesy(lines[inner[-1]]):
        above = folded[inner[-2]] if len(inner) > 1 else ""
        if above and _stands_in(above[-_NEXT_TO:] + folded[inner[-1]], pieces):
            break
        inner = inner[:-1]
    return inner


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1))


def _stands_in(text: str, pieces: set[str]) -> bool:
    """Whether all pieces of a text are ours; a set keeps the time linear where a search in our text would not."""
    return len(text) >= _PIECE and all(piece in pieces for piece in _pieces(text))


def _folded(text: str) -> str:
    """Letters and digits alone, in one width and case."""
    return _NEITHER.sub("", unicodedata.normalize("NFKC", text).casefold())
