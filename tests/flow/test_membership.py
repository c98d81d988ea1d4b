"""Members over time: a pause that ends by itself, retirement while invited, people with several addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mailgate.desk.eligibility import MemberMove
from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState
from mailgate.desk.people import MemberKind, MemberStatus
from mailgate.errors import Refused
from mailgate.flow import invite, membership, register
from mailgate.flow.comment import RETIRED
from mailgate.mail.address import Address, parse_address


def _today(desk: Any) -> date:
    today: date = desk.office.clock().astimezone(desk.office.policy.timezone).date()
    return today


def _excluded(desk: Any, number: int) -> dict[str, str]:
    ranking = desk.run(invite.rank_members, number)
    return {one.handle: one.reason for one in ranking.excluded}


def test_a_paused_member_is_invited_again_from_the_day_after_without_any_job(desk: Any) -> None:
    handle = desk.members[0].handle
    until = _today(desk) + timedelta(days=3)
    desk.run(membership.move_members, MemberMove.PAUSE, [handle], until)
    number = desk.open_case()
    desk.approve(number)
    desk.clock.advance(days=3)
    assert _excluded(desk, number) == {handle: f"not active: paused until {until}"}
    with pytest.raises(Refused, match="not active: paused"):
        desk.run(invite.invite, number, [handle])
    desk.clock.advance(days=1)
    assert _excluded(desk, number) == {}
    assert [one.handle for one in desk.run(invite.invite, number, [handle])] == [handle]


def test_retirement_takes_back_what_the_member_was_asked_and_tells_them(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    desk.send_out()
    (moved,) = desk.run(membership.move_members, MemberMove.RETIRE, [first.handle])
    assert (moved.member.status, moved.cases) == (MemberStatus.RETIRED, (number,))
    assert desk.invitation(first.invitation).state is InvitationState.REVOKED
    assert desk.invitation(second.invitation).state is InvitationState.INVITED
    assert [one.handle for one in desk.outbox("invitation-withdrawn")] == [first.handle]
    assert desk.case(number).state is CaseState.OPEN


def test_when_the_last_invited_member_retires_the_case_is_in_the_queue_again(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.run(membership.move_members, MemberMove.RETIRE, [invited.handle])
    assert desk.case(number).state is CaseState.NEW


def test_a_comment_that_still_comes_from_a_retired_member_is_held(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.run(membership.move_members, MemberMove.RETIRE, [invited.handle])
    before = len(desk.outbox())
    desk.comment(invited)
    (comment,) = desk.comments(number)
    assert (comment.state, comment.held_reason) == (CommentState.HELD, RETIRED)
    assert len(desk.outbox()) == before


def test_the_history_of_a_member_counts_what_they_answered(desk: Any) -> None:
    _, invited = desk.answered_case()
    number = desk.open_case("もう一つの相談です。")
    desk.invite(number, 0)
    found = desk.run(membership.history, invited.handle)
    assert [(one.case, one.state.value) for one in found.invitations] == [(number, "invited"), (1, "commented")]
    assert (found.asked, found.answered) == (1, 1)


def _entry(name: str, *addresses: str) -> MemberEntry:
    found = tuple(one for one in map(parse_address, addresses) if one is not None)
    return MemberEntry(PersonEntry(name, "", found), MemberKind.LAWYER, None, "", (), (), None)


def test_one_person_may_have_several_addresses_and_answers_from_any(desk: Any) -> None:
    member = desk.members[0]
    person = PersonEntry(member.person.name, "", (*member.person.addresses, Address("toda", "home.example")))
    with desk.office.write() as ctx:
        register.edit_member(ctx, member, replace(_entry("x", "x@law.example"), person=person))
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.write("toda@home.example", "家から書きます。", to=desk.reply_address(invited.invitation))
    assert [one.state for one in desk.comments(number)] == [CommentState.PENDING]


@pytest.mark.parametrize(
    ("addresses", "reason"),
    [
        (("toda@law.example",), "a member with this address is registered already"),
        (("new@law.example", "TODA@LAW.example"), "a member with this address is registered already"),
        (("toda@law.example", "kuramoto@former.example"), "belong to two different people"),
    ],
)
def test_two_people_never_share_an_address(desk: Any, addresses: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        desk.run(register.add_member, _entry("別人 太郎", *addresses))
    with desk.office.read():
        member = desk.members[2]
    with pytest.raises(Refused, match="already registered for somebody else"):
        desk.run(register.edit_member, member, _entry("沢渡 理央", *addresses))
