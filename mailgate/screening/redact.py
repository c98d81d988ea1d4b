"""The text without its findings: letters for persons, ○○ for names of schools and places, words for the rest.

Before: `check` and the operator's decisions. After: the operator reads the result and approves it. The same person has
the same letter throughout, also by surname or given name alone or in kana; letters that the writer already uses (A君)
are left to the writer, and so are those of the texts that are read beside this one. It decides nothing about what is
redacted.

Weakness: a name in kana whose kanji the dictionary does not read so (悠真, ゆうま) gets a letter of its own; a person
who happens to have the sound of another's name gets that one's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import count
from string import ascii_uppercase

from mailgate.screening.finding import Finding, KnownReason, Label
from mailgate.screening.lexicon import ADDRESSING
from mailgate.screening.merge import merge
from mailgate.screening.replacements import (
    ENGLISH,
    JAPANESE,
    japanese_class,
    japanese_organisation,
    japanese_place,
    japanese_school,
    school_tail,
)
from mailgate.screening.width import fold, hiragana
from mailgate.screening.words import spoken

_JAPANESE = re.compile(r"[ぁ-ヿ一-鿿々]")
_LETTER = re.compile(r"(?<![A-Za-z])([A-Za-z])([0-9]*)(?![A-Za-z])")
_OF_ONESELF = re.compile("です|でございます|と申し|と言い|といい|拝")
"""Behind one's own name, which takes no さん."""
_TITLE_BEFORE = re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.? $")
_ENGLISH_ADDRESSING = re.compile(r"[ -](?:sensei|san|kun|chan|sama)(?![a-z])")
_BLANK_OR_RULE = re.compile(r"[\s\-=_*~━─―＝－‐ー・.]*")
_LONGEST_NAME = 40
_KANJI = re.compile(r"[一-鿿々]+")
_LONGEST_KANJI_NAME = 8


def redact(text: str, findings: Sequence[Finding], taken: Collection[str] = ()) -> str:
    """`text` with each of `findings` (all are redacted; any order; they may overlap) replaced, so that it reads well.

    A signature goes whole, with the blank and ruled lines around it. No letter of `taken` (`letters_in`) is given: they
    stand for others in a text that the same reader gets.
    """
    whole = [_with_lines_around(text, f) if f.label is Label.SIGNATURE else f for f in findings]
    merged = merge(text, whole)
    names = _Names(text, [finding for finding in merged if _nature(finding) is Label.PERSON], taken)
    english = not _JAPANESE.search(text)
    pieces: list[str] = []
    at = 0
    for finding in merged:
        pieces += [text[at : finding.start], _replacement(text, finding, names, english)]
        at = finding.end
    return "".join((*pieces, text[at:]))


def letters_in(text: str) -> frozenset[str]:
    """What stands, or may stand, for a person in `text`: single letters, also with a number (A, A2)."""
    found = [(letter.upper(), number) for letter, number in _LETTER.findall(fold(text))]
    return frozenset(letter for letter, _ in found) | frozenset(letter + number for letter, number in found)


def is_same_but_for_letters(one: str, other: str) -> bool:
    """Whether two texts differ at most in which letters they give to persons."""
    return _LETTER.sub("A", fold(one)) == _LETTER.sub("A", fold(other))


def _with_lines_around(text: str, signature: Finding) -> Finding:
    start, end = signature.start, signature.end
    while start > 0 and text[start - 1] == "\n":
        above = text.rfind("\n", 0, start - 1) + 1
        if not _BLANK_OR_RULE.fullmatch(text, above, start - 1):
            break
        start = above
    while end < len(text):
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end + 1
        if not _BLANK_OR_RULE.fullmatch(text, end, line_end):
            break
        end = line_end
    return signature._replace(start=start, end=end, text=text[start:end])


def _nature(finding: Finding) -> Label:
    """The label that decides how the passage is replaced: known data is a person, a school or an address."""
    if finding.label is not Label.KNOWN:
        return finding.label
    if finding.reason == KnownReason.ADDRESS or "@" in fold(finding.text):
        return Label.EMAIL
    if finding.reason == KnownReason.PLACE:
        return Label.PLACE
    # 田中 ends like a short name of a school, so one character proves nothing.
    school = finding.reason == KnownReason.SCHOOL or len(school_tail(fold(finding.text))) > 1
    return Label.SCHOOL if school else Label.PERSON


