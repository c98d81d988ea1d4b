"""Given names in kanji that the dictionary does not know, or knows as something else: 佐藤一颯, 琥珀くん, 心春ちゃん.

Before: `words.read_lines`. After: `mentions` and `merge`. Parents choose such names today, and the tokenizer cuts them
into single characters or reads a noun; what stands beside them, a surname in front or くん behind, shows the name.

Weakness: a rare given name alone in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import GIVEN_NAMES
from mailgate.screening.lexicon import ADDRESSING, BEINGS, EVERYDAY, NEVER_A_NAME, words_of
from mailgate.screening.name_words import ENDS_GIVEN
from mailgate.screening.width import hiragana
from mailgate.screening.words import PERSONAL, PLACE, SPACE, SURNAME, Kind, Line, Word, names_a_thing, readings

_KANJI = re.compile(r"[一-鿿々]+")
# 2年小泉さん; A太くん and ○美さん are hidden. A kanji comes first in any case, which is quicker to say no to.
_AHEAD = r"(?=[一-鿿々])(?<![一-鿿々お御A-Za-z○●△▲□■◇◆])(?:(?:[一二三四五六]|(?<=[0-9]))年)?"
_CALLED = re.compile(rf"{_AHEAD}(?P<it>[一-鿿々]{{1,3}})(?=くん|ちゃん)")
_POLITELY = re.compile(rf"{_AHEAD}(?P<it>[一-鿿々]{{1,3}})(?=さん|さま)")
# 田中さや, 田中レオン, 大野 リサ
_IN_KANA = re.compile(
    r" ?(?:(?P<given>[ぁ-ゖー]{2,6}?)|(?P<foreign>[ァ-ヺー]{2,5}))"
    r"(?=さん|くん|ちゃん|[のはがもをとに](?![ぁ-ゖ])|です|でした|[、。,)」\n]|$)"
)
_NOBODY = words_of("""
    坊 嬢 猫 犬 鬼 王 王子 王女 新人 部下 後輩 先輩 弟子 担当 助手 店員 若者 少年 少女 男子 女子 隊員 委員 委員長
    係 班長 姉妹 兄弟
    """)
_NEVER_CALLED = (NEVER_A_NAME - EVERYDAY) | _NOBODY | BEINGS
_NEVER_POLITELY = NEVER_A_NAME | _NOBODY
# 笠井百音学年主任, 中西起揮氏
_TITLED = re.compile(f"(?P<given>[一-鿿々]{{1,3}}?)(?:{ADDRESSING.pattern})")
# 田中選手, 佐藤家, 鈴木問題: what stands behind a surname and is no given name.
_ENDS_NO_NAME = tuple(
    "車機麺鉄者員士師人手長家族宅係班組親母父兄姉弟妹側方達等氏君様殿隊部課科室会校園市町村区県都府道駅店社名案説式論派流型製産別談著作戦橋峠港湖寺駅橋峠港湖寺駅"
)
_ENDS_UNPOLITELY = (*_ENDS_NO_NAME, *"屋御生年事")
# 上田第一小, 豊田工業
_SCHOOL = re.compile("(?:第?[一二三四五六七八九十]|[東西南北台]|中央|女子)[小中高]|工業|農業|商業|水産|工科|女子")
_NO_GIVEN = words_of("""
    両親 問題 事件 選手 代表 理事 夫妻 夫婦 姉妹 兄弟 双子 本人 自身 以下 以外 以上 不在 欠席 出席 早退 遅刻 先輩
    後輩 担当 全体 出身 以来 付近 近辺 周辺 方面
    """)


def find_rare_names(text: str, line: Line) -> Iterator[Finding]:
    """Names in one line of `text` that a surname in front or くん or ちゃん behind shows to be names."""
    for match in _CALLED.finditer(line.text) if "くん" in line.text or "ちゃん" in line.text else ():
        if match["it"] not in _NEVER_CALLED and not ADDRESSING.search(match["it"]):
            start, end = line.start + match.start(), line.start + match.end()
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.SURE, "name before くん or ちゃん")
    for match in _POLITELY.finditer(line.text) if "さん" in line.text or "さま" in line.text else ():
        name = match["it"]
        unheard = not readings(name) and not name.endswith(_ENDS_UNPOLITELY) and not ADDRESSING.search(name)
        if unheard and name not in _NEVER_POLITELY:
            start, end = line.start + match.start(), line.start + match.end()
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.SURE, "unknown name before さん")
    words, last = line.words, len(line.words) - 1
    for index in line.names:
        word = words[index]
        town = word.kind is PLACE and index < last and words[index + 1].kind in _CUT_GIVEN
        if (word.kind is SURNAME or town) and index < last and _KANJI.fullmatch(word.text):
            if town and SURNAME not in readings(word.text):
                continue
            kana = _IN_KANA.match(line.text, word.end - line.start)
            if kana is not None and hiragana(kana["given"] or kana["foreign"]) in GIVEN_NAMES:
                end = line.start + kana.end()
                yield Finding(
                    word.start, end, text[word.start : end], Label.PERSON, Tier.SURE, "surname and name in kana"
                )
                continue
            spaced = words[index + 1].kind is SPACE
            rare = _titled_end(line, word.end) or _given_end(words, index + 1 + spaced)
            if rare is not None and (not town or _written_like_a_name(line, word.end, rare)):
                yield Finding(
                    word.start, rare, text[word.start : rare], Label.PERSON, Tier.SURE, "surname and rare name"
                )


# As what the pieces of a given name are read that the dictionary does not have.
_CUT_GIVEN = frozenset({Kind.NOUN, Kind.GIVEN, Kind.SURNAME, Kind.SUFFIX, Kind.PREFIX})


def _written_like_a_name(line: Line, start: int, end: int) -> bool:
    """海翔 behind 日野: nothing that the dictionary knows, of two characters or more, and it ends as given names do."""
    given = line.text[start - line.start : end - line.start].strip()
    return len(given) > 1 and given[-1] in ENDS_GIVEN and not readings(given)


def _titled_end(line: Line, at: int) -> int | None:
    """The end of a given name that begins at offset `at` and that a form of address follows, however it was cut."""
    match = _TITLED.match(line.text, at - line.start)
    if match is None or not _may_be_given(match["given"]):
        return None
    known = readings(match["given"])
    return line.start + match.end("given") if not known or known & PERSONAL else None


def _may_be_given(given: str) -> bool:
    plain = given in NEVER_A_NAME or given in _NO_GIVEN or given.endswith(_ENDS_NO_NAME)
    return not plain and not ADDRESSING.search(given) and not _SCHOOL.fullmatch(given)


def _given_end(words: Sequence[Word], first: int) -> int | None:
    """The end of one to three kanji from the word at `first`, before an edge, that can be a given name."""
    given, last = "", first
    while last < len(words) and _KANJI.fullmatch(words[last].text) and len(given + words[last].text) <= 3:
        if ADDRESSING.fullmatch(words[last].text) or words[last].text == "拝":
            break
        given += words[last].text
        last += 1
    if not given or (last < len(words) and not _edge(words[last])):
        return None
    if not _may_be_given(given):
        return None
    known = readings(given)
    likely = (
        bool(known & PERSONAL) or (len(given) < 3 and names_a_thing(given))  # not 調査書
        if known
        else all(len(w.text) < 3 for w in words[first:last])
    )
    return words[last - 1].end if likely else None


def _edge(word: Word) -> bool:
    return (
        word.kind in (Kind.SYMBOL, Kind.PARTICLE, Kind.SPACE)
        or bool(ADDRESSING.match(word.text))
        or word.text in ("で", "です", "拝")
    )
