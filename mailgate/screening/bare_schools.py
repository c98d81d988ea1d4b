"""Schools named without their kind: 県立青葉台の先生, 青葉台工業の生徒, 山形大に進学.

Also 青葉台 where 青葉台高校 stands elsewhere in the text.

Before: `words.read_lines`, and for what stands elsewhere the rules that see a kind. After: `merge`. A founder in front
(県立) or an established school of that name makes it SURE; else the name has to be one that the dictionary has never
heard of or has as a name, and the sentence to speak of a school, and it is UNSURE.

Weakness: a thing or a tree as the name (双葉の生徒), where no kind stands anywhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailgate.screening.body_words import BESIDE_A_BODY, TIMES
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import finding_in, words_over
from mailgate.screening.lexicon import GENERIC_BODY, NEVER_A_NAME, REGIONS
from mailgate.screening.plain_names import KINDS, only_says_a_kind
from mailgate.screening.words import NAMING, Kind, Line, readings

_OF_A_SCHOOL = (
    "の(?:生徒|児童|校長|教頭|卒業生|在校生|校則|制服|文化祭|体育祭|同窓会|校区|学区|養護教諭|教員|教諭|PTA|理事長?|事務長|非常勤|[一-鿿ァ-ヺー]{2,6}部(?![分屋品類])"
    "|[1-6一二三四五六]年(?![前後間目ぶ]))"
)
_AT_A_SCHOOL = (
    f"(?:{_OF_A_SCHOOL}|の(?:先生|保護者|体育館|校庭|校舎|入試|定時制|職員室|保健室|教室|部活)|出身|に(?:勤務|勤め|通|在籍|赴任|着任|異動|転勤|進学|合格|入学)"
    "|で(?:教え|働|[一-鿿ァ-ヺー]{2,6}部(?![分屋品類]))"
    "|へ(?:進|異動|転)|から(?:異動|転)|を(?:受験|志望|卒業|受け)|との|と合同)"
)
_NAME = "[一-鿿々ヶケ]{2,6}?"
# 県立青葉台の, 私立明誠に勤め
_FOUNDED = re.compile(
    rf"(?:[一-鿿々]{{0,5}}[都道府県市区町村]|(?<![一-鿿々])[私国公])立(?P<name>{_NAME}|[ぁ-ゖー]{{2,6}}?|[ァ-ヺー]{{2,8}}?)(?={_AT_A_SCHOOL}|です|でした|[。、」)]|の[一-鿿々]{{1,4}}です|$)"
)
# A body of the town, which is no school: 市立図書館.
_NO_SCHOOL = (
    *"院所園署会局場寮団課室校",
    *("センター", "美術館", "図書館", "博物館", "公民館", "体育館", "資料館", "文学館", "記念館", "児童館", "文書館"),
)
# 青葉台工業の生徒, 青葉台南の校長
_TRADES = "工業|商業|農業|水産|工科|商工|女子|総合|[東西南北]"
_TRADE = re.compile(
    rf"(?<![一-鿿々ヶA-Za-z0-9○●△▲□■])(?P<name>[一-鿿々ヶケ]{{2,5}}?)(?P<trade>{_TRADES})(?={_OF_A_SCHOOL}|出身|の先生|に(?:通|進学|合格|行)"
    r"|で(?:教え|働)|を(?:受|志望|卒)|[。、」)]|$)"
)
# 緑陵台, 聖和女子: what is called so is a school or a hill.
_RIDGE = re.compile(
    r"(?<![一-鿿々ヶA-Za-z0-9○●△▲□■])(?P<name>[一-鿿々]{1,3}陵台?|[一-鿿々]{2,3}台|[一-鿿々]{2}(?=女子))(?:女子)?"
    r"(?=[のはがをにでとへもや、。」)]|から|$)"
)
_UNHEARD = re.compile(
    rf"(?<![一-鿿々〆ヶA-Za-z0-9○●△▲□■])(?P<name>[一-鿿々]{{2,4}}(?:[がヶケ]丘)?|[ぁ-ゖ]{{2,5}}(?:野|台|[がヶケ]丘))(?={_OF_A_SCHOOL})"
)
_HAS_SIGN = re.compile(_OF_A_SCHOOL)
# How the names of schools end.
_ENDS = frozenset(
    "陵稜館丘台野山川谷坂浜峰峯星陽明徳英成園森里原泉江島崎津浦海光風松竹梅桜城宮池沢田村岡橋塚迫尾翠嶺雲鳳麗誠和"
)
_UNIVERSITY = re.compile(
    "[一-鿿々]{2,10}大(?=に(?:進|合格|行|入|通|在|落|受)|の(?:学生|教授|院|附属|ゼミ|研究|受験|入試|教育学部|[1-4一二三四]年|先生)|へ(?:進|行)"
    "|を(?:出|卒|受|目指|志望|中退)|卒|出身|附属|付属|院(?:生|に|卒|を)|合格|受験|志望|進学|生(?=[のはがをに、。]))"
)
_FACULTIES = re.compile(
    "(?:県立|市立|教育|学芸|医科|工業|女子|外国語|外|学院|理科|経済|商科|薬科|体育|芸術|音楽|美術|福祉|文化|国際|産業|農工|工科|海洋|歯科|保健|情報|科学|技術)*$"
)
_KIND = re.compile(
    "(?:義務教育学校|中等教育学校|特別支援学校|支援学校|高等学校|小中学校|小学校|中学校|高校|中学|学園|学院|幼稚園|保育園|こども園|[小中高])$"
)
_FOUNDER = re.compile("^(?:.*立|学校法人|.*(?:附属|付属))")
_GOES_ON = re.compile("(?![一-鿿々ヶァ-ヺー])")


def find_bare_schools(text: str, line: Line) -> Iterator[Finding]:
    """The schools in one line of `text` that a founder, a trade or what is said of them shows."""
    if "立" in line.text:
        for match in _FOUNDED.finditer(line.text):
            name = match["name"]
            if not (name.endswith(_NO_SCHOOL) or name in GENERIC_BODY or name in KINDS or "立" in name):
                yield _school(text, line, match.start(), match.end(), Tier.SURE, "school behind its founder")
    if "大" in line.text:
        for match in _UNIVERSITY.finditer(line.text):
            start = _town_before(line, match.start(), match.end() - 1)
            if start is not None:
                yield _school(text, line, start, match.end(), Tier.SURE, "university")
    for match in _RIDGE.finditer(line.text) if any(map(line.text.__contains__, _RIDGES)) else ():
        name = match["name"]
        only_a_name = (
            bool(readings(name)) and readings(name) <= NAMING and name not in REGIONS and name[-1] not in "県府市"
        )
        if (only_a_name and match.group().endswith("女子")) or name.endswith("陵台") or _unheard(line, match):
            yield _school(text, line, match.start(), match.end(), Tier.UNSURE, "could be a school")
    if not (_HAS_SIGN.search(line.text) or "出身" in line.text or _TRADE_SIGN.search(line.text)):
        return
    for match in _TRADE.finditer(line.text):
        if _names(match["name"]) or (_unheard(line, match) and match["name"][-1] in _ENDS):
            yield _school(text, line, match.start(), match.end(), Tier.UNSURE, "name and what is taught there")
    for match in _UNHEARD.finditer(line.text):
        if (match["name"][-1] in _ENDS) and _unheard(line, match):
            yield _school(text, line, match.start(), match.end(), Tier.UNSURE, "could be a school")


def find_schools_elsewhere(text: str, folded: str, schools: Iterable[Finding]) -> Iterator[Finding]:
    """Further places of `text` where the name of one of `schools` stands without its kind."""
    names = {name for school in schools if (name := _stem(folded[school.start : school.end]))}
    for name in sorted(names)[:_MOST_NAMES]:
        tier = Tier.SURE if not readings(name) else Tier.UNSURE
        start = folded.find(name)
        while start >= 0:
            end = start + len(name)
            if _GOES_ON.match(folded, end) and not _KANJI.match(folded[start - 1 : start]):
                yield Finding(start, end, text[start:end], Label.SCHOOL, tier, "school mentioned elsewhere")
            start = folded.find(name, end)


_RIDGES = ("陵", "台", "女子")
_TRADE_SIGN = re.compile("[工商農]業|水産|工科|商工|女子|総合")
_MOST_NAMES = 100
_SHORTEST = 2
_KANJI = re.compile("[一-鿿々ヶ]")


def _stem(school: str) -> str:
    """The name in a school's name; nothing where it says too little by itself or another rule knows it."""
    kind = _KIND.search(school)
    name = "" if kind is None else _FOUNDER.sub("", school[: kind.start()])
    plain = len(name) < _SHORTEST or only_says_a_kind(name) or name in REGIONS or name in NEVER_A_NAME
    return "" if plain or not _NAMED.fullmatch(name) or readings(name) else name


