"""Words that are names of persons by what is said of them: 最近、林が泣く, 出口に相談した.

For `persons`, which looks for them where a particle stands behind a word.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mailgate.screening.body_words import TIMES
from mailgate.screening.finding import Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.lexicon import EVERYDAY_NOUNS, NEVER_A_NAME, words_of
from mailgate.screening.name_words import APART, ENDS_SURNAME, KANJI, Span
from mailgate.screening.said_of_persons import DONE_BY_PERSONS, DONE_TO_PERSONS
from mailgate.screening.width import hiragana
from mailgate.screening.words import NOUN, Kind, Line, readings

_KATAKANA = re.compile("[ァ-ヺー]{2,5}")
_FAMILY_OR_GIVEN = frozenset({Kind.SURNAME, Kind.GIVEN})
# What a sentence begins with, or when it was.
_OPENS = TIMES | words_of(
    "けれど けれども しかし だが ただ なのに だから それで そして また すると やがて もちろん もし たぶん"
)
_NEVER_ACTS = NEVER_A_NAME - EVERYDAY_NOUNS


def acting(line: Line, index: int) -> Span | None:
    """The word at `index` where it can be a name and only persons do what is said of it."""
    word, before = line.words[index], line.words[index - 1] if index else None
    if before is not None and before.kind not in APART and before.text not in _OPENS:
        return None
    pattern = _acts_of(word.text, word.kind is NOUN)
    if pattern is None or not pattern.match(line.text, word.end - line.start):
        return None
    return word.start, word.end, Tier.UNSURE, "does what persons do"


@lru_cache(2000)
def _acts_of(text: str, plain: bool) -> re.Pattern[str] | None:
    """What has to be said of this word to make it a person; None where nothing does. `plain`: read as a noun here."""
    if _KATAKANA.fullmatch(text):
        return DONE_BY_PERSONS if hiragana(text) in GIVEN_NAMES else None
    if text in _NEVER_ACTS or not KANJI.fullmatch(text) or not readings(text) & _FAMILY_OR_GIVEN:
        return None
    if plain and len(text) == 1:  # 窓を叩き, 順に見せる: much is done to a thing of one character
        return DONE_TO_PERSONS
    return None if plain and text[-1] not in ENDS_SURNAME else DONE_BY_PERSONS  # 北風, 一人
