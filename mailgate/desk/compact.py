"""A text in the one spelling in which names are looked for: what hides a name without changing how it reads is gone.

Width, case, accents, katakana or hiragana, spellings of one kanji (髙, 高), invisible characters, and everything that
is neither letter nor digit. `plain` keeps blanks and signs, so that one can see what stands around a name. Pure.

Known weakness: letters of another script that look the same (Cyrillic а for Latin a) stay what they are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.screening.width import fold, hiragana

_VOICING = {ord("゛"): "\u3099", ord("゜"): "\u309a"}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters by their category, and nothing to see
_INVISIBLE = ("Cf", "Cn", "Co", "Cs", "Mn", "Me")
_BLANK = " "


@dataclass(frozen=True, slots=True)
class Compact:
    text: str
    """Letters and digits alone."""
    at: Sequence[int]
    """The place of each of them in `plain`."""
    plain: str
    """The same characters with a blank for a blank, and other signs as they are."""


class _Seen(dict[int, str | int | None]):
    """A translation table that fills itself; it never has more entries than there are code points."""

    def __missing__(self, code: int) -> str | int | None:
        self[code] = found = _seen(chr(code))
        return found


class _Signs(dict[int, bool]):
    """Which code points are neither letter nor digit; fills itself."""

    def __missing__(self, code: int) -> bool:
        self[code] = found = unicodedata.category(chr(code))[0] not in "LN"
        return found


def _seen(character: str) -> str | None:
    """What is to be seen of a character; None when that is nothing."""
    if character in "\u3099\u309a" or character in _VOICING.values():
        return character
    category = unicodedata.category(character)
    if category in _INVISIBLE or character in _FILLERS:
        return None
    if category in ("Cc", "Zs", "Zl", "Zp"):
        return "\n" if character in "\n\r\u2028\u2029" else _BLANK
    if character.isalpha() and "LATIN" in unicodedata.name(character, ""):
        return unicodedata.normalize("NFD", character)[0]
    return character


_SEEN = _Seen()
_SIGNS = _Signs()


def compact(text: str) -> Compact:
    """`text` in that spelling; linear in its length, whatever comes in."""
    visible = unicodedata.normalize("NFKC", text.translate(_VOICING)).casefold().translate(_SEEN)
    plain = hiragana(fold(unicodedata.normalize("NFC", visible)))
    at = [place for place, character in enumerate(plain) if not _SIGNS[ord(character)]]
    return Compact("".join([plain[place] for place in at]), at, plain)


def has_words(text: str) -> bool:
    """Whether there is anything to see in a text: a sign is enough, blanks and invisible characters are not."""
    return bool(compact(text).plain.strip())
