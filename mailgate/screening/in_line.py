"""What several rules ask of a place in a line, and how they tell what they found there.

Before: a rule's pattern was looked for in `line.text`, so its places count from the beginning of the line. After:
findings, whose places count in the whole text.
"""

from __future__ import annotations

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import MASK
from mailgate.screening.words import Line, Word


def finding_in(text: str, line: Line, start: int, end: int, label: Label, tier: Tier, reason: str) -> Finding:
    """The finding from `start` to before `end` of the line, which is one of `text`."""
    start, end = line.start + start, line.start + end
    return Finding(start, end, text[start:end], label, tier, reason)


def masked(line: Line, at: int) -> bool:
    """Whether a mask stands right in front of the character at `at` of the whole text: ○○小学校, 某小学校."""
    at -= line.start
    return at > 0 and (MASK.match(line.text, at - 1) is not None or line.text[at - 1] == "某")


def words_over(line: Line, start: int, end: int) -> list[tuple[Word, str]]:
    """The words from the one that `start` of the whole text lies in to before `end`, each with its text as far as
    `end`."""
    words = line.words[line.before(start + 1) - 1 : line.before(end)]
    return [(word, word.text[: end - word.start]) for word in words]
