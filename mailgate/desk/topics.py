"""Whether a case touches a member's topic: by its tags, or because its approved text speaks of it.

Compared is what people write differently and mean alike: width, kana, 子供 and 子ども, の and ・ between the words
(保護者の対応 is 保護者対応). Nothing is understood: a text that describes a topic without naming it needs a tag.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

_KATAKANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ"))}
_ALIKE = (("子供", "子ども"), ("こども", "子ども"), ("障碍", "障害"), ("障がい", "障害"), ("不登校児童生徒", "不登校"))
_BETWEEN = re.compile(r"[\sの・･/／、,，\-－]+")
_SHORTEST = 2
"""One character may stand in any text by chance."""


class Touched:
    """The topics of one case: tags and text, folded once."""

    def __init__(self, tags: Collection[str], text: str) -> None:
        self._tags = frozenset(map(folded, tags))
        self._text = folded_text(text)

    def touches(self, topic: str) -> bool:
        """Whether the case has to do with `topic`."""
        plain = folded(topic)
        return bool(plain) and (plain in self._tags or (len(plain) >= _SHORTEST and plain in self._text))


@lru_cache(maxsize=4096)
def folded(topic: str) -> str:
    """A topic or tag in the one spelling in which they are compared."""
    return folded_text(topic)


def folded_text(text: str) -> str:
    """The same for a whole text; in time linear to its length."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_KATAKANA).lower()
    for one, other in _ALIKE:
        plain = plain.replace(_BETWEEN.sub("", one), _BETWEEN.sub("", other))
    return plain
