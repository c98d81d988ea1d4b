"""Dates of birth in a table: the head says 生年月日, and each row below holds a date.

Beside `number_shapes`, which reads one line at a time. Before: `width.fold`. After: `merge`.
"""

from __future__ import annotations

from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.number_shapes import YEARLY_DATE

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
