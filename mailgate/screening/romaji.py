"""The Latin spellings of a name in hiragana: さとう is sato, satou, satoh; しょうじ is shoji, shouji, syozi …

Used by `known`, which searches the register's people however they are written; and the other way round by
`foreign_names`, which asks what a word in Latin letters may say. Hepburn and Kunrei, each with long
vowels written out, dropped, or with h, as passports, mail addresses and people write them. No meaning is decided here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの", "h": "はひふへほ",
    "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ", "d": "だぢづでど", "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}  # fmt: skip
_KUNREI = {
    **{kana: row + vowel for row, line in _ROWS.items() for kana, vowel in zip(line, "aiueo", strict=True)},
    **{"や": "ya", "ゆ": "yu", "よ": "yo", "わ": "wa", "を": "o", "ん": "n", "ー": "", "ゐ": "i", "ゑ": "e", "ゔ": "v"},
}
_SMALL = {"ゃ": "ya", "ゅ": "yu", "ょ": "yo", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_HEPBURN = (
    ("sy", "sh"), ("ty", "ch"), ("zy", "j"), ("dy", "j"), ("si", "shi"), ("ti", "chi"), ("tu", "tsu"), ("hu", "fu"),
    ("zi", "ji"), ("di", "ji"), ("du", "zu"),
)  # fmt: skip
_LONG = (("ou", "o"), ("oo", "o"), ("uu", "u"))


def romanised(name: str) -> frozenset[str]:
    """The usual spellings of `name` (hiragana, one word), in lower case; none where it holds anything else."""
    kunrei = _kunrei(name)
    if not kunrei:
        return frozenset()
    hepburn = kunrei
    for old, new in _HEPBURN:
        hepburn = hepburn.replace(old, new)
    whole = {kunrei, hepburn, re.sub("n(?=[bmp])", "m", hepburn)}
    short = {_shortened(spelling) for spelling in whole}
    with_h = {f"{spelling}h" for spelling in short - whole if spelling.endswith("o")}
    return frozenset(whole | short | with_h)


def _shortened(spelling: str) -> str:
    for long, short in _LONG:
        spelling = spelling.replace(long, short)
    return spelling


def _kunrei(name: str) -> str:
    sounds: list[str] = []
    double = False
    for kana in name:
        if kana == "っ":
            double = True
            continue
        if kana in _SMALL and sounds:
            sounds[-1] = sounds[-1][:-1] + (_SMALL[kana] if sounds[-1].endswith("i") else _SMALL[kana][-1])
            continue
        if kana not in _KUNREI:
            return ""
        sound = _KUNREI[kana]
        sounds.append(sound[:1] + sound if double else sound)
        double = False
    return "".join(sounds)


# Kenichi and Shinya have an n that ends its syllable.
_SYLLABLE = re.compile(r"(?:n(?:(?![aiueoy])|(?=ichi|ya))|m(?=[bmp])|[^aiueo]{0,3}[aiueo])")
_LONGEST_ROMANISED = 14


@lru_cache(2000)
def hiragana_spellings(latin: str) -> frozenset[str]:
    """The hiragana that `latin` (lower case) may be, long vowels dropped or not: ohara is おはら and おおはら."""
    spellings = [""]
    position = 0
    while position < len(latin) <= _LONGEST_ROMANISED:
        match = _SYLLABLE.match(latin, position)
        kana = None if match is None else _kana_of(match.group())
        if match is None or kana is None:
            return frozenset()
        longer = ("", "う", "お") if match.group().endswith("o") and len(spellings) <= _MOST_SPELLINGS else ("",)
        spellings = [spelling + kana + vowel for spelling in spellings for vowel in longer]
        position = match.end()
    return frozenset(spellings) if position else frozenset()


_MOST_SPELLINGS = 9


def _kana_of(syllable: str) -> str | None:
    if syllable in ("n", "m"):
        return "ん"
    double = len(syllable) > 2 and (syllable[0] == syllable[1] or syllable.startswith("tch"))
    kana = _SYLLABLES.get(syllable[1:] if double else syllable)
    return None if kana is None else ("っ" if double else "") + kana


def _syllables() -> dict[str, str]:
    plain = [kana for line in _ROWS.values() for kana in line] + ["や", "ゆ", "よ", "わ"]
    small = [f"{kana}{after}" for kana in "きしちにひみりぎじび" for after in "ゃゅょ"]
    # ji is じ before it is ぢ, and o is お before を.
    return {spelling: kana for kana in (*reversed(plain), *small) for spelling in romanised(kana)}


_SYLLABLES = _syllables()
