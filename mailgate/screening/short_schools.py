"""Schools in their short form: みどり台小, 三小, 北高, 附属中.

Before: `words.read_lines`. After: `merge`. One character is all that says "school", and 中 is also "during", 高 also
"high": so a name has to stand in front and the sentence has to go on as it does after a school, the more so the less
the name says.

Weakness: a bare noun as a name (開明高) is found where the sentence speaks of a school only, since 最高 and 市内小 look
the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.body_words import GENERIC_JOINED, HEARTS
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import MASK, NEVER_A_NAME, words_of
from mailgate.screening.plain_names import DURING, like_a_place, names_a_school, says_a_kind
from mailgate.screening.school_stems import before_division, founded, stem_before
from mailgate.screening.words import NAMING, Kind, Line, readings

_SPEAKS_OF_SCHOOL = (
    "と(?:の|合同|交流)|の(?:先生|教員|教諭|生徒|児童|校長|教頭|保護者|担任|校区|卒業|職員|定時制|全日制|[1-9一二三四五六]年|研究|公開|校舎|保健室|件|子|体育館|校庭|プール|職員室|文化祭|体育祭|運動会|制服|校則|校門|正門|同窓会|図書室|音楽室|卒業式|入学式|給食)|"
    "に(?:勤務|勤め|通|在籍|異動|赴任|着任|配属|転|戻|進|入学|い[たてまる]|おり)|を(?:受験|志望|卒業|退職|訪問|見学)|」という学校|」の(?:卒業|生徒|児童|先生|教員|教諭|校長)|\\((?!笑)|で(?:は|も|勤務|働|教|研究|の)|へ(?:異動|転|の|進|通|行|戻)|から(?:異動|転|来)|"
    "校区|学区|出身|教員|教諭|校長|教頭|卒|から(?:の|も)|(?:です|でした|だ)?(?:$|。|、|,|\\))"
)
_GOES_ON = "(?:[のではがをにへともか、。,.・()「」 ]|から|まで|より|$)"
# It begins with a set of characters, since only then the search skips what begins none of the kinds.
_SCHOOL = re.compile(
    "[小中高工商農水女支養東西南北](?:(?<=中)高(?=の)|(?<=[小中高])(?![学校])|(?:(?<=工)[業科]|(?<=商)業|(?<=農)[業林]|(?<=水)産"
    "|(?<=女)子|(?<=支)援|(?<=養)護|(?<=[工商農東西南北])(?<![精重機加鉄電]工))(?=[にをかへの」と(]))"
)
# 下高津小四年の, 下高津中サッカー部: only behind what can be a name.
_BESIDE = re.compile(
    " ?(?:[1-9一二三四五六]年|勤務|在籍|在学|在校|時代|PTA|[一-鿿ァ-ヺー]{1,7}部(?![分屋])|副校長|養護|主幹|生徒|児童"
    "|保護者|職員|学童|放課後|統合|廃校|閉校|校舎|体育館|受験|合格|進学|入試)"
)
# 豊田工業 is a school only where somebody goes to it.
_GOES_TO = re.compile(
    "に(?:勤務|勤め|通|在籍|進学|進[みむん]|合格|決ま|入学|行|赴任|着任|異動|い[たま]|戻)|を(?:受験|志望|卒業|受け)|から(?:転|異動|来)"
    "|へ(?:進|異動|行)|の(?:教員|高等部|小学部|中学部|生徒|先生|定時制|全日制|教諭|校長|入試|研究会|卒業)|」の(?:卒業|生徒|先生|教諭)|と(?:の|合同)"
    "|\\((?:生徒|児童|全校|教)"
)
# みなみ小, さくら中
_KANA = re.compile("(?<![ぁ-ゖー])[ぁ-ゖー]{3,8}$")
_PLAIN = re.compile("(?<![一-鿿々])[一-鿿々]{2,4}$")
# Between the name and 小: 上田第二小, 上田東小, 上田台小, 上田ヶ丘小.
_BETWEEN = re.compile("(?:第?[一二三四五六七八九十]|[東西南北]部?|中央|台|[ヶケが]?丘|女子)$")
_AHEAD = re.compile(_GOES_ON)
SPEAKS_OF_A_SCHOOL = re.compile(_SPEAKS_OF_SCHOOL)
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
_SINGLE = frozenset("小中高")
_WINDOW = 6
_JOINED_WINDOW = 9


def find_short_schools(text: str, line: Line) -> Iterator[Finding]:
    """The schools that one line of `text` names in their short form."""
    for match in _SCHOOL.finditer(line.text):
        at, kind = match.start(), match.group()
        if kind not in _SINGLE:
            found = _start(line, line.start + at, kind, True) if _GOES_TO.match(line.text, match.end()) else None
        elif (goes_on := bool(_AHEAD.match(line.text, at + 1))) or SPEAKS_OF_A_SCHOOL.match(line.text, at + 1):
            found = _shortest(line, at, kind, goes_on)
        else:
            found = _start(line, line.start + at, kind, True) if _BESIDE.match(line.text, match.end()) else None
            found = found if found is not None and found[1] is Tier.SURE else None
        if found is not None:
            yield _finding(text, line, found[0], line.start + match.end(), found[1])


def _shortest(line: Line, at: int, kind: str, goes_on: bool) -> tuple[int, Tier] | None:
    """The start of the name in front of 小, 中 or 高 at `at` in the line, and how sure it is."""
    speaks = bool(SPEAKS_OF_A_SCHOOL.match(line.text, at + 1))
    found = _start(line, line.start + at, kind, speaks)
    if found is not None:
        return found
    if speaks or kind != "中":
        start = _start_in_kana(line, before_division(line, line.start + at) or line.start + at)
        if start is not None:
            return start, Tier.SURE
        joined = _joined_start(line.text, at)
        if joined is not None:
            return line.start + joined[0], joined[1]
    by_characters = _by_characters(line.text[max(0, at - _WINDOW) : at], kind, speaks, goes_on)
    if by_characters is None:
        return _one_character(line, line.start + at, kind, speaks)
    length, tier = by_characters
    masked = length < at and MASK.match(line.text, at - length - 1)  # ○○東小, A第二中
    return None if masked else (line.start + at - length, tier)


def _one_character(line: Line, at: int, kind: str, speaks_of_school: bool) -> tuple[int, Tier] | None:
    """鶴中へ通う, 岬第三中: one character that can be a name and makes no word with the kind (山中, 最高)."""
    stem = stem_before(line, at)
    if stem is None or len(stem.whole) != 1 or not (speaks_of_school or stem.divided):
        return None
    can_be = readings(stem.whole) & NAMING and stem.whole not in NEVER_A_NAME
    word = not stem.divided and readings(stem.whole + kind)
    return (stem.start, Tier.UNSURE) if can_be and not word else None


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


def _finding(text: str, line: Line, start: int, end: int, tier: Tier) -> Finding:
    start = founded(line, start)
    return Finding(start, end, text[start:end], Label.SCHOOL, tier, f"name with {text[end - 1]}")


def _start(line: Line, at: int, kind: str, speaks_of_school: bool) -> tuple[int, Tier] | None:
    """The start of the name in front of the kind at offset `at`, and how sure it is that it is one."""
    stem = stem_before(line, at)
    if stem is None:
        return None
    if stem.founded:
        return stem.start, Tier.SURE
    if len(stem.whole) == 1:
        return None
    last = stem.last
    known = readings(last.text)
    if stem.divided:
        return stem.start, Tier.SURE if stem.named or known & NAMING else Tier.UNSURE
    name = last.text if len(last.text) > 1 else stem.whole  # 木曽|川高: 川 says nothing by itself
    if readings(name + kind) - NAMING or last.text.endswith(DURING):
        return None
    named = stem.named or like_a_place(last)
    if named and (speaks_of_school or kind != "中"):
        return stem.start, Tier.SURE
    could_be = bool(known & _NAMES_OF_SCHOOLS) and last.text not in NEVER_A_NAME
    if speaks_of_school and last.kind is Kind.NOUN and could_be:
        return stem.start, Tier.SURE
    if kind in _SINGLE and (speaks_of_school or could_be or kind == "小") and names_a_school(name, kind):
        return stem.start, Tier.UNSURE
    return None


def _joined_start(line: str, at: int) -> tuple[int, Tier] | None:
    """The start of みどりが丘 in front of 小, and how sure it is: の joins other nouns too."""
    window = max(0, at - _JOINED_WINDOW)
    match = _JOINED.search(line[window:at])
    if match is None or match["name"] in GENERIC_JOINED or says_a_kind(match["name"]):
        return None
    return window + match.start(), Tier.UNSURE if match["by"] == "の" else Tier.SURE


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
_NAMES_OF_SCHOOLS = frozenset({Kind.SURNAME, Kind.PLACE})
