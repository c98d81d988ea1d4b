from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.errors import NotFound, Refused
from mailgate.flow import due, triage
from mailgate.store import cases


def test_small_changes_are_written_with_their_actor(desk: Any) -> None:
    number = desk.open_case()
    desk.run(triage.assign, number, "ken")
    desk.run(triage.note, number, "  電話で確認  ", by="operator:ken")
    desk.run(triage.tag, number, ["いじめ", "保護者"], [])
    desk.run(triage.tag, number, [], ["いじめ"])
    case = desk.case(number)
    assert (case.assignee, desk.run(lambda ctx: cases.tags(ctx.tx, number))) == ("ken", ("保護者",))
    with desk.office.read() as ctx:
        assert [(one.author, one.text) for one in cases.notes(ctx.tx, number)] == [("operator:ken", "電話で確認")]
    assert desk.audit()[1:] == [
        ("operator:yui", "assign"),
        ("operator:ken", "note"),
        ("operator:yui", "tag"),
        ("operator:yui", "tag"),
    ]
    assert desk.kinds() == ["acknowledgement"]


def test_an_empty_note_is_refused(quick_desk: Any) -> None:
    with pytest.raises(Refused, match="empty"):
        quick_desk.run(triage.note, quick_desk.open_case(), " \n")


def test_a_rejected_case_is_set_apart_and_can_be_released(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.reject, number)
    assert (quick_desk.case(number).state, quick_desk.kinds()) == (CaseState.SPAM, ["acknowledgement"])
    quick_desk.run(triage.release, number)
    assert quick_desk.case(number).state is CaseState.NEW


def test_a_case_is_closed_and_reopened_in_its_round(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    quick_desk.run(triage.close, number)
    assert quick_desk.case(number).state is CaseState.CLOSED
    quick_desk.run(triage.reopen, number)
    assert (quick_desk.case(number).state, quick_desk.case(number).round) == (CaseState.NEW, 1)


def test_the_members_of_a_closed_case_are_told_and_not_reminded(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.send_out()
    desk.run(triage.close, number)
    assert desk.letter("invitation-withdrawn").to == ("toda@law.example",)
    assert desk.invitation(invited.invitation).state is InvitationState.REVOKED
    for _ in range(9):
        desk.clock.advance(days=1)
        due.run_due(desk.office)
    assert desk.outbox("reminder") == []
    assert desk.case(number).state is CaseState.CLOSED


def test_an_operator_withdraws_for_the_teacher(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.withdraw_for_teacher, number)
    assert quick_desk.case(number).state is CaseState.WITHDRAWN
    assert quick_desk.audit()[-1] == ("operator:yui", "withdraw")


def test_a_question_goes_to_the_teacher_and_its_answer_joins_the_round(desk: Any) -> None:
    number = desk.open_case()
    desk.run(triage.clarify, number, "学年を教えてください。")
    letter = desk.letter("clarification")
    assert letter.to == ("haruka@minami.example",)
    assert "学年を教えてください。" in letter.body
    assert letter.references == (desk.outbox("acknowledgement")[0].message_id,)
    entry = desk.write(body="三年生です。", to=desk.reply_address(case=number))
    assert entry.reason == "follow-up in round 1"


def test_a_question_needs_words_and_a_case_that_waits(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    with pytest.raises(Refused, match="empty"):
        quick_desk.run(triage.clarify, number, "  ")
    quick_desk.run(triage.close, number)
    with pytest.raises(Refused, match="new or open"):
        quick_desk.run(triage.clarify, number, "学年は？")
    held = quick_desk.write("stranger@other.example").case
    with pytest.raises(Refused, match="new or open"):
        quick_desk.run(triage.clarify, held, "学年は？")


@pytest.mark.parametrize(
    "act", [triage.reject, triage.close, triage.reopen, triage.withdraw_for_teacher, triage.release]
)
def test_an_unknown_case_is_not_found(quick_desk: Any, act: Any) -> None:
    with pytest.raises(NotFound, match="no case 99"):
        quick_desk.run(act, 99)


def test_what_is_refused_leaves_no_line_in_the_log(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    with pytest.raises(Refused):
        quick_desk.run(triage.reopen, number)
    assert quick_desk.audit() == [("teacher", "open")]
