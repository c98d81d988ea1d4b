"""However an invitation ends, no mail leaves any more that asks its member for a comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mailgate.desk.eligibility import MemberMove
from mailgate.desk.lifecycle import InvitationState, OutboxState
from mailgate.errors import Refused
from mailgate.flow import bounce, compilation, destroy, due, erase, invite, membership, outgoing, triage, withdraw
from mailgate.flow.deliver import deliver_next
from mailgate.flow.no_longer_open import ASKING
from mailgate.flow.privacy import subject
from mailgate.mail.address import Address
from mailgate.mail.outcome import Outcome, Sent
from mailgate.store import invitations, outbox, sending
from mailgate.store.taking_out import TAKEN_BACK


class Relay:
    """Takes everything, and knows to whom it went."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.mails.append(str(forward_path))
        return Sent("250")


def answer(desk: Any, number: int) -> None:
    desk.run(compilation.answer, number, desk.case(number).version)


def withdrawn_by_mail(desk: Any, number: int) -> None:
    desk.write(body="取り下げ", to=desk.reply_address(case=number))


def pass_the_due_date(desk: Any, number: int) -> None:
    desk.clock.advance(days=8)
    due.run_due(desk.office)


def destroyed(desk: Any, number: int) -> None:
    desk.run(destroy.destroy, number, "asked for")


def retired(desk: Any, number: int) -> None:
    desk.run(membership.move_members, MemberMove.RETIRE, [desk.members[1].handle])


def erased(desk: Any, number: int) -> None:
    with desk.office.write() as ctx:
        erase.erase(ctx, subject(ctx, desk.members[1].handle), "asked for")


def second(desk: Any) -> Any:
    """The invitation of the second member."""
    with desk.office.read() as ctx:
        return next(one for one in invitations.of_case(ctx.tx, 1) if one.member_id == desk.members[1].id)


def asking(desk: Any) -> list[Any]:
    return [one for one in desk.outbox() if one.kind in ASKING]


def written(words: str) -> Callable[[Any, int], None]:
    def act(desk: Any, number: int) -> None:
        desk.write("kuramoto@former.example", words, to=desk.reply_address(second(desk).id))

    return act


def released(desk: Any, number: int) -> None:
    desk.write("private@other.example", "私用から送ります", to=desk.reply_address(second(desk).id))
    desk.release_comment(desk.comments(number)[-1].id)


def bounced(desk: Any, number: int) -> None:
    with desk.office.write() as ctx:
        bounce.end_unreached(ctx, outbox.entries(ctx.tx, [])[0])


def cancelled(desk: Any, number: int) -> None:
    mail = next(one for one in desk.outbox("invitation") if one.handle == desk.members[1].handle)
    desk.run(outgoing.cancel, mail.id)


ENDS: dict[str, Callable[[Any, int], object]] = {
    "answer": answer,
    "close": lambda desk, number: desk.run(triage.close, number),
    "withdraw": lambda desk, number: desk.run(triage.withdraw_for_teacher, number),
    "取り下げ": withdrawn_by_mail,
    "destroy": destroyed,
    "revoke": lambda desk, number: desk.run(withdraw.revoke, number, (desk.members[1].handle,)),
    "辞退": written("辞退"),
    "comment": written("記録を残してください。"),
    "released comment": released,
    "bounce": bounced,
    "due date": pass_the_due_date,
    "retire": retired,
    "erase": erased,
    "cancel": cancelled,
}


def _asked(desk: Any) -> int:
    """A case with a comment that may be answered; the mails that ask the second member wait, one of them deferred."""
    number: int = desk.open_case()
    first, other = desk.invite(number, 0, 1)
    desk.comment(first)
    desk.approve_comments(number)
    desk.run(invite.remind, number, (other.handle,))
    with desk.office.write() as ctx:
        mails = [sending.claim(ctx.tx, ctx.now) for _ in range(3)]
        for mail in mails:
            assert mail is not None
            sending.defer(ctx.tx, mail, ctx.now, "421 later")
    return number


@pytest.mark.parametrize("end", ENDS)
def test_nothing_asks_for_a_comment_when_nobody_waits_for_it(quick_desk: Any, end: str) -> None:
    number = _asked(quick_desk)
    waiting = [one.kind for one in quick_desk.outbox() if one.invitation == second(quick_desk).id]
    assert sorted(waiting) == ["invitation", "reminder"]
    ENDS[end](quick_desk, number)
    quick_desk.clock.advance(days=1)
    relay = Relay()
    while deliver_next(quick_desk.office, relay, bytes):
        pass
    sent = [one for one in asking(quick_desk) if one.state is OutboxState.SENT]
    may_comment_again = ["invitation"] if "comment" in end else []
    assert [one.kind for one in sent if one.handle == quick_desk.members[1].handle] == may_comment_again
    assert second(quick_desk).state is not InvitationState.INVITED


def test_without_an_end_they_leave(quick_desk: Any) -> None:
    _asked(quick_desk)
    relay = Relay()
    while deliver_next(quick_desk.office, relay, bytes):
        pass
    assert relay.mails.count("kuramoto@former.example") == 2


def test_what_the_answer_took_out_is_not_sent_by_hand_either(desk: Any) -> None:
    number = _asked(desk)
    answer(desk, number)
    assert second(desk).state is InvitationState.EXPIRED
    mails = [one for one in asking(desk) if one.invitation == second(desk).id]
    assert [(one.state, one.reason) for one in mails] == [(OutboxState.CANCELLED, TAKEN_BACK)] * 2
    with pytest.raises(Refused, match=f"was taken back when it was cancelled: mailgate case invite {number}"):
        desk.run(outgoing.retry, mails[0].id)


def test_a_mail_that_failed_is_not_tried_again_for_an_invitation_that_ended(quick_desk: Any) -> None:
    number = _asked(quick_desk)
    (reminder,) = quick_desk.outbox("reminder")
    with quick_desk.office.write() as ctx:
        outbox.mark_failed(ctx.tx, reminder.id, "554")
    quick_desk.run(triage.close, number)
    with pytest.raises(Refused, match="for a comment, and the invitation is revoked: mailgate case invite 1"):
        quick_desk.run(outgoing.retry, reminder.id)


def test_what_is_in_the_hands_of_a_sender_is_not_tried_again(quick_desk: Any) -> None:
    number = _asked(quick_desk)
    with quick_desk.office.write() as ctx:
        claimed = [sending.claim(ctx.tx, ctx.now) for _ in range(5)]
    answer(quick_desk, number)
    with quick_desk.office.write() as ctx:
        for mail in claimed:
            if mail is not None:
                sending.defer(ctx.tx, mail, ctx.now, "421 later")
    states = {one.state for one in asking(quick_desk) if one.invitation == second(quick_desk).id}
    assert states == {OutboxState.CANCELLED}
