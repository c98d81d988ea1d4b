"""The operators' digest: once a day, when something waits, numbers alone."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from mailgate.desk.quiet_hours import QuietHours
from mailgate.flow import due
from mailgate.mail.address import Address
from mailgate.store.columns import table_of
from mailgate.store.tables import CaseRow

OPERATORS = (Address("unei", "mado.example"), Address("aoi", "mado.example"))
TOKYO = ZoneInfo("Asia/Tokyo")


def _desk(desk: Any, **changes: Any) -> Any:
    return desk.with_policy(operators=OPERATORS, digest_time=time(8), **changes)


def _set(desk: Any, moment: str) -> None:
    desk.clock.now = datetime.fromisoformat(moment).replace(tzinfo=TOKYO)


def _digests(desk: Any) -> list[str]:
    due.run_due(desk.office)
    return [desk.read(one.id).body for one in desk.outbox("digest")]


def test_each_operator_gets_what_waits_in_numbers(desk: Any) -> None:
    desk = _desk(desk)
    _set(desk, "2026-02-01T07:00:00")
    number = desk.open_case("水原です。秘密の相談です。")
    desk.write("nobody@else.example", "はじめまして。")
    _set(desk, "2026-02-01T09:00:00")
    first, second = _digests(desk)
    assert first == second
    assert [line for line in first.splitlines() if line.startswith("・")] == [
        f"・新しい案件：1件（番号 {number}）",
        f"・保留中の案件：1件（番号 {number + 1}）",
    ]
    assert ("2月1日" in first, "水原" in first, "秘密" in first) == (True, False, False)
    assert sorted(str(desk.read(one.id).to[0]) for one in desk.outbox("digest")) == sorted(map(str, OPERATORS))


def test_it_counts_each_of_very_many_cases(quick_desk: Any) -> None:
    desk = _desk(quick_desk)
    _set(desk, "2026-02-01T07:00:00")
    number = desk.open_case()
    with desk.office.write() as ctx:
        rows = table_of(CaseRow)
        kept = dict(ctx.tx.connection.execute(select(rows).where(rows.c.id == number)).mappings().one())
        copies = [kept | {"id": number + one, "subject": b"", "sender": b""} for one in range(1, 1200)]
        ctx.tx.connection.execute(insert(rows), copies)
    _set(desk, "2026-02-01T09:00:00")
    (told,) = (line for line in _digests(desk)[0].splitlines() if "新しい案件" in line)
    assert told.startswith(f"・新しい案件：1200件（番号 {number}、")


def test_it_comes_once_a_day_and_not_before_its_time(desk: Any) -> None:
    desk = _desk(desk)
    _set(desk, "2026-02-01T07:59:00")
    desk.open_case()
    counts = []
    for moment in ("01T07:59:30", "01T08:00:00", "01T09:00:00", "01T23:00:00", "02T07:00:00", "02T08:01:00"):
        _set(desk, f"2026-02-{moment}")
        counts.append(len(_digests(desk)))
    assert counts == [0, 2, 2, 2, 2, 4]


def test_a_missed_week_brings_one(quick_desk: Any) -> None:
    desk = _desk(quick_desk)
    _set(desk, "2026-02-01T08:00:00")
    desk.open_case()
    assert len(_digests(desk)) == 2
    _set(desk, "2026-02-09T10:00:00")
    assert len(_digests(desk)) == 4


def test_nothing_waits_and_nothing_comes(quick_desk: Any) -> None:
    desk = _desk(quick_desk)
    _set(desk, "2026-02-01T08:00:00")
    assert _digests(desk) == []


def test_without_operators_or_without_a_time_nothing_comes(quick_desk: Any) -> None:
    quick_desk.open_case()
    _set(quick_desk, "2026-02-01T12:00:00")
    assert _digests(quick_desk) == []
    assert _digests(quick_desk.with_policy(operators=OPERATORS)) == []


def test_who_dropped_out_is_told_while_others_are_still_waited_for(quick_desk: Any) -> None:
    desk = _desk(quick_desk)
    _set(desk, "2026-02-01T10:00:00")
    number = desk.open_case()
    first, _ = desk.invite(number, 0, 1)
    desk.comment(first, "辞退")
    _set(desk, "2026-02-02T08:00:00")
    assert f"・辞退や不達があった案件：1件（番号 {number}）" in _digests(desk)[-1]


def test_in_quiet_hours_it_waits_in_the_outbox_with_the_date_of_the_morning(quick_desk: Any) -> None:
    desk = _desk(quick_desk, quiet_hours=QuietHours(time(21), time(7)))
    desk = desk.with_policy(operators=OPERATORS, digest_time=time(5), quiet_hours=QuietHours(time(21), time(7)))
    _set(desk, "2026-02-01T05:30:00")
    desk.open_case()
    due.run_due(desk.office)
    morning = datetime(2026, 2, 1, 7, tzinfo=TOKYO)
    assert [one.next_try_at for one in desk.outbox("digest")] == [morning, morning]
    assert desk.read(desk.outbox("digest")[0].id).date == morning


def test_a_reminder_waits_for_the_morning(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(quiet_hours=QuietHours(time(21), time(7)))
    _set(desk, "2026-02-01T10:00:00")
    desk.invite(desk.open_case())
    _set(desk, "2026-02-07T02:00:00")
    assert due.run_due(desk.office).reminders == 1
    (reminder,) = desk.outbox("reminder")
    assert reminder.next_try_at == datetime(2026, 2, 7, 7, tzinfo=TOKYO)
