"""What was wrong with a mail, known again as a phrase, so that an operator can be told it in another language.

The parsers write defects as plain English text, in the child process, which may send nothing but text. After:
`sandbox/exchange.py` asks for each text that came back. One that nobody knows stays as it is. Every defect that a
parser writes has its template here; a test reads broken mails and finds the one that is missing.
"""

from __future__ import annotations

import re
from functools import cache

from mailgate.phrase import Phrase, pattern_of

DEFECTS = (
    Phrase("the mail cannot be read: shown as it came"),
    Phrase("the mail cannot be read within its limits of time and memory: shown as it came"),
    Phrase("the structure cannot be read: shown as it came"),
    Phrase("no date that can be read"),
    Phrase("no From field"),
    Phrase("several From fields"),
    Phrase("no address in From"),
    Phrase("several addresses in From"),
    Phrase("the From field names no address that can be read for certain"),
    Phrase("header section over {size}: the rest left out"),
    Phrase("more than {most} header fields: the rest left out"),
    Phrase("header field over {size}: the rest left out"),
    Phrase("a line in the header section is no field: taken for the start of the text"),
    Phrase("multipart without a boundary"),
    Phrase("the boundary of the parts never comes"),
    Phrase("the last boundary is missing"),
    Phrase("no blank line between header and text of a part"),
    Phrase("multipart without parts"),
    Phrase("transfer encoding on a multipart"),
    Phrase("more than {parts} parts, or {depth} inside each other: the rest left out"),
    Phrase("text over 2,500,000 octets: the rest left out"),
    Phrase("text over 1,000,000 characters: the rest left out"),
    Phrase("more than 500,000 lines: the rest left out"),
    Phrase("too many part delimiters: the rest left out"),
    Phrase("the boundary of the parts is not the one that was announced"),
    Phrase("Content field over 4 KiB: the rest left out"),
    Phrase("too many parts inside parts: the rest is shown as it stands"),
    Phrase("plain text below the base64"),
    Phrase("base64 is announced, plain text is there"),
    Phrase("the character set is no more than a guess"),
    Phrase("characters that could not be read: {count}"),
    Phrase("private characters shown as 〓"),
    Phrase("unknown character set: {name}"),
    Phrase("the text is {found}, not {name} as it says"),
)
_LONGEST = 300
"""Characters; a name of a character set is cut long before."""


def known_again(defect: str) -> str:
    """The phrase that says the same as this text; the text itself where there is none."""
    if len(defect) > _LONGEST:
        return defect
    for template, pattern in _patterns():
        if found := pattern.fullmatch(defect):
            return Phrase(template, **found.groupdict())
    return defect


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one.template, pattern_of(one.template)) for one in DEFECTS)
