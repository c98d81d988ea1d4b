from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.desk.retention import Cutoffs, Retention, Turn, asked_turn, cutoffs, daily_turn

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def test_the_cutoffs_of_the_usual_settings() -> None:
    assert cutoffs(NOW, Retention()) == Cutoffs(
        raw=NOW - 7 * DAY,
        bounce=NOW - 7 * DAY,
        case=NOW - 90 * DAY,
        sent=NOW - 14 * DAY,
        audit=datetime(2023, 5, 4, 3, 2, 1, tzinfo=UTC),
        person=NOW - 30 * DAY,
    )


def test_each_setting_moves_its_own_cutoff() -> None:
    assert cutoffs(NOW, Retention(1, 2, 3, 4, 5, 6)) == Cutoffs(
        raw=NOW - 1 * DAY,
        bounce=NOW - 4 * DAY,
        case=NOW - 2 * DAY,
        sent=NOW - 3 * DAY,
        audit=datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC),
        person=NOW - 6 * DAY,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2028, 2, 29, tzinfo=UTC), datetime(2025, 2, 28, tzinfo=UTC)),
        (datetime(2031, 2, 28, tzinfo=UTC), datetime(2028, 2, 28, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)),
    ],
)
def test_years_are_those_of_the_calendar(now: datetime, expected: datetime) -> None:
    assert cutoffs(now, Retention()).audit == expected


@pytest.mark.parametrize(
    ("since_last", "daily", "asked"),
    [
        (None, Turn.RUN, Turn.RUN),
        (400 * DAY, Turn.RUN, Turn.RUN),
        (DAY, Turn.RUN, Turn.RUN),
        (DAY - SECOND, Turn.NOT_YET, Turn.RUN),
        (SECOND, Turn.NOT_YET, Turn.RUN),
        (timedelta(), Turn.NOT_YET, Turn.RUN),
        (-SECOND, Turn.NOT_YET, Turn.CLOCK_BEHIND),
        (-timedelta(minutes=5), Turn.NOT_YET, Turn.CLOCK_BEHIND),
        (-timedelta(minutes=5, seconds=1), Turn.CLOCK_BEHIND, Turn.CLOCK_BEHIND),
        (-400 * DAY, Turn.CLOCK_BEHIND, Turn.CLOCK_BEHIND),
    ],
)
def test_whose_turn_it_is(since_last: timedelta | None, daily: Turn, asked: Turn) -> None:
    last = None if since_last is None else NOW - since_last
    assert (daily_turn(NOW, last), asked_turn(NOW, last)) == (daily, asked)
