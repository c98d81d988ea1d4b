"""Names that the writer says are none: 花子さん（仮名）は…, 仮に太郎くんとします, 健太と優子（いずれも仮名）.

Between the rules for persons and `merge`: such a name is an anonymous form, like A君, wherever the text repeats it.
Whom the register knows stays a finding (`known`). A mere 名前は仮名です about the whole text clears nobody: writers
forget one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailgate.screening.finding import Finding, Label
from mailgate.screening.lexicon import ADDRESSING

_SAID_BEHIND = re.compile(rf"(?:{ADDRESSING.pattern})?\((?:以下、?)?仮名")
_SAID_OF_ALL = re.compile(r"\((?:いずれも|どちらも|ともに|共に|[二三四五]人とも|全員|全て|すべて)仮名")
_SAID_AHEAD = re.compile(r"(?:仮に|仮名で|仮名:|仮名は)[「 ]?$")
_WINDOW = 5
_LISTED = 60


def without_pseudonyms(folded: str, found: list[Finding]) -> list[Finding]:
    """`found` in the text without the persons whose names the text calls 仮名."""
    if "仮" not in folded:
        return found
    names = frozenset(_pseudonyms(folded, [one for one in found if one.label is Label.PERSON]))
    return [one for one in found if one.label is not Label.PERSON or folded[one.start : one.end] not in names]


def _pseudonyms(folded: str, persons: Iterable[Finding]) -> Iterator[str]:
    together = {at for match in _SAID_OF_ALL.finditer(folded) for at in _sentence(folded, match.start())}
    for person in persons:
        ahead = folded[max(0, person.start - _WINDOW) : person.start]
        if person.start in together or _SAID_BEHIND.match(folded, person.end) or _SAID_AHEAD.search(ahead):
            yield folded[person.start : person.end]


def _sentence(folded: str, end: int) -> range:
    """What stands in front of offset `end` in its sentence, as far as names are listed there."""
    start = max(0, end - _LISTED)
    return range(start + 1 + max(folded[start:end].rfind(edge) for edge in "\n。)"), end)
