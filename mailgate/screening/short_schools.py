"""Schools in their short form: みどり台小, 三小, 北高, 附属中.

Before: `words.read_lines`. After: `merge`. One character is all that says "school", and 中 is also "during", 高 also
"high": so a name has to stand in front and the sentence has to go on as it does after a school, the more so the less
the name says.

Weakness: a bare noun as a name (開明高) is found where somebody goes to it only, since 最高 and 市内小 look the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import GENERIC_JOINED, HEARTS
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import MASK, NEVER_A_NAME, REGIONS, words_of
from mailgate.screening.plain_names import like_a_place, names_a_school, says_a_kind
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_SPEAKS_OF_SCHOOL = (
    "と(?:の|合同|交流)|の(?:先生|教員|教諭|生徒|児童|校長|教頭|保護者|担任|校区|卒業|職員|定時制|全日制|研究|公開|校舎|保健室|件|子)|"
    "に(?:勤務|勤め|通|在籍|異動|赴任|着任|配属|転|戻|進|入学|い[たてまる]|おり)|を(?:受験|志望|卒業|退職|訪問|見学)|」という学校|」の(?:卒業|生徒|児童|先生|教員|教諭|校長)|\\((?!笑)|で(?:は|も|勤務|働|教|研究|の)|へ(?:異動|転|の|進)|から(?:異動|転|来)|"
    "校区|学区|出身|教員|教諭|卒|から(?:の|も)|(?:です|でした|だ)?(?:$|。|、|,|\\))"
)
_GOES_ON = "(?:[のではがをにへともか、。,.・()「」 ]|から|まで|より|$)"
_SCHOOL = re.compile("[小中高]|工業|商業|農業|農林|水産|工科")
# 豊田工業 is a school only where somebody goes to it.
_GOES_TO = re.compile(
    "に(?:勤務|勤め|通|在籍|進学|進[みむん]|合格|入学|行|赴任|着任|異動|い[たま]|戻)|を(?:受験|志望|卒業|受け)|から(?:転|異動|来)"
    "|へ(?:進|異動|行)|の(?:生徒|先生|定時制|全日制|教諭|校長|入試|研究会|卒業)|」の(?:卒業|生徒|先生|教諭)|と(?:の|合同)"
    "|\\((?:生徒|児童|全校|教)"
)
# みなみ小, さくら中
_KANA = re.compile("(?<![ぁ-ゖー])[ぁ-ゖー]{3,8}$")
_PLAIN = re.compile("(?<![一-鿿々])[一-鿿々]{2,4}$")
# Between the name and 小: 上田第二小, 上田東小, 上田台小, 上田ヶ丘小.
_BETWEEN = re.compile("(?:第?[一二三四五六七八九十]|[東西南北]部?|中央|台|[ヶケが]?丘|女子)$")
_AHEAD = re.compile(_GOES_ON)
_SPEAKS = re.compile(_SPEAKS_OF_SCHOOL)
# What stands in front of the character, of which at most _WINDOW are looked at.
_NUMBERED = re.compile("(?:(?<![一-鿿0-9第])|(?<=立))第?[一二三四五六七八九十]$")
# 北高, 港中: less is said by the name, so more by what follows; 山中 and 島中 are words or surnames.
_SIDE_OR_SHORE = re.compile(
    "(?:[市町村区県都府道私国]立|(?<![一-鿿0-9々])|(?<=[元前現立]))(?:[東西南北港浜浦岬城泉桜緑旭栄幸睦錦暁楓梅竹]|(?P<land>[山川島森原]))$"
)
# みどりが丘小, 柏の葉中, 三ッ沢小
_JOINED = re.compile(
    f"(?:(?P<name>[一-鿿々]{{1,4}}|[ァ-ヺー]{{2,6}}|(?<![ぁ-ゖー])[ぁ-ゖー]{{2,5}}?)(?P<by>[のがヶケッツ]))"
    f"(?:[{''.join(sorted(HEARTS))}])$"
)
_ATTACHED = re.compile("(?<![一-鿿])(?:附属|付属)$")
_WINDOW = 6
_JOINED_WINDOW = 9
_FOUNDER = re.compile("[一-鿿]{1,7}[都道府県市区町村]立$")
_LONGEST_FOUNDER = 9
_SIDES = words_of("東 西 南 北 中央 第一 第二 第三")


def find_short_schools(text: str, line: Line) -> Iterator[Finding]:
    """The schools that one line of `text` names in their short form."""
    for match in _SCHOOL.finditer(line.text):
        at = match.start()
        if len(match.group()) > 1:
            start = _start(line, line.start + at, False) if _GOES_TO.match(line.text, match.end()) else None
            if start is not None:
                yield _finding(text, line, start, line.start + match.end(), Tier.SURE)
            continue
        speaks, goes_on = bool(_SPEAKS.match(line.text, at + 1)), bool(_AHEAD.match(line.text, at + 1))
        if not speaks and not goes_on:
            continue
        start = None
        if speaks or match.group() != "中":
            start = _start(line, line.start + at, speaks)
            start = _start_in_kana(line, line.start + at) if start is None else start
            if start is not None:
                yield _finding(text, line, start, line.start + at + 1, Tier.SURE)
        joined = _joined_start(line.text, at) if start is None and (speaks or match.group() != "中") else None
        if joined is not None:
            yield _finding(text, line, line.start + joined[0], line.start + at + 1, joined[1])
            continue
        found = _by_characters(line.text[max(0, at - _WINDOW) : at], match.group(), speaks, goes_on)
        if found is not None:
            length, tier = found
            if not (length < at and MASK.match(line.text, at - length - 1)):  # ○○東小, A第二中
                yield _finding(text, line, line.start + at - length, line.start + at + 1, tier)
        elif start is None and _GOES_TO.match(line.text, match.end()):
            plain = _plain_start(line.text, at, match.group())
            if plain is not None:
                yield _finding(text, line, line.start + plain, line.start + at + 1, Tier.UNSURE)


def _by_characters(before: str, kind: str, speaks: bool, goes_on: bool) -> tuple[int, Tier] | None:
    """How many characters of `before` are the name, and how sure that is; None when there is none."""
    side = _SIDE_OR_SHORE.search(before) if speaks or kind == "小" else None
    if side is not None and not (side["land"] and kind == "中"):
        return len(side.group()), Tier.SURE
    numbered = _NUMBERED.search(before) if goes_on else None
    if numbered is not None:
        return len(numbered.group()), Tier.SURE
    attached = _ATTACHED.search(before) if goes_on else None
    return None if attached is None else (len(attached.group()), Tier.UNSURE)


def founded(line: Line, start: int) -> int:
    """The start of a school's name at offset `start` with the town that founded it: 港町市立 in front of 三小."""
    founder = _FOUNDER.search(line.text[max(0, start - line.start - _LONGEST_FOUNDER) : start - line.start])
    return start - (len(founder.group()) if founder else 0)


