"""So many calendar months from a day, where months differ in length. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TypeVar

_Day = TypeVar("_Day", bound=date)
"""A date, or a datetime, which keeps its time."""


def months_later(day: _Day, months: int) -> _Day:
    """The same day so many months later (earlier for a negative number), or the last one of a month that lacks it.
    Raises ValueError for a year that no calendar has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
