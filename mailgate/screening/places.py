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
from mailgate.screening.words import NAMING, NOUN, NUMBER, PERSONAL, PLACE, PROPER, SURNAME, Kind, Line, Word, readings

_TAILS = words_of("""
    都 道 府 県 市 区 町 村 郡 駅 島 台 半島 湾 岬 高原 温泉 盆地 諸島 列島 線 ニュータウン 地区 団地 学区 校区
    商店街 公園 小学校区 中学校区 神社 交番 交差点 インター バス停 海岸 峠 橋 湖 港
    """)
_NAMED_PLACE = re.compile(".+(?:駅|空港|公園|神社|団地|商店街|(?<=..)[町村市区県線])")
_NEEDS_TAIL = PERSONAL | {Kind.NUMBER, Kind.NOUN}
_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー]+")
_N = r"[0-9一二三四五六七八九十百]{1,4}"
_KANJI_N = r"[一二三四五六七八九十]{1,4}"
# No house number is without one of these; it begins with a set of characters, since only then the search skips.
_HOUSE = re.compile(r"[丁番条0-9](?:(?<![丁0-9])|目|[-ー][0-9])")
_NUMBERS = re.compile(
    rf"(?<![0-9〒-])(?:{_N}丁目(?:{_N}番地?の?(?:{_N}号?)?|[0-9]{{1,4}}(?:[-ー][0-9]{{1,4}}){{0,2}}|{_KANJI_N}(?:[のノー-]{_KANJI_N}){{0,2}}号?)?"
    rf"|{_N}番地?の?(?:{_N}号?)?|[1-9][0-9]{{0,4}}(?:[-ー][0-9]{{1,4}}){{1,3}}(?![0-9-])"
    r"|[東西南北]?[0-9]{1,2}条(?:[東西南北]?[0-9]{1,2}丁目)?)"
    r"(?: ?[一-鿿々ぁ-ゖァ-ヺーA-Za-z]{0,20} ?[0-9]{1,4}(?:号室?|階|F))?"
)


def find_places(text: str, line: Line) -> Iterator[Finding]:
    """The places that one line of `text` names, each with its 市, 町, 駅 …"""
    if "日町" in line.text or "日市" in line.text:
        yield from _towns_of_market_days(text, line)
    speaks_of_a_town = bool(_SPEAKS_OF_A_TOWN.search(line.text))
    if speaks_of_a_town or any(map(line.text.__contains__, _JOINTS)):
        yield from _towns_in_pieces(text, line)
    words, last = line.words, len(line.words) - 1
    for index in line.nouns:
        word = words[index]
        kind, tail = word.kind, words[index + 1] if index < last and words[index + 1].text in _TAILS else None
        if tail is None and kind in _NEEDS_TAIL:
            if kind is NOUN:
                town = _in_town(word) or (word.end if speaks_of_a_town and _said_of_a_town(line, index) else None)
                if town is not None:
                    yield Finding(
                        word.start, town, text[word.start : town], Label.PLACE, Tier.UNSURE, "could be a place"
                    )
            continue
        if not _TEXT.fullmatch(word.text):
            continue
        if word.text in REGIONS or word.text.endswith("センター"):
            continue
        if SCHOOL_AHEAD.match(line.text, word.end - 1 - line.start):
            continue
        end = tail.end if tail else word.end
        if kind is PLACE and tail is None and _only_by_chance(line, index):
            continue
        if kind is PLACE and (len(word.text) >= 2 or tail):
            yield _place(text, word.start, end, "place in the dictionary")
        elif kind is PROPER and _NAMED_PLACE.fullmatch(word.text):
            yield _place(text, word.start, end, "named place")
        elif tail and _can_name_place(line, index):
            yield _place(text, word.start, end, f"name before {tail.text}")


def _in_town(word: Word) -> int | None:
    """The end of the town in 東京都内, which is one word."""
    inside = len(word.text) > 3 and word.text[-1] in _INSIDE and _IN_TOWN.fullmatch(word.text)
    return word.end - 1 if inside and Kind.PLACE in readings(word.text[:-1]) else None


_INSIDE = "内下外"
_IN_TOWN = re.compile("[一-鿿]{1,5}[都道府県市区町村][内下外]")
# 十日町, which the tokenizer reads as a date and 町.
_MARKET_DAY = re.compile("(?<![一-鿿0-9])[一二三四五六七八九十]{1,2}日(?:町|市場?)")


def _towns_of_market_days(text: str, line: Line) -> Iterator[Finding]:
    for match in _MARKET_DAY.finditer(line.text):
        if Kind.PLACE in readings(match.group()):
            yield _place(text, line.start + match.start(), line.start + match.end(), "place in the dictionary")


# 六戸の実家, 八代インター, 坂ノ市: the tokenizer reads a number or cuts at ノ.
_JOINTS = ("ノ", "ヶ", "ツ", "インター")
_IN_PIECES = re.compile(
    "(?<![一-鿿々ヶ0-9])(?P<it>[一-鿿々]{1,2}[ノヶツッ][一-鿿々]{1,2}|[一-鿿々]{2,4})(?P<to>インター(?![ァ-ヺー])|(?![一-鿿々ヶ]))"
)
_COUNTS = tuple("一二三四五六七八九十何数各")


