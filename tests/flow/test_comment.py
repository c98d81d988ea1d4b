from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, SpoolState
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.flow import due, withdraw


def _open(desk: Any, *which: int) -> tuple[int, Any]:
    number = desk.open_case()
    return number, desk.invite(number, *which)[0]


def test_a_comment_is_kept_and_its_author_sees_what_was_taken(desk: Any) -> None:
    number, invited = _open(desk)
    entry = desk.comment(invited, "記録を残してください。\n\n--\n戸田 文也")
    assert (entry.reason, entry.case) == ("comment", number)
    (comment,) = desk.comments(number)
    assert (comment.state, comment.written, comment.late) == (CommentState.PENDING, "記録を残してください。", False)
    assert desk.invitation(invited.invitation).state is InvitationState.COMMENTED
    letter = desk.letter("comment-received")
    assert letter.to == ("toda@law.example",)
    assert "記録を残してください。" in letter.body
    assert desk.case(number).state is CaseState.OPEN


def test_a_further_mail_becomes_the_current_version(desk: Any) -> None:
    number, invited = _open(desk)
    desk.comment(invited, "一つ目")
    desk.approve_comments(number)
    entry = desk.comment(invited, "二つ目")
    (comment,) = desk.comments(number)
    assert (entry.reason, comment.written, comment.versions) == ("amendment", "二つ目", 2)
    assert (comment.state, comment.approved, comment.screened) == (CommentState.PENDING, "", False)


@pytest.mark.parametrize(
    "words", ["辞退", "辞退します。", "decline", "今回は辞退させていただきます。よろしくお願いします。"]
)
def test_declining_ends_the_invitation(desk: Any, words: str) -> None:
    number, invited = _open(desk, 0, 1)
    entry = desk.comment(invited, words)
    assert (entry.reason, desk.comments(number)) == ("declined", [])
    assert desk.invitation(invited.invitation).state is InvitationState.DECLINED
    assert desk.letter("declined").to == ("toda@law.example",)
    assert desk.case(number).state is CaseState.OPEN


def test_when_the_last_one_declines_the_case_wants_new_members(desk: Any) -> None:
    number, invited = _open(desk)
    desk.comment(invited, "辞退")
    assert desk.case(number).state is CaseState.NEW


