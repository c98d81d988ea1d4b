"""An answer or an invitation that is cancelled before it leaves did not happen; one that is leaving did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, OutboxState
from mailgate.errors import Refused
from mailgate.flow import compilation, outgoing
from mailgate.flow.deliver import deliver_next
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Outcome, Sent
from mailgate.store import integrity, sending
from mailgate.store.sending import LEASE
from mailgate.store.taking_out import TAKEN_BACK


@dataclass
class Relay:
    """Takes each mail, and lets something happen meanwhile."""

    outcome: Outcome
    meanwhile: Callable[[], None] = lambda: None

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        self.meanwhile()
        return self.outcome


def deliver(desk: Any, relay: Relay) -> None:
    while deliver_next(desk.office, relay, bytes):
        pass


def states(desk: Any, *kinds: str) -> list[tuple[str, OutboxState]]:
    return [(one.kind, one.state) for one in desk.outbox() if one.kind in kinds]


def answered(desk: Any) -> int:
    """A case whose answer and thanks wait; everything else is sent."""
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.comment(invited)
    desk.approve_comments(number)
    desk.send_out()
    desk.run(compilation.answer, number, desk.case(number).version)
    return int(number)


def problems(desk: Any) -> list[Any]:
    return integrity.problems(desk.office.database.engine, desk.office.database.keys)


@pytest.mark.parametrize("deferred", [False, True])
def test_an_answer_cancelled_before_it_left_was_never_given(desk: Any, deferred: bool) -> None:
    number = answered(desk)
    if deferred:
        deliver(desk, Relay(Deferred("421")))
    (answer,) = desk.outbox("answer")
    desk.run(outgoing.cancel, answer.id)
    assert desk.case(number).state is CaseState.OPEN
    ((comment, sent),) = [(one.state, one.answered_at) for one in desk.comments(number)]
    assert (comment, sent) == (CommentState.APPROVED, None)
    assert states(desk, "answer", "thanks") == [("answer", OutboxState.CANCELLED), ("thanks", OutboxState.CANCELLED)]
    assert desk.outbox("answer")[0].reason == TAKEN_BACK
    assert [action for _, action in desk.audit()][-2:] == ["take back answer", "cancel outgoing"]
    assert problems(desk) == []


def test_it_is_answered_anew_and_not_by_sending_the_old_mail(desk: Any) -> None:
    number = answered(desk)
    (answer,) = desk.outbox("answer")
    desk.run(outgoing.cancel, answer.id)
    with pytest.raises(Refused, match=f"was taken back when it was cancelled: mailgate case answer {number}"):
        desk.run(outgoing.retry, answer.id)
    desk.run(compilation.answer, number, desk.case(number).version)
    deliver(desk, Relay(Sent("250")))
    assert [state for _, state in states(desk, "answer")] == [OutboxState.CANCELLED, OutboxState.SENT]
    assert [state for _, state in states(desk, "thanks")] == [OutboxState.CANCELLED, OutboxState.SENT]
    assert desk.case(number).state is CaseState.ANSWERED


def test_whose_thanks_have_left_is_not_thanked_again(desk: Any) -> None:
    number = answered(desk)
    deliver_next(desk.office, Relay(Deferred("421")), bytes)  # the answer, which comes first
    deliver(desk, Relay(Sent("250")))
    (answer,) = desk.outbox("answer")
    desk.run(outgoing.cancel, answer.id)
    desk.run(compilation.answer, number, desk.case(number).version)
    deliver(desk, Relay(Sent("250")))
    assert states(desk, "answer") == [("answer", OutboxState.CANCELLED), ("answer", OutboxState.SENT)]
    assert states(desk, "thanks") == [("thanks", OutboxState.SENT)]


@pytest.mark.parametrize("outcome", [Sent("250"), Deferred("421")])
def test_an_answer_that_the_relay_has_in_hand_is_not_cancelled(desk: Any, outcome: Outcome) -> None:
    number = answered(desk)
    (answer,) = desk.outbox("answer")
    refused: list[str] = []

    def cancel() -> None:
        with pytest.raises(Refused) as raised:
            desk.run(outgoing.cancel, answer.id)
        refused.append(str(raised.value))

    deliver_next(desk.office, Relay(outcome, cancel), bytes)  # the answer; the thanks come after it
    assert "is being sent at this moment" in refused[0]
    assert (desk.outbox("answer")[0].state is OutboxState.SENT) == isinstance(outcome, Sent)
    assert desk.case(number).state is CaseState.ANSWERED
    assert [one.answered_at is None for one in desk.comments(number)] == [False]


def test_who_cancels_while_it_is_being_claimed_comes_before_the_sender_or_after(desk: Any) -> None:
    """The cancelling waits for the row that a claim holds, and sees then that it is in hand."""
    number = answered(desk)
    (answer,) = desk.outbox("answer")
    ended: list[str] = []

    def cancel() -> None:
        try:
            desk.run(outgoing.cancel, answer.id)
        except Refused as refused:
            ended.append(str(refused))

    with desk.office.write() as ctx:
        claimed = sending.claim(ctx.tx, ctx.now)
        beside = threading.Thread(target=cancel)
        beside.start()
    beside.join()
    assert claimed is not None
    assert claimed.id == answer.id
    assert len(ended) == 1
    assert "is being sent at this moment" in ended[0]
    assert (desk.case(number).state, desk.outbox("answer")[0].state) == (CaseState.ANSWERED, OutboxState.QUEUED)


def test_an_answer_whose_sender_died_can_be_cancelled_once_its_lease_is_over(quick_desk: Any) -> None:
    number = answered(quick_desk)
    (answer,) = quick_desk.outbox("answer")
    with quick_desk.office.write() as ctx:
        sending.claim(ctx.tx, ctx.now)
    quick_desk.clock.advance(seconds=LEASE.total_seconds())
    quick_desk.run(outgoing.cancel, answer.id)
    assert quick_desk.case(number).state is CaseState.OPEN


def test_of_two_answers_that_wait_the_later_one_is_taken_back_first(desk: Any) -> None:
    slotted = desk.with_policy(answer_slots=(time(18, 0),))
    number = slotted.open_case()
    first, second = slotted.invite(number, 0, 1)
    slotted.send_out()
    for invited in (first, second):
        slotted.comment(invited, f"コメントです。{invited.invitation}")
        slotted.approve_comments(number)
        slotted.clock.advance(minutes=1)
        slotted.run(compilation.answer, number, slotted.case(number).version)
    one, other = (mail.id for mail in slotted.outbox("answer"))
    with pytest.raises(Refused, match=f"was answered again since: first mailgate outbox cancel {other}"):
        slotted.run(outgoing.cancel, one)
    slotted.run(outgoing.cancel, other)
    assert [comment.answered_at is None for comment in slotted.comments(number)] == [False, True]
    slotted.run(outgoing.cancel, one)
    assert [comment.answered_at for comment in slotted.comments(number)] == [None, None]
    assert {state for _, state in states(slotted, "answer", "thanks")} == {OutboxState.CANCELLED}
    assert slotted.case(number).state is CaseState.OPEN
    assert problems(slotted) == []


def test_an_answer_of_a_case_that_went_on_is_cancelled_and_nothing_else(quick_desk: Any) -> None:
    number = answered(quick_desk)
    quick_desk.write(to=quick_desk.reply_address(case=number), body="もう一つ伺います。")
    (answer,) = quick_desk.outbox("answer")
    quick_desk.run(outgoing.cancel, answer.id)
    assert (quick_desk.case(number).state, quick_desk.case(number).round) == (CaseState.NEW, 2)
    assert [one.answered_at is None for one in quick_desk.comments(number)] == [False]
    quick_desk.run(outgoing.retry, answer.id)
    assert quick_desk.outbox("answer")[0].state is OutboxState.QUEUED


def test_an_invitation_cancelled_before_it_left_was_never_made(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    (mail,) = desk.outbox("invitation")
    desk.run(outgoing.cancel, mail.id)
    assert desk.invitation(invited.invitation).state is InvitationState.REVOKED
    assert desk.case(number).state is CaseState.NEW
    with pytest.raises(Refused, match=f"mailgate case invite {number}"):
        desk.run(outgoing.retry, mail.id)
    assert desk.outbox("invitation-withdrawn") == []
