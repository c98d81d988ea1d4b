from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, SpoolState
from mailgate.flow import spooled, triage
from mailgate.store import cases, rounds


def _texts(desk: Any, number: int) -> list[tuple[int, str]]:
    with desk.office.read() as ctx:
        return [(one.round, one.text) for one in rounds.entries(ctx.tx, number)]


def _round(desk: Any, number: int, which: int) -> rounds.Round:
    with desk.office.read() as ctx:
        return rounds.get(ctx.tx, number, which)


def test_a_further_mail_joins_the_round_and_voids_the_approval(desk: Any) -> None:
    number = desk.open_case("最初の相談")
    desk.approve(number)
    entry = desk.write(body="追記です", to=desk.reply_address(case=number))
    assert (entry.reason, entry.case) == ("follow-up in round 1", number)
    assert _texts(desk, number) == [(1, "最初の相談"), (1, "追記です")]
    assert _round(desk, number, 1).approval is None
    assert desk.kinds() == ["acknowledgement"]  # they heard of us a moment ago


def test_after_the_answer_it_opens_the_next_round(desk: Any) -> None:
    number, _ = desk.answered_case("最初の相談")
    desk.clock.advance(days=1)
    desk.write(body="もう一つ質問です", to=desk.reply_address(case=number))
    case = desk.case(number)
    assert (case.state, case.round) == (CaseState.NEW, 2)
    assert _texts(desk, number) == [(1, "最初の相談"), (2, "もう一つ質問です")]
    assert _round(desk, number, 1).approval is not None
    assert "2月13日" in desk.letter("follow-up-received").body