def test_declining_takes_an_unsent_comment_back(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    quick_desk.comment(invited)
    quick_desk.comment(invited, "辞退")
    (comment,) = quick_desk.comments(number)
    assert comment.state is CommentState.REJECTED


def test_who_declined_may_change_their_mind(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    quick_desk.comment(invited, "辞退")
    entry = quick_desk.comment(invited, "やはり書きます")
    assert (entry.reason, quick_desk.comments(number)[0].late) == ("comment", False)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.COMMENTED


def test_declining_after_the_answer_changes_nothing_that_was_sent(quick_desk: Any) -> None:
    number, invited = quick_desk.answered_case()
    quick_desk.comment(invited, "辞退")
    sent, late = quick_desk.comments(number)
    assert (sent.state, sent.late, late.late) == (CommentState.APPROVED, False, True)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.COMMENTED


def test_a_comment_after_the_due_date_is_kept_as_late(desk: Any) -> None:
    number, invited = _open(desk, 0, 1)
    desk.clock.advance(days=8)
    due.run_due(desk.office)
    entry = desk.comment(invited, "遅れました")
    (comment,) = desk.comments(number)
    assert (entry.reason, comment.late, comment.written) == ("late comment", True, "遅れました")
    assert desk.invitation(invited.invitation).state is InvitationState.EXPIRED
    assert desk.letter("closed").to == ("toda@law.example",)


def test_a_comment_after_the_answer_is_kept_as_late(quick_desk: Any) -> None:
    number, invited = quick_desk.answered_case()
    assert quick_desk.comment(invited, "もう一言").reason == "late comment"
    assert [one.late for one in quick_desk.comments(number)] == [False, True]


def test_a_comment_for_the_round_before_is_late(quick_desk: Any) -> None:
    number, invited = quick_desk.answered_case()
    quick_desk.write(body="もう一つ質問です", to=quick_desk.reply_address(case=number))
    assert quick_desk.comment(invited, "もう一言").reason == "late comment"
    assert quick_desk.comments(number)[-1].round == 1


def test_the_words_of_somebody_else_are_held_and_nobody_is_told(desk: Any) -> None:
    number, invited = _open(desk)
    before = desk.kinds()
    entry = desk.write("private@other.example", "戸田です", to=desk.reply_address(invited.invitation))
    assert entry.reason == "held comment: the sender is not the invited member"
    (comment,) = desk.comments(number)
    assert (comment.state, comment.held_reason) == (CommentState.HELD, "the sender is not the invited member")
    assert desk.invitation(invited.invitation).state is InvitationState.INVITED
    assert desk.kinds() == before


@pytest.mark.parametrize("words", ["辞退", "コメントです"])
def test_unauthenticated_words_are_held(quick_desk: Any, words: str) -> None:
    number, invited = _open(quick_desk)
    strict = quick_desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    strict.comment(invited, words)
    assert [one.held_reason for one in strict.comments(number)] == ["the sender is not authenticated"]
    assert strict.invitation(invited.invitation).state is InvitationState.INVITED


def test_an_absence_is_recorded_at_the_case_and_changes_nothing(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    before = quick_desk.kinds()
    entry = quick_desk.comment(invited, "辞退", headers=["Auto-Submitted: auto-replied"])
    assert (entry.state, entry.reason, entry.case) == (SpoolState.DONE, "recorded: auto-reply", number)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.INVITED
    assert quick_desk.kinds() == before


def test_a_comment_with_the_null_reverse_path_is_kept_and_not_answered(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    raw = quick_desk.mail("toda@law.example", "コメントです")
    quick_desk.receive(raw, quick_desk.reply_address(invited.invitation), None)
    assert len(quick_desk.comments(number)) == 1
    assert quick_desk.outbox("comment-received") == []


def test_a_revoked_invitation_does_not_come_alive_by_a_mail_to_the_desk(desk: Any) -> None:
    """The reply address is dead, but the member still has the Message-ID of the invitation."""
    number, invited = _open(desk, 0, 1)
    asked_in = next(one.message_id for one in desk.outbox("invitation") if one.handle == invited.handle)
    desk.run(withdraw.revoke, number, (invited.handle,))
    desk.write("toda@law.example", "コメントです", answers=asked_in)
    assert desk.invitation(invited.invitation).state is InvitationState.REVOKED
    assert [one for one in desk.comments(number) if not one.late and one.state is CommentState.PENDING] == []


def test_what_is_quoted_of_the_invitation_is_no_part_of_the_comment(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    mail = quick_desk.outbox("invitation")[0]
    quoted = "\n".join(f"> {line}" for line in quick_desk.read(mail.id).body.split("\n"))
    quick_desk.comment(
        invited,
        f"短く答えます。\n\n2026年2月2日(月) 10:00 先生の窓口 <reply@mado.example>:\n{quoted}",
        answers=mail.message_id,
    )
    assert quick_desk.comments(number)[0].written == "短く答えます。"


def test_a_reply_that_is_all_quote_replaces_no_comment(quick_desk: Any) -> None:
    number, invited = _open(quick_desk)
    quick_desk.comment(invited, "まずは記録を。")
    mail = quick_desk.outbox("invitation")[0]
    quoted = "\n".join(f"> {line}" for line in quick_desk.read(mail.id).body.split("\n"))
    entry = quick_desk.comment(invited, quoted, answers=mail.message_id)
    assert entry.reason == "held comment: nothing was newly written"
    kept, held = quick_desk.comments(number)
    assert (kept.written, kept.versions) == ("まずは記録を。", 1)
    assert (held.state, held.written) == (CommentState.HELD, quoted.strip())
