"""The rule of the same school while a case goes on: at the list, at the invitation, at each reply, at the release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailgate.desk.conflict import DECLARED, SAME_SCHOOL, SAME_TOWN
from mailgate.desk.entries import entry_of_member, entry_of_school
from mailgate.desk.lifecycle import CommentState, InvitationState
from mailgate.desk.people import Affiliation
from mailgate.errors import NotFound, Refused
from mailgate.flow import conflicts, invite, register
from mailgate.store import members, schools

SOUTH = "森野市立南小学校"


def _worked_at(desk: Any, place: int, *affiliations: Affiliation) -> None:
    with desk.office.write() as ctx:
        member = members.member(ctx.tx, desk.members[place].id)
        register.edit_member(ctx, member, replace(entry_of_member(member), affiliations=affiliations))


def _declare(desk: Any, handle: str, other: str, *, remove: bool) -> conflicts.Declared:
    with desk.office.write("operator:yui") as ctx:
        return conflicts.declare(ctx, handle, other, remove=remove)


def _excluded(desk: Any, number: int) -> dict[str, str]:
    return {one.handle: one.reason for one in desk.run(invite.rank_members, number).excluded}


def test_what_a_member_writes_who_moved_to_the_school_is_held_and_nobody_is_told(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    _worked_at(desk, 0, Affiliation(SOUTH, None, 2026, None))
    before = len(desk.outbox())
    desk.comment(invited)
    (comment,) = desk.comments(number)
    assert (comment.state, comment.held_reason) == (CommentState.HELD, f"conflict of interest: {SAME_SCHOOL}")
    assert len(desk.outbox()) == before
    with pytest.raises(Refused, match=r"cannot be released \(same school .*: mailgate comment reject 1"):
        desk.release_comment(comment.id)


def test_an_amendment_is_held_too_and_the_earlier_words_stay(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.comment(invited, "最初の意見です。")
    _worked_at(desk, 0, Affiliation(SOUTH, None, 2026, None))
    desk.comment(invited, "後からの意見です。")
    assert [(one.state, one.written.strip()) for one in desk.comments(number)] == [
        (CommentState.PENDING, "最初の意見です。"),
        (CommentState.HELD, "後からの意見です。"),
    ]


def test_a_member_who_moved_may_still_decline(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    _worked_at(desk, 0, Affiliation(SOUTH, None, 2026, None))
    desk.comment(invited, "辞退")
    assert desk.invitation(invited.invitation).state is InvitationState.DECLINED


def test_a_declared_relation_excludes_and_can_be_taken_back(desk: Any) -> None:
    number = desk.open_case()
    desk.approve(number)
    handle, teacher = desk.members[0].handle, desk.teacher.handle
    assert _declare(desk, handle.lower(), teacher.lower(), remove=False) == conflicts.Declared(handle, teacher)
    assert _excluded(desk, number) == {handle: f"conflict of interest: {DECLARED}"}
    with pytest.raises(Refused, match=DECLARED):
        desk.run(invite.invite, number, [handle])
    with pytest.raises(Refused, match="noted already"):
        _declare(desk, handle, teacher, remove=False)
    _declare(desk, handle, teacher, remove=True)
    assert _excluded(desk, number) == {}
    with pytest.raises(Refused, match="no relation is noted"):
        _declare(desk, handle, teacher, remove=True)
    assert ("operator:yui", "member relation add") in desk.audit()


def test_a_relation_with_a_school_is_for_all_its_teachers(desk: Any) -> None:
    number = desk.open_case()
    handle, school = desk.members[0].handle, desk.teacher.school
    assert _declare(desk, handle, "南小", remove=False).other == school.handle
    assert _excluded(desk, number) == {handle: f"conflict of interest: {DECLARED}"}
    for other in ("T-0000", "S-0000", "どこかの学校"):
        with pytest.raises(NotFound):
            _declare(desk, handle, other, remove=False)


def test_a_relation_moves_with_a_merged_school_and_stays_one(desk: Any) -> None:
    handle = desk.members[0].handle
    with desk.office.write() as ctx:
        kept = schools.school(ctx.tx, desk.teacher.school.id)
        gone = register.add_school(ctx, replace(_entry(kept), name="森野市立北小学校", aliases=("北小",)))
        for school in (kept, gone):
            conflicts.declare(ctx, handle, school.handle, remove=False)
        register.merge_schools(ctx, kept, gone)
        assert [one.handle for one in members.member_by_handle(ctx.tx, handle).relations] == [kept.handle]


def _entry(school: Any) -> Any:
    return replace(entry_of_school(school), domains=(), contracts=())


@pytest.mark.parametrize(("years", "excluded"), [(0, True), (6, True), (5, False)])
def test_an_affiliation_counts_for_as_many_years_as_is_set(desk: Any, years: int, excluded: bool) -> None:
    number = desk.open_case()
    year = desk.office.clock().year
    _worked_at(desk, 0, Affiliation(SOUTH, None, 1990, year - 6))
    found = _excluded(desk.with_policy(conflict_years=years), number)
    assert found == ({desk.members[0].handle: f"conflict of interest: {SAME_SCHOOL}"} if excluded else {})


def test_a_member_of_the_same_board_is_invited_with_a_word_to_the_operator(desk: Any) -> None:
    number = desk.open_case()
    _worked_at(desk, 0, Affiliation("森野市教育委員会", None, 2020, None))
    first, second = desk.invite(number, 0, 1)
    assert (first.warning, second.warning) == (SAME_TOWN, None)
