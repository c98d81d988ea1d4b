"""A decision in `triage` can be undone as long as its mails wait; then everything is as if it had never been."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, OutboxState
from mailgate.errors import ChangedMeanwhile, MailgateError, Refused
from mailgate.flow import compilation, consent, invite, review, screen, triage
from mailgate.flow.context import Office
from mailgate.flow.deliver import deliver_next
from mailgate.flow.review import Decisions
from mailgate.flow.undo import Done, decide, rebased, undo
from mailgate.mail.outcome import Sent
from mailgate.store import cases, comments, sending
from mailgate.store.database import Database
from mailgate.store.tables import AuditRow, CaseRow

YUI, KEN = "operator:yui", "operator:ken"
REST = Decisions(redact_rest=True)
_NOT_COMPARED = {"cases": ("version", "changed_at"), "rounds": (), "levels": None, "revisions": None, "audit": None}


class _Takes:
    """A relay that takes everything."""

    def deliver(self, *_: object) -> Sent:
        return Sent("250 2.0.0 taken")


def _everything(desk: Any) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table as it is stored, but for the log, what only goes on, and the levels of a quarter."""
    found = {}
    with desk.office.read() as ctx:
        for table in AuditRow.metadata.sorted_tables:
            left_out = _NOT_COMPARED.get(table.name, ())
            if left_out is not None:
                rows = ctx.tx.connection.execute(select(table).order_by(table.c.id)).mappings()
                found[table.name] = [{key: row[key] for key in row if key not in left_out} for row in rows]
    return found


def _decide(desk: Any, number: int, act: Callable[..., object], *given: Any, by: str = YUI) -> Done:
    saw = desk.case(number).version
    return decide(desk.office, by, number, saw, "test", lambda ctx: act(ctx, *given))


def _mine(desk: Any, number: int) -> None:
    """The claim stands whatever is undone."""
    desk.run(triage.assign, number, "yui")


def _new(desk: Any) -> int:
    number: int = desk.open_case("田中太郎です。090-1234-5678 に電話をください。")
    screen.screen_case(desk.office, number)
    _mine(desk, number)
    return number


def _checked(desk: Any) -> int:
    number = _new(desk)
    desk.run(review.check_round, number, REST)
    return number


def _commented(desk: Any) -> int:
    number: int = desk.open_case()
    invited = desk.invite(number, 0, 1)
    desk.send_out()
    for one in invited:
        desk.comment(one, "佐藤花子です。記録を残してください。")
    screen.screen_case(desk.office, number)
    _mine(desk, number)
    return number


def _reviewed(desk: Any) -> int:
    number = _commented(desk)
    desk.approve_comments(number)
    return number


def _held(desk: Any) -> int:
    number: int = desk.open_case()
    _mine(desk, number)
    with desk.office.write() as ctx:  # as if its sender had not been vouched for
        ctx.tx.session.get_one(CaseRow, number).state = CaseState.HELD
    return number


def _invite(ctx: Any, number: int) -> None:
    invite.invite(ctx, number, [], 2)


def _answer(ctx: Any, number: int) -> None:
    compilation.answer(ctx, number, cases.get(ctx.tx, number).version)


def _first_comment(act: Callable[..., object], *given: Any) -> Callable[[Any, int], object]:
    return lambda ctx, number: act(ctx, comments.of_case(ctx.tx, number)[0].id, *given)


DECISIONS: dict[str, tuple[Callable[[Any], int], Callable[[Any, int], object], int]] = {
    "check": (_new, lambda ctx, number: review.check_round(ctx, number, REST), 0),
    "own words": (_new, lambda ctx, number: review.check_round(ctx, number, Decisions(text="電話をください。")), 0),
    "consent": (_checked, consent.ask, 1),
    "invite": (_checked, _invite, 2),
    "check comment": (_commented, _first_comment(review.check_comment, REST), 0),
    "reject comment": (_commented, _first_comment(review.reject_comment), 0),
    "approve comment": (
        _commented,
        _first_comment(lambda ctx, one: (review.check_comment(ctx, one, REST), review.approve_comment(ctx, one))),
        0,
    ),
    "answer": (_reviewed, _answer, 3),
    "release": (_held, triage.release, 1),
    "reject": (_new, triage.reject, 0),
}


@pytest.mark.parametrize("what", DECISIONS)
def test_an_undone_decision_has_never_been_but_for_the_log(desk: Any, what: str) -> None:
    prepare, act, mails = DECISIONS[what]
    number = prepare(desk)
    before = _everything(desk)
    done = _decide(desk, number, lambda ctx: act(ctx, number))
    assert _everything(desk) != before
    assert done.mails == mails
    version = undo(desk.office, YUI, done)
    assert _everything(desk) == before
    assert desk.case(number).version == version
    assert desk.audit()[-1] == (YUI, "undo")


