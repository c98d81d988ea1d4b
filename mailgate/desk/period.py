"""The days that a report is about, from what an operator says: a month, a fiscal year (from April), two days. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailgate.errors import BadInput
from mailgate.phrase import Phrase

_APRIL = 4
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date
    """Both days belong to it."""

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise BadInput([Phrase("the period from {first} to {last} has no day", first=self.first, last=self.last)])
        if self.first.year < _FIRST_YEAR or self.last.year > _LAST_YEAR:
            raise BadInput(
                [
                    Phrase(
                        "the period must lie between the years {first_year} and {last_year}",
                        first_year=_FIRST_YEAR,
                        last_year=_LAST_YEAR,
                    )
                ]
            )

    def begins(self, zone: ZoneInfo) -> datetime:
        """Its first moment where the desk is, in UTC."""
        return datetime.combine(self.first, time(), zone).astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first moment after it, in UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), zone).astimezone(UTC)

    def months(self) -> list[str]:
        """Every month that it touches, as "2026-04"."""
        numbers = range(self.first.year * 12 + self.first.month - 1, self.last.year * 12 + self.last.month)
        return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def of_month(month: date) -> Period:
    """The calendar month that a day is in."""
    return Period(month.replace(day=1), _before(_first_of_next_month(month)))


def of_fiscal_year(year: int) -> Period:
    """From the 1st of April of `year` to the 31st of March of the next."""
    return Period(date(year, _APRIL, 1), date(year + 1, _APRIL - 1, 31))


def this_fiscal_year(today: date) -> Period:
    """From the last 1st of April until today."""
    return Period(date(today.year - (today.month < _APRIL), _APRIL, 1), today)


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _before(day: date) -> date:
    return day - timedelta(days=1)