def _replacement(text: str, finding: Finding, names: _Names, english: bool) -> str:
    nature, folded = _nature(finding), fold(finding.text)
    if nature is Label.SIGNATURE:
        return "\n" if finding.start > 0 and finding.end < len(text) else ""
    if nature is Label.PERSON:
        return _person(text, finding, names.letter(folded), english)
    if english:
        return ENGLISH[nature]
    match nature:
        case Label.SCHOOL:
            return japanese_school(folded)
        case Label.PLACE:
            return japanese_place(folded)
        case Label.ORGANISATION:
            return japanese_organisation(folded)
        case Label.STUDENT_NUMBER:
            return japanese_class(folded)
        case _:
            return JAPANESE[nature]


def _person(text: str, finding: Finding, letter: str, english: bool) -> str:
    """The letter alone where a form of address stays beside it, else with さん or Person."""
    before, after = text[max(0, finding.start - 6) : finding.start], fold(text[finding.end : finding.end + 12])
    if ADDRESSING.match(after.lstrip(" ")) or _ENGLISH_ADDRESSING.match(after) or _TITLE_BEFORE.search(before):
        return letter
    if _OF_ONESELF.match(after):
        return letter
    return f"{ENGLISH[Label.PERSON]} {letter}" if english else f"{letter}{JAPANESE[Label.PERSON]}"


class _Names:
    """Which letter stands for which name; a part of exactly one full name is the same person."""

    def __init__(self, text: str, persons: Sequence[Finding], taken: Collection[str]) -> None:
        used = letters_in(text).union(taken)
        self._free = (letter for letter in _letters() if letter not in used)
        self._letters: dict[str, str] = {}
        self._wholes: dict[str, set[str]] = defaultdict(set)
        for person in persons:
            whole = hiragana(_compact(fold(person.text)))
            for part in _parts(hiragana(fold(person.text))):
                self._wholes[part].add(whole)
        for whole in sorted({hiragana(_compact(fold(person.text))) for person in persons}):
            for sound in _sounds(whole):
                self._wholes[sound].add(self._longest(whole))
        for person in persons:
            self.letter(fold(person.text))

    def letter(self, name: str) -> str:
        """The letter for a folded name, a new one when the name is new."""
        whole = self._longest(hiragana(_compact(name)))
        if whole not in self._letters:
            self._letters[whole] = next(self._free)
        return self._letters[whole]

    def _longest(self, name: str) -> str:
        """The one full name of which `name` is a part, or `name` where there is none or more than one."""
        for _ in range(_LONGEST_NAME):
            longer = self._wholes.get(name, set()) - {name}
            if len(longer) != 1:
                break
            name = next(iter(longer))
        return name


def _compact(name: str) -> str:
    return "".join(name.split()).lower()


def _parts(name: str) -> Iterator[str]:
    """What may stand for the full name: what a space cuts off, and beginnings and ends of two characters or more."""
    whole = _compact(name)
    yield from (part.lower() for part in name.split())
    if not whole.isascii() and len(whole) <= _LONGEST_NAME:
        yield from (whole[:size] for size in range(2, len(whole)))
        yield from (whole[-size:] for size in range(2, len(whole)))


def _sounds(whole: str) -> frozenset[str]:
    """How a name in kanji may be written in kana, whole and by its parts; nothing for any other name."""
    if not _KANJI.fullmatch(whole) or len(whole) > _LONGEST_KANJI_NAME:
        return frozenset()
    sounds = set(spoken(whole))
    for cut in range(1, len(whole)):
        first, last = spoken(whole[:cut]), spoken(whole[cut:])
        if first and last:
            sounds |= first | last | {one + other for one in first for other in last}
    return frozenset(sound for sound in sounds if len(sound) >= 2)


def _letters() -> Iterator[str]:
    """A … Z, then A2 … Z2, and so on."""
    yield from ascii_uppercase
    for number in count(2):
        yield from (f"{letter}{number}" for letter in ascii_uppercase)
