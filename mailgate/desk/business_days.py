"""Which days people work on: what is due is due on one of them. Pure; the holidays are those of a kept library.

Before: a flow has counted days. After: `schedule.py` puts the due date on the next working day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

_SATURDAY = 5
_LONGEST_REST = 20
"""No calendar has more days without work in a row."""


def is_business_day(day: date, country: str) -> bool:
    """Whether people in `country` (ISO 3166-1, "JP") work on that day; every day is one where `country` is empty."""
    return not country or (day.weekday() < _SATURDAY and day not in _holidays(country, day.year))


def next_business_day(day: date, country: str) -> date:
    """`day`, or the first working day after it."""
    days = (day + timedelta(days=count) for count in range(_LONGEST_REST))
    return next((one for one in days if is_business_day(one, country)), day)


def is_country(code: str) -> bool:
    """Whether there is a calendar for it."""
    from holidays import list_supported_countries  # takes a third of a second: only where a calendar is set

    return code in list_supported_countries(include_aliases=False)


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> Any:
    """The public holidays of a year, with those that move to a Monday."""
    from holidays import country_holidays

    return country_holidays(country, years=year)
