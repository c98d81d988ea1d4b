"""One shape: a pattern that recognises a passage by its characters alone, and what it says of it.

The tables are `shapes` (how somebody is reached) and `number_shapes` (how somebody is numbered). A pattern is tried
only on a line that holds what is `near` every match, in small letters, since that is quicker to look for, and only on
the few lines with a sign that any shape has (`signed`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from mailgate.screening.finding import Finding, Label, Tier

HYPHEN = "[-ー]"
# No shape is without a digit, a Latin letter or a sign, except for numbers and dates in kanji.
_SIGN = re.compile("[0-9A-Za-z@〒○零組]")
_DATE = re.compile(
    "月の?[一-鿿]{1,3}日|年度?の?[生産]まれ|番号.{0,4}[一二三四五六七八九十]|アカ|垢|ネーム|チャンネル|ユーザー名|ラインの名前"
)
# Where in the text a line starts, and the line.
Signed = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern on folded text; the finding is the group `it` where there is one, else the whole match."""

    label: Label
    tier: Tier
    reason: str
    near: re.Pattern[str]
    pattern: re.Pattern[str]


def shape(label: Label, reason: str, near: str, pattern: str, tier: Tier = Tier.SURE) -> Shape:
    """A shape in which capitals make no difference."""
    return Shape(label, tier, reason, _near(near), _compiled(pattern))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Without letters there are no capitals, and the search need not skip slowly because of them."""
    letters = re.search("[A-Za-z]", re.sub(r"\\.|\(\?P<it>", "", pattern))
    return re.compile(pattern, re.ASCII | (re.IGNORECASE if letters else 0))


def cased_shape(label: Label, reason: str, near: str, pattern: str, tier: Tier = Tier.SURE) -> Shape:
    """A shape in which they do."""
    return Shape(label, tier, reason, _near(near), re.compile(pattern, re.ASCII))


def _near(pattern: str) -> re.Pattern[str]:
    """In small letters, as `_together` writes the lines: a search in which capitals make no difference cannot skip.

    So it can hold no escape in capitals (a \\D).
    """
    return re.compile(pattern.lower(), re.ASCII)


def signed(folded: str) -> Signed:
    """The lines of a folded text in which any shape can be, and a telephone number."""
    found, offset = [], 0
    for line in folded.split("\n"):
        if _SIGN.search(line) or _DATE.search(line):
            found.append((offset, line))
        offset += len(line) + 1
    return found


def matches(shapes: Sequence[Shape], text: str, lines: Signed) -> Iterator[Finding]:
    """Everything in `text` that one of `shapes` matches in one of its signed `lines`; may overlap."""
    ends, together = _together(lines)
    holding: dict[re.Pattern[str], list[tuple[int, str]]] = {}
    for one in shapes:
        if one.near not in holding:  # several shapes ask for the same
            holding[one.near] = list(_holding(one.near, ends, together, lines))
        for offset, line in holding[one.near]:
            yield from _in_line(one, text, line, offset)


def _holding(near: re.Pattern[str], ends: list[int], together: str, lines: Signed) -> Iterator[tuple[int, str]]:
    """The lines that hold `near`."""
    match = near.search(together)
    while match is not None:
        index = bisect_left(ends, match.end())
        yield lines[index]
        match = near.search(together, ends[index])


def _together(lines: Signed) -> tuple[list[int], str]:
    """The lines as one text in small letters, and where each ends in it; the small letter of İ alone is longer."""
    small = [line.replace("İ", "i").lower() for _, line in lines]
    ends = accumulate((len(line) + 1 for line in small), initial=-1)
    return list(ends)[1:], "\n".join(small)


def _in_line(shape: Shape, text: str, line: str, offset: int) -> Iterator[Finding]:
    group = "it" if "it" in shape.pattern.groupindex else 0
    for match in shape.pattern.finditer(line):
        start, end = match.span(group)
        start, end = offset + start, offset + start + len(line[start:end].rstrip(".,;:!?'(-"))
        yield Finding(start, end, text[start:end], shape.label, shape.tier, shape.reason)
