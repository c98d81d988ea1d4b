"""Blocks of labelled lines (`From:`, `差出人：`) that clients put over a mail that they quote without marks.

`quoting.py` cuts at them. A label alone is a word of many languages, so several must stand together, one of them
naming the sender; a block in a language without a row in `labels.py` is known by its values, an address and a date.
The rule or marker over a block belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailgate.mail.attributions import has_address, has_bracketed_address, has_date_and_time
from mailgate.mail.labels import Role, header_role
from mailgate.mail.lines import LONGEST, Line

_GAP = 2
"""Lines without a label inside a block: addressees that a client wrapped, blank lines."""
_FEWEST_UNKNOWN = 3
_TITLED_RULE = re.compile(r"\s{0,4}[-_=*]{4,40}\s?[^\W\d].{1,60}[^\W\d]\s?[-_=*]{4,40}\s{0,4}$")
"""A marker in words that no table has; over a block it is one."""
_ANY_LABEL = re.compile(r"\s{0,4}\*{0,2}[^\W\d][^:：<>。、]{0,24}[:：]\*{0,2}\s{0,4}\S")


def find(lines: Sequence[str], kinds: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """The first line of each block with what stands over it, and the line behind the last, from the top."""
    at = 0
    while at < len(kinds):
        kind, end = kinds[at], at
        if kind is Line.HEADER:
            end = _known(kinds, at)
        elif kind is Line.TEXT and at and kinds[at - 1] is not Line.TEXT:
            end = _unknown(lines, kinds, at)
        if end > at:
            start = _introduction(lines, kinds, at)
            if kind is not Line.HEADER or _is_believed(lines, kinds, start, end):
                yield start, end
        at = max(end, at + 1)


def _known(kinds: Sequence[Line], first: int) -> int:
    end = look = first
    while look < min(end + _GAP + 1, len(kinds)):
        if kinds[look] is Line.HEADER:
            end = look + 1
        look += 1
    return end


def _is_believed(lines: Sequence[str], kinds: Sequence[Line], start: int, end: int) -> bool:
    roles = {header_role(lines[at]) for at in range(start, end) if kinds[at] is Line.HEADER}
    if len(roles) > 2:
        return Role.FROM in roles
    if len(roles) < 2:
        return False
    named = (header_role(line) is Role.FROM and has_address(line) for line in lines[start:end])
    return kinds[start] is Line.MARKER or any(named)


def _unknown(lines: Sequence[str], kinds: Sequence[Line], first: int) -> int:
    """The end of a block whose labels are in no table, known by a bracketed address and a date with a time."""
    end = first
    while end < len(kinds) and kinds[end] in (Line.TEXT, Line.HEADER) and _ANY_LABEL.match(lines[end][:LONGEST]):
        end += 1
    addressed = {at for at in range(first, end) if has_bracketed_address(lines[at])}
    dated = {at for at in range(first, end) if has_date_and_time(lines[at])}
    return end if end - first >= _FEWEST_UNKNOWN and addressed and dated - addressed else first


def _introduction(lines: Sequence[str], kinds: Sequence[Line], first: int) -> int:
    """Where a block begins: at a marker or an Outlook rule over it, at most one blank line away."""
    above = next((at for at in range(first - 1, max(first - 3, -1), -1) if kinds[at] is not Line.BLANK), first)
    if kinds[above] is Line.MARKER or (kinds[above] is Line.TEXT and _TITLED_RULE.match(lines[above][:LONGEST])):
        return above
    drawn = set("".join(lines[above].split())) if kinds[above] is Line.RULE else {""}
    # A rule of hyphens is also the end of a signature, unless it stands apart or right over the block.
    apart = above == 0 or kinds[above - 1] is Line.BLANK or above == first - 1
    return above if drawn == {"_"} or (drawn <= set("-=*") and apart) else first
