"""Places and street addresses in Japanese text.

Before: `words.read_lines`. After: `merge`, where a school or an address takes in the places that it contains. Whole
countries and large regions are no finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import (
    COUNTED,
    GENERIC_BODY,
    MASK,
    NEVER_A_NAME,
    PRODUCE,
    REGIONS,
    SCHOOL_AHEAD,
    words_of,
)
from mailgate.screening.plain_names import KINDS
from mailgate.screening.words import NAMING, PERSONAL, Kind, Line, Word, readings

_TAILS = words_of("""
    都 道 府 県 市 区 町 村 郡 駅 島 台 半島 湾 岬 高原 温泉 盆地 諸島 列島 線 ニュータウン 地区 団地 学区 校区
    商店街 公園 小学校区 中学校区 神社 交番 交差点 インター バス停 海岸 峠 橋
    """)
_NAMED_TAILS = ("駅", "空港", "公園", "神社", "団地", "商店街", "町", "村", "市", "区", "県", "線")
_NEEDS_TAIL = PERSONAL | {Kind.NUMBER}
_NOUN_NEEDS_TAIL = _NEEDS_TAIL | {Kind.NOUN}
_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー]+")
_N = r"[0-9一二三四五六七八九十百]{1,4}"
_HOUSE = re.compile(r"丁目|番|条|[0-9][-ー][0-9]")
_NUMBERS = re.compile(
    rf"(?<![0-9〒-])(?:{_N}丁目(?:{_N}番地?の?(?:{_N}号?)?|[0-9]{{1,4}}(?:[-ー][0-9]{{1,4}}){{0,2}})?"
    rf"|{_N}番地?の?(?:{_N}号?)?|[1-9][0-9]{{0,4}}(?:[-ー][0-9]{{1,4}}){{1,3}}(?![0-9-])"
    r"|[東西南北]?[0-9]{1,2}条(?:[東西南北]?[0-9]{1,2}丁目)?)"
    r"(?: ?[一-鿿々ぁ-ゖァ-ヺーA-Za-z]{0,20} ?[0-9]{1,4}(?:号室?|階|F))?"
)


def find_places(text: str, line: Line) -> Iterator[Finding]:
    """The places that one line of `text` names, each with its 市, 町, 駅 …"""
    needs_tail = _NEEDS_TAIL if _LIVES.search(line.text) else _NOUN_NEEDS_TAIL
    for index in line.nouns:
        word = line.words[index]
        following = line.words[index + 1] if index + 1 < len(line.words) else None
        tail = following if following is not None and following.text in _TAILS else None
        if tail is None and word.kind in needs_tail:
            continue
        if not _TEXT.fullmatch(word.text):
            continue
        if word.text in REGIONS or word.text.endswith("センター"):
            continue
        if SCHOOL_AHEAD.match(line.text, word.end - 1 - line.start):
            continue
        end = tail.end if tail else word.end
        if word.kind is Kind.PLACE and tail is None and _only_by_chance(line, index):
            continue
        if word.kind is Kind.PLACE and (len(word.text) >= 2 or tail):
            yield _place(text, word.start, end, "place in the dictionary")
        elif word.kind is Kind.PROPER and word.text.endswith(_NAMED_TAILS) and len(word.text) >= 3:
            yield _place(text, word.start, end, "named place")
        elif tail and _can_name_place(line, index):
            yield _place(text, word.start, end, f"name before {tail.text}")
        elif word.kind is Kind.NOUN and _LIVES.match(line.text, word.end - line.start) and _may_be_a_town(line, index):
            yield Finding(word.start, end, text[word.start : end], Label.PLACE, Tier.UNSURE, "could be a place")


def _only_by_chance(line: Line, index: int) -> bool:
    """三十人 and 十人 (a place), and あすか where no particle follows that a place takes."""
    word, before = line.words[index], line.words[index - 1] if index else None
    if COUNTED.fullmatch(word.text) or (before is not None and before.kind is Kind.NUMBER and before.end == word.start):
        return True
    if _NO_TOWN.match(line.text, word.end - line.start) or line.text.startswith("瀬戸内の", word.start - line.start):
        return True
    return bool(_HIRAGANA.fullmatch(word.text)) and line.text[word.end - line.start :][:1] not in tuple(
        "のにでへからを、。」)"
    )


# 江戸時代, 清見オレンジ: a time or a dish that a place has given its name.
_NO_TOWN = re.compile(f"時代|{PRODUCE}")
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
# What is said of a town: 銚子の学校, 銚子から転入.
_LIVES = re.compile(
    "の(?:学校|小学校|中学校|高校|出身|実家)|出身|在住|に(?:住|引っ越|転居|移)|へ(?:引っ越|転居|異動)|から(?:転入|転校|引っ越|通)"
)


def _may_be_a_town(line: Line, index: int) -> bool:
    word, before = line.words[index], line.words[index - 1] if index else None
    opens = before is None or before.kind in (Kind.SYMBOL, Kind.SPACE, Kind.PARTICLE)
    plain = word.text in GENERIC_BODY or word.text in KINDS or len(word.text) < 2
    return opens and not plain and Kind.PLACE in readings(word.text)


def _place(text: str, start: int, end: int, reason: str) -> Finding:
    return Finding(start, end, text[start:end], Label.PLACE, Tier.SURE, reason)


def _can_name_place(line: Line, index: int) -> bool:
    word = line.words[index]
    if word.text in GENERIC_BODY or _masked(line, word):
        return False
    if word.kind is Kind.NUMBER:  # 四万十
        return len(word.text) >= 3 and Kind.PLACE in readings(word.text)
    if word.kind in PERSONAL or (word.unknown and len(word.text) >= 2 and word.kind is Kind.NOUN):
        return True
    return word.kind is Kind.NOUN and bool(readings(word.text) & {Kind.PLACE, Kind.SURNAME})


def _masked(line: Line, word: Word) -> bool:
    at = word.start - line.start
    return at > 0 and bool(MASK.match(line.text, at - 1))


def find_addresses(text: str, line: Line) -> Iterator[Finding]:
    """Street addresses: a place or a name, then 丁目, 番地 or numbers with hyphens, then perhaps a house and a room."""
    if not _HOUSE.search(line.text):
        return
    starts = {word.start: index for index, word in enumerate(line.words)}
    for match in _NUMBERS.finditer(line.text):
        index = starts.get(line.start + match.start())
        start = None if index is None else _address_start(line.words, index)
        if start is not None:
            end = line.start + match.end()
            yield Finding(start, end, text[start:end], Label.ADDRESS, Tier.SURE, "street address")


def _address_start(words: tuple[Word, ...], index: int) -> int | None:
    """The start of the names in front of the house number, or None when no place is among them."""
    start, named, index = words[index].start, False, index - 1
    if index > 0 and words[index].text == "の" and words[index - 1].kind is Kind.PLACE:  # 志茂の6丁目
        index -= 1
    last = index
    opens = {word.start for word in words[max(0, index - 9) : index + 1] if word.kind is Kind.PLACE}
    for word in reversed(words[max(0, index - 9) : index + 1]):
        if word.kind is Kind.SPACE:
            if named and start in opens:
                break
            continue
        if not _TEXT.fullmatch(word.text) or word.kind not in _IN_ADDRESS or word.text in _ENDS_ADDRESS:
            break
        start = word.start
        named = named or (word.kind in NAMING and word.text not in NEVER_A_NAME) or word.text in "市区町村郡"
    alone = start == words[last].start and words[last].text in "市区町村郡"  # 町1番の店
    return start if named and not alone else None


_IN_ADDRESS = NAMING | {Kind.NOUN, Kind.SUFFIX, Kind.PREFIX, Kind.NUMBER}
_ENDS_ADDRESS = words_of("""
    住所 所在地 勤務先 自宅 電話 番号 先生 様 さん 校長 年 月 日 時 組 番
    """)
