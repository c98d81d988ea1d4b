"""Whether two or three Latin letters are somebody's name where they stand: "Dee" below a letter, "Dear Jo", "Jo さん".

Most such letters are a word of every day, or the beginning of one: "may", "an", "do". So the form of a letter decides,
as it does for a given name in kana.
"""

from __future__ import annotations

import re

from mailgate.screening.lexicon import ADDRESSING

FEWEST, FEW = 2, 3
"""Letters of such a name. A longer one counts wherever it stands as a word."""
_LETTER = re.compile("[a-z0-9]", re.IGNORECASE)
_CALLS = re.compile(r"(?<![a-z])(?:dear|hi|hello|mrs?\.?|ms\.?|dr\.?|i['’]m|i am|name is|this is) ?$", re.IGNORECASE)
_POLITE = re.compile(r"-(?:san|sensei|sama|kun|chan)\b", re.IGNORECASE)
_AROUND_A_SIGNATURE = " \t-–—―~〜.,、。!"  # and no bullet: "・AI"


def names_somebody(text: str, start: int, end: int) -> bool:
    """`text[start:end]` are the letters; `text` has its line ends, and case makes no difference."""
    before, after = text[text.rfind("\n", 0, start) + 1 : start], text[end:].partition("\n")[0]
    if _LETTER.match(before[-1:]) or _LETTER.match(after):
        return False
    is_alone = not before.strip(_AROUND_A_SIGNATURE) and not after.strip(_AROUND_A_SIGNATURE)
    is_addressed = ADDRESSING.match(after.lstrip()) is not None or _POLITE.match(after) is not None
    return is_alone or is_addressed or _CALLS.search(before) is not None
