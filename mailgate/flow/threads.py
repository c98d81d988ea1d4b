"""To which case a mail belongs: by the token of the reply address, else by a Message-ID of ours *and* its sender.

A case number in a subject never joins anything: anybody can type one.
"""

from __future__ import annotations

from mailgate.desk.lifecycle import CaseState, ConsentState
from mailgate.desk.routing import Thread
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer, Clarification
from mailgate.mail.address import Address
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.reply_address import Recipient, ToDesk, ToReply
from mailgate.store import cases, consents, invitations, members, outbox, reply_tokens, teachers
from mailgate.store.outbox import OutboxEntry

_REFERENCES_LOOKED_AT = 20


def find_thread(ctx: Context, recipient: Recipient, message: Message, confirmed: bool) -> Thread | None:
    """The thread of a mail; `confirmed` says that an operator vouches for its sender."""
    sender = message.sender.address
    match recipient:
        case ToReply(token):
            found = reply_tokens.find(ctx.tx, token)
            if found is None:
                return None
            approved = sender is not None and reply_tokens.is_confirmed(ctx.tx, found, sender)
            fits = confirmed or approved or (sender is not None and _fits(ctx, found, sender))
            ours = answered_mail(ctx, message, sender) if sender is not None else None
            return _thread(ctx, found.case, found.invitation, fits, ours, approved)
        case ToDesk() if sender is not None:
            ours = answered_mail(ctx, message, sender)
            if ours is not None and ours.case is not None:
                return _thread(ctx, ours.case, ours.invitation, fits=True, ours=ours)
    return None


def answered_mail(ctx: Context, message: Message, sender: Address) -> OutboxEntry | None:
    """The mail of ours that this one answers: nearest first, and only if it went to this very sender."""
    looked_at = message.references[:_REFERENCES_LOOKED_AT]
    found = (outbox.sent_to(ctx.tx, message_id, sender) for message_id in looked_at)
    return next((entry for entry in found if entry is not None), None)


def sent_text(ctx: Context, message: Message, thread: Thread) -> str | None:
    """The text that we sent and this mail may quote; None when there is none, or it is not kept any more."""
    sender = message.sender.address
    ours = answered_mail(ctx, message, sender) if sender else None
    mail_id = ours.id if ours else outbox.last_mail_id(ctx.tx, thread.case, thread.invitation)
    octets = outbox.octets_of(ctx.tx, mail_id) if mail_id else b""
    return parse(octets).body if octets else None


def answered_text(ctx: Context, message: Message) -> str | None:
    """The text of the mail of ours that this one says it answers, of whatever kind; None when there is none."""
    ours = answered_mail(ctx, message, message.sender.address) if message.sender.address else None
    octets = outbox.octets_of(ctx.tx, ours.id) if ours else b""
    return parse(octets).body if octets else None


def _thread(
    ctx: Context, number: int, invitation: int | None, fits: bool, ours: OutboxEntry | None, approved: bool = False
) -> Thread:
    kind = ours.kind if ours is not None else ""
    waits_for_nothing = cases.get(ctx.tx, number).state in (CaseState.ANSWERED, CaseState.CLOSED)
    graded = kind == Answer.template or (waits_for_nothing and kind != Clarification.template)
    return Thread(
        number, invitation, fits, graded, approved, invitation is None and _answers_question(ctx, number, ours)
    )


def _answers_question(ctx: Context, number: int, ours: OutboxEntry | None) -> bool:
    """Whether this is to the newest question for consent: it refers to it, or to nothing, and there was only one, which
    still waits."""
    asked = consents.newest_question(ctx.tx, number)
    if asked is None:
        return False
    if ours is not None:
        return ours.id == asked.outbox_id and asked.state in (ConsentState.ASKED, ConsentState.AGREED)
    questions = sum(one.asked_at is not None for one in consents.of_case(ctx.tx, number))
    return questions == 1 and asked.state is ConsentState.ASKED


def _fits(ctx: Context, token: reply_tokens.Token, sender: Address) -> bool:
    """Whether `sender` is a registered address of the person whose token this is."""
    if token.invitation is not None:
        person = members.member(ctx.tx, invitations.get(ctx.tx, token.invitation).member_id).person
    else:
        teacher_id = cases.get(ctx.tx, token.case).teacher_id
        if teacher_id is None:
            return False
        person = teachers.teacher(ctx.tx, teacher_id).person
    return sender.key in {address.key for address in person.addresses}