_NAMED = re.compile("[一-鿿々ヶケがのァ-ヺー]*[一-鿿々ヶ][一-鿿々ヶケ]*")


def _school(text: str, line: Line, start: int, end: int, tier: Tier, reason: str) -> Finding:
    return finding_in(text, line, start, end, Label.SCHOOL, tier, reason)


def _names(name: str) -> bool:
    return bool(readings(name) & _TOWNS_AND_SURNAMES) and name not in NEVER_A_NAME and not only_says_a_kind(name)


_TOWNS_AND_SURNAMES = frozenset({Kind.PLACE, Kind.SURNAME})


def _unheard(line: Line, match: re.Match[str]) -> bool:
    """Whether the dictionary has nothing for the name and no word of it says anything."""
    name, end = match["name"], line.start + match.end("name")
    if readings(name) or name[0] in BESIDE_A_BODY or only_says_a_kind(name):
        return False
    return all(
        (len(text) == 1 or word.kind in NAMING or word.unknown) and text not in TIMES and word.kind is not Kind.NUMBER
        for word, text in words_over(line, line.start + match.start(), end)
    )


def _town_before(line: Line, start: int, at: int) -> int | None:
    """Where the town starts, in the run from `start` on, that names the university whose 大 is at `at` in the line."""
    for index in range(line.before(line.start + start), line.before(line.start + at)):
        word = line.words[index]
        if word.kind in NAMING and word.start >= line.start + start:
            name, rest = word.text, line.text[word.end - line.start : at]
            if len(name) > 1 and name not in REGIONS and _FACULTIES.match(rest):
                return word.start - line.start
    return None
