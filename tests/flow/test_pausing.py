"""お休み and 再開 by mail to join@: who is heard, what is said, and what an operator reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mailgate.desk.eligibility import MemberMove, status_on
from mailgate.desk.lifecycle import SpoolState
from mailgate.desk.people import MemberStatus
from mailgate.desk.trust import AuthenticationPolicy
from mailgate.flow import membership
from mailgate.store.members import member_by_handle
from mailgate.store.tables import AuditRow

JOIN = "join@mado.example"
TODA = "toda@law.example"
HELD = "a member's word about a pause, "


def _say(desk: Any, body: str, sender: str = TODA, **more: Any) -> Any:
    return desk.write(sender, body, to=JOIN, **more)


def _member(desk: Any, place: int = 0) -> Any:
    with desk.office.read() as ctx:
        return member_by_handle(ctx.tx, desk.members[place].handle)


def _standing(desk: Any) -> tuple[MemberStatus, date | None]:
    member = _member(desk)
    return member.status, member.paused_until


@pytest.mark.parametrize(
    ("body", "until", "said"),
    [
        ("お休み：2026年12月末まで", date(2026, 12, 31), "2026年12月31日(木)まで、コメントのお願いをお送りしません。"),
        ("pause until 2026-03-15", date(2026, 3, 15), "2026年3月15日(日)まで、コメントのお願いをお送りしません。"),
        ("来月末までお休みします。", date(2026, 3, 31), "2026年3月31日(火)まで、コメントのお願いをお送りしません。"),
        ("お休み", None, "再開のご連絡をいただくまで、コメントのお願いをお送りしません。"),
    ],
)
def test_a_member_pauses_by_mail_and_hears_what_was_understood(
    desk: Any, body: str, until: date | None, said: str
) -> None:
    entry = _say(desk, body)
    assert (entry.state, entry.reason) == (
        SpoolState.DONE,
        f"{_member(desk).handle} pauses" + (f" until {until}" if until else ""),
    )
    assert _standing(desk) == (MemberStatus.PAUSED, until)
    letter = desk.letter("paused")
    assert (letter.to, said in letter.body.splitlines()) == ((TODA,), True)
    assert desk.audit()[-1] == ("member", "member pause")


def test_the_end_that_a_mail_named_ends_the_pause_by_itself(quick_desk: Any) -> None:
    _say(quick_desk, "お休み：2月末まで")
    member = _member(quick_desk)
    standing = [status_on(member, day) for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert standing == [MemberStatus.PAUSED, MemberStatus.ACTIVE]


def test_a_reply_to_our_mail_ends_or_changes_the_pause(desk: Any) -> None:
    _say(desk, "お休み")
    quoted = "".join(f"> {line}\n" for line in desk.letter("paused").body.splitlines())
    ours = desk.outbox("paused")[0].message_id
    _say(desk, f"お休み：2026年4月1日まで\n\n{quoted}", answers=ours)
    assert _standing(desk) == (MemberStatus.PAUSED, date(2026, 4, 1))
    _say(desk, f"「再開」\n\n2026年2月2日 先生の窓口 <join@mado.example>:\n{quoted}", answers=ours)
    assert _standing(desk) == (MemberStatus.ACTIVE, None)
    assert desk.kinds() == ["paused", "paused", "resumed"]


def test_the_same_word_again_is_answered_once_a_day(quick_desk: Any) -> None:
    for _ in range(2):
        _say(quick_desk, "お休み")
    for _ in range(2):
        _say(quick_desk, "再開")
    assert quick_desk.kinds() == ["paused", "resumed"]
    quick_desk.clock.advance(days=2)
    _say(quick_desk, "再開")
    assert quick_desk.kinds() == ["paused", "resumed", "resumed"]


def test_an_end_that_is_not_clear_is_asked_for_once(desk: Any) -> None:
    assert _say(desk, "母が退院するまでお休みします").reason == f"asked {_member(desk).handle} until when they pause"
    assert (_standing(desk), desk.kinds()) == ((MemberStatus.ACTIVE, None), ["pause-unclear"])
    entry = _say(desk, "お休み：落ち着くまで")
    assert (entry.state, entry.reason) == (SpoolState.HELD, HELD + "until when is not clear")
    assert desk.kinds() == ["pause-unclear"]


@pytest.mark.parametrize("body", ["お休み：2026年1月31日まで", "お休み：2062年12月まで"])
def test_an_end_that_is_past_or_far_off_is_asked_about(quick_desk: Any, body: str) -> None:
    _say(quick_desk, body)
    assert (_standing(quick_desk), quick_desk.kinds()) == ((MemberStatus.ACTIVE, None), ["pause-unclear"])


def test_a_mail_that_says_more_is_an_operators_to_read(quick_desk: Any) -> None:
    entry = _say(quick_desk, "お休み\n実は先日の案件のことで困っています。")
    assert (entry.state, entry.reason) == (SpoolState.HELD, HELD + "with more to read")
    assert (_standing(quick_desk), quick_desk.kinds()) == ((MemberStatus.ACTIVE, None), [])


@pytest.mark.parametrize("word", ["再開", "お休み：12月末まで"])
def test_a_pause_that_an_operator_set_is_not_for_the_member_to_change(quick_desk: Any, word: str) -> None:
    quick_desk.run(membership.move_members, MemberMove.PAUSE, [_member(quick_desk).handle])
    assert _say(quick_desk, word).reason == HELD + "whom an operator paused"
    assert (_standing(quick_desk), quick_desk.kinds()) == ((MemberStatus.PAUSED, None), [])


def test_who_has_retired_and_wants_to_come_back_is_an_operators_to_read(quick_desk: Any) -> None:
    quick_desk.run(membership.move_members, MemberMove.RETIRE, [_member(quick_desk).handle])
    assert _say(quick_desk, "再開").reason == HELD + "who is retired"
    assert _standing(quick_desk)[0] is MemberStatus.RETIRED


@pytest.mark.parametrize("sender", ["nobody@else.example", "haruka@minami.example"])
def test_who_is_no_member_hears_what_anybody_hears(desk: Any, sender: str) -> None:
    _say(desk, "登録したいです。", "third@else.example")
    _say(desk, "お休み", sender)
    first, second = (desk.read(one.id) for one in desk.outbox("registration-form"))
    assert (first.subject, first.body) == (second.subject, second.body)
    assert second.to == (sender,)


def test_a_word_that_nobody_vouches_for_changes_nothing(quick_desk: Any) -> None:
    desk = quick_desk.with_policy(authentication=AuthenticationPolicy.ENFORCE)
    entry = _say(desk, "お休み")
    assert (entry.state, _standing(desk), desk.kinds()) == (SpoolState.HELD, (MemberStatus.ACTIVE, None), [])
    passed = ("Authentication-Results: mx.mado.example; dmarc=pass header.from=law.example",)
    _say(desk, "お休み", headers=passed)
    assert _standing(desk) == (MemberStatus.PAUSED, None)


def test_an_invitation_that_is_out_stays(quick_desk: Any) -> None:
    (invited,) = quick_desk.invite(quick_desk.open_case())
    _say(quick_desk, "お休み")
    quick_desk.comment(invited)
    assert quick_desk.invitation(invited.invitation).state == "commented"


def test_the_log_names_nobody(quick_desk: Any) -> None:
    _say(quick_desk, "お休み：12月末まで")
    with quick_desk.office.read() as ctx:
        lines = [f"{row.subject} {row.detail}" for row in ctx.tx.session.query(AuditRow)]
    assert f"{_member(quick_desk).handle} active to paused until 2026-12-31" in lines
    assert [line for line in lines if "toda" in line or "戸田" in line] == []
