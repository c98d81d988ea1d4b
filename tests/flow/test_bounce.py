from __future__ import annotations

from typing import Any

import pytest

from mailgate.desk.lifecycle import CaseState, InvitationState, OutboxState
from mailgate.errors import Refused
from mailgate.flow import invite
from mailgate.store import persons, sending
from mailgate.store.spool import SpoolEntry

REPORT = """\
From: MAILER-DAEMON@law.example\r
To: {to}\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <report{number}@law.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
Not delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; law.example\r
\r
Final-Recipient: rfc822; somebody-else@law.example\r
Action: {action}\r
Status: {status}\r
--b--\r
"""


def _address(desk: Any, kind: str) -> str:
    """The return path of the newest mail of a kind."""
    wanted = desk.outbox(kind)[-1].id
    with desk.office.write() as ctx:
        while (mail := sending.claim(ctx.tx, ctx.now)) is not None:
            sending.mark_sent(ctx.tx, mail.id, ctx.now, "250")
            if mail.id == wanted:
                return str(ctx.policy.addresses.bounce_address(sending.load(ctx.tx, mail.id).bounce_token))
    raise AssertionError(f"no {kind} waits")


def _report(desk: Any, to: str, action: str = "failed", status: str = "5.1.1", number: int = 1) -> SpoolEntry:
    raw = REPORT.format(to=to, action=action, status=status, number=number).encode()
    found: SpoolEntry = desk.receive(raw, to, None)
    return found


def _undeliverable(desk: Any) -> frozenset[int]:
    with desk.office.read() as ctx:
        return persons.undeliverable_persons(ctx.tx)


def test_a_hard_bounce_of_an_invitation_ends_it_and_the_case_wants_new_members(desk: Any) -> None:
    number = desk.open_case()
    (invited,) = desk.invite(number)
    entry = _report(desk, _address(desk, "invitation"))
    assert (entry.reason, entry.case) == ("bounce of invitation", number)
    assert desk.invitation(invited.invitation).state is InvitationState.BOUNCED
    assert desk.case(number).state is CaseState.NEW
    (mail,) = desk.outbox("invitation")
    assert (mail.state, mail.reason) == (OutboxState.FAILED, "bounced 5.1.1")
    assert _undeliverable(desk) == {desk.members[0].person.id}
    assert ("system", "bounce") in desk.audit()


def test_a_member_whose_address_bounced_is_not_invited_again(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    _report(quick_desk, _address(quick_desk, "invitation"))
    with pytest.raises(Refused, match="cannot be delivered"):
        quick_desk.run(invite.invite, number, [quick_desk.members[0].handle])


def test_others_who_were_asked_keep_the_case_open(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number, 0, 1)
    _report(quick_desk, _address(quick_desk, "invitation"))
    assert quick_desk.case(number).state is CaseState.OPEN


def test_a_delay_is_recorded_and_changes_nothing(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    entry = _report(quick_desk, _address(quick_desk, "invitation"), "delayed", "4.4.7")
    assert (entry.reason, entry.case) == ("delivery report: not delivered yet", number)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.INVITED
    assert quick_desk.outbox("invitation")[0].state is OutboxState.SENT
    assert _undeliverable(quick_desk) == frozenset()


def test_a_failure_that_was_tried_for_days_is_final_and_the_address_lives(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    entry = _report(quick_desk, _address(quick_desk, "invitation"), "failed", "4.4.7")
    assert (entry.reason, entry.case) == ("bounce of invitation", number)
    assert quick_desk.invitation(invited.invitation).state is InvitationState.BOUNCED
    assert quick_desk.outbox("invitation")[0].reason == "bounced 4.4.7"
    assert _undeliverable(quick_desk) == frozenset()


def test_a_full_mailbox_is_final_and_the_address_lives(quick_desk: Any) -> None:
    quick_desk.invite(quick_desk.open_case())
    _report(quick_desk, _address(quick_desk, "invitation"), "failed", "5.2.2")
    assert quick_desk.outbox("invitation")[0].state is OutboxState.FAILED
    assert _undeliverable(quick_desk) == frozenset()


def test_a_bounce_after_the_comment_leaves_the_invitation_alone(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    quick_desk.comment(invited)
    _report(quick_desk, _address(quick_desk, "comment-received"))
    assert quick_desk.invitation(invited.invitation).state is InvitationState.COMMENTED
    assert _undeliverable(quick_desk) == {quick_desk.members[0].person.id}


def test_a_bounce_to_the_teacher_leaves_the_case_alone(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    _report(quick_desk, _address(quick_desk, "acknowledgement"))
    assert quick_desk.case(number).state is CaseState.NEW
    assert quick_desk.outbox("acknowledgement")[0].state is OutboxState.FAILED


def test_the_same_report_twice_changes_nothing_more(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    to = _address(quick_desk, "invitation")
    _report(quick_desk, to)
    before = quick_desk.case(number)
    _report(quick_desk, to)
    _report(quick_desk, to, number=2)
    assert quick_desk.case(number) == before


def test_nobody_is_answered(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.invite(number)
    before = quick_desk.kinds()
    _report(quick_desk, _address(quick_desk, "invitation"))
    assert quick_desk.kinds() == before
    assert number == 1


def test_a_person_who_writes_to_a_bounce_address_changes_nothing(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    (invited,) = quick_desk.invite(number)
    entry = quick_desk.write("toda@law.example", "failed 5.1.1", to=_address(quick_desk, "invitation"))
    assert entry.reason == "recorded: person at a bounce address"
    assert quick_desk.invitation(invited.invitation).state is InvitationState.INVITED
