"""Schools and organisations: a name in front of 小学校, 病院, 教育委員会 and the like.

Before: `words.read_lines`. After: `merge`. A tail alone is a kind of thing (特別支援学校, 児童相談所) and no finding;
with generic words in front (公立中学校) it still is. A distinguishing word in front, not hidden by a mark
(○○小学校, A小学校, 某中学校), makes the finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import ADDRESSING, GENERIC_BODY, MASK, words_of
from mailgate.screening.plain_names import like_a_place, makes_a_name
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー]+|[A-Za-z]{2,20}")
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_HIRAGANA = re.compile(r"[ぁ-ゖー]{3,}")
_ESTABLISHED = words_of("""
    市立 町立 村立 区立 県立 都立 府立 道立 私立 国立 公立 組合立 学校法人 市 町 村 区 県 都 府 道
    郡 立 医療法人 社会福祉法人 一般社団法人 株式会社 有限会社 NPO法人 第
    """)
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class _Tail:
    """The kind of thing that stands behind a name; `pattern` matches on the folded line."""

    label: Label
    pattern: re.Pattern[str]


_TAILS = (
    _Tail(
        Label.SCHOOL,
        re.compile(
            "小中一貫校|小中学校|小学校|中学校|中等教育学校|義務教育学校|高等専門学校|高等学校|高校|高等部|中等部|小学部|"
            "特別支援学校|支援学校|養護学校|聾学校|ろう学校|盲学校|視覚支援学校|専門学校|幼稚園|保育園|保育所|こども園|"
            "学園|学院|女学院|大学院|大学|短大|学校"
        ),
    ),
    _Tail(
        Label.ORGANISATION,
        re.compile(
            "法律事務所|会計事務所|事務所|株式会社|有限会社|合同会社|㈱|㈲|\\(株\\)|\\(有\\)|病院|医院|クリニック|診療所|歯科|"
            "教育委員会|教育事務所|児童相談所|警察署|市役所|町役場|村役場|区役所|県庁|保健所|公民館|図書館|美術館|学習塾|"
            "学童クラブ|児童クラブ|児童館|カウンセリング室|相談室|教育センター|支援センター|センター|商店|工業|物産|建設|"
            "製作所|銀行|信用金庫|新聞社|新聞|運輸|不動産|教室|クラブ|スクール|塾"
        ),
    ),
)
_COMPANY_FIRST = re.compile(r"㈱|㈲|株式会社|有限会社|合同会社|\((?:株|有)\)")
# 〇〇小, 〇〇中, 〇〇高: 中 is also "during", so what follows has to speak of a school.
_SPEAKS_OF_SCHOOL = (
    "の(?:先生|教員|生徒|児童|校長|教頭|保護者|担任|校区|卒業)|に(?:勤務|勤め|通|在籍|異動|赴任|転)|で(?:は|勤務|働|教)|"
    "へ(?:異動|転|の)|から(?:異動|転)|校区|学区|出身|教員|教諭|卒"
)
_SHORT = re.compile(f"(?:小|中|高)(?={_SPEAKS_OF_SCHOOL}|(?:です)?(?:$|。|、))")
_NUMBERED = re.compile(
    f"(?<![一-鿿0-9第])(?:第)?[一二三四五六七八九十][小中高](?={_SPEAKS_OF_SCHOOL}|(?:です)?(?:$|。|、))"
)
# 北高, 港中: less is said by the name, so more by what follows; 山中 and 島中 are words or surnames.
_SIDE_OR_SHORE = re.compile(
    f"(?:(?<![一-鿿0-9々])|(?<=[元前現]))(?:[東西南北港浜浦岬城泉桜][小中高]|[山川島森原][小高])(?={_SPEAKS_OF_SCHOOL})"
)


def find_bodies(text: str, line: Line) -> Iterator[Finding]:
    """The schools and organisations that one line of `text` names, with the town that founded them in front."""
    for tail in _TAILS:
        for match in tail.pattern.finditer(line.text):
            start = _body_start(line, line.start + match.start(), match.group())
            if start is not None:
                yield _finding(text, start, line.start + match.end(), tail.label, match.group())
    for match in _COMPANY_FIRST.finditer(line.text):
        end = _company_end(line, line.start + match.end())
        if end is not None:
            yield _finding(text, line.start + match.start(), end, Label.ORGANISATION, match.group())
    yield from _short_schools(text, line)


def _finding(text: str, start: int, end: int, label: Label, tail: str) -> Finding:
    return Finding(start, end, text[start:end], label, Tier.SURE, f"name with {tail}")


def _body_start(line: Line, at: int, tail: str) -> int | None:
    """The start of the name in front of `tail` at offset `at`, or None when nothing there distinguishes."""
    start, distinguishing, last = at, None, line.before(at) - 1
    for index in range(last, max(-1, last - _MOST_WORDS), -1):
        word = line.words[index]
        if word.end > at:
            word = word._replace(end=at, text=word.text[: at - word.start])
        if not _part_of_name(word) or _masks(word):
            break
        following = line.words[index + 1] if index < last else None
        named = _distinguishes(line.words, index, word) or makes_a_name(word, following, tail)
        if named and not _masked(line, word.start):
            start, distinguishing = word.start, index
    return None if distinguishing is None else _with_founder(line.words, distinguishing, start)


def _with_founder(words: Sequence[Word], index: int, start: int) -> int:
    """Take 市立, 学校法人, 第 … in front of the name in."""
    while index > 0 and words[index - 1].text in _ESTABLISHED and words[index - 1].end == start:
        index -= 1
        start = words[index].start
    return start


def _part_of_name(word: Word) -> bool:
    if word.kind in (Kind.PARTICLE, Kind.OTHER, Kind.SYMBOL, Kind.SPACE):
        return False
    return bool(_TEXT.fullmatch(word.text)) and not ADDRESSING.fullmatch(word.text)


def _masks(word: Word) -> bool:
    return bool(MASK.fullmatch(word.text)) or word.text == "某"


def _masked(line: Line, start: int) -> bool:
    at = start - line.start
    return at > 0 and (bool(MASK.match(line.text, at - 1)) or line.text[at - 1] == "某")


def _distinguishes(before: Sequence[Word], index: int, word: Word) -> bool:
    """Whether this word makes a name of what follows it."""
    if word.kind is Kind.NUMBER:
        return index > 0 and before[index - 1].text == "第"
    if word.text in GENERIC_BODY:
        return word.text in _DIRECTIONS
    if word.kind in NAMING or (word.unknown and len(word.text) >= 2):
        return True
    if word.kind is not Kind.NOUN:
        return False
    # Katakana nouns have readings as names too (ピアノ), and then they are seldom one.
    return bool(_HIRAGANA.fullmatch(word.text)) or (
        not _KATAKANA.fullmatch(word.text) and bool(readings(word.text) & NAMING)
    )


_DIRECTIONS = words_of("""
    中央 平和 希望 光 星
    """)


def _company_end(line: Line, at: int) -> int | None:
    """The end of the company's name that starts at offset `at`: the nouns that follow."""
    end = at
    first = line.before(at)
    for word in line.words[first : first + _MOST_WORDS]:
        if word.start != end or word.kind not in _COMPANY or not _TEXT.fullmatch(word.text):
            break
        end = word.end
    return end if 2 <= end - at <= 30 else None