def test_a_reply_reopens_a_closed_case_within_the_retention_time(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    quick_desk.run(triage.close, number)
    quick_desk.clock.advance(days=364)
    quick_desk.write(body="その後です", to=quick_desk.reply_address(case=number))
    assert (quick_desk.case(number).state, quick_desk.case(number).round) == (CaseState.NEW, 2)


def test_a_reply_to_a_forgotten_case_is_a_new_one(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(retention_days=10)
    number, _ = desk.answered_case()
    desk.run(triage.close, number)
    desk.clock.advance(days=11)
    entry = desk.write(body="久しぶりです", to=desk.reply_address(case=number))
    assert (desk.case(number).state, entry.case) == (CaseState.CLOSED, number + 1)
    assert desk.case(number + 1).state is CaseState.NEW


def test_a_new_case_from_a_forgotten_one_needs_a_contract_like_all_others(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    quick_desk.run(triage.close, number)
    quick_desk.clock.advance(days=400)
    entry = quick_desk.write(body="久しぶりです", to=quick_desk.reply_address(case=number))
    assert quick_desk.case(entry.case).state is CaseState.HELD


@pytest.mark.parametrize("state", [CaseState.WITHDRAWN, CaseState.SPAM])
def test_a_reply_to_a_case_that_is_over_is_held_for_the_operator(quick_desk: Any, state: CaseState) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.reject if state is CaseState.SPAM else triage.withdraw_for_teacher, number)
    before = quick_desk.kinds()
    entry = quick_desk.write(body="やはりお願いします", to=quick_desk.reply_address(case=number))
    assert (entry.state, entry.reason, entry.case) == (
        SpoolState.HELD,
        f"follow-up to a case that is {state}",
        number,
    )
    assert quick_desk.kinds() == before


def test_a_stranger_adds_to_the_held_case(quick_desk: Any) -> None:
    first = quick_desk.write("stranger@other.example", "相談です")
    answers = quick_desk.outbox("registration-needed")[0].message_id
    second = quick_desk.write("stranger@other.example", "追記です", answers=answers)
    assert second.case == first.case
    assert [text for _, text in _texts(quick_desk, first.case)] == ["相談です", "追記です"]
    assert quick_desk.case(first.case).state is CaseState.HELD
    assert quick_desk.kinds() == ["registration-needed"]


# Withdrawing by mail


@pytest.mark.parametrize("words", ["取り下げ", "取り下げます。\n\n水原", "withdraw"])
def test_the_teacher_withdraws_with_one_line(desk: Any, words: str) -> None:
    number = desk.open_case()
    desk.invite(number, 0, 1)
    desk.send_out()
    entry = desk.write(body=words, to=desk.reply_address(case=number))
    assert (entry.reason, desk.case(number).state) == ("withdrawn", CaseState.WITHDRAWN)
    assert len(desk.outbox("invitation-withdrawn")) == 2
    assert desk.letter("withdrawn").to == ("haruka@minami.example",)


def test_withdrawing_twice_is_confirmed_once(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    for _ in range(2):
        entry = quick_desk.write(body="取り下げ", to=quick_desk.reply_address(case=number))
    assert (entry.state, entry.reason) == (SpoolState.DONE, "withdrawn already")
    assert len(quick_desk.outbox("withdrawn")) == 1


def test_withdrawing_a_rejected_case_is_held_like_every_reply_to_it(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(triage.reject, number)
    entry = quick_desk.write(body="取り下げ", to=quick_desk.reply_address(case=number))
    for _ in range(4):
        quick_desk.clock.advance(minutes=1)
        quick_desk.process()
    assert quick_desk.spooled(entry.id).state is SpoolState.HELD


# The digit


def test_a_digit_after_the_answer_is_kept_and_nobody_writes_back(desk: Any) -> None:
    number, _ = desk.answered_case()
    before = desk.kinds()
    entry = desk.write(body="４", to=desk.reply_address(case=number))
    assert (entry.reason, _round(desk, number, 1).satisfaction) == ("satisfaction", 4)
    assert (desk.case(number).state, desk.kinds()) == (CaseState.ANSWERED, before)


def test_a_digit_in_a_quoted_reply_counts(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    answer = quick_desk.outbox("answer")[0]
    quoted = "\n".join(f"> {line}" for line in quick_desk.read(answer.id).body.split("\n"))
    quick_desk.write(
        body=f"5\n\n2026年2月2日(月) 10:00 先生の窓口 <reply@mado.example>:\n{quoted}", answers=answer.message_id
    )
    assert _round(quick_desk, number, 1).satisfaction == 5


def test_a_digit_before_the_answer_is_a_text(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.write(body="4", to=quick_desk.reply_address(case=number))
    assert [text for _, text in _texts(quick_desk, number)][1:] == ["4"]


def test_a_reply_to_the_answer_is_graded_also_in_the_next_round(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    answer, address = quick_desk.outbox("answer")[0], quick_desk.reply_address(case=number)
    quick_desk.write(body="もう一つ伺います。", to=address)
    entry = quick_desk.write(body="5点\n\nありがとうございました。", to=address, answers=answer.message_id)
    assert (entry.reason, _round(quick_desk, number, 1).satisfaction) == ("satisfaction", 5)
    with quick_desk.office.read() as ctx:
        assert [(one.author, one.text) for one in cases.notes(ctx.tx, number)] == [
            ("teacher", "ありがとうございました。")
        ]


def test_a_number_that_answers_our_question_is_no_grade(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    address = quick_desk.reply_address(case=number)
    quick_desk.write(body="もう一つ伺います。", to=address)
    quick_desk.run(triage.clarify, number, "何年生ですか。")
    asked = quick_desk.outbox("clarification")[0].message_id
    entry = quick_desk.write(body="5", to=address, answers=asked)
    assert (entry.reason, _round(quick_desk, number, 1).satisfaction) == ("follow-up in round 2", None)


def test_a_grade_above_a_question_counts_and_opens_the_next_round(quick_desk: Any) -> None:
    number, _ = quick_desk.answered_case()
    entry = quick_desk.write(body="5\nもう一つ教えてください。", to=quick_desk.reply_address(case=number))
    assert (entry.reason, _round(quick_desk, number, 1).satisfaction) == ("follow-up in round 2", 5)


def test_a_reply_that_says_nothing_is_held_until_an_operator_takes_all_of_it(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    sent = quick_desk.outbox("acknowledgement")[0]
    quoted = "\n".join(f"> {line}" for line in quick_desk.read(sent.id).body.split("\n"))
    entry = quick_desk.write(body=quoted, to=quick_desk.reply_address(case=number), answers=sent.message_id)
    assert (entry.state, entry.reason) == (SpoolState.HELD, "nothing was newly written")
    quick_desk.run(spooled.release, entry.id)
    quick_desk.process()
    assert quick_desk.spooled(entry.id).reason == "follow-up in round 1"
