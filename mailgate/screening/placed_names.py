"""Names by the place where they stand: 学年主任林の, 長女葵は, 旧姓出口, 私、森の, 叩いたのは亮だけ, 蓮・湊の二人.

For `persons`, which asks the dictionary word by word; in these places a word that can be a name is one, though it is
read as another. All of it is UNSURE but what stands behind 旧姓 and the like.

Weakness: a name that the dictionary does not have as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Tier
from mailgate.screening.lexicon import (
    ADULT_ROLES,
    BEINGS,
    CHILD_ROLES,
    COUNTED,
    EVERYDAY_NOUNS,
    NEVER_A_NAME,
    words_of,
)
from mailgate.screening.name_words import Span
from mailgate.screening.words import PERSONAL, Kind, Line, readings

_IT = "(?P<it>[一-鿿々]{1,3})(?![一-鿿々])"
_EDGE = "(?=[はがもにとをの、。)・]|から|です|だけ)"
_ADULTS = ADULT_ROLES - {"先生", "委員", "選手"}
_CHILDREN = words_of("長男 次男 三男 長女 次女 三女 娘 息子 姪 甥 妹 弟")
_BEHIND_ROLE = re.compile(f"{_IT}{_EDGE}")
_NAMED = re.compile(f"(?:旧姓|本名|戸籍名|通称)は?[「:]?{_IT}")
_MYSELF = re.compile(f"(?:私|わたし|わたくし|筆者)、{_IT}(?=[のはがです、])")
# Whoever does these is somebody.
_WHO_DID = re.compile(
    "(?:殴|叩|蹴|言|怒|泣|笑|始|休|来|書|逃|叫|助|話|訴|謝|呼|いじめ|騒|怒鳴|提案|反対|発言|担当|目撃|指導|注意)"
    f"[ぁ-ん]{{0,5}}[ただ]のは{_IT}(?=だけ|です|だ|でし|で、|と)"
)
_TOGETHER = re.compile(
    "(?<![一-鿿々])(?P<it>[一-鿿々]{1,3})[、・と](?P<other>[一-鿿々]{1,3})、?の(?:[二三四五2-5]人|両名|ふたり|両人|両君|両者)"
)
# 校長室, 担任側
_TWO = re.compile("の(?:[二三四五2-5]人|両|ふたり)")
_PARTS = frozenset("室側団陣職会級名係組班案達等方")
_NOBODY = (NEVER_A_NAME - EVERYDAY_NOUNS) | _PARTS | BEINGS | CHILD_ROLES | ADULT_ROLES


def placed(line: Line) -> Iterator[Span]:
    """The names in one line that only their place shows."""
    text = line.text
    for index in line.nouns:
        word = line.words[index]
        if word.text in _ADULTS or word.text in _CHILDREN:
            behind = _BEHIND_ROLE.match(text, word.end - line.start)
            kinds = _FAMILY if word.text in _ADULTS else _GIVEN
            if behind is not None and _could_be(behind["it"], kinds) and not readings(word.text + behind["it"]):
                yield *_span(line, behind, "it"), Tier.UNSURE, "could be a name"
    for pattern, signs, kinds in _PLACES:
        for match in pattern.finditer(text) if any(map(text.__contains__, signs)) else ():
            if _could_be(match["it"], kinds):
                tier = Tier.SURE if pattern is _NAMED else Tier.UNSURE
                yield *_span(line, match, "it"), tier, "could be a name"
    for match in _TOGETHER.finditer(text) if _TWO.search(text) else ():
        if _could_be(match["it"], PERSONAL) and _could_be(match["other"], PERSONAL):
            yield *_span(line, match, "it"), Tier.UNSURE, "in a row of names"
            yield *_span(line, match, "other"), Tier.UNSURE, "in a row of names"


_FAMILY, _GIVEN = frozenset({Kind.SURNAME}), frozenset({Kind.GIVEN})
# Each pattern, and of what a line has to hold something for it.
_PLACES = (
    (_NAMED, ("旧姓", "名", "通称"), PERSONAL),
    (_MYSELF, ("、",), _FAMILY),
    (_WHO_DID, ("のは",), PERSONAL),
)


def _could_be(name: str, kinds: frozenset[Kind]) -> bool:
    known = readings(name)
    return bool(known & kinds) and name not in _NOBODY and not COUNTED.fullmatch(name)


def _span(line: Line, match: re.Match[str], group: str) -> tuple[int, int]:
    return line.start + match.start(group), line.start + match.end(group)
