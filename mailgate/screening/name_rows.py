"""Names that a neighbour shows to be names: 翔、大輝、琉生の三人; 高橋（たかはし）; 瞳という子.

Before: `persons`, whose SURE findings are the neighbours. After: `mentions` and `merge`. In a row of bare names one
established name speaks for those beside it, to both sides, as far as the row goes. A row with さん needs no such
rule, since there each name has its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.lexicon import ADDRESSING, ADULT_ROLES, CHILD_ROLES, EVERYDAY, NEVER_A_NAME
from mailgate.screening.name_sounds import could_be_given
from mailgate.screening.width import hiragana
from mailgate.screening.words import PERSONAL, Kind, Line, Word, readings

_NAME = re.compile(r"[一-鿿々〆ヶ]{1,4}|[ァ-ヺー]{2,8}")
_BETWEEN = frozenset("、・と,/や")
_GOES_ON = frozenset({Kind.NOUN, Kind.SUFFIX, Kind.OTHER, Kind.PREFIX} | PERSONAL)
_IS = frozenset({"です", "でし", "だ", "だっ"})
_NEVER_CALLED = NEVER_A_NAME - EVERYDAY
_NO_NAME = _NEVER_CALLED | ADULT_ROLES | CHILD_ROLES
_GLOSS = re.compile(
    r"(?P<name>[一-鿿々〆ヶ](?<![一-鿿々].)[一-鿿々〆ヶ]{0,3}(?: ?[一-鿿々]{1,3})?)"
    r"\((?P<kana>[ぁ-ゖァ-ヺー]{2,8}(?: [ぁ-ゖァ-ヺー]{1,8})?)\)"
)
_CALLED = re.compile(
    r"と(?:い|言)う(?:[0-9一二三四五六七八九十]{1,3}[歳才]の|[1-6一二三四五六]年生?の|小さな|若い|新しい|男の|女の)?(?:名|子|男|女|生徒|児童|園児|人|方|双子|先生|教員|教諭|保護者|同僚|友)"
)


def find_rows(text: str, line: Line, established: Sequence[Finding]) -> Iterator[Finding]:
    """Names in one line of `text` that stand beside one of `established` (SURE persons), or before という子."""
    called = list(_called(text, line))
    yield from called
    if "(" in line.text:
        yield from _glosses(text, line, {finding.end for finding in established})
    if not any(_in_row(line, finding) for finding in (*established, *called)):
        return
    words = line.words
    starts = {one.start for one in (*established, *called)}
    ends = {one.end for one in (*established, *called)}
    between = [index for index in range(1, len(words) - 1) if words[index].text in _BETWEEN]
    for index in between:
        if words[index - 1].end in ends and _could_stand(words, index + 1, 1):
            yield (found := _found(text, words[index + 1], words[index].text))
            ends.add(found.end)
    for index in reversed(between):
        if words[index + 1].start in starts and _could_stand(words, index - 1, -1):
            yield (found := _found(text, words[index - 1], words[index].text))
            starts.add(found.start)


def _in_row(line: Line, finding: Finding) -> bool:
    """Whether something that stands between the names of a row is beside this one."""
    start, end = finding.start - line.start, finding.end - line.start
    return line.text[end : end + 1] in _BETWEEN or (start > 0 and line.text[start - 1] in _BETWEEN)


def _could_stand(words: Sequence[Word], index: int, step: int) -> bool:
    """Whether the word may be a name, and is the whole of what stands at that place of the row."""
    word = words[index]
    if not _NAME.fullmatch(word.text) or word.text in _NO_NAME or ADDRESSING.fullmatch(word.text):
        return False
    beyond = words[index + step] if 0 <= index + step < len(words) else None
    if beyond is not None and beyond.kind in _GOES_ON and not (step > 0 and beyond.text in _IS):
        return False
    return word.kind in PERSONAL or (word.unknown and word.kind is Kind.NOUN) or bool(readings(word.text) & PERSONAL)


def _found(text: str, word: Word, between: str) -> Finding:
    plain = len(word.text) == 1 and word.kind not in PERSONAL
    tier = Tier.UNSURE if plain and between not in "、・" else Tier.SURE
    return Finding(word.start, word.end, text[word.start : word.end], Label.PERSON, tier, "in a row of names")


def _called(text: str, line: Line) -> Iterator[Finding]:
    for match in _CALLED.finditer(line.text) if "という" in line.text or "と言う" in line.text else ():
        index = line.ending(line.start + match.start())
        word = None if index is None else line.words[index]
        if word is None or not _NAME.fullmatch(word.text) or word.text in _NEVER_CALLED:
            continue
        if word.kind in PERSONAL or readings(word.text) & PERSONAL or _unheard(word):
            span = text[word.start : word.end]
            yield Finding(word.start, word.end, span, Label.PERSON, Tier.SURE, "name before という")


def _unheard(word: Word) -> bool:
    """ユイナという生徒: katakana that the dictionary does not know, or that sounds like a name."""
    return bool(_KATAKANA.fullmatch(word.text)) and (word.unknown or could_be_given(hiragana(word.text)))


_KATAKANA = re.compile("[ァ-ヺー]{2,6}")


def _glosses(text: str, line: Line, ends: set[int]) -> Iterator[Finding]:
    for match in _GLOSS.finditer(line.text):
        start, bracket = line.start + match.start(), line.start + match.end("name")
        known = bracket in ends
        likely = readings(match["name"])
        if not known and could_be_given(hiragana(match["kana"])) and (likely & PERSONAL or not likely):
            known = True
            yield Finding(start, bracket, text[start:bracket], Label.PERSON, Tier.SURE, "name with its reading")
        if known:
            start, end = line.start + match.start("kana"), line.start + match.end("kana")
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.SURE, "reading of a name")