def _towns_in_pieces(text: str, line: Line) -> Iterator[Finding]:
    for match in _IN_PIECES.finditer(line.text):
        name, end = match["it"], match.end("it")
        joined = not name.isdecimal() and any(sign in name for sign in "ノヶツッ")
        if joined and name[0] not in _COUNTS and (Kind.PLACE in readings(name) or not readings(name)):
            yield _in_pieces(text, line, match.start(), match.end())
        elif match["to"] or _LIVES.match(line.text, end):
            town = Kind.PLACE in readings(name) and name not in REGIONS and name not in GENERIC_BODY
            if town and line.words[line.before(line.start + match.start())].text != name:
                yield _in_pieces(text, line, match.start(), match.end())


def _in_pieces(text: str, line: Line, start: int, end: int) -> Finding:
    start, end = line.start + start, line.start + end
    return Finding(start, end, text[start:end], Label.PLACE, Tier.UNSURE, "could be a place")


def _only_by_chance(line: Line, index: int) -> bool:
    """三十人 and 十人 (a place), and あすか where no particle follows that a place takes."""
    word, before = line.words[index], line.words[index - 1] if index else None
    if COUNTED.fullmatch(word.text) or (before is not None and before.kind is NUMBER and before.end == word.start):
        return True
    if _NO_TOWN.match(line.text, word.end - line.start) or line.text.startswith("瀬戸内の", word.start - line.start):
        return True
    return bool(_HIRAGANA.fullmatch(word.text)) and line.text[word.end - line.start :][:1] not in tuple(
        "のにでへからを、。」)"
    )


# 江戸時代, 清見オレンジ: a time or a dish that a place has given its name.
_NO_TOWN = re.compile(f"時代|朝廷|政権|幕府|民謡|音頭|{PRODUCE}")
_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
# What is said of a town: 銚子の学校, 銚子から転入.
_LIVES = re.compile(
    "の(?:学校|小学校|中学校|高校|出身|実家|祖父母|親戚)|出身|在住|生まれ|育ち|で(?:生まれ|育)"
    "|に(?:住|引っ越|越して|転居|移|帰省|嫁|赴任|転勤|実家)|へ(?:引っ越|越して|転居|異動|転勤|帰省|単身)|から(?:転入|転校|転勤|引っ越|越して|通)"
)
_BEGINS_LIVES = tuple("の出在生育でにへか")
# What names a town behind it: 実家は高砂です.
_WHERE = re.compile(
    "(?:住まい|住所|実家|出身|出身地|故郷|郷里|地元|の里|(?:引っ越し|転居|転出|転勤|赴任|転校|異動|帰省)先)[はが]$"
)
# A line without one of these says nothing of a town.
_SPEAKS_OF_A_TOWN = re.compile(
    "住[んみむまいめ所]|引っ越|越して|転[居入校勤]|出身|在住|生まれ|育[っちつ]|実家|嫁|赴任|帰省|単身|から通|異動|故郷|郷里|地元|の里"
    "|先[はが]|の(?:学校|小学校|中学校|高校|祖父母|親戚)"
)
_LONGEST_WHERE = 7


def _said_of_a_town(line: Line, index: int) -> bool:
    """Whether a noun that can be a town stands where the sentence speaks of one."""
    word = line.words[index]
    start, end = word.start - line.start, word.end - line.start
    if not (line.text[end : end + 1] in _BEGINS_LIVES and _LIVES.match(line.text, end)):
        stated = start > 1 and line.text[start - 1] in "はが"
        if not stated or not _WHERE.search(line.text[max(0, start - _LONGEST_WHERE) : start]):
            return False
    return bool(_TEXT.fullmatch(word.text)) and word.text not in REGIONS and _may_be_a_town(line, index)


def _may_be_a_town(line: Line, index: int) -> bool:
    word, before = line.words[index], line.words[index - 1] if index else None
    opens = before is None or before.kind in _OPENS or before.text in _SEASONS
    plain = word.text in GENERIC_BODY or word.text in KINDS or len(word.text) < 2
    return opens and not plain and Kind.PLACE in readings(word.text)


# この春高砂から
_OPENS = frozenset({Kind.SYMBOL, Kind.SPACE, Kind.PARTICLE})
_SEASONS = words_of("春 夏 秋 冬 月 年 度 先月 先週 昨年 去年 今年 今春 以前 元々")


def _place(text: str, start: int, end: int, reason: str) -> Finding:
    return Finding(start, end, text[start:end], Label.PLACE, Tier.SURE, reason)


def _can_name_place(line: Line, index: int) -> bool:
    word = line.words[index]
    if word.text in GENERIC_BODY or _masked(line, word):
        return False
    if word.kind is NUMBER:  # 四万十
        return len(word.text) >= 3 and PLACE in readings(word.text)
    if word.kind in PERSONAL or (word.unknown and len(word.text) >= 2 and word.kind is NOUN):
        return True
    return word.kind in _NAMES_WITH_TAIL and bool(readings(word.text) & {PLACE, SURNAME})


_NAMES_WITH_TAIL = frozenset({Kind.NOUN, Kind.PROPER})


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
        named = named or (_names_a_street(word) and word.text not in NEVER_A_NAME) or word.text in "市区町村郡"
    alone = start == words[last].start and words[last].text in "市区町村郡"  # 町1番の店
    return start if named and not alone else None


def _names_a_street(word: Word) -> bool:
    return word.kind in NAMING or (word.kind is Kind.NOUN and Kind.PLACE in readings(word.text))


_IN_ADDRESS = NAMING | {Kind.NOUN, Kind.SUFFIX, Kind.PREFIX, Kind.NUMBER}
_ENDS_ADDRESS = words_of("""
    住所 所在地 勤務先 自宅 電話 番号 先生 様 さん 校長 年 月 日 時 組 番
    """)
