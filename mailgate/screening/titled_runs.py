"""Names that nothing shows but the title behind them: 萩先生, 夕桜先生, 三国主任, 秋庭元校長, 琥珀君, ヨシ子さん.

For `addressed_names`, which asks here where the words in front of a title are no name: the tokenizer reads 三|国, or a
plain noun, or has never heard of it. A run of one to three kanji between an edge or a role and the title is a name
when the dictionary has it as one, or when it has nothing for it; of the nouns only those that are written as names are,
and of single characters all that say no kind of teacher or child. What is no surname of the dictionary is UNSURE.

Weakness: 今先生 and 前校長 are read as "now" and "former", as they nearly always are.
"""

from __future__ import annotations

import re

from mailgate.screening.body_words import TIMES
from mailgate.screening.finding import Tier
from mailgate.screening.lexicon import (
    ADDRESSING,
    ADULT_ROLES,
    BEINGS,
    CHILD_ROLES,
    COUNTED,
    EVERYDAY,
    GENERIC_BODY,
    OFFICES,
    either,
    words_of,
)
from mailgate.screening.name_words import ENDS_GIVEN, ENDS_SURNAME
from mailgate.screening.words import NAMING, PERSONAL, Kind, Line, readings

_ROLES = either(ADULT_ROLES | CHILD_ROLES | TIMES)
_RUN = re.compile(
    rf"(?:(?<![一-鿿々〆ヶA-Za-z0-9○●△▲□■◇◆×※＊*?_お御ご])|(?:{_ROLES})|[0-9一二三四五六][年組])(?P<it>[一-鿿々]{{1,3}})$"
)
_WINDOW = 9
# マサ子, くみ子, 真ゆ美: an ending of women's names behind kana, or kana within.
_MIXED = re.compile(
    r"(?<![一-鿿々〆ァ-ヺー])(?:[ァ-ヺ]{1,3}|(?<![ぁ-ゖー])[ぁ-ゖ]{2})[子江代枝恵美]$|(?<![一-鿿々〆])[一-鿿々][ぁ-ゖ]{1,2}[子江美香奈]$"
)
_LONGEST_MIXED = 5
# 多様性, 氏名
_GOES_ON = re.compile("[一-鿿](?<![方宅達])")
_FORMERLY = re.compile("・?[元前現新旧]$")
# How somebody is called to whom a given name may be said.
_CALLED = frozenset({"さん", "さま", "くん", "ちゃん", "君", "先生"})
# Which teacher or which child, in one character.
_SAYS_WHICH = words_of("""
    塾 園 係 級 学 主 班 県 市 区 館 校 部 課 室 員 師 職 計 初 最 犬 猫 熊 豚 鳥 虫 魚 鶏 牛 羊 猿 狐 狸 爺 婆 嬢 坊
    若 隣 店 僧 友 敵 鬼 王 医 幹 補 准 臨 非 専 常 番 熟 恩 老 美 名 冠 総 組 期 助 同 別 第 皇 尊 彼 俺 僕 私 低
    """)
# No name begins or ends with one of these unless the dictionary has it.
_OF_A_KIND = frozenset("校園市町村区県部課科係室級組班年期内外各全他両同当男女主副小中高第者員人師士屋生長等達方務導")
_NO_TEACHER = GENERIC_BODY | ADULT_ROLES | CHILD_ROLES | TIMES | words_of("道徳 昔")
_NEVER_CALLED = (BEINGS | _NO_TEACHER) - EVERYDAY
_NUMERALS = frozenset("一二三四五六七八九十百千")


def run_before(line: Line, at: int, title: str) -> tuple[int, int, Tier] | None:
    """Where the name in front of `title` at `at` stands in the line, and how sure it is; or None."""
    text = line.text
    if len(title) == 1 and _GOES_ON.match(text, at + 1):
        return None
    before = text[max(0, at - _WINDOW) : at]
    if title in OFFICES:
        former = _FORMERLY.search(before)
        if former is not None:
            found = _kanji(before[: former.start()], title) if len(before) > len(former.group()) else None
            apart = former.group()[0] == "・"
            if found is not None and (apart or (found[1] is Tier.SURE and found[0] > 1)):
                end = at - len(former.group())
                return end - found[0], end, found[1]
    elif title in _CALLED:
        mixed = _MIXED.search(before[-_LONGEST_MIXED:])
        if mixed is not None:
            return at - len(mixed.group()), at, Tier.SURE
    found = _kanji(before, title)
    return None if found is None else (at - found[0], at, found[1])


def _kanji(before: str, title: str) -> tuple[int, Tier] | None:
    """How many characters of a run of kanji at the end of `before` are a name, and how sure that is."""
    match = _RUN.search(before)
    run = "" if match is None else match["it"]
    if not run or ADDRESSING.search(run) or COUNTED.fullmatch(run) or _NUMERALS.issuperset(run):
        return None
    known = readings(run)
    child = title in _CALLED
    if run in (_NEVER_CALLED if child else _NO_TEACHER) or readings(run + title) - NAMING:  # 王様, 彼氏
        return None
    if Kind.SURNAME in known and run not in _SAYS_WHICH:
        return len(run), Tier.SURE
    if len(run) == 1:
        return None if run in _SAYS_WHICH else (1, Tier.UNSURE)
    if run[0] in _NUMERALS and not known & NAMING and not (child and run[-1] in ENDS_GIVEN):  # 七人七様
        return None
    if known & PERSONAL or (not known and not _OF_A_KIND & {run[0], run[-1]}):
        return len(run), Tier.SURE if run[-1] in _ENDS_NAME else Tier.UNSURE
    written_so = run[-1] in ENDS_GIVEN or (title == "君" and run[-1] not in _OF_A_KIND)
    return (len(run), Tier.UNSURE) if known and child and written_so else None


_ENDS_NAME = ENDS_GIVEN | ENDS_SURNAME
