from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailgate.desk.lifecycle import CommentState, InvitationState
from mailgate.errors import NotFound, Refused
from mailgate.flow import due, review, screen, withdraw
from mailgate.flow.release_comment import release_comment
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.store import audit


def _commented(desk: Any) -> tuple[int, Any, int]:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.comment(invited, "まずは記録を。")
    screen.screen_case(desk.office, number)
    return number, invited, desk.comments(number)[0].id


def test_a_released_comment_stands_as_the_members_own(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    held = desk.held_comment(invited)
    assert desk.release_comment(held) == held
    (comment,) = desk.comments(number)
    assert (comment.state, comment.held_reason, comment.late) == (CommentState.PENDING, "", False)
    assert desk.invitation(invited.invitation).state is InvitationState.COMMENTED


def test_a_released_comment_amends_the_one_that_is_there(desk: Any) -> None:
    number, invited, first = _commented(desk)
    held = desk.held_comment(invited)
    assert desk.release_comment(held) == first
    kept, set_apart = desk.comments(number)
    assert (kept.written, kept.versions, kept.state) == ("私用から送ります", 2, CommentState.PENDING)
    assert (set_apart.state, set_apart.merged_into) == (CommentState.REJECTED, first)
    quick = desk.comment(invited, "もう一度書きます")
    assert quick.reason == "amendment"
    assert [(one.id, one.written, one.versions) for one in desk.comments(number)] == [
        (first, "もう一度書きます", 3),
        (held, "私用から送ります", 1),
    ]


def test_a_rejected_strangers_comment_is_nobodys_and_not_amended(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    held = desk.held_comment(invited)
    desk.run(review.reject_comment, held)
    with pytest.raises(Refused, match="is held"):
        desk.run(review.approve_comment, held)
    assert desk.comment(invited, "本人です").reason == "comment"
    assert [(one.id == held, one.written, one.state) for one in desk.comments(number)] == [
        (True, "私用から送ります", CommentState.REJECTED),
        (False, "本人です", CommentState.PENDING),
    ]


def test_an_older_held_mail_does_not_replace_a_newer_comment(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    held = quick_desk.held_comment(invited, "古い版")
    quick_desk.comment(invited, "新しい版")
    quick_desk.approve_comments(number)
    current = next(one.id for one in quick_desk.comments(number) if one.id != held)
    assert quick_desk.release_comment(held) == current
    kept = next(one for one in quick_desk.comments(number) if one.id == current)
    assert (kept.written, kept.versions, kept.state) == ("新しい版", 2, CommentState.APPROVED)


def test_from_now_on_that_sender_is_right_for_this_invitation(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.release_comment(quick_desk.held_comment(invited))
    entry = quick_desk.write("private@other.example", "続きです", to=quick_desk.reply_address(invited.invitation))
    assert entry.reason == "amendment"
    assert quick_desk.outbox("comment-received")[-1].handle == invited.handle
    assert quick_desk.read(quick_desk.outbox("comment-received")[-1].id).to == ("toda@law.example",)


def test_a_comment_released_after_the_due_date_is_late(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    held = quick_desk.held_comment(invited)
    quick_desk.clock.advance(days=8)
    due.run_due(quick_desk.office)
    assert quick_desk.release_comment(held) == held
    assert quick_desk.comments(number)[0].late
    assert quick_desk.invitation(invited.invitation).state is InvitationState.EXPIRED


def test_only_a_held_comment_can_be_released(quick_desk: Any) -> None:
    _, _, comment = _commented(quick_desk)
    with pytest.raises(Refused, match="only a held one"):
        quick_desk.release_comment(comment)
    with pytest.raises(NotFound):
        quick_desk.release_comment(99)


def test_releasing_a_comment_does_not_bring_a_revoked_invitation_back(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    invited, _ = quick_desk.invite(number, 0, 1)
    held = quick_desk.held_comment(invited)
    quick_desk.run(withdraw.revoke, number, (invited.handle,))
    quick_desk.release_comment(held)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.REVOKED


def test_nobody_waits_for_the_database_while_the_mail_is_read(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    held = desk.held_comment(invited)

    def reading(raw: bytes) -> Message:
        with desk.office.write("operator:aoi") as ctx:
            audit.record(ctx.tx, ctx.now, ctx.actor, "meanwhile", case=number)
        return parse(raw)

    assert release_comment(replace(desk.office, read_mail=reading), held, "operator:yui") == held
    with desk.office.read() as ctx:
        log = [(one.actor, one.action) for one in audit.history(ctx.tx, number)][-2:]
    assert log == [("operator:aoi", "meanwhile"), ("operator:yui", "release comment")]
