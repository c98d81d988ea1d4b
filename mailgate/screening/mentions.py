"""Every further mention of a name that is already established in the same text.

Before: the rules for persons. After: `merge`. 佐々木恵 once makes 佐々木 and 佐々木さん findings everywhere.
Hiragana mentions are UNSURE, since they may be part of other words.

Weakness: at most 200 different names are followed up in one text, so that hostile text stays cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.words import PERSONAL, Line

_MOST_NAMES = 200
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
_LATIN = re.compile(r"[A-Za-z'’ -]+")
_PLACE_TAIL = frozenset("県市町村区郡駅")


def find_mentions(text: str, folded: str, lines: Iterable[Line], persons: Iterable[Finding]) -> Iterator[Finding]:
    """Further places in `text` where one of `persons` (SURE ones) or a part of that name stands."""
    sure = [person for person in persons if person.tier is Tier.SURE]
    names = {part for person in sure for part in _parts(folded[person.start : person.end])}
    covered = {at for person in sure for at in range(person.start, person.end)}
    for line in lines:
        inside = (w for w in line.words if w.kind in PERSONAL and w.start in covered and w.end - 1 in covered)
        names.update(part for word in inside for part in _parts(word.text))
    for name in sorted(names, key=lambda name: (-len(name), name))[:_MOST_NAMES]:
        yield from _mentions(text, folded, name)


def _parts(name: str) -> Iterator[str]:
    for part in {name, *name.split()}:
        if len(part) >= (3 if part.isascii() or _HIRAGANA.fullmatch(part) else 2):
            yield part


def _mentions(text: str, folded: str, name: str) -> Iterator[Finding]:
    start = folded.find(name)
    while start >= 0:
        end = start + len(name)
        if _stands_alone(folded, start, end, name):
            tier = Tier.UNSURE if _HIRAGANA.fullmatch(name) else Tier.SURE
            yield Finding(start, end, text[start:end], Label.PERSON, tier, "name mentioned elsewhere")
        start = folded.find(name, end)


def _stands_alone(folded: str, start: int, end: int, name: str) -> bool:
    before, after = folded[start - 1 : start] if start else "", folded[end : end + 1]
    if _LATIN.fullmatch(name):
        return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())
    return after not in _PLACE_TAIL
