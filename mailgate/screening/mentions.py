"""Every further mention of a name that is already established in the same text.

Before: the rules for persons. After: `merge`. 佐々木恵 once makes 佐々木 and 佐々木さん findings everywhere, 恵 where
it is a word of its own, and めぐみ where hiragana names stand. Hiragana mentions are UNSURE, since they may be part
of other words.

Weakness: at most 200 different names are followed up in one text, so that hostile text stays cheap.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.words import PERSONAL, Kind, Line, Word, readings, spoken

_MOST_NAMES = 200
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
_KANJI = re.compile(r"[一-鿿々]+")
_LATIN = re.compile(r"[A-Za-z'’ -]+")
_PLACE_TAIL = frozenset("県市町村区郡駅")
_OPENING = frozenset({Kind.SYMBOL, Kind.SPACE})
_PARTICLES = frozenset("はがもをのにと")
_SHORTEST_WHOLE = 3
_SUBJECT = frozenset("はが")
_IS = frozenset({"です", "でし", "だ", "だっ"})
# What stands around a name in hiragana.
_OPENS = re.compile(r"(?<![ぁ-ゖー])|(?<=[のとはがもをにで])")
_CLOSES = re.compile(r"[はがもをのにとへで、。,.」)]|さん|くん|ちゃん|\Z")


def find_mentions(text: str, folded: str, lines: Sequence[Line], persons: Iterable[Finding]) -> Iterator[Finding]:
    """Further places in `text` where one of `persons` (SURE ones) or a part of that name stands."""
    sure = [person for person in persons if person.tier is Tier.SURE]
    names = _names(folded, lines, sure)
    there = {(person.start, person.end) for person in sure}
    longer = [name for name in names if len(name) >= (3 if name.isascii() or _HIRAGANA.fullmatch(name) else 2)]
    for name in longer:
        yield from _mentions(text, folded, name, there)
    characters = frozenset(name for name in names if len(name) == 1 and _KANJI.fullmatch(name))
    characters |= frozenset(islice(_given_nouns(folded, lines, sure), _MOST_NAMES))
    for line in lines if characters else ():
        if any(map(line.text.__contains__, characters)):
            yield from _single(text, line, characters)
    yield from _in_kana(text, folded, names)


def _names(folded: str, lines: Iterable[Line], sure: Sequence[Finding]) -> list[str]:
    """The names and their parts, the longest first, and no more than the limit."""
    names = {folded[person.start : person.end] for person in sure}
    names |= {part for name in names for part in name.split()}
    covered = {at for person in sure for at in range(person.start, person.end)}
    for line in lines:
        for word in map(line.words.__getitem__, line.names):
            if word.kind in PERSONAL and word.start in covered and word.end - 1 in covered:
                names.add(word.text)
    return sorted(names, key=lambda name: (-len(name), name))[:_MOST_NAMES]


def _given_nouns(folded: str, lines: Sequence[Line], sure: Iterable[Finding]) -> Iterator[str]:
    """桃花 of 菊池桃花: a given name that is a noun, and so no word that the dictionary reads as a name."""
    starts = [line.start for line in lines]
    for person in sure:
        if person.end - person.start < _SHORTEST_WHOLE:
            continue
        line = lines[bisect_right(starts, person.start) - 1]
        index = line.before(person.start)
        surname = line.words[index] if index < len(line.words) else None
        if surname is not None and surname.start == person.start and surname.kind is Kind.SURNAME:
            given = folded[surname.end : person.end].strip()
            if 2 <= len(given) <= 3 and _KANJI.fullmatch(given) and Kind.NOUN in readings(given):
                yield given


def _mentions(text: str, folded: str, name: str, there: set[tuple[int, int]]) -> Iterator[Finding]:
    start = folded.find(name)
    while start >= 0:
        end = start + len(name)
        if (start, end) not in there and _stands_alone(folded, start, end, name):
            tier = Tier.UNSURE if _HIRAGANA.fullmatch(name) else Tier.SURE
            yield Finding(start, end, text[start:end], Label.PERSON, tier, "name mentioned elsewhere")
        start = folded.find(name, end)


def _stands_alone(folded: str, start: int, end: int, name: str) -> bool:
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    if _LATIN.fullmatch(name):
        return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())
    return after not in _PLACE_TAIL


def _single(text: str, line: Line, characters: frozenset[str]) -> Iterator[Finding]:
    """律は…, where 椎名 律 is established: a character that is a whole word and stands as a name does."""
    before: Word | None = None
    for word, after in zip(line.words, (*line.words[1:], None), strict=True):
        if word.text in characters:
            tier = Tier.SURE if word.kind in PERSONAL else Tier.UNSURE
            opens = before is None or before.kind in _OPENING
            goes_on = after is None or after.text in _PARTICLES or after.kind in _OPENING
            is_it = (
                before is not None and before.text in _SUBJECT and after is not None and after.text in _IS
            )  # 犯人は森だ
            if tier is Tier.SURE or (opens and goes_on) or is_it:
                yield Finding(
                    word.start, word.end, text[word.start : word.end], Label.PERSON, tier, "name mentioned elsewhere"
                )
        before = word


def _in_kana(text: str, folded: str, names: Iterable[str]) -> Iterator[Finding]:
    """めぐみ, where 恵 is established: its reading, if that is a common given name."""
    sounds = {reading for name in names if len(name) <= 4 and _KANJI.fullmatch(name) for reading in spoken(name)}
    common = [reading for reading in sounds & GIVEN_NAMES if reading in folded]
    if not common:
        return
    done = 0
    for start, end in sorted(_standing(folded, common), key=lambda span: (span[0], -span[1])):
        if start >= done:
            done = end
            reason = "reading of a name mentioned elsewhere"
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.UNSURE, reason)


def _standing(folded: str, readings_of_names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where one of these stands as a name in hiragana does; a pattern of them would be compiled for every text."""
    for reading in readings_of_names:
        start = folded.find(reading)
        while start >= 0:
            end = start + len(reading)
            if _OPENS.match(folded, start) and _CLOSES.match(folded, end):
                yield start, end
            start = folded.find(reading, start + 1)
