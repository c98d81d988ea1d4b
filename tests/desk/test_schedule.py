from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailgate.desk import schedule

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 2, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 2, 2), TOKYO, datetime(2026, 2, 2, 14, 59, 59, tzinfo=UTC)),
        (date(2026, 7, 1), TOKYO, datetime(2026, 7, 1, 14, 59, 59, tzinfo=UTC)),
        (date(2026, 3, 28), BERLIN, datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC)),
        (date(2026, 3, 29), BERLIN, datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),
        (date(2026, 10, 24), BERLIN, datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)),
        (date(2026, 10, 25), BERLIN, datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_day_ends_when_the_clocks_of_the_place_say_so(day: date, zone: ZoneInfo, expected: datetime) -> None:
    assert schedule.end_of_day(day, zone) == expected


@pytest.mark.parametrize(
    ("now", "days", "zone", "expected"),
    [
        (NOON, 7, TOKYO, date(2026, 2, 9)),
        (datetime(2026, 2, 2, 14, 59, 59, tzinfo=UTC), 0, TOKYO, date(2026, 2, 2)),
        (datetime(2026, 2, 2, 15, 0, tzinfo=UTC), 0, TOKYO, date(2026, 2, 3)),
        (datetime(2026, 3, 27, 22, 30, tzinfo=UTC), 2, BERLIN, date(2026, 3, 29)),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 1, BERLIN, date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), 1, BERLIN, date(2026, 10, 26)),
        (datetime(2028, 2, 28, 3, 0, tzinfo=UTC), 1, TOKYO, date(2028, 2, 29)),
    ],
)
def test_days_are_counted_by_the_calendar_of_the_place(
    now: datetime, days: int, zone: ZoneInfo, expected: date
) -> None:
    due = schedule.due_in(now, days, zone)
    assert due == schedule.end_of_day(expected, zone)
    assert due.astimezone(zone).date() == expected


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 30), (5, 60), (6, 120), (7, 240), (90, 240)]
)
def test_the_delays_between_tries_grow_to_four_hours(tries: int, minutes: int) -> None:
    assert schedule.next_try(NOON, tries, 0.0) == NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 60), (0.5, 52.5), (1.0, 45)])
def test_chance_takes_up_to_a_quarter_off_a_delay(chance: float, seconds: float) -> None:
    assert schedule.next_try(NOON, 1, chance) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 5), (2, 25)])
def test_an_accepted_mail_is_handled_again_soon(tries: int, seconds: int) -> None:
    assert schedule.handle_again(NOON, tries) == NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("hours", "tries", "gives_up"),
    [(0, 9, False), (95.99, 9, False), (96, 3, True), (500, 30, True), (96, 2, False), (500, 1, False)],
)
def test_a_mail_is_given_up_after_the_retry_hours_and_three_tries(hours: float, tries: int, gives_up: bool) -> None:
    assert schedule.gives_up(NOON, NOON + timedelta(hours=hours), 96, tries) is gives_up
