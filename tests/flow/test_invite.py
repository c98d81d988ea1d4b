from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from mailgate.desk.entries import MemberEntry, PersonEntry
from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.desk.people import Affiliation, MemberKind, MemberStatus
from mailgate.errors import NotFound, Refused
from mailgate.flow import invite, review, withdraw
from mailgate.flow.accept import Acceptance
from mailgate.flow.review import Decisions
from mailgate.mail.address import Address
from mailgate.store import members, outbox


def _ready(desk: Any, text: str = "水原です。南小で困っています。") -> int:
    number: int = desk.open_case(text)
    desk.approve(number)
    return number


def _handles(desk: Any, *which: int) -> list[str]:
    return [desk.members[place].handle for place in which]


def _add_member(desk: Any, **changes: Any) -> str:
    person = PersonEntry("新田 環", "", (Address("nitta", "members.example"),))
    entry = replace(MemberEntry(person, MemberKind.LAWYER, None, "", (), (), None), **changes)
    with desk.office.write() as ctx:
        member = members.save_member(ctx.tx, None, entry)
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    return str(member.handle)


def test_inviting_sends_the_approved_text_to_each_member(desk: Any) -> None:
    number = _ready(desk)
    invited = desk.run(invite.invite, number, _handles(desk, 0, 1))
    due = datetime(2026, 2, 9, 14, 59, 59, tzinfo=UTC)
    assert [(one.handle, one.due_at) for one in invited] == [(handle, due) for handle in _handles(desk, 0, 1)]
    assert desk.case(number).state is CaseState.OPEN
    letters = [desk.read(one.id) for one in desk.outbox("invitation")]
    assert {letter.to for letter in letters} == {("toda@law.example",), ("kuramoto@former.example",)}
    for letter in letters:
        assert "困っています" in letter.body
        assert not [
            word for word in ("水原", "南小", "haruka", "minami", "遥香") if word in letter.body + letter.subject
        ]
        assert letter.references == ()
    assert {str(letter.sender.address) for letter in letters} == {desk.reply_address(one.invitation) for one in invited}


def test_a_case_whose_text_is_not_approved_invites_nobody(quick_desk: Any) -> None:
    number = quick_desk.open_case("水原です。")
    with pytest.raises(Refused, match="not approved"):
        quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    assert quick_desk.kinds() == ["acknowledgement"]


def test_undecided_findings_stop_an_invitation(quick_desk: Any) -> None:
    number = _ready(quick_desk, "水原です。")
    quick_desk.write(body="追記：南小です。", to=quick_desk.reply_address(case=number))
    with pytest.raises(Refused):
        quick_desk.run(invite.invite, number, _handles(quick_desk, 0))


def test_all_named_members_are_invited_or_none(desk: Any) -> None:
    number = _ready(desk)
    conflicted = _add_member(desk, affiliations=(Affiliation("森野市立南小学校", None, 2001, 2004),))
    for handles in ([*_handles(desk, 0), conflicted], [*_handles(desk, 0), "M-0000"]):
        with pytest.raises(Refused):
            desk.run(invite.invite, number, handles)
    assert (desk.case(number).state, desk.outbox("invitation")) == (CaseState.NEW, [])


@pytest.mark.parametrize("name", ["森野市立南小学校", "南小", "森野市立南小 教諭", "元南小学校"])
def test_nobody_of_the_teachers_school_is_ever_invited(quick_desk: Any, name: str) -> None:
    number = _ready(quick_desk)
    handle = _add_member(quick_desk, affiliations=(Affiliation(name, None, None, 1999),))
    with pytest.raises(Refused, match="conflict of interest"):
        quick_desk.run(invite.invite, number, [handle])
    excluded = quick_desk.run(invite.rank_members, number).excluded
    assert [one.handle for one in excluded] == [handle]


