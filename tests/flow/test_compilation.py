from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.entries import entry_of_member
from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState
from mailgate.desk.people import Affiliation
from mailgate.errors import ChangedMeanwhile, Refused
from mailgate.flow import compilation, invite, review, triage
from mailgate.store import members, rounds


def _reviewed(desk: Any, count: int = 2) -> int:
    """An open case with approved comments."""
    number: int = desk.open_case()
    for place, invited in enumerate(desk.invite(number, *range(count))):
        desk.comment(invited, f"意見その{place}です。")
    desk.approve_comments(number)
    return number


def _answer(desk: Any, number: int, version: int | None = None) -> Any:
    return desk.run(compilation.answer, number, desk.case(number).version if version is None else version)


def test_the_answer_has_all_approved_comments_and_nobodys_name(desk: Any) -> None:
    number = _reviewed(desk)
    used = _answer(desk, number)
    assert sorted(used) == [one.id for one in desk.comments(number)]
    letter = desk.letter("answer")
    assert letter.to == ("haruka@minami.example",)
    for word in ("意見その0です。", "意見その1です。", "コメント1", "コメント2", "弁護士", "元教員"):
        assert word in letter.body
    assert not [word for word in ("戸田", "蔵本", "toda", "law.example", "M-") if word in letter.body]
    assert desk.case(number).state is CaseState.ANSWERED


def test_those_whose_comment_was_used_are_thanked(desk: Any) -> None:
    number = _reviewed(desk)
    _answer(desk, number)
    thanks = [desk.read(one.id) for one in desk.outbox("thanks")]
    assert {letter.to for letter in thanks} == {("toda@law.example",), ("kuramoto@former.example",)}
    with desk.office.read() as ctx:
        assert rounds.get(ctx.tx, number, 1).answered_at is not None


def test_the_answer_is_what_the_preview_showed(quick_desk: Any) -> None:
    number = _reviewed(quick_desk, 3)
    seen = quick_desk.run(compilation.preview, number)
    assert quick_desk.run(compilation.preview, number) == seen
    _answer(quick_desk, number)
    assert quick_desk.letter("answer").body.strip() == seen.body.strip()
    assert quick_desk.letter("answer").subject == seen.subject