def _finding(text: str, line: Line, start: int, end: int, tier: Tier) -> Finding:
    start = founded(line, start)
    return Finding(start, end, text[start:end], Label.SCHOOL, tier, f"name with {text[end - 1]}")


def _start(line: Line, at: int, speaks_of_school: bool) -> int | None:
    """Only a name or a place may stand before the single character; 小 and 中 inside a surname (田中) are no school."""
    index = line.before(at) - 1
    side = index > 0 and line.words[index].end >= at and line.words[index].text[: at - line.words[index].start]
    between = _BETWEEN.search(line.text, max(0, at - line.start - 3), at - line.start)
    if side in _SIDES:
        index -= 1
    elif between is not None and line.before(line.start + between.start()) > 0:
        ahead = line.words[line.before(line.start + between.start()) - 1]
        if ahead.end >= line.start + between.start() and ahead.kind in NAMING and len(ahead.text) > 1:
            return ahead.start
    if index < 0:
        return None
    word = line.words[index]
    if word.text in REGIONS:
        return None
    named = word.kind in (Kind.PLACE, Kind.PROPER) or (
        word.end <= at and (word.kind is Kind.SURNAME or like_a_place(word) or (speaks_of_school and _can_name(word)))
    )
    if not named or word.end < at - 2 or at - word.start < 2:
        return None
    return word.start


def _joined_start(line: str, at: int) -> tuple[int, Tier] | None:
    """The start of みどりが丘 in front of 小, and how sure it is: の joins other nouns too."""
    window = max(0, at - _JOINED_WINDOW)
    match = _JOINED.search(line[window:at])
    if match is None or match["name"] in GENERIC_JOINED or says_a_kind(match["name"]):
        return None
    return window + match.start(), Tier.UNSURE if match["by"] == "の" else Tier.SURE


def _plain_start(line: str, at: int, kind: str) -> int | None:
    """The start of 開明 in 開明高に進学: any kanji, but no word together with 高 (最高) and no kind of school."""
    name = _PLAIN.search(line, max(0, at - 6), at)
    if name is None or (kind == "中" and not names_a_school(name.group(), kind)):
        return None
    if says_a_kind(name.group()) or readings(line[name.start() : at + 1]) - NAMING:
        return None
    return name.start()


def _start_in_kana(line: Line, at: int) -> int | None:
    """The start of みなみ in front of 小, a word of three hiragana at least, behind nothing or a particle."""
    match = _KANA.search(line.text, max(0, at - line.start - 9), at - line.start)
    run = "" if match is None else match.group()
    for cut in range(len(run) - 2):
        opens = cut == 0 or run[cut - 1] in "のはがをにとも" or line.ending(at - len(run) + cut) is not None
        if opens and readings(run[cut:]) & _NAMES_IN_KANA and run[cut:] not in _NEVER_IN_KANA:
            return at - len(run) + cut
    return None


_NAMES_IN_KANA = NAMING | {Kind.NOUN}
_NEVER_IN_KANA = words_of("やすみ おやすみ ひるやすみ しごと じゅぎょう からだ こども おとな いちばん")


def _can_name(word: Word) -> bool:
    return word.kind is Kind.NOUN and word.text not in NEVER_A_NAME and bool(readings(word.text) & _NAMES_OF_SCHOOLS)


_NAMES_OF_SCHOOLS = frozenset({Kind.SURNAME, Kind.PLACE})
