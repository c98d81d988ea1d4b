"""Two cases of one teacher become one: what moves, what is told, and what cannot be merged."""

from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState
from mailgate.errors import Refused
from mailgate.flow import compilation, destroy, merge, triage
from mailgate.flow.round_text import text_of_round
from mailgate.store import cases, integrity, rounds

FIRST, SECOND = "保護者対応で困っています。", "先ほどの件の続きです。面談は来週です。"


def two(desk: Any) -> tuple[int, int]:
    first = desk.open_case(FIRST)
    desk.clock.advance(hours=1)
    return first, desk.open_case(SECOND)


def texts(desk: Any, number: int) -> list[tuple[int, str]]:
    with desk.office.read() as ctx:
        return [(one.round, one.text.strip()) for one in rounds.entries(ctx.tx, number)]


def notes(desk: Any, number: int) -> list[str]:
    with desk.office.read() as ctx:
        return [one.text for one in cases.notes(ctx.tx, number)]


def problems(desk: Any) -> list[Any]:
    return integrity.problems(desk.office.database.engine, desk.office.database.keys)


def test_the_wrong_way_round_is_told_with_the_right_command(desk: Any) -> None:
    first, second = two(desk)
    desk.invite(first)
    with pytest.raises(Refused) as refused:
        desk.run(merge.merge, second, first)
    assert str(refused.value) == (
        f"case {first} is open: only a new one can become part of another; "
        f"the new case comes last: mailgate case merge {first} {second}"
    )
    desk.invite(second)
    with pytest.raises(Refused) as refused:
        desk.run(merge.merge, second, first)
    assert str(refused.value) == f"case {first} is open: only a new one can become part of another"


def test_what_the_second_case_says_joins_the_first_and_the_teacher_hears_of_one(desk: Any) -> None:
    first, second = two(desk)
    desk.approve(first)
    desk.run(lambda ctx: cases.tag(ctx.tx, second, ["保護者対応"]))
    due = desk.case(first).due_at
    assert desk.run(merge.merge, first, second) == 1
    assert texts(desk, first) == [(1, FIRST), (1, SECOND)]
    assert (desk.case(first).state, desk.case(second).state) == (CaseState.NEW, CaseState.CLOSED)
    assert desk.case(first).due_at == due
    with desk.office.read() as ctx:
        joined = rounds.get(ctx.tx, first, 1)
        assert (joined.approval, joined.screened) == (None, False), "nobody has read it through"
        assert SECOND in text_of_round(ctx, first, 1)
        assert cases.tags(ctx.tx, first) == ("保護者対応",)
    told = desk.letter("follow-up-received")
    assert told.to == ("haruka@minami.example",)
    assert f"案件 {first}" in told.subject
    assert notes(desk, first) == [f"What case {second} says is part of this case, in round 1."]
    assert notes(desk, second) == [f"What this case says is part of case {first} now."]
    assert desk.audit()[-2:] == [("operator:yui", "merge"), ("operator:yui", "merge into")]
    assert problems(desk) == []


def test_a_case_that_waits_for_members_takes_it_into_its_round(quick_desk: Any) -> None:
    first, second = two(quick_desk)
    quick_desk.invite(first)
    assert quick_desk.run(merge.merge, first, second) == 1
    assert quick_desk.case(first).state is CaseState.OPEN


def test_what_nobody_has_read_before_the_answer_is_asked_about_once_the_case_is_reopened(quick_desk: Any) -> None:
    first, second = two(quick_desk)
    (invited,) = quick_desk.invite(first)
    quick_desk.comment(invited)
    quick_desk.approve_comments(first)
    quick_desk.run(merge.merge, first, second)
    quick_desk.run(compilation.answer, first, quick_desk.case(first).version)
    quick_desk.run(triage.close, first)
    quick_desk.run(triage.reopen, first)
    quick_desk.approve(first)
    assert quick_desk.invite(first, 1)[0].handle == quick_desk.members[1].handle
    assert [SECOND in quick_desk.read(one.id).body for one in quick_desk.outbox("invitation")] == [False, True]


