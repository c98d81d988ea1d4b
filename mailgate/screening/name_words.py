"""What a word must be to be a name of a person: by its script, and by its readings in the dictionary.

For the rules in `persons` and `addressed_names`.
"""

from __future__ import annotations

import re

from mailgate.screening.finding import Tier
from mailgate.screening.lexicon import EVERYDAY, NEVER_A_NAME
from mailgate.screening.words import PERSONAL, Kind, Word, readings

Span = tuple[int, int, Tier, str]
KANJI = re.compile(r"[一-鿿々〆ヶ\U00020000-\U0003ffff]+")
NAME_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー\U00020000-\U0003ffff]+")
PARTICLE_FIRST = tuple("のとはがもやをに")
WITH_OTHER_READINGS = PERSONAL | {Kind.PLACE, Kind.PROPER, Kind.NOUN}


def could_be(word: Word, kind: Kind, addressed: bool = False) -> bool:
    """Whether the word is, or in another reading can be, a name of this kind; more words can in front of さん."""
    if word.text in NEVER_A_NAME and word.kind not in PERSONAL and not (addressed and word.text in EVERYDAY):
        return False
    return word.kind is kind or (_plain_name(word) and kind in readings(word.text))


def _plain_name(word: Word) -> bool:
    return word.kind in WITH_OTHER_READINGS and bool(NAME_TEXT.fullmatch(word.text))


def could_be_given(word: Word) -> bool:
    return _plain_name(word) and Kind.GIVEN in readings(word.text)