_COMPANY = NAMING | {Kind.NOUN, Kind.PREFIX, Kind.SUFFIX}


def _short_schools(text: str, line: Line) -> Iterator[Finding]:
    """みどり台小, 三小, where the sentence goes on as it does after a school."""
    for match in _SHORT.finditer(line.text):
        at = line.start + match.start()
        start = _short_start(line, at)
        if start is not None:
            yield _finding(text, start, at + 1, Label.SCHOOL, match.group())
    for pattern in (_NUMBERED, _SIDE_OR_SHORE):
        for match in pattern.finditer(line.text):
            start, end = line.start + match.start(), line.start + match.end()
            yield _finding(text, start, end, Label.SCHOOL, match.group()[-1])


def _short_start(line: Line, at: int) -> int | None:
    """Only a name or a place may stand before the single character; 小 and 中 inside a surname (田中) are no school."""
    index = line.before(at) - 1
    if index > 0 and line.words[index].text in _SIDES and line.words[index].end == at:
        index -= 1
    if index < 0:
        return None
    word = line.words[index]
    named = word.kind in (Kind.PLACE, Kind.PROPER) or (
        word.end <= at and (word.kind is Kind.SURNAME or like_a_place(word))
    )
    return word.start if named and word.end >= at - 2 and at - word.start >= 2 else None


_SIDES = words_of("東 西 南 北 中央 第一 第二 第三")