@pytest.mark.parametrize("closed", [False, True])
def test_an_answered_case_takes_it_into_its_next_round_with_the_day_that_was_promised(desk: Any, closed: bool) -> None:
    first, _ = desk.answered_case(FIRST)
    if closed:
        desk.run(triage.close, first)
    desk.clock.advance(days=3)
    second = desk.open_case(SECOND)
    promised = desk.case(second).due_at
    assert desk.run(merge.merge, first, second) == 2
    kept = desk.case(first)
    assert (kept.state, kept.round, kept.due_at) == (CaseState.NEW, 2, promised)
    assert texts(desk, first)[-1] == (2, SECOND)
    assert problems(desk) == []


def test_either_case_can_be_destroyed_without_the_other(desk: Any) -> None:
    first, second = two(desk)
    desk.run(merge.merge, first, second)
    desk.run(destroy.destroy, second, "a test")
    assert texts(desk, first) == [(1, FIRST), (1, SECOND)]
    (invited,) = desk.invite(first)
    desk.comment(invited)
    desk.approve_comments(first)
    desk.run(compilation.answer, first, desk.case(first).version)
    assert desk.case(first).state is CaseState.ANSWERED


def test_an_answer_to_a_mail_of_the_second_reopens_it_and_is_merged_again(quick_desk: Any) -> None:
    first, second = two(quick_desk)
    quick_desk.run(merge.merge, first, second)
    quick_desk.write(to=quick_desk.reply_address(case=second), body="もう一つ伺います。")
    assert (quick_desk.case(second).state, quick_desk.case(second).round) == (CaseState.NEW, 2)
    quick_desk.run(merge.merge, first, second)
    assert [text for _, text in texts(quick_desk, first)] == [FIRST, SECOND, "もう一つ伺います。"]


def _withdrawn(desk: Any, first: int, second: int) -> None:
    desk.run(triage.withdraw_for_teacher, first)


def _asked(desk: Any, first: int, second: int) -> None:
    desk.invite(second)


def _asked_in_vain(desk: Any, first: int, second: int) -> None:
    (invited,) = desk.invite(second)
    desk.comment(invited, "辞退")


def _closed(desk: Any, first: int, second: int) -> None:
    desk.run(triage.close, second)


def _forgotten(desk: Any, first: int, second: int) -> None:
    desk.run(triage.close, first)
    desk.clock.advance(days=desk.office.policy.retention_days + 1)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (_withdrawn, "case 1 is withdrawn: nothing can be added to it"),
        (_asked, "case 2 is open: only a new one"),
        (_asked_in_vain, "members were asked for case 2 already"),
        (_closed, "case 2 is closed: only a new one"),
        (_forgotten, "case 1 was closed too long ago"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(quick_desk: Any, before: Any, words: str) -> None:
    first, second = two(quick_desk)
    before(quick_desk, first, second)
    known = texts(quick_desk, first), quick_desk.case(first), quick_desk.case(second), quick_desk.kinds()
    for flow in (merge.expect_merge, merge.merge):
        with pytest.raises(Refused, match=words):
            quick_desk.run(flow, first, second)
    assert (texts(quick_desk, first), quick_desk.case(first), quick_desk.case(second), quick_desk.kinds()) == known


def test_cases_of_two_people_are_never_merged(quick_desk: Any) -> None:
    first = quick_desk.open_case(FIRST)
    stranger = quick_desk.write("stranger@other.example").case
    for one, other, words in (
        (first, stranger, "not of the same registered teacher"),
        (stranger, first, "not of the same registered teacher"),
        (first, first, "with itself"),
    ):
        with pytest.raises(Refused, match=words):
            quick_desk.run(merge.merge, one, other)
