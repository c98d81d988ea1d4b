"""Schools whose name the tokenizer does not know and cuts into characters: 瀬|居小, 桶|売中学校, しらかし台中.

Before: `words.read_lines`. After: `merge`, beside `bodies` and `short_schools`, which go by words that can be names.
The whole run between an edge and the kind is the name when no word of it says anything: single characters, names, or
what the dictionary has never heard of. In front of 小, 中 or 高 the sentence has to speak of a school.

Weakness: a name of common words that nobody has as a name (未来創造小).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import BESIDE_A_BODY, TIMES
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import words_over
from mailgate.screening.lexicon import GENERIC_BODY
from mailgate.screening.plain_names import DURING, KINDS, only_says_a_kind
from mailgate.screening.school_stems import founded
from mailgate.screening.short_schools import SPEAKS_OF_A_SCHOOL
from mailgate.screening.words import NAMING, Kind, Line, readings

_EDGE = "(?<![一-鿿々〆ヶA-Za-z0-9○●△▲□■◇◆×※])"
# It begins with a set of characters, since only then the search skips what begins none of the kinds.
_KIND = re.compile(
    "[小中高義特支](?:(?<=小)(?:学校|中学校)|(?<=中)学校|(?<=高)(?:等学校|校)|(?<=義)務教育学校|(?<=特)別支援学校|(?<=支)援学校"
    "|(?<=[小中高])(?:(?![一-鿿])|(?=出身|教員|教諭|卒|校長)))"
)
_NAME = re.compile(f"{_EDGE}[一-鿿々ヶケ]{{2,6}}$")
# しらかし台, もえぎ野
_IN_KANA = re.compile(
    r"(?<![ぁ-ゖァ-ヺー一-鿿])[ぁ-ゖ]{2,5}(?:台|野|[がヶケ]丘)[東西南北]?$|(?<=[のはがをにも])[ぁ-ゖ]{3,5}(?:台|野|[がヶケ]丘)$"
)
_LONGEST = 8
_DIVISION = re.compile("(?:第[一二三四五六]|[東西南北]|中央)$")
_SIGNS = "小中高校"
_SHORT = frozenset("小中高")


def find_unread_schools(text: str, line: Line) -> Iterator[Finding]:
    """The schools in one line of `text` with a name that is no word of the dictionary."""
    if not any(map(line.text.__contains__, _SIGNS)):
        return
    for match in _KIND.finditer(line.text):
        at, kind = match.start(), match.group()
        if kind in _SHORT and not SPEAKS_OF_A_SCHOOL.match(line.text, match.end()):
            continue
        before = line.text[max(0, at - _LONGEST) : at]
        in_kana = _IN_KANA.search(before)
        found = in_kana or _NAME.search(before)
        if found is None or (in_kana is None and not _unheard(line, line.start + at, found.group(), kind)):
            continue
        start, end = founded(line, line.start + at - len(found.group())), line.start + match.end()
        yield Finding(start, end, text[start:end], Label.SCHOOL, Tier.SURE, f"name with {kind}")


def _unheard(line: Line, at: int, name: str, kind: str) -> bool:
    """Whether the characters in front of the kind at `at` (in the whole text) are a name that no word shows."""
    stem = _DIVISION.sub("", name)
    if len(stem) < 2 or name[0] in BESIDE_A_BODY or name.endswith(DURING) or readings(stem) - NAMING:
        return False
    if stem in GENERIC_BODY or stem in KINDS or (readings(stem) and only_says_a_kind(stem)):
        return False
    if readings(name[-2:] + kind) - NAMING:  # 小中|高校, 出来|高
        return False
    return all(
        (len(text) == 1 or word.kind in NAMING or word.unknown or text in _DIVISIONS)
        and text not in TIMES
        and word.kind not in _SAYS_SOMETHING
        for word, text in words_over(line, at - len(name), at)
    )


_DIVISIONS = frozenset({"中央"})
_SAYS_SOMETHING = frozenset({Kind.PARTICLE, Kind.SYMBOL, Kind.NUMBER})
