"""Where the desk asks for it, or did, no member sees a text before the teacher has said はい to exactly that text."""

from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import ConsentState, OutboxState, SpoolState
from mailgate.errors import Refused
from mailgate.flow import consent, invite, review, triage
from mailgate.flow.deliver import deliver_next
from mailgate.flow.review import Decisions
from mailgate.flow.waiting import Wants, waiting
from mailgate.mail.address import Address
from mailgate.mail.outcome import Outcome, Sent
from mailgate.store import consents


class Relay:
    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        return Sent("250")


@pytest.fixture
def asking(desk: Any) -> Any:
    """A desk that asks, with an approved case 1."""
    found = desk.with_policy(teacher_consent=True)
    found.approve(found.open_case())
    return found


def states(desk: Any) -> list[ConsentState]:
    with desk.office.read() as ctx:
        return [one.state for one in consents.of_case(ctx.tx, 1)]


def invite_first(desk: Any, without: str = "") -> None:
    desk.run(invite.invite, 1, [desk.members[0].handle], 0, None, without)


def reply(desk: Any, body: str, answers: str = "") -> Any:
    return desk.write(to=desk.reply_address(case=1), body=body, answers=answers)


def test_nobody_is_invited_before_the_teacher_agrees(asking: Any) -> None:
    with pytest.raises(Refused, match="has not agreed to its text: mailgate case consent 1"):
        invite_first(asking)
    asking.run(consent.ask, 1)
    with pytest.raises(Refused, match="waits for its teacher's consent"):
        invite_first(asking)
    assert reply(asking, "はい\n\nよろしくお願いいたします。").reason == "consent"
    assert states(asking) == [ConsentState.AGREED]
    invite_first(asking)
    assert ("teacher", "consent") in asking.audit()
    assert asking.kinds() == ["acknowledgement", "consent-request", "invitation"]


def test_the_teacher_is_shown_the_approved_text_and_the_mail_leaves(asking: Any) -> None:
    asking.run(consent.ask, 1)
    assert "\n保護者対応で困っています。\n" in asking.letter("consent-request").body
    while deliver_next(asking.office, Relay(), bytes):
        pass
    assert {one.state for one in asking.outbox()} == {OutboxState.SENT}


@pytest.mark.parametrize(
    "answer", ["はい。ただ、学年は消してください。", "はい\n学年だけ高学年に", "いいえ", "3行目を直してください。"]
)
def test_anything_but_yes_is_a_correction_that_an_operator_reads(asking: Any, answer: str) -> None:
    asking.run(consent.ask, 1)
    assert reply(asking, answer).reason == "follow-up in round 1"
    assert states(asking) == [ConsentState.CORRECTED]
    with pytest.raises(Refused):
        invite_first(asking)


def test_a_text_that_is_changed_after_the_consent_is_asked_about_again(asking: Any) -> None:
    asking.run(consent.ask, 1)
    reply(asking, "同意します。")
    asking.run(review.check_round, 1, Decisions(text="別の言い方で困っています。"))
    with pytest.raises(Refused, match="has not agreed"):
        invite_first(asking)
    asking.run(consent.ask, 1)
    reply(asking, "OK", asking.outbox("consent-request")[1].message_id)
    invite_first(asking)


def test_a_yes_to_an_older_text_is_no_consent_to_the_newer_one(asking: Any) -> None:
    asking.run(consent.ask, 1)
    asking.run(review.check_round, 1, Decisions(text="別の言い方で困っています。"))
    asking.run(consent.ask, 1)
    older, newer = asking.outbox("consent-request")
    assert reply(asking, "はい", older.message_id).reason == "follow-up in round 1"
    assert states(asking) == [ConsentState.ASKED, ConsentState.CORRECTED]
    assert newer.message_id != older.message_id


def test_a_yes_that_refers_to_nothing_does_not_count_when_two_texts_were_asked_about(quick_desk: Any) -> None:
    asking = quick_desk.with_policy(teacher_consent=True)
    asking.approve(asking.open_case())
    asking.run(consent.ask, 1)
    asking.run(review.check_round, 1, Decisions(text="別の言い方で困っています。"))
    asking.run(consent.ask, 1)
    assert reply(asking, "はい").reason == "follow-up in round 1"


def test_an_operator_may_do_without_and_says_why(asking: Any) -> None:
    invite_first(asking, "電話で同意をいただいた")
    assert states(asking) == [ConsentState.WAIVED]
    assert ("operator:yui", "invite without consent") in asking.audit()


