"""Schools and organisations: a name in front of 小学校, 病院, 教育委員会 and the like.

Before: `words.read_lines`. After: `merge`. A tail alone is a kind of thing (特別支援学校, 児童相談所) and no finding;
with generic words in front (公立中学校) it still is. A distinguishing word in front, not hidden by a mark
(○○小学校, A小学校, 某中学校), makes the finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailgate.screening.body_words import (
    ANY_BODY,
    BESIDE_A_BODY,
    COMPANY_FIRST,
    FORMS_OF_COMPANY,
    GENERIC_JOINED,
    HEARTS,
    KINDS_OF_CLINIC,
    MEDICAL,
    NAMED_BEHIND,
    SOCIETY,
    STRICT_TAILS,
    TAILS,
    TIMES,
)
from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import masked
from mailgate.screening.lexicon import ADDRESSING, GENERIC_BODY, KANA_LETTERS, MASK, words_of
from mailgate.screening.plain_names import ALSO_NAMES, KINDS, makes_a_name
from mailgate.screening.school_stems import Stem, before_division, stem_before
from mailgate.screening.words import NAMING, Kind, Line, Word, readings

_TEXT = re.compile(r"[一-鿿々〆ヶぁ-ゖァ-ヺー]+|[A-Za-z]{2,20}")
_KATAKANA = re.compile(r"[ァ-ヺー]+")
_HIRAGANA = re.compile(r"[ぁ-ゖー]{3,}")
_ESTABLISHED = words_of("""
    市立 町立 村立 区立 県立 都立 府立 道立 私立 国立 公立 組合立 学校法人 市 町 村 区 県 都 府 道
    郡 立 療養所 医療法人 社会福祉法人 一般社団法人 株式会社 有限会社 NPO法人 第
    """)
_MOST_WORDS = 8


def find_bodies(text: str, line: Line) -> Iterator[Finding]:
    """The schools and organisations that one line of `text` names, with the town that founded them in front."""
    if not ANY_BODY.search(line.text):
        return
    for label, tail in TAILS:
        for match in tail.finditer(line.text):
            start = _body_start(line, line.start + match.start(), match.group())
            if label is Label.SCHOOL:
                start = _whole_start(line, line.start + match.start(), start)
            if start is not None:
                yield _finding(text, start, line.start + match.end(), label, match.group())
    for match in COMPANY_FIRST.finditer(line.text):
        end = _company_end(line, line.start + match.end())
        if end is not None:
            yield _finding(text, line.start + match.start(), end, Label.ORGANISATION, match.group())
    for match in NAMED_BEHIND.finditer(line.text):
        end = _named_behind(line, line.start + match.end())
        if end is not None:
            label = Label.SCHOOL if match.group() == "認定こども園" else Label.ORGANISATION
            yield _finding(text, line.start + match.start(), end, label, match.group())


def _whole_start(line: Line, at: int, start: int | None) -> int | None:
    """`start`, or that of a longer name, of which the tokenizer cut off a piece: 星の|里中|学校, 明倫|工業高校."""
    if start is None:
        possible = bool(_KANA.match(line.text, at - line.start - 1)) or before_division(line, at) is not None
    else:
        possible = start > line.start and bool(_COULD_GO_ON.match(line.text, start - line.start - 1))
    stem = stem_before(line, at) if possible else None
    if stem is None or (start is None and not _names_by_itself(stem)):
        return start
    return stem.start if start is None else min(start, stem.start)


def _names_by_itself(stem: Stem) -> bool:
    """明倫|工業高校, うみかぜ学園: a name that a division or two words in kana show."""
    return len(stem.whole) > 1 and (stem.divided or bool(_IN_KANA.fullmatch(stem.whole)))


_IN_KANA = re.compile("[ぁ-ゖー]{4,8}")
_KANA = re.compile("[ぁ-ゖー]")
# What may stand in front of a part of a name.
_COULD_GO_ON = re.compile("[一-鿿々ヶケノツッのがァ-ヺー]")


def _finding(text: str, start: int, end: int, label: Label, tail: str) -> Finding:
    return Finding(start, end, text[start:end], label, Tier.SURE, f"name with {tail}")


def _body_start(line: Line, at: int, tail: str) -> int | None:
    """The start of the name in front of `tail` at offset `at`, or None when nothing there distinguishes."""
    start, distinguishing, last = at, None, line.before(at) - 1
    for index in range(last, max(-1, last - _MOST_WORDS), -1):
        word = line.words[index]
        if word.end > at:
            if word.kind is Kind.NOUN and not word.unknown:  # 進学校, or 工業高校 behind a name
                continue
            word = word._replace(end=at, text=word.text[: at - word.start])
        if _joins(line.words, index, at):
            continue
        if not _part_of_name(word) or _masks(word):
            break
        following = line.words[index + 1] if index < last else None
        joined = following is not None and following.text in _JOINING and word.text not in GENERIC_JOINED
        named = joined or _distinguishes(line.words, index, word, tail) or makes_a_name(word, following, tail)
        if named and not masked(line, word.start):
            start, distinguishing = word.start, index
    if distinguishing is None:
        return _company_start(line.words, last, at) if tail.endswith(FORMS_OF_COMPANY) else None
    index = _with_neighbours(line.words, distinguishing, tail)
    return _with_founder(line.words, index, line.words[index].start if index < distinguishing else start)


def _company_start(words: Sequence[Word], last: int, at: int) -> int | None:
    """The start of the nouns right in front of 株式会社, which needs no name among them."""
    start = at
    for word in reversed(words[max(0, last - _MOST_WORDS) : last + 1]):
        if word.end != start or word.kind not in _COMPANY or not _part_of_name(word) or word.text in GENERIC_BODY:
            break
        start = word.start
    return start if start < at else None


def _with_neighbours(words: Sequence[Word], index: int, tail: str) -> int:
    """Take in what the dictionary cut from the front of a name: 三 from 三和小学校, 聖 from 聖マリア病院, 済生会."""
    while index > 0 and words[index - 1].end == words[index].start:
        word = words[index - 1]
        single = len(word.text) == 1 and word.text not in BESIDE_A_BODY
        group = tail.endswith(MEDICAL) and word.kind in _COMPANY and word.text not in _NO_GROUP
        if not _ONE_KANJI.match(word.text) or not (single or group) or _masked_word(words, index - 1):
            break
        index -= 1
    return index


_NO_GROUP = GENERIC_BODY | TIMES
_ONE_KANJI = re.compile(r"[一-鿿々]")


def _masked_word(words: Sequence[Word], index: int) -> bool:
    return index > 0 and words[index - 1].end == words[index].start and _masks(words[index - 1])


def _joins(words: Sequence[Word], index: int, at: int) -> bool:
    """Whether this の or が is inside a name, as in 星の丘中学校, みどりが丘病院, こころの杜クリニック."""
    if words[index].text not in _JOINING or not 0 < index < len(words) - 1:
        return False
    left, right = words[index - 1], words[index + 1]
    plain = left.kind in (Kind.NOUN, *NAMING) and bool(_JOINED.fullmatch(left.text))
    return plain and right.end <= at and right.text in HEARTS


_JOINING = frozenset({"の", "が", "ヶ", "ケ"})
_JOINED = re.compile(r"[一-鿿々]|[ぁ-ゖー]{2,5}|[ァ-ヺー]{2,6}")


def _with_founder(words: Sequence[Word], index: int, start: int) -> int:
    """Take 市立, 学校法人, 第 … in front of the name in."""
    while index > 0 and words[index - 1].text in _ESTABLISHED and words[index - 1].end == start:
        index -= 1
        start = words[index].start
    return start


_BETWEEN_NAMES = frozenset({Kind.PARTICLE, Kind.OTHER, Kind.SYMBOL, Kind.SPACE})


def _part_of_name(word: Word) -> bool:
    if word.kind in _BETWEEN_NAMES:
        return False
    return bool(_TEXT.fullmatch(word.text)) and not ADDRESSING.fullmatch(word.text)


def _masks(word: Word) -> bool:
    return bool(MASK.fullmatch(word.text)) or word.text == "某" or word.text in KANA_LETTERS


def _distinguishes(before: Sequence[Word], index: int, word: Word, tail: str) -> bool:
    """Whether this word makes a name of what follows it."""
    if word.kind is Kind.NUMBER:
        return index > 0 and before[index - 1].text == "第"
    if word.text in GENERIC_BODY or word.text in KINDS:
        return word.text in ALSO_NAMES
    if word.kind in NAMING or (word.unknown and len(word.text) >= 2):
        return True
    if word.kind is not Kind.NOUN:
        return False
    if tail.endswith(STRICT_TAILS):  # 冷凍食品: nearly any noun makes a kind of these
        return bool(_HIRAGANA.fullmatch(word.text)) and word.text not in GENERIC_BODY
    if tail.startswith(MEDICAL) and _KATAKANA.fullmatch(word.text):
        return word.text not in KINDS_OF_CLINIC
    # Katakana nouns have readings as names too (ピアノ), and then they are seldom one.
    return bool(_HIRAGANA.fullmatch(word.text)) or (
        not _KATAKANA.fullmatch(word.text) and bool(readings(word.text) & NAMING)
    )


def _company_end(line: Line, at: int) -> int | None:
    """The end of the company's name that starts at offset `at`: the nouns that follow."""
    end = at
    first = line.before(at)
    for word in line.words[first : first + _MOST_WORDS]:
        if word.start != end or word.kind not in _COMPANY or not _TEXT.fullmatch(word.text):
            break
        end = word.end
    society = SOCIETY.match(line.text, at - line.start)
    if society is not None:
        end = max(end, line.start + society.end())
    return end if 2 <= end - at <= 30 else None


def _named_behind(line: Line, at: int) -> int | None:
    """The end of the name right behind 認定こども園 or フリースクール: one word, in hiragana or a name."""
    index = line.before(at)
    if index >= len(line.words) or line.words[index].start != at:
        return None
    word = line.words[index]
    if word.kind in (Kind.PARTICLE, Kind.OTHER, Kind.SYMBOL):
        return None
    kana = _BEHIND.match(line.text, at - line.start)
    if kana is not None:
        return line.start + kana.end()
    return word.end if word.kind in NAMING and len(word.text) >= 2 else None


_BEHIND = re.compile(r"[ぁ-ゖー]{2,6}?(?=の[一-鿿ァ-ヺ]|[にはがをでとへも、。・,) 」]|から|$)")


_COMPANY = NAMING | {Kind.NOUN, Kind.PREFIX, Kind.SUFFIX}
