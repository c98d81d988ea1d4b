"""Names by how people note them down: 園長(日高), 白鳥母来校, 奈良・宮島の二名, 辻 光成, 湊と書いて, 鎌田谷です.

Before: `words.read_lines`. After: `mentions` and `merge`. Beside `placed_names`: the signs here are brackets, a row, a
space or a relative right behind. The dictionary may have the word as a place or a thing; so all of it is UNSURE.

Weakness: a noun in such a place that no table has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.in_line import finding_in
from mailgate.screening.lexicon import (
    ADDRESSING,
    ADULT_ROLES,
    BEINGS,
    CHILD_ROLES,
    COUNTED,
    EVERYDAY_NOUNS,
    GENERIC_BODY,
    NEVER_A_NAME,
    either,
    words_of,
)
from mailgate.screening.name_words import ENDS_GIVEN, ENDS_SURNAME
from mailgate.screening.plain_names import KINDS
from mailgate.screening.words import NAMING, PERSONAL, Kind, Line, readings

_RUN = "(?P<it>[一-鿿々]{1,4})"
_FREE = "(?<![一-鿿々〆ヶ○●△▲□■A-Za-z])"
_IN_BRACKETS = re.compile(f"(?:{either(ADULT_ROLES | CHILD_ROLES)}|担任|生徒|児童)[(「]{_RUN}[)」]")
_RELATIVE = re.compile(
    f"{_FREE}(?P<it>[一-鿿々]{{2,4}}?)(?:[父母兄姉]|祖母|祖父|両親)(?=[、。はがもにとへ ]|来校|電話|より|から|欠席)"
)
_ROW = re.compile(f"{_FREE}[一-鿿々]{{1,4}}(?:[・、と][一-鿿々]{{1,4}}){{1,6}}(?=、?の[二三四五六2-6](?:名|人))")
_IN_ROW = re.compile("[一-鿿々]+")
_SPACED = re.compile(
    f"{_FREE}(?P<it>(?P<surname>[一-鿿々]{{1,4}}) (?P<given>[一-鿿々]{{1,3}}))"
    "(?=[、。,)」(]|$|です|と申|で、|さん|くん)"
)
_WRITTEN = re.compile(f"{_FREE}(?P<it>[一-鿿々]{{1,3}})(?:と|って)(?:書いて|書き、)[「ぁ-ゖ]")
_PEN_NAME = re.compile(
    "(?:ペンネーム|筆名|芸名|通称名)[はが:「]{1,2}(?P<it>[一-鿿々ぁ-ゖァ-ヺー]{2,8}?)(?=[。、」)]|です|$)"
)
_ITSELF = re.compile("^[^、。]{1,14}の(?P<it>[一-鿿々]{2,4})(?:です|と申|といい|と言い)")
_PROFESSOR = re.compile(f"{_FREE}(?P<it>[一-鿿々]{{2,3}}(?<![両助准]))(?=教授|教諭)")
_NO_NAME = (
    NEVER_A_NAME
    | BEINGS
    | GENERIC_BODY
    | KINDS
    | ADULT_ROLES
    | CHILD_ROLES
    | words_of("""
    保育 養護助 名誉 客員 特任 担当 大学 指導 養護 栄養 主幹 学部 専任 常勤 非常勤 新任 新人 若手 中堅 司書 女性
    男性 再任用 理科 音楽 体育 美術 国語 数学 英語 社会 家庭 技術 算数 図工 道徳 総合 給食 欠席 早退 遅刻 不明
    匿名 仮名 女 男 本人 義 実 叔 伯 養 継 加害 被害 保護者 兼任 兼務 代理 代行 欠員 未定 不在 同席 記録 当時
    現在 専科 教科 教育 当該 全員 本校 他校 在籍 教授 講座 研究 指名 共同
    """)
)
# Oliver, which the dictionary has as a name, and the surname behind it.
_LATIN = re.compile("[A-Z][a-z]{2,11}(?: [A-Z][a-z]{1,11})?(?=[はがのもをにとや、。,()」]|です|$)")
_WORK = tuple("校園小中高業南北東西科部")


def find_noted_names(text: str, line: Line) -> Iterator[Finding]:
    """The names in one line of `text` that brackets, a row, a space or a word right beside them show."""
    for sign, pattern, kinds in _RULES:
        if any(map(line.text.__contains__, sign)):
            for match in pattern.finditer(line.text):
                if _could_be(match["it"], kinds):
                    yield _finding(text, line, *match.span("it"))
    if " " in line.text:
        for match in _SPACED.finditer(line.text):
            if _surname(match["surname"]) and _given(match["given"]):
                sure = len(match["surname"]) > 1 and Kind.NOUN not in readings(match["surname"])
                found = _finding(text, line, *match.span("it"))
                yield found._replace(tier=Tier.SURE, reason="surname and given name") if sure else found
    if "の" in line.text and ("名" in line.text or "人" in line.text):
        for match in _ROW.finditer(line.text):
            parts = list(_IN_ROW.finditer(line.text, *match.span()))
            named = [part for part in parts if _could_be(part.group(), NAMING)]
            if len(named) > 1 and len(named) + 1 >= len(parts):
                yield from (_finding(text, line, *part.span()) for part in parts if part.group() not in _NO_NAME)
    for index in line.names:
        word = line.words[index]
        if word.kind in PERSONAL and word.text.isascii():
            latin = _LATIN.match(line.text, word.start - line.start)
            if latin is not None:
                yield _finding(text, line, *latin.span())
    itself = _ITSELF.match(line.text) if "です" in line.text or "申" in line.text else None
    if itself is not None and _could_be(itself["it"], PERSONAL) and _stands_for_the_writer(line, itself):
        yield _finding(text, line, *itself.span("it"))


_RULES = (
    ("(「", _IN_BRACKETS, NAMING),
    ("父母兄姉両", _RELATIVE, frozenset({Kind.SURNAME})),
    ("書", _WRITTEN, PERSONAL),
    ("授諭", _PROFESSOR, frozenset(Kind)),
    (("ペンネーム", "筆名", "芸名", "通称名"), _PEN_NAME, frozenset(Kind)),
)


def _stands_for_the_writer(line: Line, match: re.Match[str]) -> bool:
    """県立三原工業の時雨です: somebody works there, or the run is no word at all."""
    name = match["it"]
    works = line.text[match.start("it") - 2] in _WORK
    if readings(name):
        return works and name not in EVERYDAY_NOUNS
    first, last = line.before(line.start + match.start("it")), line.before(line.start + match.end("it"))
    pieces = all(len(word.text) == 1 or word.kind in NAMING for word in line.words[first:last])
    return pieces and name[-1] in ENDS_SURNAME


def _surname(name: str) -> bool:
    """Whether it can stand in front of a given name, as 明日香 can, a given name itself."""
    known = readings(name)
    return Kind.SURNAME in known or (len(name) > 2 and Kind.GIVEN in known)


def _given(name: str) -> bool:
    if name in _NO_NAME or ADDRESSING.search(name) or COUNTED.match(name):
        return False
    known = readings(name)
    single = len(name) == 1 and Kind.NOUN not in known  # 颯
    return bool(known & PERSONAL) or ((single or not known) and name[-1] in ENDS_GIVEN)


def _could_be(name: str, kinds: frozenset[Kind]) -> bool:
    known = readings(name)
    plain = name in _NO_NAME or name[-1] == "側" or COUNTED.fullmatch(name) or ADDRESSING.search(name)
    return not plain and (bool(known & kinds) if known else len(name) > 1)


def _finding(text: str, line: Line, start: int, end: int) -> Finding:
    return finding_in(text, line, start, end, Label.PERSON, Tier.UNSURE, "could be a name")