def test_the_teacher_is_never_invited(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    with quick_desk.office.write() as ctx:
        entry = MemberEntry(
            PersonEntry("水原 遥香", "", quick_desk.teacher.person.addresses), MemberKind.TEACHER, 12, "", (), (), None
        )
        member = members.save_member(ctx.tx, quick_desk.teacher.person.id, entry)
        members.set_member_status(ctx.tx, member.id, MemberStatus.ACTIVE)
    with pytest.raises(Refused, match="conflict of interest"):
        quick_desk.run(invite.invite, number, [member.handle])


@pytest.mark.parametrize("status", [one for one in MemberStatus if one is not MemberStatus.ACTIVE])
def test_only_active_members_are_invited(quick_desk: Any, status: MemberStatus) -> None:
    number = _ready(quick_desk)
    quick_desk.run(lambda ctx: members.set_member_status(ctx.tx, quick_desk.members[0].id, status))
    with pytest.raises(Refused, match=f"not active: {status}"):
        quick_desk.run(invite.invite, number, _handles(quick_desk, 0))


def test_nobody_is_asked_twice_in_one_round(desk: Any) -> None:
    number = _ready(desk)
    desk.run(invite.invite, number, _handles(desk, 0))
    with pytest.raises(Refused, match="already invited"):
        desk.run(invite.invite, number, _handles(desk, 0))


def test_a_member_who_is_named_twice_gets_one_mail(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    (handle,) = _handles(quick_desk, 0)
    quick_desk.run(invite.invite, number, [handle, handle.lower(), f" {handle} "])
    assert len(quick_desk.outbox("invitation")) == 1


def test_an_unknown_handle_is_not_found(quick_desk: Any) -> None:
    with pytest.raises(NotFound, match="no member M-0000"):
        quick_desk.run(invite.invite, _ready(quick_desk), ["M-0000"])


def test_the_monthly_limit_holds_in_the_month_of_the_desk(quick_desk: Any) -> None:
    handle = _add_member(quick_desk, monthly_limit=1)
    quick_desk.clock.now = datetime(2026, 2, 28, 14, 30, tzinfo=UTC)
    quick_desk.run(invite.invite, _ready(quick_desk), [handle])
    number = _ready(quick_desk)
    with pytest.raises(Refused, match=r"monthly limit reached \(1 of 1\)"):
        quick_desk.run(invite.invite, number, [handle])
    quick_desk.clock.now = datetime(2026, 2, 28, 15, 0, tzinfo=UTC)
    quick_desk.run(invite.invite, number, [handle])


def test_the_best_candidates_are_chosen_when_nobody_is_named(quick_desk: Any) -> None:
    number = _ready(quick_desk, "保護者対応で困っています。")
    ranking = quick_desk.run(invite.rank_members, number)
    assert ranking.candidates[0].handle == quick_desk.members[0].handle
    invited = quick_desk.run(invite.invite, number, [], 2)
    assert len(invited) == 2
    assert invited[0].handle == quick_desk.members[0].handle


def test_candidates_show_how_often_they_answered(quick_desk: Any) -> None:
    quick_desk.answered_case()
    reasons = {one.handle: one.reasons for one in quick_desk.run(invite.rank_members, _ready(quick_desk)).candidates}
    assert "answered 1 of 1" in reasons[quick_desk.members[0].handle]


def test_a_due_date_can_be_given_but_not_a_past_one(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    with pytest.raises(Refused, match="2026-02-01 is past"):
        quick_desk.run(invite.invite, number, _handles(quick_desk, 0), 0, date(2026, 2, 1))
    (invited,) = quick_desk.run(invite.invite, number, _handles(quick_desk, 0), 0, date(2026, 2, 2))
    assert invited.due_at == datetime(2026, 2, 2, 14, 59, 59, tzinfo=UTC)
    assert "2月2日" in quick_desk.letter("invitation").body


def test_a_later_round_shows_what_was_approved_before(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case("一つ目の相談です。")
    quick_desk.write(body="二つ目の質問です。", to=quick_desk.reply_address(case=number))
    quick_desk.approve(number)
    quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    body = quick_desk.read(quick_desk.outbox("invitation")[-1].id).body
    assert "一つ目の相談です。" in body
    assert "二つ目の質問です。" in body


def test_who_declined_can_be_asked_again_with_the_same_invitation(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    (first,) = quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    quick_desk.comment(first, "辞退")
    (again,) = quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    assert again.invitation == first.invitation
    assert quick_desk.invitation(first.invitation).state is InvitationState.INVITED


def test_who_is_asked_again_after_a_revocation_can_answer(desk: Any) -> None:
    number = _ready(desk)
    (invited,) = desk.run(invite.invite, number, _handles(desk, 0))
    desk.run(withdraw.revoke, number, ())
    desk.run(invite.invite, number, _handles(desk, 0))
    reply_to = desk.read(desk.outbox("invitation")[-1].id).sender.address
    assert reply_to is not None
    assert Acceptance(desk.office, lambda: None).recipient(reply_to)
    assert desk.comment(invited).reason == "comment"


# Reminders


def test_those_who_have_not_answered_are_reminded(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    first, _ = quick_desk.run(invite.invite, number, _handles(quick_desk, 0, 1))
    quick_desk.comment(first)
    assert quick_desk.run(invite.remind, number, []) == _handles(quick_desk, 1)
    letter = quick_desk.letter("reminder")
    assert letter.to == ("kuramoto@former.example",)
    assert "困っています" in letter.body
    with pytest.raises(Refused, match="waits for no answer"):
        quick_desk.run(invite.remind, number, [first.handle])


def test_nobody_is_reminded_twice_within_a_day(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    first, _ = quick_desk.invite(number, 0, 1)
    quick_desk.run(invite.remind, number, [first.handle])
    assert quick_desk.run(invite.remind, number, []) == _handles(quick_desk, 1)
    with pytest.raises(Refused, match="within the last day"):
        quick_desk.run(invite.remind, number, [])
    quick_desk.clock.advance(days=1)
    assert quick_desk.run(invite.remind, number, []) == _handles(quick_desk, 0, 1)


def test_a_reminder_is_part_of_the_same_conversation(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    (invited,) = quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    quick_desk.run(invite.remind, number, [])
    assert quick_desk.letter("reminder").references == (quick_desk.outbox("invitation")[0].message_id,)
    assert str(quick_desk.letter("reminder").sender.address) == quick_desk.reply_address(invited.invitation)


def test_a_reminder_has_the_text_that_members_saw_also_after_a_follow_up(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    quick_desk.write(body="追記：水原です。", to=quick_desk.reply_address(case=number))
    quick_desk.run(invite.remind, number, [])
    body = quick_desk.letter("reminder").body
    assert "困っています" in body
    assert "追記" not in body


def test_a_mail_to_a_member_goes_to_the_registered_address_only(quick_desk: Any) -> None:
    number = _ready(quick_desk)
    (invited,) = quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    quick_desk.comment(invited, headers=["Reply-To: evil@other.example"])
    with quick_desk.office.read() as ctx:
        to = {str(outbox.recipient_of(ctx.tx, one.id)) for one in outbox.entries(ctx.tx, [])}
    assert to == {"haruka@minami.example", "toda@law.example"}


def test_keeping_a_finding_lets_exactly_that_cross(quick_desk: Any) -> None:
    number = quick_desk.open_case("水原です。")
    quick_desk.approve(number)
    found = quick_desk.run(review.check_round, number, Decisions())
    quick_desk.run(review.check_round, number, Decisions(keep=frozenset(one.id for one in found)))
    quick_desk.run(invite.invite, number, _handles(quick_desk, 0))
    assert "水原" in quick_desk.letter("invitation").body