@pytest.mark.parametrize("what", DECISIONS)
def test_what_was_undone_can_be_decided_again(quick_desk: Any, what: str) -> None:
    prepare, act, mails = DECISIONS[what]
    number = prepare(quick_desk)
    for _ in range(2):
        again = _decide(quick_desk, number, lambda ctx: act(ctx, number))
        assert again.mails == mails
        undo(quick_desk.office, YUI, again)
    _decide(quick_desk, number, lambda ctx: act(ctx, number))
    quick_desk.clock.advance(seconds=31)
    count = 0
    while deliver_next(quick_desk.office, _Takes(), bytes):
        count += 1
    assert [one.state for one in quick_desk.outbox() if one.state != "sent"] == []
    assert count >= mails


def test_an_invitation_waits_for_as_long_as_it_can_be_undone(quick_desk: Any) -> None:
    number = _checked(quick_desk)
    done = _decide(quick_desk, number, _invite, number)
    waiting = quick_desk.outbox("invitation")
    with quick_desk.office.read() as ctx:
        assert timedelta(seconds=29) < waiting[0].next_try_at - ctx.now <= timedelta(seconds=30)
    assert done.leave_at is not None
    assert {one.kind for one in quick_desk.outbox() if one.next_try_at >= done.leave_at} == {"invitation"}


def test_a_command_sends_at_once(quick_desk: Any) -> None:
    number = _checked(quick_desk)
    quick_desk.run(_invite, number)
    with quick_desk.office.read() as ctx:
        assert {one.next_try_at <= ctx.now for one in quick_desk.outbox("invitation")} == {True}


