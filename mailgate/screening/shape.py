"""One shape: a pattern that recognises a passage by its characters alone, and what it says of it.

The tables are `shapes` (how somebody is reached) and `number_shapes` (how somebody is numbered). A pattern is tried
only on a text that holds what is `near` every match, since that is quicker to look for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailgate.screening.finding import Finding, Label, Tier

HYPHEN = "[-ー]"


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


def matches(shapes: Iterable[Shape], text: str, folded: str) -> Iterator[Finding]:
    """Everything in `text` that one of `shapes` matches; `folded` is `width.fold(text)`. Findings may overlap."""
    for one in shapes:
        if not one.near.search(folded):
            continue
        group = "it" if "it" in one.pattern.groupindex else 0
        for match in one.pattern.finditer(folded):
            start, end = match.span(group)
            end = start + len(folded[start:end].rstrip(".,;:!?'(-"))
            yield Finding(start, end, text[start:end], one.label, one.tier, one.reason)
