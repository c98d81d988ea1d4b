from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CommentState
from mailgate.errors import MailgateError, NotFound, Refused
from mailgate.flow import review, screen
from mailgate.flow.review import Decisions
from mailgate.screening.finding import Label
from mailgate.store import rounds

TEXT = "水原です。南小で困っています。"


def _screened(desk: Any, text: str = TEXT) -> int:
    number: int = desk.open_case(text)
    screen.screen_case(desk.office, number)
    return number


def _findings(desk: Any, number: int) -> dict[str, int]:
    return {one.finding.text: one.id for one in desk.run(review.check_round, number, Decisions())}


def _approved(desk: Any, number: int) -> str | None:
    with desk.office.read() as ctx:
        approval = rounds.get(ctx.tx, number, 1).approval
    return approval.text if approval else None


def _commented(desk: Any, words: str = "まずは記録を。") -> tuple[int, Any, int]:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.comment(invited, words)
    screen.screen_case(desk.office, number)
    return number, invited, desk.comments(number)[0].id


# The text of a round


def test_looking_decides_nothing(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    assert set(_findings(quick_desk, number)) == {"水原", "南小"}
    assert _approved(quick_desk, number) is None


def test_one_command_redacts_all_and_approves(desk: Any) -> None:
    number = _screened(desk)
    judged = desk.run(review.check_round, number, Decisions(redact_rest=True))
    assert {one.decision for one in judged} == {"redact"}
    approved = _approved(desk, number)
    assert approved is not None
    assert "水原" not in approved
    assert "南小" not in approved
    assert "困っています" in approved
    assert desk.audit()[-1] == ("operator:yui", "approve text")


def test_a_text_is_approved_once_the_last_finding_is_decided(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    found = _findings(quick_desk, number)
    quick_desk.run(review.check_round, number, Decisions(redact=frozenset({found["水原"]})))
    assert _approved(quick_desk, number) is None
    quick_desk.run(review.check_round, number, Decisions(keep=frozenset({found["南小"]})))
    approved = _approved(quick_desk, number)
    assert approved is not None
    assert "南小" in approved
    assert "水原" not in approved


def test_all_but_the_kept_ones_can_be_redacted_at_once(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    keep = frozenset({_findings(quick_desk, number)["南小"]})
    quick_desk.run(review.check_round, number, Decisions(keep=keep, redact_rest=True))
    approved = _approved(quick_desk, number)
    assert approved is not None
    assert "南小" in approved


@pytest.mark.parametrize("word", ["redact", "keep"])
def test_an_id_of_another_text_is_not_found(quick_desk: Any, word: str) -> None:
    theirs = _findings(quick_desk, _screened(quick_desk))["水原"]
    number = _screened(quick_desk, "別の相談です。水原")
    with pytest.raises(NotFound, match=f"no finding f{theirs} in this text"):
        quick_desk.run(review.check_round, number, Decisions(**{word: frozenset({theirs})}))


def test_redact_and_keep_at_once_is_refused(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    one = frozenset({_findings(quick_desk, number)["水原"]})
    with pytest.raises(Refused, match="redact or keep, not both"):
        quick_desk.run(review.check_round, number, Decisions(redact=one, keep=one))
    assert {one.decision for one in quick_desk.run(review.check_round, number, Decisions())} == {None}


def test_an_operators_own_text_is_taken_as_a_whole(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    quick_desk.run(review.check_round, number, Decisions(text="  学級のことで困っています。\n"))
    assert _approved(quick_desk, number) == "学級のことで困っています。"


@pytest.mark.parametrize("text", ["水原が困っています。", "南小のことです。", "haruka@minami.example まで", " \n"])
def test_an_own_text_must_not_name_what_the_register_knows(quick_desk: Any, text: str) -> None:
    number = _screened(quick_desk)
    with pytest.raises(Refused):
        quick_desk.run(review.check_round, number, Decisions(text=text))
    assert _approved(quick_desk, number) is None


def test_a_text_that_nobody_looked_through_is_not_approved(quick_desk: Any) -> None:
    number = quick_desk.open_case(TEXT)
    with pytest.raises(MailgateError):
        quick_desk.run(review.check_round, number, Decisions(redact_rest=True))
    assert _approved(quick_desk, number) is None


def test_a_text_that_grew_since_the_look_is_not_approved(quick_desk: Any) -> None:
    """The operator has the editor open while a follow-up comes in."""
    number = _screened(quick_desk)
    quick_desk.write(body="追記：担任は戸田です。電話は090-0000-0000。", to=quick_desk.reply_address(case=number))
    with pytest.raises(MailgateError):
        quick_desk.run(review.check_round, number, Decisions(redact_rest=True))
    assert _approved(quick_desk, number) is None


def test_the_text_of_an_answered_case_is_decided(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    with pytest.raises(Refused, match="its text is decided"):
        quick_desk.run(review.check_round, number, Decisions(redact_rest=True))


def test_an_own_text_keeps_unsure_findings_and_no_sure_ones(quick_desk: Any) -> None:
    number = _screened(quick_desk, "電話は090-0000-0000、3年2組の担任です。")
    judged = quick_desk.run(review.check_round, number, Decisions())
    sure = next(one for one in judged if one.finding.label is Label.PHONE)
    with pytest.raises(Refused, match=f"the text still has f{sure.id} 090-0000-0000"):
        quick_desk.run(review.check_round, number, Decisions(text="電話は090-0000-0000、担任です。"))
    own = "電話は090-0000-0000です。"
    quick_desk.run(review.check_round, number, Decisions(text=own, keep=frozenset({sure.id})))
    assert _approved(quick_desk, number) == own
    decisions = {one.id: one.decision for one in quick_desk.run(review.check_round, number, Decisions())}
    assert decisions == {one.id: "keep" if one is sure else "redact" for one in judged}


def test_an_own_text_must_not_have_what_was_decided_to_go(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    quick_desk.run(review.check_round, number, Decisions(redact_rest=True))
    with pytest.raises(Refused, match="the text still has f"):
        quick_desk.run(review.check_round, number, Decisions(text="南小で困っています。"))


def test_an_own_text_is_not_replaced_unasked(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    quick_desk.run(review.check_round, number, Decisions(text="学級のことです。"))
    with pytest.raises(Refused, match="written by hand"):
        quick_desk.run(review.check_round, number, Decisions(redact_rest=True))
    assert _approved(quick_desk, number) == "学級のことです。"
    quick_desk.run(review.check_round, number, Decisions(redact_rest=True, replaces_text=True))
    assert "困っています" in str(_approved(quick_desk, number))


def test_an_addition_without_findings_is_approved_by_the_decisions_that_stand(quick_desk: Any) -> None:
    number = quick_desk.open_case(TEXT)
    quick_desk.invite(number)
    before = _approved(quick_desk, number)
    quick_desk.write(body="追記です。", to=quick_desk.reply_address(case=number))
    screen.screen_case(quick_desk.office, number)
    assert _approved(quick_desk, number) is None
    quick_desk.run(review.check_round, number, Decisions(as_decided=True))
    assert _approved(quick_desk, number) == f"{before}\n\n追記です。"


def test_open_findings_are_not_approved_as_decided(quick_desk: Any) -> None:
    number = _screened(quick_desk)
    quick_desk.run(review.check_round, number, Decisions(as_decided=True))
    assert _approved(quick_desk, number) is None


# Comments


def test_a_comment_without_findings_can_be_approved_at_once(desk: Any) -> None:
    number, _, comment = _commented(desk)
    desk.run(review.approve_comment, comment)
    (found,) = desk.comments(number)
    assert (found.state, found.approved) == (CommentState.APPROVED, "まずは記録を。")


def test_a_comment_with_open_findings_cannot_be_approved(quick_desk: Any) -> None:
    number, _, comment = _commented(quick_desk, "戸田です。記録を。")
    with pytest.raises(Refused, match="undecided findings"):
        quick_desk.run(review.approve_comment, comment)
    quick_desk.run(review.check_comment, comment, Decisions(redact_rest=True))
    assert quick_desk.comments(number)[0].state is CommentState.PENDING
    quick_desk.run(review.approve_comment, comment)
    (found,) = quick_desk.comments(number)
    assert (found.state, "戸田" in found.approved) == (CommentState.APPROVED, False)


def test_a_comment_that_nobody_looked_through_cannot_be_approved(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited, "戸田です。電話は090-0000-0000。")
    with pytest.raises(MailgateError):
        quick_desk.run(review.approve_comment, quick_desk.comments(number)[0].id)
    assert quick_desk.comments(number)[0].state is CommentState.PENDING


def test_an_amendment_that_nobody_looked_through_cannot_be_approved(quick_desk: Any) -> None:
    number, invited, comment = _commented(quick_desk)
    quick_desk.comment(invited, "戸田です。電話は090-0000-0000。")
    with pytest.raises(MailgateError):
        quick_desk.run(review.approve_comment, comment)
    assert quick_desk.comments(number)[0].state is CommentState.PENDING


def test_an_own_text_for_a_comment_must_not_name_the_author(quick_desk: Any) -> None:
    number, _, comment = _commented(quick_desk, "戸田です。記録を。")
    with pytest.raises(Refused, match="戸田"):
        quick_desk.run(review.check_comment, comment, Decisions(text="戸田より、記録を。"))
    quick_desk.run(review.check_comment, comment, Decisions(text="記録を。"))
    assert quick_desk.comments(number)[0].approved == "記録を。"


def test_a_comment_can_be_kept_out_of_the_answer(quick_desk: Any) -> None:
    number, _, comment = _commented(quick_desk)
    quick_desk.run(review.reject_comment, comment)
    assert quick_desk.comments(number)[0].state is CommentState.REJECTED
    assert quick_desk.audit()[-1] == ("operator:yui", "reject comment")


def test_what_was_sent_can_not_be_decided_any_more(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    comment = quick_desk.comments(number)[0].id
    for act in (review.approve_comment, review.reject_comment):
        with pytest.raises(Refused, match="was sent to the teacher already"):
            quick_desk.run(act, comment)
    with pytest.raises(Refused, match="already"):
        quick_desk.run(review.check_comment, comment, Decisions(redact_rest=True))


# Comments that were held


def test_a_held_comment_is_neither_checked_nor_approved_before_its_release(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    held = quick_desk.held_comment(invited)
    with pytest.raises(Refused, match="is held"):
        quick_desk.run(review.approve_comment, held)
    with pytest.raises(Refused, match="is held"):
        quick_desk.run(review.check_comment, held, Decisions(redact_rest=True))


# A text in which nothing is left to read

EMPTY = ["", " \u3000\n", "\u200b\u2060"]


@pytest.mark.parametrize("body", EMPTY)
def test_a_text_without_a_word_is_not_approved(quick_desk: Any, body: str) -> None:
    number = quick_desk.open_case(body)
    screen.screen_case(quick_desk.office, number)
    for decisions in (Decisions(redact_rest=True), Decisions(as_decided=True)):
        with pytest.raises(Refused, match=f"nothing is left to read in the text of case {number}: mailgate case clari"):
            quick_desk.run(review.check_round, number, decisions)
    with quick_desk.office.read() as ctx:
        assert rounds.get(ctx.tx, number, 1).approval is None


@pytest.mark.parametrize("text", EMPTY[1:])
def test_an_own_text_without_a_word_is_not_approved(quick_desk: Any, text: str) -> None:
    number = quick_desk.open_case()
    screen.screen_case(quick_desk.office, number)
    with pytest.raises(Refused):
        quick_desk.run(review.check_round, number, Decisions(text=text))


def test_what_the_teacher_adds_to_an_empty_mail_is_approved(quick_desk: Any) -> None:
    number = quick_desk.open_case("")
    quick_desk.write(body="学級通信のことで困っています。", to=quick_desk.reply_address(case=number))
    quick_desk.approve(number)
    with quick_desk.office.read() as ctx:
        assert rounds.get(ctx.tx, number, 1).released_text == "学級通信のことで困っています。"


def test_a_comment_without_a_word_is_not_approved(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    comment = quick_desk.release_comment(quick_desk.held_comment(invited, ""))
    screen.screen_case(quick_desk.office, number)
    reason = f"nothing is left to read in comment {comment}: mailgate comment reject {comment}"
    with pytest.raises(Refused, match=reason):
        quick_desk.run(review.approve_comment, comment)
    with pytest.raises(Refused, match=reason):
        quick_desk.run(review.check_comment, comment, Decisions(redact_rest=True))