def test_who_was_asked_and_did_not_answer_is_asked_no_more(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    first, second = quick_desk.invite(number, 0, 1)
    quick_desk.comment(first)
    quick_desk.approve_comments(number)
    _answer(quick_desk, number)
    states = [quick_desk.invitation(one.invitation).state for one in (first, second)]
    assert states == [InvitationState.COMMENTED, InvitationState.EXPIRED]


def test_without_an_approved_comment_there_is_nothing_to_send(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    for _ in range(2):
        with pytest.raises(Refused, match="no approved comment"):
            _answer(quick_desk, number)
        with pytest.raises(Refused, match="no approved comment"):
            quick_desk.run(compilation.preview, number)
        quick_desk.comment(invited)


def test_a_comment_that_waits_for_review_stops_the_answer(quick_desk: Any) -> None:
    number = _reviewed(quick_desk, 1)
    (invited,) = quick_desk.run(invite.invite, number, [quick_desk.members[1].handle])
    quick_desk.comment(invited)
    with pytest.raises(Refused, match="wait for review"):
        _answer(quick_desk, number)
    quick_desk.run(review.reject_comment, quick_desk.comments(number)[-1].id)
    assert len(_answer(quick_desk, number)) == 1


def test_an_answer_is_sent_once(desk: Any) -> None:
    number = _reviewed(desk)
    _answer(desk, number)
    with pytest.raises(Refused, match="is answered, and has no new comment"):
        _answer(desk, number)
    assert len(desk.outbox("answer")) == 1


def test_a_comment_that_came_after_the_answer_goes_in_a_further_one(desk: Any) -> None:
    number = desk.open_case()
    first, second = desk.invite(number, 0, 1)
    desk.comment(first, "まずは記録を。")
    desk.approve_comments(number)
    _answer(desk, number)
    desk.comment(second, "管理職にも伝えてください。")
    desk.approve_comments(number)
    (sent,) = _answer(desk, number)
    assert sent == desk.comments(number)[-1].id
    letter = desk.read(desk.outbox("answer")[-1].id).body
    assert ("管理職にも伝えてください。" in letter, "まずは記録を。" in letter) == (True, False)
    assert len(desk.outbox("answer")) == 2


def test_who_looked_at_an_older_version_sends_nothing(desk: Any) -> None:
    number = _reviewed(desk)
    seen = desk.case(number).version
    desk.run(triage.assign, number, "ken", by="operator:ken")
    with pytest.raises(ChangedMeanwhile, match="changed meanwhile"):
        _answer(desk, number, seen)
    assert desk.outbox("answer") == []
    assert len(_answer(desk, number)) == 2


def test_two_operators_who_looked_at_the_same_case_send_one_answer(desk: Any) -> None:
    number = _reviewed(desk)
    seen = desk.case(number).version
    _answer(desk, number, seen)
    with pytest.raises(ChangedMeanwhile):
        _answer(desk, number, seen)
    assert len(desk.outbox("answer")) == 1


@pytest.mark.parametrize("act", [review.approve_comment, review.reject_comment])
def test_a_decision_of_another_operator_since_the_preview_is_a_change(quick_desk: Any, act: Any) -> None:
    """What leaves is what the operator has seen."""
    number = _reviewed(quick_desk, 2)
    one = quick_desk.comments(number)[1].id
    if act is review.approve_comment:
        quick_desk.run(review.reject_comment, one)
    seen = quick_desk.case(number).version
    quick_desk.run(act, one, by="operator:ken")
    with pytest.raises(ChangedMeanwhile):
        _answer(quick_desk, number, seen)


def _moves_to_the_school(quick_desk: Any) -> None:
    with quick_desk.office.write() as ctx:
        member = members.member(ctx.tx, quick_desk.members[0].id)
        entry = entry_of_member(member)
        conflicted = type(entry)(
            **{name: getattr(entry, name) for name in entry.__slots__}
            | {"affiliations": (Affiliation("森野市立南小学校", None, None, None),)}
        )
        members.save_member(ctx.tx, member.person.id, conflicted)


def test_a_conflict_that_was_found_since_leaves_the_comment_out(quick_desk: Any) -> None:
    number = _reviewed(quick_desk, 2)
    _moves_to_the_school(quick_desk)
    (first, second) = sorted(one.id for one in quick_desk.comments(number))
    with quick_desk.office.read() as ctx:
        assert compilation.left_out(ctx, number) == [
            compilation.LeftOut(first, "same school (present or past affiliation)")
        ]
    assert _answer(quick_desk, number) == [second]
    assert {one.id: one.state for one in quick_desk.comments(number)} == {
        first: CommentState.REJECTED,
        second: CommentState.APPROVED,
    }
    assert [one.handle for one in quick_desk.outbox("thanks")] == [quick_desk.members[1].handle]
    assert ("operator:yui", "leave out") in quick_desk.audit()


def test_an_answer_of_which_nothing_is_left_is_refused(quick_desk: Any) -> None:
    number = _reviewed(quick_desk, 1)
    _moves_to_the_school(quick_desk)
    with pytest.raises(Refused, match="no comment that can be sent: comment 1 is left out"):
        _answer(quick_desk, number)


def test_the_order_of_the_comments_says_nothing_of_who_wrote_first(quick_desk: Any) -> None:
    """Stable for one case, shuffled over several."""
    first = 0
    for _ in range(5):
        number = _reviewed(quick_desk, 2)
        used = _answer(quick_desk, number)
        first += used == sorted(used)
    assert 0 < first < 5


def test_the_next_round_has_its_own_comments_only(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    quick_desk.write(body="もう一つ質問です", to=quick_desk.reply_address(case=number))
    (invited,) = quick_desk.invite(number, 1)
    quick_desk.comment(invited, "二度目の意見です。")
    quick_desk.approve_comments(number)
    _answer(quick_desk, number)
    body = quick_desk.read(quick_desk.outbox("answer")[-1].id).body
    assert "二度目の意見です。" in body
    assert "まずは記録を" not in body
