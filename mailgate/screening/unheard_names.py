"""Names in kanji that the tokenizer does not read as names where they stand: 筒井が, 竹中は, 瞳実、, 愛蘭と.

Before: `words.read_lines`. After: `mentions` and `merge`; with a surname in front or さん behind, `rare_names` and
`addressed_names` know more. A run of kanji between two edges is a name here when the dictionary has the whole of it as
a surname, though the tokenizer read a noun or cut it in two, or when it has nothing for it and it is written as given
names are. All of it is UNSURE but a surname that is no other word.

Weakness: the everyday nouns that are surnames too (平野, 出口) are left to the rules that ask for a title or a role;
a given name of common words (音色), and one that does not end as given names do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import (
    ADDRESSING,
    ADULT_ROLES,
    CHILD_ROLES,
    EVERYDAY_NOUNS,
    GENERIC_BODY,
    NEVER_A_NAME,
    words_of,
)
from mailgate.screening.name_words import ENDS_GIVEN, ENDS_SURNAME
from mailgate.screening.words import NAMING, NUMBER, PERSONAL, SURNAME, Kind, Line, Word, readings

# The first character comes before what must not stand in front of it, since only then the search can skip.
_RUN = re.compile(
    r"[一-鿿々](?<![一-鿿々〆ヶA-Za-z0-9○●△▲□■].)[一-鿿々]{1,2}"
    r"(?=先生|教諭|[様氏君]|兄弟|姉妹|家[のはが]|拝$|[^一-鿿々〆ヶ]|$)"
)
_GOES_ON = re.compile(
    r"[はがをもへや、。,・)」』(\n]|$|の(?!上|下|中|前|後)|に(?!よ|関|対|お[いけ])|と(?!し|なる|なっ|なり|する|の)|で(?:す|し|は|も|あ|、|。)|だ|から|まで|より"
    "|くん|ちゃん|さん| |先生|教諭|[様氏君]|兄弟|姉妹|家[のはが]|拝$"
)
_COUNTS = re.compile("[0-9] ?$")
_CALLED = re.compile("くん|ちゃん|さん|先生|教諭|[様氏君]")
# Counted, not named: 三羽, 二世.
_COUNTERS = frozenset("世代夜歩羽枝樹音男女月海人行雨天里加名")
_SYLLABUS = words_of(
    "国語 算数 理科 社会 音楽 図工 体育 家庭 道徳 英語 数学 美術 技術 総合 保健 給食 掃除 国算 全教 他教"
)
_ROLES = (
    ADULT_ROLES
    | CHILD_ROLES
    | words_of("""
    卒業生 在校生 転校生 転入生 新入生 実習生 教育実習生 保護者 担任 副担任 会長 部長 部員 委員長 班長 キャプテン 教員
    同級生 先輩 後輩 上司 部下 講師 主任 仲間 隣人 主治医 いじめっ子 加害者 被害者 当事者 家庭
    """)
)


def find_unheard_names(text: str, line: Line) -> Iterator[Finding]:
    """The names in one line of `text` that only the whole run of kanji shows."""
    for match in _RUN.finditer(line.text):
        run = match.group()
        if run in _NO_NAME or _known_otherwise(run) or not _GOES_ON.match(line.text, match.end()):
            continue
        start, end = line.start + match.start(), line.start + match.end()
        first, last = line.before(start), line.before(end) - 1
        if line.words[first].start != start or line.words[last].end != end:
            continue
        if match.start() and _COUNTS.search(line.text, max(0, match.start() - 2), match.start()):  # 10 日後
            continue
        tier, reason = _judged(run, line.words[first : last + 1], line.words[max(0, first - 2) : first])
        if _CALLED.match(line.text, match.end()):
            tier = Tier.SURE
        if reason:
            yield Finding(start, end, text[start:end], Label.PERSON, tier, reason)


_NO_NAME = (NEVER_A_NAME | GENERIC_BODY | _SYLLABUS) - EVERYDAY_NOUNS


@lru_cache(2000)
def _known_otherwise(run: str) -> bool:
    """Whether this run is no name wherever it stands, as nearly all runs of every day are."""
    known = readings(run)
    surname = SURNAME in known and len(run) == 2 and run[-1] in ENDS_SURNAME
    unlike = not known <= PERSONAL or (not known and run[-1] not in ENDS_GIVEN)
    return not surname and (unlike or run in EVERYDAY_NOUNS)


def _judged(run: str, words: tuple[Word, ...], before: tuple[Word, ...]) -> tuple[Tier, str]:
    """How sure it is that this run is a name, and why; no reason when it is none."""
    known = readings(run)
    role = len(before) == 2 and before[1].text == "の" and before[0].text in _ROLES
    if SURNAME in known and len(run) == 2 and run[-1] in ENDS_SURNAME:
        if words[-1].kind is NUMBER or words[0].kind is NUMBER or (len(words) == 1 and words[0].kind in NAMING):
            return Tier.UNSURE, ""  # something is counted, or the other rules know it
        if run in EVERYDAY_NOUNS:
            return Tier.UNSURE, "surname after a role" if role and before[0].text in ADULT_ROLES else ""
        return (Tier.SURE if role else Tier.UNSURE), "surname that was read as another word"
    if known and len(words) == 1:
        return Tier.UNSURE, ""
    if known and not ADDRESSING.search(run) and not any(word.kind is NUMBER for word in words):
        return (Tier.SURE if role else Tier.UNSURE), "name that was cut in two"
    if run[-1] in ENDS_GIVEN and _in_pieces(words) and not ADDRESSING.search(run):
        return (Tier.SURE if role else Tier.UNSURE), "written like a given name"
    return Tier.UNSURE, ""


def _in_pieces(words: tuple[Word, ...]) -> bool:
    """Whether the tokenizer made nothing of the run: it is unknown, or in pieces of one character and of names."""
    if len(words) == 1:
        return words[0].unknown and words[0].kind is not Kind.NUMBER
    if words[0].kind is Kind.NUMBER:
        return len(words) == 2 and len(words[0].text) == 1 and words[1].text not in _COUNTERS
    if words[0].kind is Kind.PREFIX and words[0].text not in _BEGINS_NAMES:
        return False
    return all(
        word.kind in PERSONAL or (len(word.text) == 1 and (word.kind in _PIECES or word.text == "乃")) for word in words
    )


_PIECES = frozenset({Kind.NOUN, Kind.PLACE, Kind.PROPER, Kind.SUFFIX, Kind.PREFIX})
_BEGINS_NAMES = frozenset("好大小真美初")
