"""What the register knows, searched literally: names, mail addresses, schools with their aliases and municipalities.

Before: the register's own spelling ("佐々木 恵"). After: `check`, and the gate that every outgoing text passes. Spaces
and zero-width characters inside a name, width, case and katakana or hiragana make no difference.

Weakness: a surname is searched as it is, so 小田 is found in 小田原 (`check`, which knows words, makes that UNSURE; the
gate does not); kana surnames and given names alone count only where a form of address or です shows that a person is
meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import product

from ahocorasick_rs import AhoCorasick, MatchKind

from mailgate.screening.finding import Finding, KnownReason, Label, Tier
from mailgate.screening.lexicon import ADDRESSING, words_of
from mailgate.screening.merge import merge
from mailgate.screening.romaji import romanised
from mailgate.screening.short_latin import FEW, FEWEST, names_somebody
from mailgate.screening.width import fold, hiragana

_FOUNDER = re.compile(r"^.{0,20}?(?:[都道府県市区町村組合]立|私立|国立)")
_PREFECTURE = re.compile(r"^(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県)(?=..)")
_SHORT_TAILS = (("小学校", "小"), ("中学校", "中"), ("高等学校", "高"), ("高等学校", "高校"))
_KIND_OF_SCHOOL = re.compile("小学校|中学校|高等学校|高校|学校|学園|学院|幼稚園|保育園|本校|大学")
_KANJI = re.compile(r"[一-鿿々ゖ\U00020000-\U0003ffff]+")
_KANA = re.compile(r"[ぁ-ゖー]+")
_LATIN = re.compile(r"[a-z][a-z'’.-]*")
_IN_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]")
_ADDRESS_GOES_ON = re.compile(r"[A-Za-z0-9_%+-]|\.[A-Za-z0-9]")
_ROLE_ACCOUNTS = words_of("""
    info mail office admin contact webmaster postmaster school sensei teacher soudan desk support
    """)
_PLACE_TAIL = frozenset("県都府市区駅町村")
_INTRODUCES = re.compile(r"です|と申|ともうし|といい|より")


@dataclass(frozen=True, slots=True)
class KnownIdentity:
    """One person or school of the register, each value as it is written there ("佐々木 恵", "ささき めぐみ", …)."""

    names: tuple[str, ...]
    addresses: tuple[str, ...]
    schools: tuple[str, ...]
    places: tuple[str, ...] = ()
    """Municipalities, with their 市, 町 or 村; without it a name is an everyday word too often (緑, 中央)."""


class _Where(Enum):
    """What has to stand around a form so that it counts."""

    ANYWHERE = auto()
    NO_PLACE = auto()  # 山口 but not 山口県
    ADDRESSED = auto()  # めぐみ only before さん and the like
    WORD = auto()  # no letter or digit on either side
    SHORT_LATIN = auto()  # Dee alone on its line, or where somebody is addressed
    SHORT_SCHOOL = auto()  # みどり台小 and 三小, with no other kanji at its end, the shortest with none at its start


@dataclass(frozen=True, slots=True)
class _Form:
    """One compact spelling to search for."""

    text: str
    where: _Where
    reason: KnownReason


@dataclass(frozen=True, slots=True)
class _Met:
    """A spelling in a compact text, whatever stands around it."""

    form: _Form
    start: int


class _Forms:
    """The spellings of one identity, looked for in one pass over a text (Aho–Corasick)."""

    def __init__(self, forms: Iterable[_Form]) -> None:
        self._by_text: dict[str, list[_Form]] = {}
        for form in dict.fromkeys(forms):
            self._by_text.setdefault(form.text, []).append(form)
        self._texts = list(self._by_text)
        self._automaton = AhoCorasick(self._texts, matchkind=MatchKind.Standard, store_patterns=False)

    def met(self, compact: str) -> Iterator[_Met]:
        """Every place of every spelling, overlapping ones too."""
        for index, start, _ in self._automaton.find_matches_as_indexes(compact, overlapping=True):
            for form in self._by_text[self._texts[index]]:
                yield _Met(form, start)


@dataclass(frozen=True, slots=True)
class _Compact:
    """A text without spaces, in one width, case and kana; `at[i]` is the offset of character i in the original."""

    text: str
    at: Sequence[int]


def find_known(text: str, known: Sequence[KnownIdentity]) -> tuple[Finding, ...]:
    """Where `text` holds something of `known`: findings (label known, tier sure), sorted, without overlaps."""
    if not known:
        return ()
    compact, folded = _compact(text), fold(text)
    met = list(dict.fromkeys(one for identity in known for one in _forms_of(identity).met(compact.text)))
    found = merge(text, _counted(text, folded, compact, met))
    ends = frozenset(one.end for one in found)
    addressed = [one for one in met if one.form.where is _Where.ADDRESSED] if ends else []
    # Once more, and no more often: what is found now is not followed by a name at once, but by its form of address.
    behind = (one for one in _counted(text, folded, compact, addressed, ends) if one.start in ends)
    return merge(text, (*found, *behind))


def _compact(text: str) -> _Compact:
    if text.isascii() and not any(map(str.isspace, text)):
        return _Compact(text.lower(), range(len(text)))
    characters: list[str] = []
    at: list[int] = []
    for offset, character in enumerate(hiragana(fold(text))):
        if character in "゙゚゛゜" and characters:
            characters[-1] = _voiced(characters[-1], character)
        elif not character.isspace() and unicodedata.category(character) != "Cf":
            lower = character.lower()
            characters.append(lower if len(lower) == 1 else character)
            at.append(offset)
    return _Compact("".join(characters), at)


def _voiced(character: str, mark: str) -> str:
    """か and its mark -> が; half-width katakana carry the mark as a character of its own."""
    joined = unicodedata.normalize("NFC", character + ("\u3099" if mark in "\u3099゛" else "\u309a"))
    return joined if len(joined) == 1 else character


@lru_cache(maxsize=64)
def _forms_of(identity: KnownIdentity) -> _Forms:
    """The spellings of one identity; remembered, since every text is searched for all schools of the register. Few are:
    when the register changes, all its schools are another identity, and the old one is megabytes that nobody needs."""
    return _Forms(_forms(identity))


def _forms(identity: KnownIdentity) -> Iterator[_Form]:
    for name in identity.names:
        yield from _name_forms(name)
    for address in identity.addresses:
        yield from _address_forms(address)
    for school in identity.schools:
        yield from _school_forms(_compact(school).text)
    for place in identity.places:
        yield from _place_forms(_compact(place).text)


def _name_forms(name: str) -> Iterator[_Form]:
    parts = [compacted for part in re.split(r"[\s,・]+", fold(name)) if (compacted := _compact(part).text)]
    whole = "".join(parts)
    if parts and all(_LATIN.fullmatch(part) for part in parts):
        yield from _latin_forms(parts)
        return
    if len(whole) >= 3 or (len(parts) > 1 and len(whole) == 2):
        yield _Form(whole, _Where.ANYWHERE, KnownReason.NAME)
    elif len(whole) == 2:
        yield _Form(whole, _Where.NO_PLACE if _KANJI.fullmatch(whole) else _Where.ADDRESSED, KnownReason.NAME)
    elif len(whole) == 1:
        yield _Form(whole, _Where.ADDRESSED, KnownReason.NAME)
    if len(parts) > 1:
        if len(parts) == 2 and all(map(_KANA.fullmatch, parts)):
            for latin in product(*map(romanised, parts)):
                yield from _latin_forms(latin)
        surname, *given = parts
        bare = len(surname) >= 2 and not _KANA.fullmatch(surname)
        yield _Form(surname, _Where.NO_PLACE if bare else _Where.ADDRESSED, KnownReason.NAME)
        yield from (_Form(part, _Where.ADDRESSED, KnownReason.NAME) for part in given)


def _latin_forms(parts: Sequence[str]) -> Iterator[_Form]:
    for order in (parts, parts[::-1]):
        yield _Form("".join(order), _Where.WORD, KnownReason.NAME)
    for part in parts:
        if len(part) >= FEWEST:
            yield _Form(part, _Where.SHORT_LATIN if len(part) <= FEW else _Where.WORD, KnownReason.NAME)


def _address_forms(address: str) -> Iterator[_Form]:
    whole = _compact(address).text
    local = whole.rpartition("@")[0] or whole
    if "@" in whole:
        yield _Form(whole, _Where.WORD, KnownReason.ADDRESS)
    if len(local) >= 4 and local not in _ROLE_ACCOUNTS:
        yield _Form(local, _Where.WORD, KnownReason.ADDRESS)


def _school_forms(school: str) -> Iterator[_Form]:
    for tail, short in _SHORT_TAILS:
        stem = _FOUNDER.sub("", school).removesuffix(tail)
        if school.endswith(tail) and stem and not stem.isascii():
            for form in {stem + short, stem.removeprefix("第") + short}:
                yield _Form(form, _Where.SHORT_SCHOOL, KnownReason.SCHOOL)
    for form in {school, _FOUNDER.sub("", school)}:
        if len(form) >= 2 and not _KIND_OF_SCHOOL.fullmatch(form):
            latin = form.isascii()
            yield _Form(form, _Where.WORD if latin else _Where.ANYWHERE, KnownReason.SCHOOL)


def _place_forms(place: str) -> Iterator[_Form]:
    for form in {place, _PREFECTURE.sub("", place)}:
        if len(form) >= 3 and (form.isascii() or form[-1] in _PLACE_TAIL):
            yield _Form(form, _Where.WORD if form.isascii() else _Where.ANYWHERE, KnownReason.PLACE)


def _counted(
    text: str, folded: str, compact: _Compact, met: Iterable[_Met], ends: frozenset[int] = frozenset()
) -> Iterator[Finding]:
    """Those of `met` that name somebody there. `ends` are where other names end: a name behind one is no tail of a
    longer word (佐々木林くん)."""
    for one in met:
        form, last = one.form, one.start + len(one.form.text)
        start, end = compact.at[one.start], compact.at[last - 1] + 1
        end += len(folded[end : end + 1].strip()) if folded[end : end + 1] in ("゙", "゚", "゛", "゜") else 0
        if _near(text[start:end], form) and _counts(folded, start, end, form.where, start in ends):
            yield Finding(start, end, text[start:end], Label.KNOWN, Tier.SURE, form.reason)


def _near(passage: str, form: _Form) -> bool:
    """A wrapped line may cut a long name, never a short one; and a name is not scattered over a page."""
    return len(passage) <= 2 * len(form.text) + 2 and ("\n" not in passage or len(form.text) >= 3)


def _counts(folded: str, start: int, end: int, where: _Where, begins_anew: bool) -> bool:
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    match where:
        case _Where.ANYWHERE:
            return True
        case _Where.NO_PLACE:
            return after not in _PLACE_TAIL or bool(ADDRESSING.match(folded, end))
        case _Where.ADDRESSED:
            return (begins_anew or not _continues(before, folded[start])) and _addresses(folded, end)
        case _Where.SHORT_SCHOOL:
            lone = end - start > 2 or not _KANJI.fullmatch(before)
            return lone and not _KANJI.fullmatch(after)
        case _Where.SHORT_LATIN:
            return names_somebody(folded, start, end)
        case _Where.WORD:
            return not _IN_ADDRESS.match(before) and not _ADDRESS_GOES_ON.match(folded, end)


def _continues(before: str, first: str) -> bool:
    """Whether the form is the tail of a longer kanji word (林 in 小林, before 先生)."""
    return bool(_KANJI.fullmatch(before)) and bool(_KANJI.fullmatch(first))


def _addresses(folded: str, end: int) -> bool:
    rest = end + (folded[end : end + 1] == " ")
    if ADDRESSING.match(folded, rest) or _INTRODUCES.match(folded, rest):
        return True
    return folded[end : end + 1] in ("", "\n")
