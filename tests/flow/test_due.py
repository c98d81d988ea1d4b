from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.flow import due, invite
from mailgate.flow.due import Done, run_due


def test_one_reminder_goes_out_before_the_due_date(desk: Any) -> None:
    desk.invite(desk.open_case(), 0, 1)
    assert run_due(desk.office) == Done(0, 0, 0)
    desk.clock.now = datetime(2026, 2, 7, 14, 59, 58, tzinfo=UTC)
    assert run_due(desk.office) == Done(0, 0, 0)
    desk.clock.advance(seconds=1)
    assert run_due(desk.office) == Done(2, 0, 0)
    assert run_due(desk.office) == Done(0, 0, 0)
    assert len(desk.outbox("reminder")) == 2


def test_who_answered_is_not_reminded(quick_desk: Any) -> None:
    first, second = quick_desk.invite(quick_desk.open_case(), 0, 1)
    quick_desk.comment(first)
    quick_desk.clock.advance(days=6)
    assert run_due(quick_desk.office) == Done(1, 0, 0)
    assert [one.handle for one in quick_desk.outbox("reminder")] == [second.handle]


def test_who_was_reminded_by_an_operator_is_not_reminded_again(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    quick_desk.run(invite.remind, number, [])
    quick_desk.clock.advance(days=6)
    assert run_due(quick_desk.office) == Done(0, 0, 0)


def test_an_invitation_for_a_near_date_gets_no_reminder_right_behind_it(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.approve(number)
    quick_desk.run(invite.invite, number, [quick_desk.members[0].handle], 0, date(2026, 2, 3))
    assert run_due(quick_desk.office) == Done(0, 0, 0)


def test_an_invitation_expires_at_the_end_of_its_day(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.clock.now = datetime(2026, 2, 9, 14, 59, 58, tzinfo=UTC)
    run_due(desk.office)
    assert desk.invitation(invited.invitation).state is InvitationState.INVITED
    desk.clock.advance(seconds=1)
    assert run_due(desk.office) == Done(0, 1, 0)
    assert desk.invitation(invited.invitation).state is InvitationState.EXPIRED
    assert desk.case(number).state is CaseState.NEW


def test_a_missed_week_is_caught_up_without_late_reminders(quick_desk: Any) -> None:
    quick_desk.invite(quick_desk.open_case(), 0, 1)
    quick_desk.clock.advance(days=30)
    assert run_due(quick_desk.office) == Done(0, 2, 0)
    assert quick_desk.outbox("reminder") == []


def test_a_case_with_a_comment_stays_open_when_the_others_expire(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    first, _ = quick_desk.invite(number, 0, 1)
    quick_desk.comment(first)
    quick_desk.clock.advance(days=8)
    assert run_due(quick_desk.office) == Done(0, 1, 0)
    assert quick_desk.case(number).state is CaseState.OPEN


def test_an_answered_case_closes_by_itself_after_a_quiet_period(desk: Any) -> None:
    number, _ = desk.answered_case()
    desk.clock.advance(days=29, hours=23)
    assert run_due(desk.office).closed == 0
    desk.clock.advance(hours=1)
    assert run_due(desk.office).closed == 1
    assert desk.case(number).state is CaseState.CLOSED
    assert run_due(desk.office) == Done(0, 0, 0)
    assert desk.audit()[-1] == ("system", "close")


def test_a_case_that_waits_for_us_never_closes_by_itself(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.clock.advance(days=400)
    run_due(quick_desk.office)
    assert quick_desk.case(number).state is CaseState.NEW


def test_what_another_node_did_meanwhile_is_not_done_again(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the act another scheduler has reminded, expired and closed the same."""
    quick_desk.invite(quick_desk.open_case())
    number, _ = quick_desk.answered_case()
    quick_desk.clock.advance(days=31)
    original = due.each

    def late(office: Any, act: Any, ids: list[int]) -> int:
        original(office, act, ids)
        return original(office, act, ids)

    monkeypatch.setattr(due, "each", late)
    assert run_due(quick_desk.office) == Done(0, 0, 0)
    assert [action for _, action in quick_desk.audit()].count("close") == 1
    assert [action for _, action in quick_desk.audit()].count("expire") == 1
    assert quick_desk.case(number).state is CaseState.CLOSED


def test_one_reminder_that_cannot_be_written_stops_no_other(quick_desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_desk.invite(quick_desk.open_case(), 0, 1)
    quick_desk.clock.advance(days=6)
    original = due.remind_one

    def remind_one(ctx: Any, invitation: Any, at: Any) -> None:
        if invitation.handle == quick_desk.members[0].handle:
            raise RuntimeError("a bug")
        original(ctx, invitation, at)

    monkeypatch.setattr(due, "remind_one", remind_one)
    for _ in range(3):
        try:
            run_due(quick_desk.office)
        except RuntimeError:
            continue
    assert [one.handle for one in quick_desk.outbox("reminder")] == [quick_desk.members[1].handle]
