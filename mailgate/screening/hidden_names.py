"""What a mask in front hides is no name: C太郎くん, △田先生, ○○町立中学校, ＊＊太.

Between the rules for persons and `merge`. A single sign hides one character only (○田さん), since it
is a bullet too (●田中先生), and at the start of a line ●, ■ and the like are never more than that.
"""

from __future__ import annotations

import re

from mailgate.screening.finding import Finding

_LETTER = re.compile("(?<![A-Za-z])[A-Za-z]$")
_TWICE = re.compile("[○●△▲□■◇◆×＊*※_?]{2}$")
_ONCE = re.compile("[○●△▲□■◇◆×]$")
# Each of the three ends with one of these, or in front of a line's end.
_SIGN = re.compile("[A-Za-z○●△▲□■◇◆×＊*※_?\n]")
_WINDOW = 2


def without_hidden(folded: str, persons: list[Finding]) -> list[Finding]:
    """`persons` in the text without what stands right behind a mask."""
    return [one for one in persons if not _hidden(folded, one)]


def _hidden(folded: str, person: Finding) -> bool:
    if not person.start or not _SIGN.match(folded, person.start - 1):
        return False
    ahead = folded[max(0, person.start - _WINDOW) : person.start]
    if _LETTER.search(ahead) or _TWICE.search(ahead):
        return True
    bullet = (len(ahead) < _WINDOW or ahead.startswith("\n")) and not ahead.endswith(("○", "△", "▲", "×"))
    return person.end - person.start == 1 and not bullet and bool(_ONCE.search(ahead))
