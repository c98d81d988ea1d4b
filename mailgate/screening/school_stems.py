"""The name in front of a school's kind, walked back word by word: みなみ野 of みなみ野中央中, 岬 of 岬第三中.

For `short_schools` and `bodies`, which see the kind. The tokenizer cuts across such names (みなみ|野中|央|中), so a
division of schools (第三, 東, 中央, 商業) is taken off by its characters first, and a word that goes on is cut there.
What is left is the stem: words that may stand in a name, joined by の or ヶ or not.

Weakness: a stem of more than six words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailgate.screening.body_words import BESIDE_A_BODY, GENERIC_JOINED, HEARTS, TIMES
from mailgate.screening.in_line import masked
from mailgate.screening.lexicon import GENERIC_BODY, REGIONS, words_of
from mailgate.screening.plain_names import ALSO_NAMES, only_says_a_kind
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_DIVISION = re.compile(
    "(?:第[一二三四五六七八九十1-9]{1,2}|[一二三四五六七八九十]|[東西南北]部?|中央|台|女子|学園|商業|商工|工業|工科|農業|農林|水産"
    "|総合|国際|情報|実業|[ヶケが]丘|附属|付属)$"
)
_LONGEST_DIVISION = 3
# Who founded it, with the town in front where one is named: 市立, 港町市立, 学校組合立, 国立大学法人.
_FOUNDER = re.compile(
    "(?:(?:[一-鿿]{0,7}[都道府県市区町村]|[私国公]|(?:学校|事務|中学校)?組合)立|(?:[国公]立大学|学校)法人"
    "|(?:大学?)?(?:附属|付属)|義務教育学校|[小中]中一貫校|中高一貫校|認定こども園)$"
)
_LONGEST_FOUNDER = 9
_CUT_IN_FOUNDER = re.compile("(?<=[都道府県市区町村私国公合])立")
_KANJI = re.compile("[一-鿿々〆]+")
_NAME = re.compile("[一-鿿々〆ヶケノツッのがぁ-ゖァ-ヺー]+")
_KANA = re.compile("[ぁ-ゖー]{2,8}|[ァ-ヺー]{2,8}")
_KNOWN_RUN = re.compile("(?<![一-鿿々])[一-鿿々]{2,4}$")
_LONGEST_RUN = 5
_JOINS_ALWAYS = frozenset("ヶケツッノ")
_JOINS = frozenset("のが")
_MOST_WORDS = 6
_HEARTS_IN_KANA = words_of("さと もり おか はな そら ほし みや かわ やま うみ いずみ はら かぜ みち き こ は")
_NAMES_A_SCHOOL = frozenset({Kind.PLACE, Kind.PROPER, Kind.SURNAME})
_STANDS_IN_NAMES = NAMING | {Kind.COUNTRY, Kind.NOUN, Kind.PREFIX, Kind.SUFFIX, Kind.NUMBER}
_NO_NAME = frozenset({Kind.PARTICLE, Kind.SYMBOL, Kind.SPACE})
_NAMES_IN_KANA = NAMING | {Kind.NOUN}
_NEVER_IN_KANA = words_of("""
    やすみ おやすみ ひるやすみ しごと じゅぎょう からだ こども おとな いちばん となり ちかく ほか べつ うち みんな
    わたし ぼく とき ところ もと あと まえ つぎ
    """)


@dataclass(frozen=True, slots=True)
class Stem:
    """A name from `start` on (an offset in the whole text); `whole` are its characters, `last` is its last word.

    `divided`: 第三 or the like stands behind it. `founded`: 市立 or the like stands in front of it. `named`: one of its
    words is read as a name, and has two characters or more.
    """

    start: int
    whole: str
    last: Word
    divided: bool
    founded: bool
    named: bool


def stem_before(line: Line, at: int) -> Stem | None:
    """The stem in front of a school's kind at offset `at` of the whole text, or None where none stands there."""
    index = line.before(at) - 1
    if index < 0 or line.words[index].kind in _NO_NAME:
        return None
    divided_at = before_division(line, at)
    divided = None if divided_at is None else _walked(line, divided_at, True)
    if divided is None or (len(divided.whole) == 1 and line.ending(divided.start + 1) is None):  # 緑台 is one word
        return _walked(line, at, False)
    return divided


def before_division(line: Line, at: int) -> int | None:
    """Where 第三, 東 or 商業 starts that ends at offset `at` of the whole text, or None where none does."""
    here = at - line.start
    division = _DIVISION.search(line.text, max(0, here - _LONGEST_DIVISION), here)
    return None if division is None else line.start + division.start()


