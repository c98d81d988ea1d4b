"""Names that a text states as such: in a field, alone on a line, behind a school year, or as the writer's own.

For `persons`. Each rule is one small generator over a line; they may overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Tier
from mailgate.screening.lexicon import ADULT_ROLES, BEINGS, CHILD_ROLES, COUNTED, NEVER_A_NAME
from mailgate.screening.name_words import KANJI, NAME_TEXT, WITH_OTHER_READINGS, Span, could_be, could_be_given
from mailgate.screening.words import PERSONAL, Kind, Line, Word, readings

_FIELD = re.compile(
    r"(?:^|[ 【\[(・●■])(?:お?名前|氏 ?名|[ふフ]り[がガ]な|フリガナ|よみがな|かな"
    r"|児童名|児童氏名|生徒氏名|生徒名|保護者名|担当者?|文責|差出人|送信者|記入者|申込者)"
    r"[】\])]? ?: ?"
    r"(?P<it>[一-鿿々ぁ-ゖァ-ヺー]{1,6}(?: ?[一-鿿々ぁ-ゖァ-ヺー]{1,6})?)(?![一-鿿々ぁ-ゖァ-ヺー])"
)
_SAYS_OWN_NAME = re.compile(r"と(?:申|もう)し|といいます|です(?:。|$| )|より$|拝$")


def own_name(line: Line) -> Iterator[Span]:
    """小川です, 小川と申します: the writer says who writes."""
    for match in _SAYS_OWN_NAME.finditer(line.text):
        index = line.before(line.start + match.start()) - 1
        word = line.words[index]
        if index < 0 or word.kind not in WITH_OTHER_READINGS or not KANJI.fullmatch(word.text):
            continue
        before = line.words[index - 1] if index else None
        if COUNTED.fullmatch(word.text):  # 三軒です
            continue
        starts = before is None or before.kind in (Kind.SPACE, Kind.SYMBOL) or _whose(line.words, index)
        if before is not None and before.text in _CLOSES and len(word.text) == 1:  # (A)町です
            continue
        if starts and word.end == line.start + match.start() and could_be(word, Kind.SURNAME):
            tier = Tier.SURE if word.kind in PERSONAL or not match.group().startswith("で") else Tier.UNSURE
            yield word.start, word.end, tier, "the writer's own name"


def _whose(words: tuple[Word, ...], index: int) -> bool:
    """Whether の in front of the word at `index` says who somebody is: 教務の森です, but not 南の島です."""
    if index < 2 or words[index - 1].text != "の":
        return False
    plain = words[index].kind is Kind.NOUN  # 父の味方です
    return not plain or words[index - 2].text in ADULT_ROLES or words[index - 2].text.endswith(_WORKPLACES)


_CLOSES = frozenset(")]」』…")
_WORKPLACES = tuple("校園小中高科部組会所館課係塾")


def field(line: Line) -> Iterator[Span]:
    """氏名：… and the like."""
    for match in _FIELD.finditer(line.text):
        index = line.before(line.start + match.start("it"))
        first = line.words[index] if index < len(line.words) else None
        if first is not None and (first.unknown or first.kind in PERSONAL or could_be(first, Kind.SURNAME)):
            yield line.start + match.start("it"), line.start + match.end("it"), Tier.SURE, "field for a name"


def before_age(line: Line) -> Iterator[Span]:
    """努、五十二歳。葵(小5)。: a name and how old somebody is."""
    for match in _AGED.finditer(line.text):
        name, start = match["it"], line.start + match.start("it")
        known = readings(name)
        if known & PERSONAL and name not in NEVER_A_NAME and name not in BEINGS and name not in CHILD_ROLES:
            tier = Tier.UNSURE if Kind.NOUN in known else Tier.SURE
            yield start, start + len(name), tier, "name before an age"


_AGED = re.compile(
    r"(?<![一-鿿々〆ヶ○●△▲□■])(?P<it>[一-鿿々]{1,3})[、 ]?\(?"
    r"(?:[0-9一二三四五六七八九十]{1,3}[歳才](?!児)|[小中高][1-6一二三四五六][)、。])"
)


def after_grade(line: Line) -> Iterator[Span]:
    """四年 心平, 二年 紅春): what stands alone behind a school year, and is no word but a name."""
    for match in _GRADE.finditer(line.text):
        name = match["it"]
        known = readings(name)
        if name not in NEVER_A_NAME and (known <= PERSONAL if known else name[-1] not in _ENDS_NO_NAME):
            yield line.start + match.start("it"), line.start + match.end("it"), Tier.UNSURE, "name behind a school year"


_GRADE = re.compile("[一二三四五六1-6]年生? (?P<it>[一-鿿々]{2,3})(?=[、。,) ]|$)")
_ENDS_NO_NAME = frozenset("組部科班団級会員者校室長任係式業年生級期語")


def alone(line: Line) -> Iterator[Span]:
    """A line that is only a name, as people close a mail."""
    words = [word for word in line.words if word.kind is not Kind.SPACE]
    if not 1 <= len(words) <= 2 or not all(NAME_TEXT.fullmatch(word.text) for word in words):
        return
    if KANJI.fullmatch(words[0].text) and could_be(words[0], Kind.SURNAME):
        given = len(words) == 2 and (words[1].unknown or could_be_given(words[1]))
        if len(words) == 1 or given:
            yield words[0].start, words[-1].end, Tier.SURE, "name alone on a line"
