from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from mailgate.desk.business_days import is_business_day, is_country, next_business_day
from mailgate.desk.schedule import due_in

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 2, 2), date(2026, 2, 2)),  # a Monday
        (date(2026, 2, 7), date(2026, 2, 9)),  # a Saturday
        (date(2026, 2, 11), date(2026, 2, 12)),  # 建国記念の日
        (date(2026, 5, 2), date(2026, 5, 7)),  # a weekend, three holidays, and one that moved
        (date(2026, 9, 22), date(2026, 9, 24)),  # a day between two holidays is one too
        (date(2026, 11, 23), date(2026, 11, 24)),  # 勤労感謝の日
        (date(2027, 1, 1), date(2027, 1, 4)),
    ],
)
def test_what_is_due_on_a_free_day_is_due_on_the_next_working_day(day: date, following: date) -> None:
    assert next_business_day(day, "JP") == following
    assert is_business_day(following, "JP")


def test_without_a_calendar_every_day_is_a_working_day() -> None:
    assert next_business_day(date(2026, 2, 7), "") == date(2026, 2, 7)


def test_another_country_has_other_holidays() -> None:
    assert [next_business_day(date(2026, 7, 3), country) for country in ("JP", "US")] == [
        date(2026, 7, 3),
        date(2026, 7, 6),
    ]


@pytest.mark.parametrize(("code", "known"), [("JP", True), ("DE", True), ("XX", False), ("jp", False)])
def test_which_countries_there_are(code: str, known: bool) -> None:
    assert is_country(code) is known


def test_a_due_date_is_counted_in_the_time_zone_of_the_desk() -> None:
    late_friday_in_london = datetime(2026, 1, 30, 20, tzinfo=UTC)  # Saturday the 31st in Tokyo
    assert due_in(late_friday_in_london, 7, TOKYO, "JP") == datetime(2026, 2, 9, 23, 59, 59, tzinfo=TOKYO)
