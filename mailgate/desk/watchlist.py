"""All spellings of many people and schools, looked for in one pass over a text (Aho–Corasick). Pure; safe for threads.

Before: `desk/identifiers.py` makes the spellings, `desk/compact.py` the text. After: `flow/gate.py` asks who is named.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from mailgate.desk.compact import Compact
from mailgate.desk.identifiers import Form, Stands
from mailgate.screening.lexicon import ADDRESSING
from mailgate.screening.short_latin import names_somebody
from mailgate.screening.width import fold, hiragana

_ADDRESSING = re.compile(hiragana(fold(ADDRESSING.pattern)))
_INTRODUCES = re.compile("です|と申|ともうし|といい|より")
_PLACE_TAIL = frozenset("県都府市区駅町村")
_AFTER_SMALL = frozenset("さいくけか")
_LETTER = re.compile("[a-z]")
_WORD_GOES_ON = re.compile("[一-鿿々ぁ-ゖー]")
_KANJI = re.compile("[一-鿿々]")
_SENTENCE_ENDS = re.compile(r"[。、！？!?]|\n\s*\n")
_SHORT = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody is named: by whose spelling, and where in the compact text."""

    owner: str
    form: str
    start: int
    end: int


class Watchlist:
    """Made once from (owner, form) pairs; an owner is a handle."""

    def __init__(self, forms: Iterable[tuple[str, Form]]) -> None:
        self._owners: dict[str, list[tuple[str, Stands]]] = defaultdict(list)
        for owner, form in forms:
            self._owners[form.text].append((owner, form.stands))
        self._texts = list(self._owners)
        self._automaton = AhoCorasick(self._texts, matchkind=MatchKind.Standard, store_patterns=False)

    def __len__(self) -> int:
        return len(self._texts)

    def hits(self, text: Compact) -> Iterator[Hit]:
        """Every place at which somebody is named, overlapping ones too."""
        for index, start, end in self._automaton.find_matches_as_indexes(text.text, overlapping=True):
            form = self._texts[index]
            for owner, stands in self._owners[form]:
                if _counts(text, start, end, stands):
                    yield Hit(owner, form, start, end)


def named(hits: Iterable[Hit], known: Iterable[Hit], allowed: frozenset[str]) -> frozenset[str]:
    """Whose names `hits` has more often than `known` does, without those of the `allowed` owners.

    What lies within the name of an allowed owner is part of that name.
    """
    found, expected = _names(hits, allowed), _names(known, allowed)
    return frozenset(owner for owner, _ in found - expected)


def _names(hits: Iterable[Hit], allowed: frozenset[str]) -> Counter[tuple[str, str]]:
    every = list(hits)
    spans = [(hit.start, hit.end) for hit in every if hit.owner in allowed]
    return Counter(
        (hit.owner, hit.form)
        for hit in every
        if hit.owner not in allowed and not any(start <= hit.start and hit.end <= end for start, end in spans)
    )


def _counts(text: Compact, start: int, end: int, stands: Stands) -> bool:
    first, last = text.at[start], text.at[end - 1]
    length, span = end - start, last + 1 - first
    if span > 3 * length + 2 or (length <= _SHORT and _SENTENCE_ENDS.search(text.plain, first, last)):
        return False
    before, after = text.plain[first - 1 : first] if first else "", text.plain[last + 1 : last + 2]
    match stands:
        case Stands.ANYWHERE:
            return True
        case Stands.NO_PLACE:
            return after not in _PLACE_TAIL or bool(_ADDRESSING.match(text.plain, last + 1))
        case Stands.ADDRESSED:
            return _is_addressed(text.plain, first, last + 1)
        case Stands.SHORT_SCHOOL:
            return after not in _AFTER_SMALL
        case Stands.WORD:
            return span - length in (0, length - 1) and not _LETTER.match(before) and not _LETTER.match(after)
        case Stands.SHORT_LATIN:
            return span == length and names_somebody(text.plain, first, last + 1)
        case Stands.WORDS:
            return not _LETTER.match(before) and not _LETTER.match(after)


def _is_addressed(plain: str, first: int, end: int) -> bool:
    before = plain[first - 1 : first] if first else ""
    if _KANJI.match(before) and _KANJI.match(plain[first]):
        return False  # the tail of a longer word: 林 in 小林
    rest = end + (plain[end : end + 1] in (" ", "　"))
    if _ADDRESSING.match(plain, rest) or _INTRODUCES.match(plain, rest):
        return True
    return plain[end : end + 1] in ("", "\n") and not _WORD_GOES_ON.match(before)
