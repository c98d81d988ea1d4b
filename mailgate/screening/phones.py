"""Telephone numbers, by libphonenumber's matcher for Japan.

Before: `width.fold`. After: `merge`. The matcher runs at its lenient level, since it does not know every area code
and invented numbers are common; what does not start like a dialled number (0, +, a bracket) is then dropped, so that
dates, sums of money and order numbers stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.screening.shape import Signed

# 090の1234の5678 is said aloud and written so; the matcher does not read it.
_SPOKEN = re.compile(r"0(?<!\d0)\d{1,4}の\d{1,4}の\d{3,4}(?!\d)")
# In three groups of ten or eleven digits in all. The matcher takes what stands beside it as a part of the number
# (090-2233-4455 23日) and then finds none.
_BETWEEN = "[-‐–—−ーｰ_.・ ]"
_IN_GROUPS = re.compile(
    rf"(?<![\d.+-])\(?0\d{{1,4}}(?: ?\((?=\d{{1,4}}\))|\) ?|{_BETWEEN})\d{{1,4}}(?:\) ?|{_BETWEEN})\d{{3,4}}(?![\d-])"
)
_MOBILE = re.compile("0[5789]0")
# A line without nine digits close together, the first of them dialled first, holds no number; the matcher is not quick.
_DIGITS = re.compile(r"[+0](?:(?<=\+)[^0-9\n]{0,4}[1-9]|(?<=0)(?<![0-9]0))(?:[^0-9\n]{0,4}[0-9]){8}")
# Which telephone of the house, or the second of two numbers: 内線23, (内線 23), 〜5.
_WITHIN = re.compile(r"[ 　、]?[(（]?(?:内線|ext\.?)(?:番号)?[ :：]?\d{1,5}[)）]?|[~〜～]\d{1,4}(?!\d)")
# FAX0285-12-3456: letters right in front make a product's number of it, but not these.
_SAYS_PHONE = re.compile(r"(?<![A-Za-z])(?:tel|fax|phone|mobile|[TF])$", re.IGNORECASE)
_LABEL = 7


def find_phones(text: str, lines: Signed) -> Iterator[Finding]:
    """The telephone numbers of `text`; `lines` as for `find_shapes`. The brackets around a number stay outside."""
    for start, end in _spans(lines):
        within = _WITHIN.match(text, end)
        end = end if within is None else within.end()
        yield Finding(start, end, text[start:end], Label.PHONE, Tier.SURE, "telephone number")


def _spans(lines: Signed) -> Iterator[tuple[int, int]]:
    for offset, line in lines:
        for match in _SPOKEN.finditer(line) if "0" in line else ():
            yield offset + match.start(), offset + match.end()
        if _DIGITS.search(line):
            grouped = list(_in_groups(line))
            yield from ((offset + start, offset + end) for start, end in grouped)
            for start, end in grouped:
                line = line[:start] + "、" * (end - start) + line[end:]
            if not grouped or _DIGITS.search(line):
                yield from ((offset + start, offset + end) for start, end in _in_line(line))


def _in_groups(line: str) -> Iterator[tuple[int, int]]:
    for match in _IN_GROUPS.finditer(line):
        start, raw = match.start(), match.group()
        if raw.startswith("(") and raw.count("(") > raw.count(")"):
            start, raw = start + 1, raw[1:]
        digits = sum(character.isdigit() for character in raw)
        whole = digits == (11 if _MOBILE.match(raw.lstrip("(")) or "0800" in raw[:5] else 10)
        if whole and _dialled(raw, line[max(0, start - _LABEL) : start]):
            yield start, match.end()


def _in_line(line: str) -> Iterator[tuple[int, int]]:
    from phonenumbers import Leniency, PhoneNumberMatcher

    for found in PhoneNumberMatcher(line, "JP", leniency=Leniency.POSSIBLE):
        start, raw = found.start, found.raw_string
        if raw.startswith("(") and ")" not in raw:
            start, raw = start + 1, raw[1:]
        if _dialled(raw, line[max(0, start - _LABEL) : start]):
            yield start, start + len(raw)


def _dialled(raw: str, before: str) -> bool:
    digits = sum(character.isdigit() for character in raw)
    domestic = raw.lstrip("(").startswith("0") and 10 <= digits <= 11
    joined = before[-1:].isascii() and before[-1:].isalnum() and not _SAYS_PHONE.search(before)
    return (domestic or raw.startswith("+")) and not joined
