from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.desk.slots import next_slot

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
MORNING, EVENING = time(7, 30), time(18, 0)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-02-02T07:29:59+09:00", "2026-02-02T07:30:00+09:00"),
        ("2026-02-02T07:30:00+09:00", "2026-02-02T07:30:00+09:00"),
        ("2026-02-02T07:30:01+09:00", "2026-02-02T18:00:00+09:00"),
        ("2026-02-02T18:00:01+09:00", "2026-02-03T07:30:00+09:00"),
        ("2026-02-02T23:59:59+09:00", "2026-02-03T07:30:00+09:00"),
        ("2026-02-28T23:00:00+09:00", "2026-03-01T07:30:00+09:00"),
    ],
)
def test_the_next_slot_is_the_first_that_is_not_past(now: str, slot: str) -> None:
    assert next_slot(utc(now), (MORNING, EVENING), TOKYO) == utc(slot)


def test_without_slots_it_is_now() -> None:
    now = utc("2026-02-02T07:29:59+09:00")
    assert next_slot(now, (), TOKYO) == now


@pytest.mark.parametrize(
    ("now", "slot", "moment"),
    [
        ("2026-03-29T01:00:00+01:00", time(2, 30), "2026-03-29T03:30:00+02:00"),  # 02:30 does not come
        ("2026-10-25T01:00:00+02:00", time(2, 30), "2026-10-25T02:30:00+02:00"),  # it comes twice
        ("2026-10-25T02:30:00+01:00", time(2, 30), "2026-10-26T02:30:00+01:00"),  # this is the second time
        ("2026-03-28T20:00:00+01:00", time(18, 0), "2026-03-29T18:00:00+02:00"),
    ],
)
def test_when_the_clocks_change(now: str, slot: time, moment: str) -> None:
    assert next_slot(utc(now), (slot,), BERLIN) == utc(moment)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    st.lists(st.times().map(lambda one: one.replace(second=0, microsecond=0)), min_size=1, max_size=4),
    st.sampled_from((TOKYO, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia"))),
)
def test_a_slot_is_never_past_and_never_far(now: datetime, slots: list[time], zone: ZoneInfo) -> None:
    now = now.replace(tzinfo=UTC)
    assert timedelta(0) <= next_slot(now, slots, zone) - now <= timedelta(hours=25)
