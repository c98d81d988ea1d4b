"""The last day of something that lasts, as people write it in a mail: 2026年12月末まで, 来月末, 1/15, "two weeks".

Used for a member's pause (`desk/pause_words.py`). What has no year, or counts from today, counts from the date of the
mail and never means a day before it; a month alone means its last day. Full dates are read by `desk/days.py`. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from mailgate.desk.days import read_day
from mailgate.desk.kanji_numbers import with_digits
from mailgate.desk.months import months_later

LONGEST = timedelta(days=3 * 366)
"""A day further off is taken for a slip of the pen."""
_LONGEST_TEXT = 60
_TAIL = re.compile(r"(?:(?:頃|ごろ|くらい|ぐらい)?まで(?:に|の間|は)?|の間)$")
_END = r"(?:末日?|の末|いっぱい|一杯|中|の?終わり)"
_BY_NAME = re.compile(rf"(今|来|再来)月{_END}?|(今|来)?(年度?)末")
_OF_MONTH = re.compile(
    rf"(?:(?:(\d{{4}})年|(令和|r)\.?(元|\d{{1,2}})年?|(\d{{4}})[-/.])の?)?(\d{{1,2}})(?:月{_END}?|(?<=[-/.]\d)|(?<=[-/.]\d\d))"
)
_OF_DAY = re.compile(r"(\d{1,2})(?:月|/)(\d{1,2})日?(?:\([日月火水木金土](?:曜日?)?\))?")
_LASTS = re.compile(r"(\d{1,3})(日(?=間)|週|(?:か|ヶ|カ|ヵ|ケ|箇)月|年)間?")
"""15日 is a day of some month, 15日間 are fifteen days."""
_HALF_YEAR = "半年"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_ENGLISH_DAY = re.compile(rf"(?:{_DAY} {_MONTH}|{_MONTH} {_DAY}),?(?: (\d{{4}}))?")
_ENGLISH_MONTH = re.compile(rf"(?:the )?(?:end of )?(?:(this|next) (month|year)|{_MONTH}(?: (\d{{4}}))?)")
_ENGLISH_LASTS = re.compile(r"(\d{1,3}|a|an|one|two|three|four|six) (day|week|month|year)s?")
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}


def read_last_day(text: str, on: date) -> date | None:
    """The last day that `text` names, seen from the day `on`; None when it is not clear, past, or years away."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).lower().split()).strip(" 、。,.:()")
    try:
        found = _japanese(_TAIL.sub("", with_digits(plain).replace(" ", "")), on) or _english(plain, on)
    except (ValueError, OverflowError):  # a day that no calendar has
        return None
    return found if found is not None and on <= found <= on + LONGEST else None


def _japanese(plain: str, on: date) -> date | None:
    if found := _BY_NAME.fullmatch(plain):
        return _by_name(found, on)
    if found := _OF_MONTH.fullmatch(plain):
        year = found[1] or found[4]
        era_year = 1 if found[3] == "元" else int(found[3] or 0)
        if not year and not found[2] and "月" not in plain:
            return None  # a lone number
        named = int(year) if year else 2018 + era_year if found[2] else None
        return _end_of(int(found[5]), named, on)
    if found := _OF_DAY.fullmatch(plain):
        return _next(int(found[1]), int(found[2]), on)
    if plain == _HALF_YEAR or (found := _LASTS.fullmatch(plain)):
        return _after(on, 6, "月") if plain == _HALF_YEAR or found is None else _after(on, int(found[1]), found[2][-1])
    try:
        return read_day(plain)
    except ValueError:
        return None


def _by_name(found: re.Match[str], on: date) -> date:
    if found[1]:
        return _in_months(on.replace(day=1), ("今", "来", "再来").index(found[1]))
    if found[3] == "年":
        return date(on.year + (found[2] == "来"), 12, 31)
    ends_in = on.year + (on.month > 3)  # a school year ends with March
    return date(ends_in + (found[2] == "来"), 3, 31)


def _english(plain: str, on: date) -> date | None:
    if found := _ENGLISH_DAY.fullmatch(plain):
        day, month = int(found[1] or found[4]), _MONTHS.index(found[2] or found[3]) + 1
        return date(int(found[5]), month, day) if found[5] else _next(month, day, on)
    if found := _ENGLISH_MONTH.fullmatch(plain):
        if found[2]:
            is_next = found[1] == "next"
            return date(on.year + is_next, 12, 31) if found[2] == "year" else _in_months(on.replace(day=1), is_next)
        return _end_of(_MONTHS.index(found[3]) + 1, int(found[4]) if found[4] else None, on)
    if found := _ENGLISH_LASTS.fullmatch(plain):
        count = _WORDS.get(found[1]) or int(found[1])
        return _after(on, count, {"day": "日", "week": "週", "month": "月", "year": "年"}[found[2]])
    return None


def _after(on: date, count: int, unit: str) -> date:
    match unit:
        case "日":
            return on + timedelta(days=count)
        case "週":
            return on + timedelta(weeks=count)
        case _:
            return months_later(on, count * (12 if unit == "年" else 1))


def _in_months(first: date, months: int) -> date:
    """The last day of the month that is so many after that of `first`."""
    there = months_later(first, months)
    return _last_of(there.year, there.month)


def _end_of(month: int, year: int | None, on: date) -> date:
    if year is not None:
        return _last_of(year, month)
    this_year = _last_of(on.year, month)
    return this_year if this_year >= on else _last_of(on.year + 1, month)


def _last_of(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError("no calendar has that month")
    return date(year, month, monthrange(year, month)[1])


def _next(month: int, day: int, on: date) -> date:
    this_year = date(on.year, month, day)
    return this_year if this_year >= on else date(on.year + 1, month, day)
