"""One shape: a pattern that recognises a passage by its characters alone, and what it says of it.

The tables are `shapes` (how somebody is reached) and `number_shapes` (how somebody is numbered). A pattern is tried
only on a text that holds what is `near` every match, since that is quicker to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.screening.finding import Finding, Label, Tier

HYPHEN = "[-ー]"
# No shape is without a digit, a Latin letter or a sign, except for numbers and dates in kanji.
_WORTH_IT = re.compile("[0-9A-Za-z@〒○零組]|月[一-鿿]{1,3}日")


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
    flags = re.IGNORECASE | re.ASCII
    return Shape(label, tier, reason, re.compile(near, flags), re.compile(pattern, flags))


def cased_shape(label: Label, reason: str, near: str, pattern: str) -> Shape:
    """A shape in which they do."""
    return Shape(label, Tier.SURE, reason, re.compile(near, re.ASCII), re.compile(pattern, re.ASCII))


def matches(shapes: Sequence[Shape], text: str, folded: str) -> Iterator[Finding]:
    """Everything in `text` that one of `shapes` matches in a line; `folded` is `width.fold(text)`; may overlap."""
    near = [one for one in shapes if one.near.search(folded)]
    offset = 0
    for line in folded.split("\n") if near else ():
        if _WORTH_IT.search(line):
            for one in near:
                yield from _in_line(one, text, line, offset)
        offset += len(line) + 1


def _in_line(shape: Shape, text: str, line: str, offset: int) -> Iterator[Finding]:
    if not shape.near.search(line):
        return
    group = "it" if "it" in shape.pattern.groupindex else 0
    for match in shape.pattern.finditer(line):
        start, end = match.span(group)
        start, end = offset + start, offset + start + len(line[start:end].rstrip(".,;:!?'(-"))
        yield Finding(start, end, text[start:end], shape.label, shape.tier, shape.reason)
