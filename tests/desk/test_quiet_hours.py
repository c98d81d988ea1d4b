from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from mailgate.desk.quiet_hours import QuietHours, leaves_at, waits_until

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT, NOON = QuietHours(time(21), time(7)), QuietHours(time(12), time(13))


@pytest.mark.parametrize(
    ("quiet", "now", "leaves"),
    [
        (NIGHT, "2026-02-02T20:59:59", "2026-02-02T20:59:59"),
        (NIGHT, "2026-02-02T21:00:00", "2026-02-03T07:00:00"),
        (NIGHT, "2026-02-03T00:30:00", "2026-02-03T07:00:00"),
        (NIGHT, "2026-02-03T06:59:59", "2026-02-03T07:00:00"),
        (NIGHT, "2026-02-03T07:00:00", "2026-02-03T07:00:00"),
        (NOON, "2026-02-03T12:30:00", "2026-02-03T13:00:00"),
        (NOON, "2026-02-03T11:30:00", "2026-02-03T11:30:00"),
        (None, "2026-02-03T03:00:00", "2026-02-03T03:00:00"),
    ],
)
def test_nothing_leaves_in_quiet_hours(quiet: QuietHours | None, now: str, leaves: str) -> None:
    at, expected = (datetime.fromisoformat(one).replace(tzinfo=TOKYO) for one in (now, leaves))
    assert leaves_at(at, quiet, TOKYO) == expected


@pytest.mark.parametrize(
    ("quiet", "dated", "now", "until"),
    [
        (NIGHT, "2026-02-02T07:00:00", "2026-02-02T20:59:59", None),
        (NIGHT, "2026-02-02T07:00:00", "2026-02-09T03:10:00", "2026-02-09T07:00:00"),
        (NIGHT, "2026-02-02T20:59:00", "2026-02-02T21:00:00", "2026-02-03T07:00:00"),
        (NIGHT, "2026-02-02T21:30:00", "2026-02-02T21:30:01", None),  # what an operator sends at night
        (None, "2026-02-02T07:00:00", "2026-02-09T03:10:00", None),
    ],
)
def test_what_was_held_up_until_night_waits_for_the_morning(
    quiet: QuietHours | None, dated: str, now: str, until: str | None
) -> None:
    moment, at = (datetime.fromisoformat(one).replace(tzinfo=TOKYO) for one in (dated, now))
    assert waits_until(moment, at, quiet, TOKYO) == (until and datetime.fromisoformat(until).replace(tzinfo=TOKYO))
