"""What waits for an operator, as one list."""

from __future__ import annotations

from typing import Any

from mailgate.flow import compilation, outgoing, review, screen, triage
from mailgate.flow.deliver import deliver_next
from mailgate.flow.review import Decisions
from mailgate.flow.waiting import Wants, waiting
from mailgate.mail.outcome import Failed
from mailgate.store import spool
from mailgate.store.tables import ApplicationRow, SpoolRow


class _Refuses:
    def deliver(self, *_: object) -> Failed:
        return Failed("550 5.1.1 unknown")


def _waiting(desk: Any, operator: str = "yui") -> list[tuple[Wants, int | None]]:
    with desk.office.read() as ctx:
        return [(one.wants, one.case) for one in waiting(ctx, operator)]


def test_a_case_asks_for_one_step_after_the_other(desk: Any) -> None:
    assert _waiting(desk) == []
    number = desk.open_case("田中太郎です。")
    screen.screen_case(desk.office, number)
    assert _waiting(desk) == [(Wants.TEXT, 1)]
    desk.run(review.check_round, number, Decisions(redact_rest=True))
    assert _waiting(desk) == [(Wants.MEMBERS, 1)]
    first, second = desk.invite(number, 0, 1)
    assert _waiting(desk) == []
    desk.comment(first)
    assert _waiting(desk) == [(Wants.COMMENTS, 1)]
    desk.approve_comments(number)
    assert _waiting(desk) == []  # the other one is still expected
    desk.comment(second)
    desk.approve_comments(number)
    assert _waiting(desk) == [(Wants.ANSWER, 1)]
    desk.run(compilation.answer, number, desk.case(number).version)
    assert _waiting(desk) == []


def test_a_text_waits_again_when_the_teacher_adds_something(desk: Any) -> None:
    number = desk.open_case()
    desk.invite(number)
    desk.write(body="追伸です。", to=desk.reply_address(None, number))
    assert _waiting(desk) == [(Wants.TEXT, 1)]


def test_the_teacher_is_asked_first_where_the_desk_asks(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(teacher_consent=True)
    desk.approve(desk.open_case())
    assert _waiting(desk) == [(Wants.CONSENT, 1)]
    from mailgate.flow import consent

    desk.run(consent.ask, 1)
    assert _waiting(desk) == []  # the teacher's word
    desk.write(body="はい", to=desk.reply_address(None, 1))
    assert _waiting(desk) == [(Wants.MEMBERS, 1)]


def test_a_comment_after_the_answer_waits_for_a_further_one(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    first, second = quick_desk.invite(number, 0, 1)
    quick_desk.comment(first)
    quick_desk.approve_comments(number)
    quick_desk.run(compilation.answer, number, quick_desk.case(number).version)
    quick_desk.comment(second, "遅くなりました。")
    assert _waiting(quick_desk) == [(Wants.COMMENTS, 1)]
    quick_desk.approve_comments(number)
    assert _waiting(quick_desk) == [(Wants.ANSWER, 1)]


def test_everything_else_that_waits(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    desk.held_comment(invited)
    desk.write("nobody@else.example", "はじめまして。")
    quarantined = desk.write(body="三つ目です。")
    desk.write("aoi@home.example", "氏名：青井 凛\n学校名：南小", to="join@mado.example")
    with desk.office.write() as ctx:
        ctx.tx.session.get_one(SpoolRow, quarantined.id).state = spool.SpoolState.QUARANTINED
        assert ctx.tx.session.query(ApplicationRow).count() == 1
    assert sorted(_waiting(desk), key=str) == sorted(
        [
            (Wants.HELD_COMMENT, 1),
            (Wants.HELD_CASE, 2),
            (Wants.TEXT, 3),
            (Wants.RECEIVED, 3),
            (Wants.APPLICATION, None),
        ],
        key=str,
    )


def test_a_failed_mail_waits_until_it_is_set_aside(desk: Any) -> None:
    number = desk.open_case()
    deliver_next(desk.office, _Refuses(), bytes)
    assert _waiting(desk) == [(Wants.OUTGOING, 1), (Wants.TEXT, 1)]
    (failed,) = desk.outbox("acknowledgement")
    desk.run(outgoing.cancel, failed.id)
    assert _waiting(desk) == [(Wants.TEXT, 1)]
    assert desk.case(number).number == 1


def test_of_a_case_that_has_ended_no_mail_waits(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    deliver_next(quick_desk.office, _Refuses(), bytes)
    quick_desk.run(triage.close, number)
    assert _waiting(quick_desk) == []


def test_the_order_is_late_then_oldest_then_what_others_have(quick_desk: Any) -> None:
    desk = quick_desk
    for body in ("一つ目です。", "二つ目です。", "三つ目です。"):
        desk.open_case(body)
        desk.clock.advance(hours=1)
    assert _waiting(desk) == [(Wants.TEXT, 1), (Wants.TEXT, 2), (Wants.TEXT, 3)]
    desk.run(triage.assign, 1, "ken")
    assert _waiting(desk) == [(Wants.TEXT, 2), (Wants.TEXT, 3), (Wants.TEXT, 1)]
    assert _waiting(desk, "ken") == [(Wants.TEXT, 1), (Wants.TEXT, 2), (Wants.TEXT, 3)]
    desk.clock.advance(days=9)
    desk.open_case("四つ目です。")
    desk.clock.advance(days=5)
    assert _waiting(desk) == [(Wants.TEXT, 2), (Wants.TEXT, 3), (Wants.TEXT, 4), (Wants.TEXT, 1)]
