"""Given names that stand bare in hiragana: はるとは泣いた, かすみとなつみ, 弟のだいき.

Before: `persons`. After: `mentions` and `merge`. The tokenizer reads such a name as words and particles, so these
rules look at characters: a name of the table between two edges. A name that is no other word is SURE behind an edge
that a sentence or a role makes; one that is an everyday word too (ひかり) needs a neighbour that speaks of a person, or
at least a text that names other people, and is UNSURE.

Weakness: names outside the table; a short everyday word as a name (はな, そら) without such a neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import ALSO_PHRASES, GIVEN_NAMES
from mailgate.screening.lexicon import ADULT_ROLES, CHILD_ROLES, KIN, either, words_of
from mailgate.screening.name_sounds import LONGEST_NAME, could_be_given
from mailgate.screening.words import Kind, Line, readings

_PERSONS = (
    CHILD_ROLES | ADULT_ROLES | words_of("クラス 学級 本人 母 父 母親 父親 教員 教師 職員 保護者 名前 本名 通称 あだ名")
)
_CALLED_SO = "名前|本名|通称|あだ名|愛称|呼び名|中心|相手|犯人|加害者|被害者|主犯|班長|担任"
_ROLE = re.compile(f"(?:{either(CHILD_ROLES)})[の(「]?$|(?:{either(_PERSONS)})[の(「]$|(?:{_CALLED_SO})[はが]「?$")
# The sentence begins behind one of these as it does behind a comma.
_TIME = re.compile("(?:最近|今日|昨日|一昨日|今朝|先日|先週|今週|昨年|今年|去年|普段|毎日|結局|以前|当時|翌日)$")
_OPEN = re.compile(r"^$|[^\w]$")
_AHEAD = re.compile(
    f"(?P<kin>の(?:{KIN.pattern})|本人|自身|兄弟|姉妹|一家|宅|より$|と申し|といいま|という[子名男女児生])|(?P<subject>[はがを])|(?P<list>[、・も]|と(?![いか言思]))"
    r"|(?P<other>[のにへでや]|から|まで|より|たち|って|だけ|と|\W|$)"
)
# やまだ たろう, （いのうえ　かおり）
_WHOLE = re.compile(
    r"(?<![ぁ-ゖァ-ヺー一-鿿])(?P<surname>[ぁ-ゖー]{2,5}) (?P<given>[ぁ-ゖー]{2,6}?)"
    r"(?=という|と申|です|より|さん|[^\wー]|$)"
)
_LONGEST = max(LONGEST_NAME, *map(len, GIVEN_NAMES))
# A name begins where hiragana begin, or behind what may be a particle, with two characters that begin a name. What it
# may begin with comes first, since the search can skip by it, and then what has to stand before that.
_STARTS = "|".join(
    f"{first}(?=[{''.join(sorted({name[1] for name in GIVEN_NAMES if name[0] == first}))}])"
    for first in sorted({name[0] for name in GIVEN_NAMES})
)
_BEGINS = re.compile(f"(?:{_STARTS})(?:(?<![ぁ-ゖー].)|(?<=[のとはがもやをにでうくすつぬぶむるいたなだ].))")
_QUOTED = re.compile("」(?:と|の|さん|くん|ちゃん|って|です)")
_SAYS_WHICH = frozenset("うくすつぬぶむるいただな")
_ROLE_WINDOW = 8


class _Left(Enum):
    """What stands in front of a name."""

    ROLE = auto()  # 弟の, クラスの
    LISTED = auto()  # another name and 、 or と
    OPEN = auto()  # the start of a line, a bracket, a comma
    PARTICLE = auto()  # a hiragana that may be one, or that ends a verb or an adjective


def find_kana_names(
    text: str, line: Line, names_others: bool, elsewhere: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Bare hiragana names in one line of `text`; `names_others`: whether the text holds other names of persons.

    `elsewhere`: names that were found in a clearer place of the same text.
    """
    for match in _WHOLE.finditer(line.text) if " " in line.text else ():
        if match["given"] in GIVEN_NAMES:
            start, end = line.start + match.start(), line.start + match.end()
            yield Finding(start, end, text[start:end], Label.PERSON, Tier.SURE, "whole name in kana")
    done, last_name, starts = 0, -1, {word.start - line.start for word in line.words}
    for match in _BEGINS.finditer(line.text):
        at = match.start()
        if at < done:
            continue
        left = _left(line.text, at, last_name, at in starts)
        found = None if left is None else _name_at(line.text, at, left, names_others, elsewhere)
        if found is not None:
            end, tier = found
            start, done, last_name = line.start + at, end, end
            yield Finding(start, line.start + end, text[start : line.start + end], Label.PERSON, tier, "name in kana")


def _left(line: str, at: int, last_name: int, starts: bool) -> _Left | None:
    if last_name >= 0 and last_name == at - 1 and line[at - 1] in "、・とやも":
        return _Left.LISTED
    if _ROLE.search(line[max(0, at - _ROLE_WINDOW) : at]):
        return _Left.ROLE
    before = line[at - 1 : at] if at else ""
    if _OPEN.match(before) or _TIME.search(line[max(0, at - _ROLE_WINDOW) : at]):
        return _Left.OPEN
    # 立ち歩くかいと、: behind what says which, where the tokenizer begins a word too
    return _Left.PARTICLE if before in "のとはがもやをにで" or (starts and before in _SAYS_WHICH) else None


def _name_at(line: str, at: int, left: _Left, names_others: bool, elsewhere: frozenset[str]) -> tuple[int, Tier] | None:
    """The end and the tier of the longest name that starts at `at` and is followed by an edge."""
    made = None
    for end in range(min(len(line), at + _LONGEST), at + 1, -1):
        name = line[at:end]
        right = _AHEAD.match(line, end) if could_be_given(name) else None
        if right is not None and names_others and _quoted(line, at, end):
            return end, Tier.UNSURE
        if right is not None and name in GIVEN_NAMES:
            tier = _tier(name, left, str(right.lastgroup), names_others)
            return made if tier is None else (end, tier)
        if right is None or made is not None:
            continue
        if name in elsewhere or _where_names_stand(left, str(right.lastgroup), names_others):
            made = end, Tier.UNSURE
    return made


def _quoted(line: str, at: int, end: int) -> bool:
    """Whether this is all that a pair of quotation marks holds, and somebody is called so: 「もも」と呼ばれる."""
    return line[at - 1 : at] == "「" and bool(_QUOTED.match(line, end))


def _where_names_stand(left: _Left, right: str, names_others: bool) -> bool:
    """Whether this is a place for a name that only sounds like one."""
    if left in (_Left.ROLE, _Left.LISTED) or right == "kin":
        return True
    return left is _Left.OPEN and (right == "subject" or (names_others and right == "list"))


def _tier(name: str, left: _Left, right: str, names_others: bool) -> Tier | None:
    other_words = {Kind.NOUN} if name in ALSO_PHRASES else readings(name) & {Kind.NOUN, Kind.OTHER}
    speaks_of_person = left in (_Left.ROLE, _Left.LISTED) or right == "kin"
    if other_words:
        if speaks_of_person:
            return Tier.UNSURE
        alone = left is _Left.OPEN and right in ("subject", "list") and names_others
        return Tier.UNSURE if alone and (len(name) > 2 or right == "subject") else None
    if speaks_of_person or (len(name) > 2 and left is _Left.OPEN):
        return Tier.SURE
    if len(name) > 2:
        return Tier.UNSURE
    return Tier.UNSURE if left is _Left.OPEN and right in ("subject", "list") else None
