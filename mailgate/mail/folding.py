"""Where a display of so many columns breaks the lines of a plain text: as phones and terminals do for Japanese.

A full-width character takes two columns. A line may break beside such a character and after a space; a word of others
stays whole where it fits on a line. By 禁則処理 (JIS X 4051) no line begins with 、。」 or a small kana, and none ends
with 「. Pure, linear in the text. Known weakness: real phones differ in fonts and in how strict they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_NOT_FIRST = frozenset(
    "、。，．・：；？！ー〜～…‥々ゝゞヽヾ゛゜）」』】〕〉》］｝”’"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
    "｡､･ﾞﾟｰ｣ｧｨｩｪｫｬｭｮｯ,.:;?!)]}"
)
_NOT_LAST = frozenset("（「『【〔〈《［｛“‘｢([{")
_NO_COLUMNS = frozenset({"Mn", "Me", "Cf"})


def columns_of(character: str) -> int:
    """How many columns a character takes: 0, 1 or 2."""
    if unicodedata.category(character) in _NO_COLUMNS:  # asked first: the dakuten that a Mac writes apart is "W" too
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """How many columns a line takes."""
    return sum(map(columns_of, text))


def folds(text: str, columns: int) -> Iterator[tuple[int, int]]:
    """For each line that a display of `columns` (2 or more) shows, where it begins and ends in `text`.

    Line ends of the text and spaces at a break belong to no line.
    """
    start = 0
    for line in text.split("\n"):
        yield from _folds(text, start, start + len(line), columns)
        start += len(line) + 1


def folded(text: str, columns: int) -> list[str]:
    """These lines."""
    return [text[start:end] for start, end in folds(text, columns)]


def _folds(text: str, start: int, end: int, columns: int) -> Iterator[tuple[int, int]]:
    while True:
        at = _break(text, start, end, columns)
        if at == end:
            yield start, end
            return
        yield start, _without_spaces(text, start, at)
        start = at
        while start < end and text[start] == " ":
            start += 1
        if start == end:
            return


def _break(text: str, start: int, end: int, columns: int) -> int:
    """Where the line that begins at `start` ends: looks at no more of it than fits, so that all of it stays linear."""
    used, last_chance = 0, start
    for place in range(start, end):
        if place > start and may_break(text[place - 1], text[place]):
            last_chance = place
        used += columns_of(text[place])
        if used > columns and text[place] != " ":  # a space at the end of a line hangs over it
            return last_chance if last_chance > start else max(place, start + 1)
    return end


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters that follow each other."""
    if after in _NOT_FIRST or before in _NOT_LAST or after == " " or columns_of(after) == 0:
        return False
    return before == " " or columns_of(before) == 2 or columns_of(after) == 2


def _without_spaces(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] == " ":
        end -= 1
    return end