def test_the_teacher_is_asked_once_a_day_and_not_after_the_consent(asking: Any) -> None:
    asking.run(consent.ask, 1)
    with pytest.raises(Refused, match="within the last day"):
        asking.run(consent.ask, 1)
    asking.clock.advance(days=1)
    asking.run(consent.ask, 1)
    reply(asking, "はい", asking.outbox("consent-request")[1].message_id)
    with pytest.raises(Refused, match="needs no consent any more"):
        asking.run(consent.ask, 1)


def test_a_second_yes_changes_nothing(asking: Any) -> None:
    asking.run(consent.ask, 1)
    question = asking.outbox("consent-request")[0].message_id
    reply(asking, "はい", question)
    assert reply(asking, "はい。", question).reason == "consent was given already"
    assert states(asking) == [ConsentState.AGREED]
    invite_first(asking)


def test_nothing_is_asked_before_the_text_is_approved(quick_desk: Any) -> None:
    quick_desk.open_case()
    with pytest.raises(Refused, match="is not approved"):
        quick_desk.run(consent.ask, 1)


def test_a_desk_that_does_not_ask_invites_at_once(quick_desk: Any) -> None:
    quick_desk.approve(quick_desk.open_case())
    invite_first(quick_desk)
    assert states(quick_desk) == []


@pytest.fixture
def asked(quick_desk: Any) -> Any:
    """A desk that need not ask, and did: about the approved case 1."""
    quick_desk.approve(quick_desk.open_case())
    quick_desk.run(consent.ask, 1)
    return quick_desk


def wants(desk: Any) -> list[Wants]:
    with desk.office.read() as ctx:
        return [one.wants for one in waiting(ctx, "yui")]


def test_who_was_asked_is_waited_for_whatever_the_setting(asked: Any) -> None:
    with pytest.raises(Refused, match="waits for its teacher's consent"):
        invite_first(asked)
    assert (asked.kinds(), wants(asked)) == (["acknowledgement", "consent-request"], [])
    assert reply(asked, "はい、お願いします。").reason == "consent"
    assert wants(asked) == [Wants.MEMBERS]
    invite_first(asked)
    assert (states(asked), asked.kinds()[2:]) == ([ConsentState.AGREED], ["invitation"])


def test_who_was_asked_and_wrote_corrections_is_asked_again_whatever_the_setting(asked: Any) -> None:
    assert reply(asked, "学年は書かないでください。").reason == "follow-up in round 1"
    asked.approve(1)
    assert wants(asked) == [Wants.CONSENT]
    with pytest.raises(Refused, match="has not agreed to its text: mailgate case consent 1"):
        invite_first(asked)
    asked.run(consent.ask, 1)
    reply(asked, "問題ありません。", asked.outbox("consent-request")[1].message_id)
    invite_first(asked)
    assert states(asked) == [ConsentState.CORRECTED, ConsentState.AGREED]


def test_an_operator_may_do_without_the_answer_of_who_was_asked(asked: Any) -> None:
    invite_first(asked, "電話で同意をいただいた")
    assert states(asked) == [ConsentState.ASKED, ConsentState.WAIVED]


def test_a_yes_with_greeting_quote_and_signature_is_the_consent(asked: Any) -> None:
    question = asked.letter("consent-request").body
    quoted = "\n".join(f"> {line}" for line in question.split("\n"))
    body = (
        "先生の窓口　運営様\n\nお世話になっております。南小の水原です。\n\nはい、お願いします。\n\n水原 遥香\n\n"
        f"2026年2月2日(月) 9:31 先生の窓口 <soudan@mado.example>:\n{quoted}"
    )
    mail = asked.outbox("consent-request")[0]
    assert (reply(asked, body, mail.message_id).reason, states(asked)) == ("consent", [ConsentState.AGREED])


def test_the_question_of_a_round_is_not_one_of_the_next(asked: Any) -> None:
    reply(asked, "はい")
    asked.run(triage.close, 1)
    asked.write(body="もう一つ伺います。", to=asked.reply_address(case=1))
    asked.approve(1)
    invite_first(asked)
    assert (asked.case(1).round, states(asked)) == (2, [ConsentState.AGREED])


def test_a_yes_from_somebody_else_is_no_consent(quick_desk: Any) -> None:
    asking = quick_desk.with_policy(teacher_consent=True)
    asking.approve(asking.open_case())
    asking.run(consent.ask, 1)
    entry = asking.write("toda@law.example", "はい", to=asking.reply_address(case=1))
    assert (entry.state, states(asking)) == (SpoolState.HELD, [ConsentState.ASKED])
