from __future__ import annotations

from email import message_from_bytes
from typing import Any

from mailgate.flow import due, triage, withdraw
from mailgate.store import outbox


def _fields(desk: Any) -> dict[str, set[str]]:
    """What Auto-Submitted says, by kind of mail."""
    found: dict[str, set[str]] = {}
    for mail in desk.outbox():
        with desk.office.read() as ctx:
            octets = outbox.octets_of(ctx.tx, mail.id)
        found.setdefault(mail.kind, set()).add(message_from_bytes(octets)["Auto-Submitted"])
    return found


def test_only_what_answers_a_mail_by_itself_says_so(desk: Any) -> None:
    """RFC 3834 5.2: auto-replied in direct response to a mail; auto-generated otherwise, and never in a response."""
    number = desk.open_case()
    desk.run(triage.clarify, number, "何年生ですか。")
    desk.write(body="四年生です。", to=desk.reply_address(case=number))
    first, second = desk.invite(number, 0, 1)
    desk.clock.advance(days=6)
    due.run_due(desk.office)
    desk.comment(first, "記録を残してください。")
    desk.comment(second, "辞退")
    desk.write("stranger@other.example", "相談です。")
    desk.write("stranger@other.example", "登録したいです。", to="join@mado.example")
    assert _fields(desk) == {
        "acknowledgement": {"auto-replied"},
        "clarification": {"auto-generated"},
        "follow-up-received": {"auto-replied"},
        "invitation": {"auto-generated"},
        "reminder": {"auto-generated"},
        "comment-received": {"auto-replied"},
        "declined": {"auto-replied"},
        "registration-needed": {"auto-replied"},
        "registration-form": {"auto-replied"},
    }


def test_what_a_command_brings_about_answers_no_mail(quick_desk: Any) -> None:
    number = quick_desk.open_case()
    quick_desk.run(lambda ctx: withdraw.withdraw_case(ctx, quick_desk.case(number), ctx.actor))
    assert _fields(quick_desk) == {"acknowledgement": {"auto-replied"}, "withdrawn": {"auto-generated"}}
