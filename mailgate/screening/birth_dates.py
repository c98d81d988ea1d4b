"""Dates of birth in a table, whose head says 生年月日, and the whole length of every date of birth.

Beside `number_shapes`, which reads one line at a time and finds the day: 平成26年6月2日. What stands beside it says the
same once more or that somebody was born: 平成26年6月2日(月)生まれ. Before: `width.fold`. After: `merge`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.number_shapes import BORN, YEAR, YEARLY_DATE

_DAY_OF_WEEK = "[日月火水木金土](?:曜日?)?"
_AGAIN = rf"(?:{_DAY_OF_WEEK}|(?:西暦)?{YEAR} ?年?度?|{YEARLY_DATE.pattern}|早生まれ)"
_BEHIND = re.compile(rf"年?度?(?: ?\({_AGAIN}\)| ?[日月火水木金土]曜日?){{0,2}}(?: ?の?早?{BORN})?", re.ASCII)
_CLOSES = re.compile(rf"\)(?: ?の?早?{BORN})?")
_AHEAD = re.compile(rf"(?:西暦 ?|(?:{YEAR}|[0-9]{{1,2}}) ?年度?の?|(?P<open>{YEARLY_DATE.pattern} ?\())$", re.ASCII)
_LONGEST_AHEAD = 20
_HEAD = "生年月日"
_LONGEST_ROW = 200


def find_birth_dates(text: str, folded: str) -> Iterator[Finding]:
    """The dates below each head of `text`, as far as every row holds one; `folded` is `width.fold(text)`."""
    at = folded.find(_HEAD)
    while at >= 0:
        position = folded.find("\n", at) + 1
        if not position:
            return
        date = YEARLY_DATE.search(folded, at, position)  # the value stands beside its head
        while date is None and position < len(folded):
            end = folded.find("\n", position)
            end = len(folded) if end < 0 else end
            row = YEARLY_DATE.search(folded, position, min(end, position + _LONGEST_ROW))
            if row is None:
                break
            start, stop = row.start(), row.end()
            yield Finding(start, stop, text[start:stop], Label.DATE_OF_BIRTH, Tier.SURE, "date in a table")
            position = end + 1
        at = folded.find(_HEAD, position)


def whole_birth(text: str, folded: str, finding: Finding) -> Finding:
    """A finding of `text`; that of a date of birth with what beside it says the year, the day or the birth again."""
    if finding.label is not Label.DATE_OF_BIRTH:
        return finding
    line = folded.rfind("\n", 0, finding.start) + 1
    ahead = _AHEAD.search(folded, max(line, finding.start - _LONGEST_AHEAD), finding.start)
    start = finding.start if ahead is None else ahead.start()
    behind = _CLOSES if ahead is not None and ahead["open"] else _BEHIND
    match = behind.match(folded, finding.end)
    end = finding.end if match is None else match.end()
    return finding._replace(start=start, end=end, text=text[start:end])
