"""A text as a reader sees it: か and its mark as が, no invisible characters, one kind of line end.

Before: any decoded text. After: `width.fold` and every rule; `check` maps what they find back to the text as it came.
A name must be found however the sender's system stores it (macOS sends か and its mark apart, half-width katakana
carry ﾞ), and whether or not a zero-width character or a variation selector stands inside it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from mailgate.screening.width import fold

_MARKS = "\u3099\u309a\uff9e\uff9f"
_ACCENTS = "\u0300-\u036f"
_INVISIBLE = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
_UNUSUAL = re.compile(f"[{_MARKS}{_ACCENTS}{_INVISIBLE}\r\u2028\u2029\x0b\x0c\x85]")
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_JOINS = re.compile(f"[{_MARKS}{_ACCENTS}]")
_COMBINING = {"\uff9e": "\u3099", "\uff9f": "\u309a"}
_LINE_END = re.compile("[\r\u2028\u2029\x0b\x0c\x85]")


@dataclass(frozen=True, slots=True)
class Composed:
    """`starts[i]` and `ends[i]` are where character i of `text` stands in the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to before `end` stand in the original, with their marks."""
        return self.starts[start], self.ends[end - 1]


def compose(text: str) -> Composed | None:
    """`text` as a reader sees it, or None where that is `text` itself. Any text at all is composed, in one pass."""
    if not _UNUSUAL.search(text):
        return None
    characters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for offset, character in enumerate(text):
        if _JOINS.match(character) and characters:
            joined = unicodedata.normalize("NFC", fold(characters[-1]) + _COMBINING.get(character, character))
            if len(joined) == 1:
                characters[-1], ends[-1] = joined, offset + 1
                continue
        elif _HIDDEN.match(character) or (character == "\r" and text[offset + 1 : offset + 2] == "\n"):
            continue
        characters.append("\n" if _LINE_END.match(character) else character)
        starts.append(offset)
        ends.append(offset + 1)
    return Composed("".join(characters), starts, ends)