def founded(line: Line, start: int) -> int:
    """The start of a school's name at offset `start` with who founded it: 港町市立 in front of 三小, 町|立川和小."""
    at = start - line.start
    at += bool(_CUT_IN_FOUNDER.match(line.text, at))
    founder = _FOUNDER.search(line.text[max(0, at - _LONGEST_FOUNDER) : at])
    return start if founder is None else line.start + at - len(founder.group())


def _walked(line: Line, end: int, divided: bool) -> Stem | None:
    words = _words_of_name(line, end) or _known_run(line, end)
    start = words[-1].start if words else end
    if not words or masked(line, start):
        return None
    start -= _first_kana_cut_off(line.text, start - line.start)
    whole = line.text[start - line.start : end - line.start]
    kind = only_says_a_kind(whole) or (whole in REGIONS and not divided)
    if (kind and whole not in ALSO_NAMES) or _DIVISION.fullmatch(whole):
        return None
    named = any(word.kind in _NAMES_A_SCHOOL and len(word.text) > 1 for word in words)
    return Stem(start, whole, words[0], divided, founded(line, start) < start, named)


def _words_of_name(line: Line, end: int) -> list[Word]:
    """The words that may stand in a name right in front of offset `end` of the whole text, the last one first."""
    found: list[Word] = []
    index = line.before(end) - 1
    for word in reversed(line.words[max(0, index - _MOST_WORDS + 1) : index + 1]):
        if word.end > end:
            word = word._replace(end=end, text=word.text[: end - word.start])
        before = line.words[index - 1] if index else None
        joint = word.text in _JOINS or word.text in _JOINS_ALWAYS
        in_name = _joined(before, word.text, found[-1].text if found else "") if joint else _stands_in_name(word)
        ahead = bool(found) and bool(_KANA.fullmatch(found[-1].text) and _DIVISION.fullmatch(word.text))  # 国際|みらい
        if not in_name and not ahead:
            break
        found.append(word)
        index -= 1
        if before is None or (_KANA.fullmatch(word.text) and not _goes_on_in_kana(before)):
            break
    return found


def _known_run(line: Line, end: int) -> list[Word]:
    """三国 of 三|国高: two to four kanji that the dictionary has as a name, and the tokenizer cut."""
    found = _KNOWN_RUN.search(line.text, max(0, end - line.start - _LONGEST_RUN), end - line.start)
    if found is None or not readings(found.group()) & _NAMES_A_SCHOOL:
        return []
    return [Word(end - len(found.group()), end, found.group(), Kind.SURNAME, False)]


def _first_kana_cut_off(line: str, at: int) -> bool:
    """や|はぎ at an edge: the tokenizer took the first character of a name for a particle, and it is none there."""
    opens = at == 1 or (at > 1 and not line[at - 2].isalnum())
    return opens and line[at - 1] not in _PARTICLES and bool(_TWO_KANA.match(line, at - 1))


_PARTICLES = "のはがをにともでへ"
_TWO_KANA = re.compile("[ぁ-ゖ]{2}")


def _goes_on_in_kana(before: Word) -> bool:
    """Whether the name goes on to the left of a word in kana: うみ|かぜ, ほし|の|さと, 国際|みらい."""
    if before.text == "の" or _DIVISION.fullmatch(before.text):
        return True
    return before.kind in _NAMES_IN_KANA and bool(_KANA.fullmatch(before.text))


def _stands_in_name(word: Word) -> bool:
    text = word.text
    if text in TIMES or not (word.kind in _STANDS_IN_NAMES or _verb_of_its_sound(text)):
        return False
    if word.kind in NAMING and len(text) > 1 and _NAME.fullmatch(text):
        return True
    if _KANA.fullmatch(text):
        return text not in _NEVER_IN_KANA and text not in GENERIC_BODY and word.kind is not Kind.SUFFIX
    if not _KANJI.fullmatch(text):
        return False
    if len(text) == 1:
        return text not in BESIDE_A_BODY
    return text in ALSO_NAMES or not only_says_a_kind(text)


def _verb_of_its_sound(text: str) -> bool:
    """つくし, which was read as a verb, and is a plant too."""
    return len(text) > 2 and bool(_KANA.fullmatch(text)) and bool(readings(text) & _NAMES_IN_KANA)


def _joined(before: Word | None, joint: str, right: str) -> bool:
    """Whether の, が or ヶ joins the word in front of it to the heart of a name: 虹の森, 市ノ瀬, つつじが丘."""
    if before is None:
        return False
    if joint in _JOINS_ALWAYS:
        return bool(_KANJI.fullmatch(before.text))
    plain = before.text not in GENERIC_JOINED and before.text not in TIMES and not only_says_a_kind(before.text)
    return (right[:1] in HEARTS or right in _HEARTS_IN_KANA) and plain and before.kind in _STANDS_IN_NAMES
