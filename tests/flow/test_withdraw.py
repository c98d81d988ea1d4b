from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, InvitationState, OutboxState
from mailgate.errors import Refused
from mailgate.flow import due, triage, withdraw
from mailgate.flow.accept import Acceptance
from mailgate.mail.address import parse_address
from mailgate.store import outbox, sending
from mailgate.store.taking_out import TAKEN_BACK


def _alive(desk: Any, address: str) -> bool:
    found = parse_address(address)
    assert found is not None
    return Acceptance(desk.office, lambda: None).recipient(found)


def test_a_withdrawn_case_ends_its_invitations_and_their_addresses(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    addresses = [desk.reply_address(one.invitation) for one in (first, second)]
    desk.send_out()
    desk.comment(first)
    desk.run(triage.withdraw_for_teacher, number)
    assert [desk.invitation(one.invitation).state for one in (first, second)] == [InvitationState.REVOKED] * 2
    assert [_alive(desk, address) for address in addresses] == [False, False]
    assert _alive(desk, desk.reply_address(case=number)), "the teacher may still write"
    assert len(desk.outbox("invitation-withdrawn")) == 2
    assert desk.letter("withdrawn").to == ("haruka@minami.example",)


def test_who_dropped_out_before_is_not_told(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    first, _ = quick_desk.invite(number, 0, 1)
    quick_desk.send_out()
    quick_desk.comment(first, "辞退")
    quick_desk.run(triage.withdraw_for_teacher, number)
    assert [one.handle for one in quick_desk.outbox("invitation-withdrawn")] == [quick_desk.members[1].handle]


def test_a_held_case_of_a_stranger_is_withdrawn_without_a_word(quick_desk: Any) -> None:
    number = quick_desk.write("stranger@other.example").case
    quick_desk.run(triage.withdraw_for_teacher, number)
    assert (quick_desk.case(number).state, quick_desk.kinds()) == (CaseState.WITHDRAWN, ["registration-needed"])


def test_withdrawn_is_final(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.withdraw_for_teacher, number)
    for act in (triage.withdraw_for_teacher, triage.close, triage.reopen, triage.reject, triage.release):
        with pytest.raises(Refused):
            quick_desk.run(act, number)


def test_an_invitation_that_still_waits_to_be_sent_does_not_leave_and_nobody_is_told_of_its_end(desk: Any) -> None:
    number = desk.open_case()
    unsent, sent = desk.invite(number, 0, 1)
    with desk.office.write() as ctx:
        (one,) = (mail for mail in outbox.entries(ctx.tx, []) if mail.invitation == sent.invitation)
        sending.mark_sent(ctx.tx, one.id, ctx.now, "250")
    desk.run(triage.withdraw_for_teacher, number)
    states = {mail.handle: (mail.state, mail.reason) for mail in desk.outbox("invitation")}
    assert states == {
        unsent.handle: (OutboxState.CANCELLED, TAKEN_BACK),
        sent.handle: (OutboxState.SENT, "250"),
    }
    assert [mail.handle for mail in desk.outbox("invitation-withdrawn")] == [sent.handle]
    assert desk.invitation(unsent.invitation).state is InvitationState.REVOKED


def test_an_invitation_in_the_hands_of_a_sender_may_have_left_so_its_member_is_told(desk: Any) -> None:
    number = desk.open_case()
    desk.send_out()
    desk.invite(number)
    with desk.office.write() as ctx:
        claimed = sending.claim(ctx.tx, ctx.now)
    assert claimed is not None
    desk.run(triage.withdraw_for_teacher, number)
    assert len(desk.outbox("invitation-withdrawn")) == 1
    with desk.office.write() as ctx:
        sending.defer(ctx.tx, claimed, ctx.now, "421")
    assert desk.outbox("invitation")[0].state is OutboxState.CANCELLED, "it is not tried again"


def test_whoever_is_invited_once_more_after_an_unsent_invitation_gets_the_new_one(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.run(withdraw.revoke, number, ())
    quick_desk.clock.advance(minutes=1)
    quick_desk.invite(number)
    quick_desk.send_out()
    assert [one.state for one in quick_desk.outbox("invitation")] == [OutboxState.CANCELLED, OutboxState.SENT]
    quick_desk.run(withdraw.revoke, number, ())
    assert [one.handle for one in quick_desk.outbox("invitation-withdrawn")] == [invited.handle]


# Single invitations


def test_one_invitation_is_taken_back_and_its_member_told(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    desk.send_out()
    address = desk.reply_address(first.invitation)
    assert desk.run(withdraw.revoke, number, (first.handle.lower(),)) == [first.handle]
    assert [desk.invitation(one.invitation).state for one in (first, second)] == [
        InvitationState.REVOKED,
        InvitationState.INVITED,
    ]
    assert desk.letter("invitation-withdrawn").to == ("toda@law.example",)
    assert not _alive(desk, address)
    assert desk.case(number).state is CaseState.OPEN


def test_when_all_are_taken_back_the_case_wants_new_members(desk: Any) -> None:
    number = desk.open_case()
    desk.invite(number, 0, 1)
    assert len(desk.run(withdraw.revoke, number, ())) == 2
    assert desk.case(number).state is CaseState.NEW


def test_only_an_unanswered_invitation_of_this_round_can_be_taken_back(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    with pytest.raises(Refused, match="no invitation of"):
        quick_desk.run(withdraw.revoke, number, (quick_desk.members[1].handle,))
    quick_desk.comment(invited)
    with pytest.raises(Refused, match="no open invitation"):
        quick_desk.run(withdraw.revoke, number, ())
    assert quick_desk.outbox("invitation-withdrawn") == []


def test_nobody_is_reminded_after_the_withdrawal(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    quick_desk.run(triage.withdraw_for_teacher, number)
    quick_desk.clock.advance(days=6)
    assert due.run_due(quick_desk.office) == due.Done(0, 0, 0)
