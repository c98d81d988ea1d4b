"""A day as Japanese lists write it, read into a date: 2025/2/1, 2025年2月1日, 令和7年2月1日, R7.2.1, or Excel's number.

Used by `desk/cells.py` for each cell that is a day. Digits of any width, 元年 for the first year of an era. A day that
never was is told as such: a 31st of February, a day before its era began or after it had ended. A year of two digits
without an era may be of two centuries, and day/month orders differ between countries: neither is guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from mailgate.phrase import Phrase

_GREGORIAN = re.compile(r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日?)|(\d{4})(\d{2})(\d{2})")
_OF_ERA = re.compile(r"(明治|大正|昭和|平成|令和|[mtshr])\.?(元|\d{1,2})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_AFTERWARDS = re.compile(r"(?:[ t]00?:00(?::00(?:\.0+)?)?)? ?(?:\([日月火水木金土](?:曜日?)?\))?$")
"""What may stand behind a day and says nothing more: midnight, as a date cell becomes text, and the weekday."""
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.0+)?")
_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})月?")
_MONTH_OF_ERA = re.compile(r"(明治|大正|昭和|平成|令和|[mtshr])\.?(元|\d{1,2})(?:[-/.]|年)(\d{1,2})月?")
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of Excel, where 1900 counts as a leap year; right for every day since March 1900."""


class NoDay(ValueError):
    """Or no month. `what` ends the sentence that begins with the text."""

    def __init__(self, what: Phrase) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class _Era:
    name: str
    letter: str
    first: date
    last: date


_ERAS = (
    _Era("明治", "m", date(1868, 1, 25), date(1912, 7, 30)),
    _Era("大正", "t", date(1912, 7, 30), date(1926, 12, 25)),
    _Era("昭和", "s", date(1926, 12, 25), date(1989, 1, 7)),
    _Era("平成", "h", date(1989, 1, 8), date(2019, 4, 30)),
    _Era("令和", "r", date(2019, 5, 1), date.max),
)


def read_day(text: str) -> date:
    """The day that `text` names; raises NoDay."""
    words = " ".join(unicodedata.normalize("NFKC", text).split()).lower()
    plain = _AFTERWARDS.sub("", words, count=1).replace(" ", "")
    if serial := _SERIAL.fullmatch(plain):
        return _DAY_ZERO + timedelta(days=int(serial[1]))
    if found := _GREGORIAN.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        return _existing(year, month, day)
    if found := _OF_ERA.fullmatch(plain):
        return _of_era(found[1], 1 if found[2] == "元" else int(found[2]), int(found[3]), int(found[4]))
    raise NoDay(Phrase("is not a day such as 2026-04-01"))


def read_month(text: str) -> date:
    """The first day of the month that `text` names: 2026-10, 2026/10, 2026年10月, 令和8年10月. Raises NoDay."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    if found := _MONTH.fullmatch(plain):
        year, month = int(found[1]), int(found[2])
    elif found := _MONTH_OF_ERA.fullmatch(plain):
        era = next(one for one in _ERAS if found[1] in (one.name, one.letter))
        year, month = era.first.year - 1 + (1 if found[2] == "元" else int(found[2])), int(found[3])
    else:
        raise NoDay(Phrase("is not a month such as 2026-10 or 2026年10月"))
    try:
        return date(year, month, 1)
    except ValueError:
        raise NoDay(Phrase("is not a month such as 2026-10 or 2026年10月: no calendar has it")) from None


def _existing(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDay(Phrase("is not a day such as 2026-04-01: no calendar has it")) from None


def _of_era(name: str, year: int, month: int, day: int) -> date:
    era = next(one for one in _ERAS if name in (one.name, one.letter))
    if year == 0:
        raise NoDay(Phrase("is not a day such as 2026-04-01: no calendar has it"))
    found = _existing(era.first.year + year - 1, month, day)
    if found < era.first:
        what = Phrase("is not a day such as 2026-04-01: {era} began on {first}", era=era.name, first=era.first)
        raise NoDay(what)
    if found > era.last:
        raise NoDay(Phrase("is not a day such as 2026-04-01: {era} ended on {last}", era=era.name, last=era.last))
    return found
