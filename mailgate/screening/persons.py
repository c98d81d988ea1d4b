"""Names of persons in Japanese text, from words and what stands around them.

Before: `words.read_lines`. After: `mentions` (every further mention) and `merge`. Latin names are in `latin_names`,
those from the register in `known`, those with a form of address in `addressed_names`. Each rule is one small
generator; they may overlap. Forms such as A君 or 担任の先生 never match, since a name needs a reading as a name in the
dictionary, or to be unknown to it.

Weakness: hiragana and rare given names that stand alone, and one-character surnames without a form of address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mailgate.screening.acting_names import acting
from mailgate.screening.addressed_names import addressed, foreign
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import (
    ADULT_ROLES,
    BEINGS,
    CHILD_ROLES,
    COUNTED,
    EVERYDAY_NOUNS,
    NEVER_A_NAME,
    PRODUCE,
    SCHOOL_AHEAD,
)
from mailgate.screening.name_words import (
    APART,
    KANJI,
    NAME_TEXT,
    WITH_OTHER_READINGS,
    Span,
    could_be,
    could_be_given,
)
from mailgate.screening.placed_names import placed
from mailgate.screening.stated_names import after_grade, alone, before_age, field, own_name
from mailgate.screening.words import (
    GIVEN,
    NAMING,
    NOUN,
    NUMBER,
    PERSONAL,
    PLACE,
    PROPER,
    SPACE,
    SURNAME,
    Kind,
    Line,
    Word,
    readings,
)

_MAY_FOLLOW = WITH_OTHER_READINGS | {Kind.SPACE}
_BESIDE_A_NAME = re.compile("[君様氏殿母父兄姉弟妹宅家方達組著作案筆記拝印談橋峠港湖寺駅浜沢池]")
_NAMED = PERSONAL | {Kind.PROPER}
_FEW_WORDS = 6
_UNITS = frozenset("日月年時分秒人回件個名本枚台歳才円番号組校冊度倍点割数行字文")
_SUBJECT = frozenset("はがもを")
_KIN = re.compile("の(?:お?[母父兄姉弟妹]|祖父|祖母|両親|保護者|担任|様子|隣|ママ|パパ)")
_KATAKANA = re.compile("[ァ-ヺー]")
_BEGINS_SCHOOL = frozenset("小中高")
_NO_BARE_NAME = NEVER_A_NAME | BEINGS
_NUMERALS = frozenset("一二三四五六七八九十百千")
_DISH = re.compile(PRODUCE)
_KIN_OF = re.compile(r"(?<![一-鿿々])[一-鿿々]{1,3}$")
_ROLE_IS = re.compile(
    r"(?:担任|顧問|主任|校長|教頭|部長|担当|相手|犯人|加害者|被害者|本人|班長|主犯|首謀者|当事者|標的)[はが](?P<it>[一-鿿々]{1,3})(?=で|だ|、|。|と|$)"
)
# 四年の亮が, 小五の健太
_GRADES = frozenset(("年", "年生", "組")) | {f"{school}{year}" for school in "小中高" for year in "一二三四五六"}
_CHILDREN = CHILD_ROLES | {"うち", "クラス", "学級", "双子", "兄弟", "姉妹"}
_GOES_ON = frozenset({Kind.NOUN, Kind.SUFFIX, Kind.NUMBER})


def find_persons(text: str, line: Line) -> list[Finding]:
    """The persons that one line of `text` names; honorifics and titles stay outside the finding."""
    spans = [span for span in _by_words(line) if span is not None] if line.nouns else []
    spans += addressed(line)
    for rule in _rules_for(line):
        spans += rule(line)
    return [
        Finding(start, end, found, Label.PERSON, tier, reason)
        for start, end, tier, reason in spans
        if not (found := text[start:end]).isspace()
        and not found.endswith("お子")  # 他のお子さま
        and not (found == "実" and line.text.startswith("の", end - line.start))  # 実の兄
        and not (found[-1] in _BEGINS_SCHOOL and SCHOOL_AHEAD.match(line.text, end - 1 - line.start))
    ]


def _rules_for(line: Line) -> Iterator[Callable[[Line], Iterator[Span]]]:
    """The rules that look at characters and can find something in this line: most lines are plain, and each costs."""
    if line.nouns:
        if "の" in line.text or _ROLE_IS.search(line.text):
            yield _kin_of
        yield own_name
        yield placed
    if "・" in line.text or "=" in line.text or "くん" in line.text or "ちゃん" in line.text:
        yield foreign
    if "歳" in line.text or "才" in line.text or "(" in line.text:
        yield before_age
    if ":" in line.text:
        yield field
    if "年 " in line.text or "年生 " in line.text:
        yield after_grade
    if len(line.words) <= _FEW_WORDS:
        yield alone


def _by_words(line: Line) -> Iterator[Span | None]:
    """The rules that look at a noun or a name and the words beside it: one look at each of them."""
    words, last = line.words, len(line.words) - 1
    for index in line.nouns:
        word, after = words[index], words[index + 1] if index < last else None
        kind = word.kind
        if kind in _NAMED:
            yield _bare_name(line, index)
            if kind is SURNAME and len(word.text) == 1:
                yield _short_surname(line, index)
        if after is not None:
            if after.kind in _MAY_FOLLOW:
                yield _full_name(words, index)
            elif after.text in _SUBJECT and len(word.text) <= 2:
                yield _subject(words, index) or acting(line, index)
            elif after.text in _BESIDE_PERSONS and len(word.text) <= 2:
                yield acting(line, index)
        if index > 1 and words[index - 1].text == "の" and (after is None or after.kind not in _GOES_ON):
            yield _after_role(words[index - 2], word, after)


def _full_name(words: tuple[Word, ...], index: int) -> Span | None:
    """Surname and given name, with or without one space between."""
    surname, behind = words[index], index + 1
    if surname.kind not in WITH_OTHER_READINGS or not KANJI.fullmatch(surname.text):
        return None
    behind += words[behind].kind is SPACE and behind + 1 < len(words)
    given = words[behind]
    if given.text in NEVER_A_NAME and not KANJI.fullmatch(given.text):  # 田村ひとりに
        return None
    if (given.kind is GIVEN and NAME_TEXT.fullmatch(given.text) and could_be(surname, SURNAME)) or (
        _stands_as_surname(surname, words, behind)
        and (given.text not in NEVER_A_NAME or behind > index + 1)
        and given.kind is not SURNAME
        and (could_be_given(given) or _single_given(words, behind))
    ):
        return surname.start, _given_end(words, behind), Tier.SURE, "surname and given name"
    return None


def _stands_as_surname(surname: Word, words: tuple[Word, ...], behind: int) -> bool:
    """A surname, or a town of that name in front of one character that is a given name and ends there (稲垣樹、)."""
    if surname.kind is SURNAME:
        return True
    town = surname.kind is PLACE and SURNAME in readings(surname.text)
    ends = behind + 1 < len(words) and words[behind + 1].kind is Kind.SYMBOL
    return town and ends and words[behind].text not in _ENDS_PLACE and GIVEN in readings(words[behind].text)


_ENDS_PLACE = frozenset("城宮山川島原里森丘岡谷沢野崎岬松桜泉浦市町村区")


def _given_end(words: tuple[Word, ...], index: int) -> int:
    """The end of a given name of which the dictionary may know only the beginning: 悠人 is cut as 悠 and 人."""
    given = words[index]
    if index + 1 < len(words) and KANJI.fullmatch(given.text) and len(given.text) <= 2:
        rest = words[index + 1]
        ends = index + 2 == len(words) or not KANJI.match(words[index + 2].text)
        part = rest.kind in (Kind.SUFFIX, Kind.NOUN) and len(rest.text) == 1 and bool(KANJI.fullmatch(rest.text))
        if part and ends and rest.start == given.end and not _BESIDE_A_NAME.fullmatch(rest.text):
            return rest.end
    return given.end


def _single_given(words: tuple[Word, ...], index: int) -> bool:
    """上田蒼、: one character behind a surname, before an edge, which has some reading as a name."""
    word = words[index]
    if not KANJI.fullmatch(word.text) or len(word.text) > 1 or _BESIDE_A_NAME.fullmatch(word.text):
        return False
    ends = index + 1 == len(words) or words[index + 1].kind in (Kind.SYMBOL, Kind.PARTICLE)
    return ends and word.text not in NEVER_A_NAME and (word.unknown or bool(readings(word.text) & PERSONAL))


def _bare_name(line: Line, index: int) -> Span | None:
    """A word that the dictionary reads as a name in this place."""
    word = line.words[index]
    if (
        not NAME_TEXT.fullmatch(word.text)
        or word.text in _NO_BARE_NAME
        or (word.text[0] in _NUMERALS and COUNTED.fullmatch(word.text))
    ):
        return None
    if _counted(line.words, index) or (word.text in EVERYDAY_NOUNS and _of_a_place(line.words, index)):
        return None
    if SCHOOL_AHEAD.match(line.text, word.end - 1 - line.start) or _DISH.match(line.text, word.end - line.start):
        return None
    if _cut_from_founder(line, word):
        return None
    kanji = KANJI.fullmatch(word.text)
    if word.kind is PROPER:  # 安田, 本田: firms of that name
        firm = kanji and SURNAME in readings(word.text)
        return (word.start, word.end, _tier(word), "surname that is a firm's too") if firm else None
    if len(word.text) >= 2 and kanji:
        return word.start, word.end, _tier(word), "name in the dictionary"
    in_kana = len(word.text) >= 3 and not kanji and not word.unknown and not _in_katakana(line.text, word, line.start)
    return (word.start, word.end, Tier.UNSURE, "name in kana") if in_kana else None


def _tier(word: Word) -> Tier:
    """正義 and 金星 are things before they are names; 小山 and 石橋 are surnames at least as often."""
    return Tier.UNSURE if Kind.NOUN in readings(word.text) else Tier.SURE


def _cut_from_founder(line: Line, word: Word) -> bool:
    """町|立小, 中|入生: what a town founded, or when a pupil came, cut behind its first character."""
    at = word.start - line.start
    if word.text[-1] == "生" and line.text[at - 1 : at] in tuple("小中高大途編転"):  # 中入生, 高入生
        return True
    return word.text[0] == "立" and line.text[at - 1 : at] in tuple("都道府県市区町村私国公")


def _of_a_place(words: tuple[Word, ...], index: int) -> bool:
    """Whether the word at `index` is what a place has: 白川の河原, but not 担任の河原."""
    return index > 1 and words[index - 1].text == "の" and words[index - 2].kind in NAMING


def _in_katakana(text: str, word: Word, offset: int) -> bool:
    """ジョナ in ジョナゴールド: a part of a run of katakana."""
    start, end = word.start - offset, word.end - offset
    return bool(_KATAKANA.match(text[start - 1 : start]) or _KATAKANA.match(text[end : end + 1]))


def _counted(words: tuple[Word, ...], index: int) -> bool:
    """10 日後: the dictionary has a name for what is a unit behind a number; 3-7-1 水野 is an address and a name."""
    if words[index].kind is SURNAME and words[index].text[0] not in _UNITS:
        return False
    before = words[index - 2 : index] if index > 1 else words[:index]
    return bool(before) and (before[-1].kind is NUMBER or (before[-1].kind is SPACE and before[0].kind is NUMBER))


def _subject(words: tuple[Word, ...], index: int) -> Span | None:
    """木戸は黙った, 翔がいない: a word that can be a surname, or one character that is a name, opens a clause."""
    word, before = words[index], words[index - 1] if index else None
    if before is not None and before.kind not in _OPENING:
        return None
    single = len(word.text) == 1 and word.kind in PERSONAL
    double = len(word.text) == 2 and word.kind is NOUN and word.text not in _NO_SUBJECT
    named = (single or double) and KANJI.fullmatch(word.text) and _only_a_name(word)
    return (word.start, word.end, Tier.UNSURE, "could be a name") if named else None


_BESIDE_PERSONS = frozenset({"に", "と", "から", "の", "だけ", "って", "たち"})


def _short_surname(line: Line, index: int) -> Span | None:
    """わたしは菅、: a surname of one character that stands by itself."""
    word = line.words[index]
    before = line.words[index - 1].kind if index else Kind.SPACE
    after = line.words[index + 1].kind if index + 1 < len(line.words) else Kind.SPACE
    apart = before in APART and after in APART and not _counted(line.words, index)
    beside = word.text in _LAND and index + 1 < len(line.words) and line.words[index + 1].text in _WHERE  # 岸には
    named = apart and not beside and word.text not in NEVER_A_NAME and KANJI.fullmatch(word.text)
    return (word.start, word.end, Tier.UNSURE, "could be a surname") if named else None


_NAMED_SO = _SUBJECT | {"です", "と", "、", "だ"}
_LAND = frozenset("岸沢泉谷峰島林森原池沼滝堀浜岡坂橋港浦畑丘瀬湊辻堤磯峯洲")
_WHERE = frozenset("にのをへで")
# What is seldom anything but a surname behind a role.
_SHORT_SURNAMES = _LAND | frozenset("東西南北関星柳杉桂榊菅旭乾巽轟城牧柏楠橘脇坂梶桑榎椎槇柴要隈境堺笠鎌菱")
_OPENING = frozenset({Kind.SPACE, Kind.SYMBOL})
_NO_SUBJECT = NEVER_A_NAME | EVERYDAY_NOUNS | BEINGS


def _only_a_name(word: Word) -> bool:
    return word.kind in PERSONAL or Kind.SURNAME in readings(word.text)


def _after_role(role: Word, word: Word, after: Word | None) -> Span | None:
    """校長の髙橋, 担任の堀, 妹のひかり."""
    if role.text in ADULT_ROLES and could_be(word, Kind.SURNAME) and KANJI.fullmatch(word.text):
        acts = word.text in _SHORT_SURNAMES and after is not None and after.text in _SUBJECT  # 前任の森が
        thing = word.kind is Kind.NOUN and len(word.text) == 1 and not acts  # 先生の机
        return word.start, word.end, Tier.UNSURE if thing else Tier.SURE, f"surname after {role.text}の"
    if (
        (role.text in _CHILDREN or role.text in _GRADES)
        and could_be(word, Kind.GIVEN)
        and (len(word.text) >= 2 or _acts(word, after))
    ):
        tier = Tier.SURE if word.kind is Kind.GIVEN else Tier.UNSURE
        return word.start, word.end, tier, f"given name after {role.text}の"
    return None


def _acts(word: Word, after: Word | None) -> bool:
    """Whether one character after クラスの is somebody: 蓮, or 葵 that does something."""
    return word.kind in PERSONAL or (after is not None and after.text in _NAMED_SO)


def _kin_of(line: Line) -> Iterator[Span]:
    """小川の母, 担任は小川です: a noun that is a surname too, with what is said of persons only."""
    before = (_KIN_OF.search(line.text, max(0, at - 4), at) for at in map(re.Match.start, _KIN.finditer(line.text)))
    spans = [match.span() for match in before if match is not None]
    spans += [match.span("it") for match in _ROLE_IS.finditer(line.text)]
    for start, end in spans:
        name = line.text[start:end]
        if name not in _NO_BARE_NAME and not COUNTED.fullmatch(name) and _may_have_kin(name):
            yield line.start + start, line.start + end, Tier.UNSURE, "could be a surname"


def _may_have_kin(name: str) -> bool:
    """小川 and 葵, but not 心 or 公: one character has to be a given name."""
    known = readings(name)
    return Kind.GIVEN in known if len(name) == 1 else bool(known & {Kind.SURNAME, Kind.GIVEN})
