"""A place or a school in its full length: what belongs to its name on either side of what a rule found.

Between the rules of one line and `merge`. The dictionary knows 上田 and not 上田市民通り or 新上田, so the rules find a
part; a part left standing tells as much as the whole. To the left, single characters and names that stand in the same
run of kanji; to the right, what names a place or a school after such a name.

Weakness: a word of time or kinship that no table has is taken in from the left; that only redacts more.
"""

from __future__ import annotations

import re

from mailgate.screening.body_words import BESIDE_A_BODY, GENERIC_JOINED, HEARTS, TIMES
from mailgate.screening.finding import Finding, Label
from mailgate.screening.lexicon import EVERYDAY_NOUNS, GENERIC_BODY, REGIONS
from mailgate.screening.plain_names import says_a_kind, stands_in_a_name
from mailgate.screening.school_stems import founded
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_PLACE_GOES_ON = re.compile(
    "(?:神社|通り|バス停|インター(?:チェンジ)?|海岸|交差点|交番|商店街|団地|地区|公園|校区|学区|温泉|高原|新田|新町|本町|台町"
    "|ニュータウン|ハイツ|コーポ|マンション|アパート|郵便局|市民(?:プール|センター|会館|体育館)|支所|港町|駅(?!伝)(?:前|ビル|[東西南北]口)?"
    "|沿線|方面|管内|地方|[都道府県市区町村](?=[立内外下])|大?字[一-鿿々ヶ]{1,5}(?:[ノケツッ][一-鿿々]{1,3}|の[台丘原沢島井])?(?![一-鿿々ヶノケツッ0-9])"
    "|(?:[川橋港峠湖城山寺沢浜岬島台丘区]|小路|大橋|ヶ[丘原浜崎])(?:(?![一-鿿々])|(?=出身|在住|付近|周辺|沿い|近[く辺]|行き|経由|方面))){1,2}"
    "|(?<=駅)(?:前|ビル|[東西南北]口)"
)
_SCHOOL_GOES_ON = re.compile(
    "(?:[・と](?:高等学校|高校|中学校|中学)|夜間学級)?(?:大学)?(?:[一-鿿]{1,6}学部(?=[附付]属))?(?:[附付]属[一-鿿]{0,4}[小中高](?![一-鿿])|定時制|[附付]属)?(?:高等学校|高等学園|高等部|高校|中等部|中学校|中学|小学部|小学校|初等部|幼稚園|幼稚部|短期大学部|大学院|[一-鿿々]{1,5}分校)?"
)
_KANJI = re.compile("[一-鿿々ヶ]+")
_PIECES = NAMING | {Kind.NOUN, Kind.PREFIX, Kind.SUFFIX}
_MOST_WORDS = 3
# What の, が or ヶ joins to the heart of a name.
_JOINED_AHEAD = re.compile(
    "(?P<name>[一-鿿々ァ-ヺー]{2,7})[のがヶケノッツ]$|(?<![一-鿿々])(?P<one>[一-鿿々])[ヶケッツが]$"
)
_LONGEST_AHEAD = 8
# 新鷺沼, 大字鷺沼, JR鷺沼駅
_AHEAD_OF_PLACE = re.compile("(?:(?<![一-鿿々])(?:[新奥上中下旧]|大?字)|JR ?)$")


def stretched(text: str, line: Line, finding: Finding) -> Finding:
    """A finding in one line of `text`; that of a place or a school with the whole of its name."""
    if finding.label is Label.ORGANISATION:
        start, end = _start_of_body(line, finding), finding.end
    elif finding.label is Label.PLACE or finding.label is Label.SCHOOL:
        start, end = _start(line, finding), _end(line, finding)
    else:
        return finding
    office = _OFFICE.match(line.text, end - line.start) if _BOARD in finding.text else None
    end = end if office is None else line.start + office.end()
    if start == finding.start and end == finding.end:
        return finding
    return finding._replace(start=start, end=end, text=text[start:end])


def _start_of_body(line: Line, finding: Finding) -> int:
    """京福 of 京福|みなとバス, 三国 of 三国|浜クリニック: a name right in front, whose words are no kind."""
    at = finding.start - line.start
    run = _RUN_AHEAD.search(line.text, max(0, at - _LONGEST_AHEAD), at)
    name = "" if run is None else run.group()
    plain = name in GENERIC_BODY or name in TIMES or name in EVERYDAY_NOUNS or name in REGIONS
    known = readings(name)
    words = line.words[line.before(finding.start - len(name)) : line.before(finding.start)]
    named = bool(known & NAMING) or (not known and all(len(word.text) == 1 and _belongs(word) for word in words))
    return finding.start - len(name) if name and named and not plain else finding.start


_RUN_AHEAD = re.compile("(?<![一-鿿々ヶ])[一-鿿々]{2,4}$")
# Which office of a board of education.
_BOARD = "教育委員会"
_OFFICE = re.compile("(?:事務局)?(?:[一-鿿々]{1,7}(?:課|係|室)(?![一-鿿々]))?")


def _end(line: Line, finding: Finding) -> int:
    pattern = _PLACE_GOES_ON if finding.label is Label.PLACE else _SCHOOL_GOES_ON
    match = pattern.match(line.text, finding.end - line.start)
    return finding.end if match is None else line.start + match.end()


def _start(line: Line, finding: Finding) -> int:
    """The start of the name, at most three words before the finding, which may cut the first of them in two."""
    at, school = finding.start, finding.label is Label.SCHOOL
    if school and finding.text[0] in HEARTS:  # 緑風ヶ|丘小学校
        ahead = _JOINED_AHEAD.search(line.text[max(0, at - line.start - _LONGEST_AHEAD) : at - line.start])
        name = "" if ahead is None else ahead["name"] or ""
        if ahead is not None and not (name in GENERIC_JOINED or name in TIMES or says_a_kind(name)):
            at -= len(ahead.group())
    index = line.before(at) - 1
    if school and index >= 0 and "の" in line.words[index].text[1:] and line.words[index].end > at:  # 日の|出ヶ丘小
        at = line.words[index].start
        index -= 1
    for word in reversed(line.words[max(0, index - _MOST_WORDS + 1) : index + 1]):
        if word.end < at or not _KANJI.fullmatch(word.text):
            break
        if not _belongs(word) and not (school and stands_in_a_name(word) and word.text not in TIMES):
            break
        at = word.start
    if school:
        return founded(line, at)
    before = _AHEAD_OF_PLACE.search(line.text, max(0, at - line.start - 3), at - line.start)
    return at if before is None else line.start + before.start()


def _belongs(word: Word) -> bool:
    if (
        word.text in GENERIC_BODY
        or word.text in BESIDE_A_BODY
        or word.text in TIMES
        or word.text.endswith(("立", "県"))
    ):
        return False
    return word.kind in NAMING or (word.kind in _PIECES and len(word.text) == 1)
