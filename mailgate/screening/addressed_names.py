"""Names of persons by what stands behind them: さん, くん, 先生, 校長 and the like, in kanji, hiragana and katakana.

One of the rules of `persons`; the form of address stays outside. The tokenizer often cuts a hiragana name into words:
its start is looked for in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.lexicon import ADDRESSING, BEINGS, DETERMINERS, KANA_LETTERS, NEVER_A_NAME, OFFICES, words_of
from mailgate.screening.name_sounds import could_be_given
from mailgate.screening.name_words import KANJI, NAME_TEXT, PARTICLE_FIRST, Span, could_be
from mailgate.screening.surname_sounds import could_be_surname
from mailgate.screening.titled_runs import run_before
from mailgate.screening.words import GIVEN, NUMBER, PERSONAL, PLACE, SPACE, SURNAME, Kind, Line, Word, readings

_HIRAGANA = re.compile(r"[ぁ-ゖー]+")
_HIRAGANA_BEFORE = re.compile(r"[ぁ-ゖ][ぁ-ゖー]{0,6}$")
# あやのちゃんとみさとちゃん: a name does not reach over the title of another.
_CALLED_BEFORE = re.compile("^[ぁ-ゖー]*(?:くん|ちゃん|さん|さま)[とやもの]?(?=.)")
# ちゃんと is an adverb. The tokenizer often cuts a hiragana name together with what follows.
_CALLS_CHILD = re.compile(r"くん|ちゃん(?!と[しでやい])")
_CHILD_IN_KATAKANA = re.compile(r"(?<![ァ-ヺー])[ァ-ヺー]{2,8}(?=くん|ちゃん)")
_SHORT_TITLES = frozenset("様氏君")
_NO_TITLE = re.compile("様[子式々相態]|氏[名子神族]|君[代主臨]")
_ANIMALS = frozenset({"ワン", "ニャン", "ネコ", "イヌ", "ゾウ", "クマ", "ウサギ"})
_ONE_KANJI = re.compile("[一-鿿々]")
# 家にはおばあちゃんが
_KIN_IN_KANA = tuple(words_of("ばあ じい かあ とう ねえ にい おば おじ"))
# 上野さんは校長の, 服部って先生
_SAID = re.compile("さん|くん|ちゃん|さま|って|たち|など")
_PARTS = re.compile(r"(?<![ァ-ヺー・=])[ァ-ヺー]{1,12}(?:[・=][ァ-ヺー]{1,12}){1,4}(?![ァ-ヺー・=])")


def addressed(line: Line) -> Iterator[Span]:
    """A name in front of さん, くん, 先生, 校長 and the like."""
    for match in ADDRESSING.finditer(line.text):
        if match.group() in _SHORT_TITLES and _NO_TITLE.match(line.text, match.start()):
            continue
        at = line.start + match.start()
        index = line.ending(at)
        if index is not None:
            start = _named_before(line, index, match.group() in OFFICES)
        else:
            start = _hiragana_start(line, at) if _CALLS_CHILD.match(line.text, match.start()) else None
        if start is None and match.group() == "先生":
            start = _given_in_kana(line, at)
        elif index is None and match.group() == "さん":
            start = _surname_in_kana(line, at)
        if (
            match.group() == "君"
            and start is not None
            and not _called_so(line.text[start - line.start : match.start()])
        ):
            start = None
        if start is not None and match.group() in OFFICES and line.text.endswith(DETERMINERS, 0, match.start()):
            continue  # あんな先生
        if start is not None:
            end = at if index is None or line.words[index].kind is not Kind.SPACE else line.words[index].start
            yield start, end, Tier.SURE, f"name before {match.group()}"
        if (start is None or start == at - 1) and match.start() and _ONE_KANJI.match(line.text, match.start() - 1):
            run = run_before(line, match.start(), match.group())
            if run is not None:
                yield line.start + run[0], line.start + run[1], run[2], f"name before {match.group()}"


def _called_so(name: str) -> bool:
    """Whether 君 behind this is said to somebody of that name: はると君, but not でも君は."""
    return not _HIRAGANA.fullmatch(name) or could_be_given(name) or bool(readings(name) & PERSONAL)


def _named_before(line: Line, index: int, office: bool) -> int | None:
    """Where the name starts that ends with the word at `index`, or None when there is none."""
    words = line.words
    if words[index].kind is SPACE and index:
        index -= 1
    word = words[index]
    if word.text in BEINGS or word.text in KANA_LETTERS or _keeps_a_shop(word.text):
        return None
    surname = _surname_before(line, index)
    if surname is not None:
        return surname.start
    if not NAME_TEXT.fullmatch(word.text):
        return None
    # 原 and 東 in front of 先生 are read as prefixes.
    prefix = word.kind is Kind.PREFIX and word.text not in NEVER_A_NAME and SURNAME in readings(word.text)
    alone = index == 0 or words[index - 1].kind is not Kind.PREFIX  # お花さん
    named = prefix or could_be(word, SURNAME, alone) or (word.kind is Kind.NAME and not word.unknown)
    named = named or (word.unknown and word.kind is not NUMBER and word.text not in NEVER_A_NAME)
    if named or (not office and could_be(word, GIVEN, alone)):
        return _whole_run(line, word) if _HIRAGANA.fullmatch(word.text) else _foreign_start(words, index)
    return None if office else _hiragana_start(line, word.end)


def _keeps_a_shop(name: str) -> bool:
    """さかなや, やおや: what is sold and や, and no given name (まさや)."""
    return len(name) > 2 and name[-1] == "や" and Kind.NOUN in readings(name) and not could_be_given(name)


def _foreign_start(words: tuple[Word, ...], index: int) -> int:
    """The start of ジョン・スミス, given the index of スミス."""
    if index >= 2 and words[index - 1].text in "・=" and words[index - 2].kind in PERSONAL:
        return words[index - 2].start
    return words[index].start


def foreign(line: Line) -> Iterator[Span]:
    """グエン・ティ・ランさん, リー・ウェイ先生, whether the dictionary knows the parts or not."""
    for match in _PARTS.finditer(line.text) if "・" in line.text or "=" in line.text else ():
        if ADDRESSING.match(line.text, match.end()):
            yield line.start + match.start(), line.start + match.end(), Tier.SURE, "parts of a foreign name"

    for match in _CHILD_IN_KATAKANA.finditer(line.text) if "くん" in line.text or "ちゃん" in line.text else ():
        if match.group() not in _ANIMALS:
            yield line.start + match.start(), line.start + match.end(), Tier.SURE, "name before くん or ちゃん"


def _surname_before(line: Line, last: int) -> Word | None:
    """The surname of a full name that ends with the word at `last`, however the given name was cut into words."""
    end = line.words[last].end
    for index in range(last - 1, max(-1, last - 5), -1):
        word = line.words[index]
        if word.kind is not SURNAME and not _town_and_surname(word):  # 高崎悠乃くん
            continue
        if not KANJI.fullmatch(word.text):
            continue
        given = line.text[word.end - line.start : end - line.start].strip()
        return word if _given_text(given) else None
    return None


def _town_and_surname(word: Word) -> bool:
    return word.kind is PLACE and SURNAME in readings(word.text)


def _given_text(given: str) -> bool:
    if not 1 <= len(given) <= 5 or given in NEVER_A_NAME or not NAME_TEXT.fullmatch(given) or _SAID.match(given):
        return False
    if KANJI.fullmatch(given):
        return len(given) <= 3 and Kind.NOUN not in (readings(given) if len(given) > 1 else ())
    one_script = _HIRAGANA.fullmatch(given) and not given.startswith(PARTICLE_FIRST)
    return bool(one_script) or Kind.GIVEN in readings(given)


def _whole_run(line: Line, word: Word) -> int:
    """The start of ちさき, of which the tokenizer read only さき as a name: back to the edge or to a particle."""
    run = _hiragana_run(line, word.end)
    given = _given_in_kana(line, word.end)
    if given is not None and given < word.start:
        return given
    if word.text in GIVEN_NAMES:  # 近くでみきちゃん
        return word.start
    ahead = run[: -len(word.text)]
    cut = max((ahead.rfind(particle) for particle in "のはがもをに"), default=-1) + 1
    return word.start - len(ahead) + cut if 0 < len(ahead) - cut <= 2 else word.start


def _given_in_kana(line: Line, end: int) -> int | None:
    """The start of the longest given name in hiragana that ends at `end`, behind no other hiragana but a particle."""
    run = _hiragana_run(line, end)
    edge = end - line.start - len(run)
    first = 1 if edge > 0 and KANJI.match(line.text[edge - 1]) else 0  # 静かな先生
    for cut in range(first, len(run) - 1):
        name = run[cut:]
        named = could_be_given(name) or could_be_surname(name) or (len(name) > 2 and Kind.SURNAME in readings(name))
        if (cut == 0 or run[cut - 1] in PARTICLE_FIRST) and named and name not in NEVER_A_NAME:
            return end - len(run) + cut
    return None


def _surname_in_kana(line: Line, end: int) -> int | None:
    """The start of a surname in hiragana that ends at `end` and begins at an edge or behind a particle: の|ほりかわ."""
    run = _hiragana_run(line, end)
    edge = end - line.start - len(run)
    behind_kanji = edge > 0 and bool(KANJI.match(line.text[edge - 1]))
    for cut in range(behind_kanji, len(run) - 2):
        if (cut == 0 or run[cut - 1] in PARTICLE_FIRST) and could_be_surname(run[cut:]):
            return end - len(run) + cut
    return None


def _hiragana_start(line: Line, end: int) -> int | None:
    """The start of a hiragana given name that ends at `end`, though the tokenizer cut it into words."""
    known = _cut_name_start(line, end)
    if known is not None:
        return known
    run = _hiragana_run(line, end)
    edge = end - line.start - len(run)
    if edge > 0 and NAME_TEXT.fullmatch(line.text[edge - 1]):
        # 妹のひでみちゃん: after kanji the run has to begin with a particle.
        run = run[1:] if run.startswith(PARTICLE_FIRST) else ""
    plain = run in NEVER_A_NAME or run.endswith(_KIN_IN_KANA)
    return end - len(run) if 2 <= len(run) <= 4 and not plain else None


def _cut_name_start(line: Line, end: int) -> int | None:
    """The same where the dictionary knows the name, at the start of the run of hiragana or after a particle."""
    run = _hiragana_run(line, end)
    for cut in range(len(run) - 1):
        name = run[cut:]
        if could_be_given(name) and name not in NEVER_A_NAME:
            return end - len(name)
        if (cut == 0 or run[cut - 1] in PARTICLE_FIRST) and Kind.GIVEN in readings(name):
            return None if name in NEVER_A_NAME else end - len(name)
    return None


def _hiragana_run(line: Line, end: int) -> str:
    """At most seven hiragana that end at offset `end` of the text."""
    found = _HIRAGANA_BEFORE.search(line.text, max(0, end - line.start - 7), end - line.start)
    return _CALLED_BEFORE.sub("", found.group()) if found else ""
