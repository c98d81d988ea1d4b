"""Given names that stand bare in hiragana: はるとは泣いた, かすみとなつみ, 弟のだいき.

Before: `persons`. After: `mentions` and `merge`. The tokenizer reads such a name as words and particles, so these
rules look at characters: a name of the table between two edges. A name that is no other word is SURE behind an edge
that a sentence or a role makes; one that is an everyday word too (ひかり) needs a neighbour that speaks of a person, or
at least a text that names other people, or what only persons do behind it (`said_of_persons`), and is UNSURE.

A name that only sounds like one (`name_sounds`) is always UNSURE and needs a clearer place still: the tokenizer cuts
the line at both its ends, or somebody's mother, a role or quotation marks stand beside it.

Weakness: names that are in no table and do not sound usual (みらん); everyday words as names (はな, さつき) of which
nothing is said that only persons do; a verb of the same sound (ひびき、) is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.given_names import ALSO_PHRASES, GIVEN_NAMES
from mailgate.screening.lexicon import ADULT_ROLES, CHILD_ROLES, KIN, either, words_of
from mailgate.screening.name_sounds import BEGINNINGS, LONGEST_NAME, could_be_given
from mailgate.screening.said_of_persons import DONE_BY_PERSONS
from mailgate.screening.words import Kind, Line, readings

_PERSONS = (
    CHILD_ROLES
    | ADULT_ROLES
    | words_of("クラス 学級 本人 母 父 母親 父親 教員 教師 職員 保護者 名前 本名 通称 あだ名 友だち ともだち うち")
)
_CALLED_SO = "名前|本名|通称|あだ名|愛称|呼び名|中心|相手|犯人|加害者|被害者|主犯|班長|担任|上|下"
_ROLE = re.compile(
    f"(?:{either(CHILD_ROLES)})[の(「]?$|(?:{either(_PERSONS)})[の(「]$|(?:{_CALLED_SO})[はが]「?$|[1-6一二三四五六](?:年生?|組)の$"
)
# The sentence begins behind one of these as it does behind a comma.
_TIMES = words_of("最近 今日 昨日 一昨日 今朝 先日 先週 今週 昨年 今年 去年 普段 毎日 結局 以前 当時 翌日")
_OPENERS = words_of("でも すると しかし そして いつも だから それで そのとき")
_TIME = re.compile(f"(?:(?:{either(_TIMES)})|(?:^|[。、「 ])(?:{either(_OPENERS)}))$")
_ENDS_ROLE = frozenset("の(「はが") | {role[-1] for role in CHILD_ROLES}
_ENDS_TIME = frozenset(word[-1] for word in _TIMES | _OPENERS)
_IN_WORDS = re.compile(r"\w")
_AHEAD = re.compile(
    f"(?P<kin>の(?:{KIN.pattern})|本人|自身|兄弟|姉妹|一家|宅|んち(?!ゃ)|より$|と申し|といいま|という[子名男女児生])|(?P<subject>が(?!ら)|[はを])|(?P<list>[、・も]|です|でした|と(?![うをが]|い[うえいわっけ]|か[。、もら]|[言思]))"
    r"|(?P<source>から|には|にも)|(?P<other>[のにへでや]|から|まで|より|たち|って|だけ|と|\W|$)"
)
# やまだ たろう, （いのうえ　かおり）
_WHOLE = re.compile(
    r"(?<![ぁ-ゖァ-ヺー一-鿿])(?P<surname>[ぁ-ゖー]{2,5}) (?P<given>[ぁ-ゖー]{2,6}?)"
    r"(?=という|と申|です|より|さん|[^\wー]|$)"
)
_UNSPACED = re.compile(
    r"(?P<it>[ぁ-ゖ](?<![ぁ-ゖァ-ヺー].)[ぁ-ゖ]{3,8}?)(?=です|と申|といい|より$|さん|という|[はが、」)]|$)"
)
_LONGEST = max(LONGEST_NAME, *map(len, GIVEN_NAMES))
_STARTS = "|".join(
    f"{first}(?=[{''.join(sorted(pair[1] for pair in BEGINNINGS if pair[0] == first))}])"
    for first in sorted({pair[0] for pair in BEGINNINGS})
)
_BEGINS = re.compile(f"{_STARTS}")
_RUN = re.compile(f"[ぁ-ゖー]{{2,{_LONGEST}}}")
_QUOTED = re.compile("」(?:と|の|さん|くん|ちゃん|って|です)")
_CALLED = re.compile("」(?:(?:と|って)(?:呼|よ[びばん])|という(?:名|子|あだ名|愛称))")
_INSIDE_WORDS = frozenset(map(chr, range(ord("ぁ"), ord("ゖ")))) - frozenset("のとはがもやをにでたるい")
_ENDS_VERB = frozenset("たるい")
_ROLE_WINDOW = 8
_ONLY_NAMES = GIVEN_NAMES - ALSO_PHRASES
# まことに, ともに
_ADVERBS = frozenset({"まこと", "とも"})
# A hiragana behind a name that none of `_AHEAD` begins with.
_NEVER_FOLLOWS = frozenset(map(chr, range(ord("ぁ"), ord("ゖ")))) - frozenset("のよといはがをもでかにへやたっださくち")
_LISTS = tuple("とや、・")
# A longer name of usual sounds is seldom anything else.
_LONG = 3


class _Left(Enum):
    """What stands in front of a name."""

    ROLE = auto()  # 弟の, クラスの
    LISTED = auto()  # another name and 、 or と
    OPEN = auto()  # the start of a line, a bracket, a comma
    PARTICLE = auto()  # a hiragana that may be one, or the end of another word: 立ち歩くかいと, しかしはやとは
    VERB = (
        auto()
    )  # what a verb in front of a noun ends with, though no word of the tokenizer does: 走り出したしげとしを


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
    yield from _whole_names(text, line)
    begins = [match.start() for match in _BEGINS.finditer(line.text)]
    if not begins:
        return
    reader = _Reader(line.text, line, names_others, elsewhere)
    done, last_name = 0, -1
    for at in begins:
        if at < done or at == last_name or (line.text[at - 1] in _INSIDE_WORDS and not reader.cut(at)):
            continue
        found = reader.name_at(at, last_name)
        if found is not None:
            end, tier = found
            start, done, last_name = line.start + at, end, end
            yield Finding(start, line.start + end, text[start : line.start + end], Label.PERSON, tier, "name in kana")


def _whole_names(text: str, line: Line) -> Iterator[Finding]:
    """たなかゆうとです: a surname that the dictionary has in hiragana and a given name, with nothing between them."""
    for match in _UNSPACED.finditer(line.text):
        run = match["it"]
        cuts = (at for at in range(2, len(run) - 1) if could_be_given(run[at:]) and Kind.SURNAME in readings(run[:at]))
        cut = next(cuts, None)
        if cut is not None:
            start, end = line.start + match.start("it"), line.start + match.end("it")
            phrase = Kind.OTHER in readings(run[:cut])  # あおいそら
            tier = Tier.SURE if run[cut:] in GIVEN_NAMES and not phrase else Tier.UNSURE
            yield Finding(start, end, text[start:end], Label.PERSON, tier, "whole name in kana")


@dataclass(frozen=True, slots=True)
class _Reader:
    """One line, and what is known of the text that it stands in."""

    line: str
    words: Line
    names_others: bool
    elsewhere: frozenset[str]

    def cut(self, at: int) -> bool:
        """Whether the tokenizer cuts the line here."""
        return at == 0 or self.words.ending(self.words.start + at) is not None

    def left(self, at: int, last_name: int) -> _Left | None:
        """What stands in front of a name that begins at `at`, or None where none can."""
        line = self.line
        if last_name >= 0 and last_name == at - 1 and line[at - 1] in "、・とやも":
            return _Left.LISTED
        before = line[at - 1 : at] if at else ""
        if before in _ENDS_ROLE and _ROLE.search(line[max(0, at - _ROLE_WINDOW) : at]):
            return _Left.ROLE
        if not _IN_WORDS.match(before) or (before in _ENDS_TIME and _TIME.search(line[max(0, at - _ROLE_WINDOW) : at])):
            return _Left.OPEN
        if self.cut(at) or before in "のとはがもやをにで":
            return _Left.PARTICLE
        return _Left.VERB if before in _ENDS_VERB else None

    def name_at(self, at: int, last_name: int) -> tuple[int, Tier] | None:
        """The end and the tier of the longest name that starts at `at` and is followed by an edge."""
        made, run = None, _RUN.match(self.line, at)
        for end in range(at if run is None else run.end(), at + 1, -1):
            if self.line[end : end + 1] in _NEVER_FOLLOWS:
                continue
            name = self.line[at:end]
            ahead = _AHEAD.match(self.line, end) if could_be_given(name) else None
            if ahead is None:
                continue
            left = self.left(at, last_name)
            if left is None:
                return None
            right = str(ahead.lastgroup)
            if self._quoted(at, end, _CALLED if not self.names_others else _QUOTED):
                return end, Tier.UNSURE
            if name in GIVEN_NAMES:
                tier = self._tier(at, end, left, right)
                if tier is None and self._somebody(at, end, left):
                    return end, Tier.UNSURE
                return made if tier is None else (end if made is None else made[0], tier)
            if made is None and (self._names_stand_here(at, end, left, right) or self._somebody(at, end, left)):
                made = end, Tier.UNSURE
        return made

    def _quoted(self, at: int, end: int, behind: re.Pattern[str]) -> bool:
        """Whether this is all that a pair of quotation marks holds, and somebody is called so: 「もも」と呼ばれる."""
        return self.line[at - 1 : at] == "「" and bool(behind.match(self.line, end))

    def _somebody(self, at: int, end: int, left: _Left) -> bool:
        """Whether a word of the sentence begins here, and what follows is said of persons only or is another name."""
        name = self.line[at:end]
        if name in ALSO_PHRASES or (self.line[end : end + 1] == "に" and (name in _ADVERBS or readings(f"{name}に"))):
            return False
        if left in (_Left.PARTICLE, _Left.VERB) and not self.cut(at) and (not self.cut(end) or end - at <= _LONG):
            return False
        return bool(DONE_BY_PERSONS.match(self.line, end)) or self._beside_a_name(end)

    def _beside_a_name(self, end: int) -> bool:
        """なぎさやりんも, わことかりんが: whether another name of the table follows, and an edge behind it."""
        run = _RUN.match(self.line, end + 1) if self.line[end : end + 1] in _LISTS else None
        lengths = range(2, len(run.group()) + 1) if run is not None else ()
        return any(
            self.line[end + 1 : end + 1 + length] in _ONLY_NAMES and _AHEAD.match(self.line, end + 1 + length)
            for length in lengths
        )

    def _cut_out(self, at: int, end: int) -> bool:
        """Whether the tokenizer cuts the line at both ends of the name, and a particle or an edge is in front."""
        index = self.words.ending(self.words.start + at)
        before = Kind.SPACE if at == 0 else None if index is None else self.words.kinds[index]
        return before in (Kind.PARTICLE, Kind.SYMBOL, Kind.SPACE) and self.cut(end)

    def _names_stand_here(self, at: int, end: int, left: _Left, right: str) -> bool:
        """Whether this is a place for a name that only sounds like one."""
        if left in (_Left.ROLE, _Left.LISTED) or right == "kin" or self.line[at:end] in self.elsewhere:
            return True
        if left is _Left.OPEN and right == "subject":
            return True
        if left is _Left.VERB:
            return self.names_others and right == "subject" and end - at > _LONG and self.cut(end)
        likely = left is _Left.OPEN or right in ("subject", "list") or end - at > _LONG
        return self.names_others and likely and self._cut_out(at, end)

    def _tier(self, at: int, end: int, left: _Left, right: str) -> Tier | None:
        """How sure a name of the table is here."""
        name = self.line[at:end]
        if left is _Left.VERB and not (self.names_others and right == "subject" and end - at > 2):
            return None
        other_words = {Kind.NOUN} if name in ALSO_PHRASES else readings(name) & {Kind.NOUN, Kind.OTHER}
        speaks_of_person = left in (_Left.ROLE, _Left.LISTED) or right == "kin"
        opens = left is _Left.OPEN and right in ("subject", "list", "source")
        if other_words:
            if speaks_of_person:
                return Tier.UNSURE
            alone = opens and right != "source" and (len(name) > 2 or right == "subject")
            inside = right in ("subject", "list") and len(name) > 2 and name not in ALSO_PHRASES
            likely = self.names_others and (alone or (inside and self._cut_out(at, end)))
            return Tier.UNSURE if likely else None
        if speaks_of_person or (len(name) > 2 and left is _Left.OPEN):
            return Tier.SURE
        inside = self.names_others and right == "subject" and self._cut_out(at, end)
        return Tier.UNSURE if len(name) > 2 or opens or inside else None
