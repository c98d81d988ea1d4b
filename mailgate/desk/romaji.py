"""A name in kana, written in Latin letters in the ways that people write it: Hepburn and Kunrei, long vowels or not.

Not every mixture of ways, only each way kept throughout: おおた is oota, ota and ohta. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_VOWELS = "aiueo"
_ROWS = {
    "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ", "m": "まみむめも",
    "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ",
    "": "あいうえお",
}  # fmt: skip
_KUNREI = {kana: row + vowel for row, line in _ROWS.items() for kana, vowel in zip(line, _VOWELS, strict=True)} | {
    "や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "ゐ": "i", "ゑ": "e", "を": "o", "ん": "n", "ゔ": "vu",
    "ぢ": "zi", "づ": "zu",
}  # fmt: skip
_HEPBURN = _KUNREI | {
    "し": "shi", "ち": "chi", "つ": "tsu", "ふ": "fu", "じ": "ji", "ぢ": "ji",
}  # fmt: skip
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_AFTER_SIBILANT = re.compile(r"(?<=sh)y|(?<=ch)y|(?<=j)y")
_LONG = (re.compile(r"o[ou]"), re.compile(r"uu"))


def romaji(kana: str) -> frozenset[str]:
    """The spellings of one word in hiragana, in lower case; none when something else stands in it."""
    if not kana or not all(sign in _KUNREI or sign in _SMALL or sign in "っー" for sign in kana):
        return frozenset()
    return frozenset(way for table in (_HEPBURN, _KUNREI) for way in _ways(_written(kana, table)))


def _written(kana: str, table: dict[str, str]) -> str:
    word = ""
    for position, sign in enumerate(kana):
        if sign in _SMALL:
            word = _AFTER_SIBILANT.sub("", _joined(word, _SMALL[sign]))
        elif sign == "ー":
            word += word[-1:]
        elif sign == "っ":
            following = table.get(kana[position + 1 : position + 2], "")
            word += "t" if following.startswith("ch") else following[:1]
        else:
            word += table[sign]
    return word


def _joined(word: str, small: str) -> str:
    """き + ょ is kyo, ふ + ぁ is fa."""
    return word[:-1] + small if word[-1:] in ("i", "u") else word + small


def _ways(word: str) -> Iterator[str]:
    o_short, u_short = _LONG
    for way in (word, u_short.sub("u", o_short.sub("o", word)), u_short.sub("u", o_short.sub("oh", word))):
        yield way
        yield re.sub(r"n(?=[bmp])", "m", way)