def test_without_seconds_triage_sends_at_once_too(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(undo_seconds=0)
    number = _checked(desk)
    done = _decide(desk, number, _invite, number)
    assert done.leave_at is not None
    assert done.leave_at <= desk.clock()


def test_a_mail_that_has_left_is_not_undone(desk: Any) -> None:
    number = _checked(desk)
    while deliver_next(desk.office, _Takes(), bytes):
        pass
    done = _decide(desk, number, _invite, number)
    desk.clock.advance(seconds=31)
    assert deliver_next(desk.office, _Takes(), bytes)  # one of two
    with pytest.raises(Refused, match="the mail has left: 'test' of case 1 stands"):
        undo(desk.office, YUI, done)
    assert [one.state for one in desk.outbox("invitation")].count("cancelled") == 0
    assert desk.case(number).state is CaseState.OPEN


def test_a_mail_in_the_hands_of_the_delivery_counts_as_left(desk: Any) -> None:
    number = _checked(desk)
    done = _decide(desk, number, _invite, number)
    desk.clock.advance(seconds=31)
    with desk.office.write() as ctx:
        while sending.claim(ctx.tx, ctx.now) is not None:
            pass
    with pytest.raises(Refused, match="has left"):
        undo(desk.office, YUI, done)


def test_decisions_are_undone_one_after_the_other(desk: Any) -> None:
    number = _new(desk)
    before = _everything(desk)
    first = _decide(desk, number, review.check_round, number, REST)
    second = _decide(desk, number, _invite, number)
    (first,) = rebased([first], number, second.saw, undo(desk.office, YUI, second))
    undo(desk.office, YUI, first)
    assert _everything(desk) == before


def test_the_first_of_two_decisions_is_not_undone_under_the_second(desk: Any) -> None:
    number = _new(desk)
    first = _decide(desk, number, review.check_round, number, REST)
    _decide(desk, number, _invite, number)
    with pytest.raises(Refused, match="case 1 went on since: 'test' stands"):
        undo(desk.office, YUI, first)


def test_what_another_operator_built_upon_is_not_undone(desk: Any) -> None:
    number = _new(desk)
    mine = _decide(desk, number, review.check_round, number, REST)
    theirs = _decide(desk, number, _invite, number, by=KEN)
    with pytest.raises(Refused, match="went on since"):
        undo(desk.office, YUI, mine)
    (mine,) = rebased([mine], number, theirs.saw, undo(desk.office, KEN, theirs))
    undo(desk.office, YUI, mine)
    assert desk.case(number).state is CaseState.NEW


def test_a_comment_that_came_meanwhile_is_not_lost_by_an_undoing(desk: Any) -> None:
    number = _commented(desk)
    done = _decide(desk, number, lambda ctx: _first_comment(review.reject_comment)(ctx, number))
    desk.comment(desk.invite(number, 2)[0], "三人目の意見です。")
    with pytest.raises(Refused, match="went on since"):
        undo(desk.office, YUI, done)
    assert [one.state for one in desk.comments(number)] == [
        CommentState.REJECTED,
        CommentState.PENDING,
        CommentState.PENDING,
    ]


@pytest.mark.parametrize("what", ["the other operator", "the teacher"])
def test_who_decides_on_what_is_no_more_changes_nothing(desk: Any, what: str) -> None:
    number = _new(desk)
    saw = desk.case(number).version
    if what == "the teacher":
        desk.write(body="追伸です。鈴木一郎", to=desk.reply_address(None, number))
        screen.screen_case(desk.office, number)
    else:
        _decide(desk, number, review.check_round, number, REST, by=KEN)
    before = _everything(desk)
    with pytest.raises(ChangedMeanwhile, match="case 1 was changed meanwhile"):
        decide(desk.office, YUI, number, saw, "test", lambda ctx: review.check_round(ctx, number, REST))
    assert _everything(desk) == before


def test_a_decision_takes_a_case_that_nobody_has(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    screen.screen_case(quick_desk.office, number)
    done = _decide(quick_desk, number, review.check_round, number, Decisions(as_decided=True), by=KEN)
    undo(quick_desk.office, KEN, done)
    assert quick_desk.case(number).assignee == "ken"
    _decide(quick_desk, number, review.check_round, number, Decisions(as_decided=True), by=YUI)
    assert quick_desk.case(number).assignee == "ken"


def test_an_undone_invitation_counts_for_nobody(quick_desk: Any) -> None:
    number = _checked(quick_desk)
    before = quick_desk.run(invite.rank_members, number)
    done = _decide(quick_desk, number, _invite, number)
    assert quick_desk.run(invite.rank_members, number) != before
    undo(quick_desk.office, YUI, done)
    assert quick_desk.run(invite.rank_members, number) == before


def test_after_an_undone_answer_the_mail_to_who_is_asked_still_waits_again(desk: Any) -> None:
    number = _reviewed(desk)
    (asked,) = desk.run(invite.invite, number, [desk.members[2].handle])
    before = _everything(desk)
    done = _decide(desk, number, lambda ctx: _answer(ctx, number))
    assert [one.state for one in desk.outbox("invitation") if one.handle == asked.handle] == [OutboxState.CANCELLED]
    undo(desk.office, YUI, done)
    assert _everything(desk) == before
    desk.clock.advance(seconds=31)
    while deliver_next(desk.office, _Takes(), bytes):
        pass
    assert [one.state for one in desk.outbox("invitation")] == [OutboxState.SENT] * 3


def test_an_undone_second_invitation_leaves_the_first_as_it_was(desk: Any) -> None:
    number: int = desk.open_case()
    (first,) = desk.invite(number)
    _mine(desk, number)
    desk.write(desk.address_of(first.handle), "辞退します", to=desk.reply_address(first.invitation))
    before = desk.invitation(first.invitation)
    assert before.state is InvitationState.DECLINED
    done = _decide(desk, number, invite.invite, number, [first.handle])
    assert desk.invitation(first.invitation).state is InvitationState.INVITED
    undo(desk.office, YUI, done)
    assert desk.invitation(first.invitation) == before


# --- two operators at two machines ----------------------------------------------------------------------------------


@contextmanager
def _second_office(desk: Any) -> Iterator[Office]:
    """The same desk from another machine: an engine, connections and keys of its own."""
    url = desk.office.database.engine.url.render_as_string(hide_password=False)
    database = Database(url, desk.office.database.keys)
    yield replace(desk.office, database=database)
    database.engine.dispose()


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gives, or raises, when all are begun at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except MailgateError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_invite_at_once_one_does_and_the_other_is_told(desk: Any) -> None:
    number = _checked(desk)
    desk.run(triage.assign, number, "")
    saw = desk.case(number).version
    with _second_office(desk) as other:
        mine = partial(decide, desk.office, YUI, number, saw, "invite", lambda ctx: _invite(ctx, number))
        theirs = partial(decide, other, KEN, number, saw, "invite", lambda ctx: _invite(ctx, number))
        told = _at_once(mine, theirs)
    (refused,) = [one for one in told if isinstance(one, ChangedMeanwhile)]
    assert [type(one) for one in told if one is not refused] == [Done]
    assert len(desk.outbox("invitation")) == 2
    first = desk.case(number).assignee
    assert refused.reason.startswith(f"case 1 was changed meanwhile (it is with {first})")
    assert told.index(refused) == ["ken", "yui"].index(first)


def test_a_mail_is_either_undone_or_sent(desk: Any) -> None:
    number = _checked(desk)
    with desk.office.write() as ctx:
        while sending.claim(ctx.tx, ctx.now) is not None:
            pass
    done = _decide(desk, number, invite.invite, number, [desk.members[0].handle])
    desk.clock.advance(seconds=31)
    with _second_office(desk) as other:

        def claim() -> object:
            with other.write() as ctx:
                return sending.claim(ctx.tx, ctx.now)

        undone, claimed = _at_once(partial(undo, desk.office, YUI, done), claim)
    if claimed is None:
        assert isinstance(undone, int)
        assert desk.outbox("invitation") == []
    else:
        assert isinstance(undone, Refused)
        assert desk.case(number).state is CaseState.OPEN
