"""Writing to people: a letter becomes a composed mail in the outbox, in the transaction at hand. Nothing is sent here.

Four doors, by who reads: the teacher of a case, the member of an invitation, a stranger, an applicant. Each mail goes
to the registered address of its reader, never to one that a header named; only the last two have no other. What only
answers a mail passes the brakes (`brakes.py`).

Auto-Submitted (RFC 3834 section 5) is auto-replied in what answers a mail by itself, auto-generated in all that time or
a step of the desk brings about. That is the invitation and the question of an operator too, although a person typed in
them: section 5.2 keeps both words from mails that a person sends, and these a program writes around a text and sends.
With "no", or nothing, every responder may answer them, at an address where an answer counts as the teacher's or the
member's: an absence that carries no mark would be taken for what was asked.
"""

from __future__ import annotations

from datetime import datetime

from mailgate.desk.desks import DeskPolicy
from mailgate.desk.people import Member, Teacher
from mailgate.flow import brakes
from mailgate.flow.bound import bind
from mailgate.flow.context import Context
from mailgate.flow.letters import Letter
from mailgate.mail.address import Address
from mailgate.mail.compose import Draft, compose, is_message_id, new_message_id
from mailgate.mail.enclosing import Enclosed
from mailgate.mail.reply_address import new_token
from mailgate.store import cases, outbox, reply_tokens
from mailgate.store.cases import Case

STRANGER = "stranger"
OPERATOR = "operator"


def to_teacher(
    ctx: Context,
    letter: Letter,
    case: int,
    teacher: Teacher,
    in_reply_to: str = "",
    files: tuple[Enclosed, ...] = (),
    at: datetime | None = None,
) -> None:
    """Queues a letter to the teacher of a case, with released files; answers come back to the case.

    `at` is when it leaves, and its date; None: now.
    """
    token, found = reply_tokens.give(ctx.tx, case, None, ctx.random_bytes), cases.get(ctx.tx, case)
    _queue(
        ctx,
        letter,
        ctx.desk_of(found),
        to=_chosen_address(found, teacher),
        handle=teacher.handle,
        sender=ctx.policy.addresses.reply_address(token),
        case=case,
        in_reply_to=in_reply_to,
        files=files,
        at=at,
    )


def to_member(
    ctx: Context,
    letter: Letter,
    case: int,
    invitation: int,
    member: Member,
    in_reply_to: str = "",
    files: tuple[Enclosed, ...] = (),
    at: datetime | None = None,
) -> None:
    """Queues a letter to an invited member, with released files; answers come back to the invitation.

    `at` is when it leaves, and its date; None: now.
    """
    token = reply_tokens.give(ctx.tx, case, invitation, ctx.random_bytes)
    _queue(
        ctx,
        letter,
        ctx.desk_of(case),
        to=member.person.addresses[0],
        handle=member.handle,
        sender=ctx.policy.addresses.reply_address(token),
        case=case,
        invitation=invitation,
        in_reply_to=in_reply_to,
        files=files,
        at=at,
    )


def to_stranger(ctx: Context, letter: Letter, address: Address, case: int, in_reply_to: str) -> None:
    """Queues a letter to somebody whom the register does not know; answers go to the desk of the case."""
    desk = ctx.desk_of(case)
    _queue(
        ctx,
        letter,
        desk,
        to=address,
        handle=STRANGER,
        sender=ctx.policy.addresses.desk_address(desk.id),
        case=case,
        in_reply_to=in_reply_to,
    )


def to_applicant(
    ctx: Context,
    letter: Letter,
    address: Address,
    in_reply_to: str = "",
    handle: str = STRANGER,
    at: datetime | None = None,
) -> None:
    """Queues a letter to somebody who is in the register or applied for it; answers go to join@. `at` as above.

    The register is common to all desks: the main one speaks for it.
    """
    _queue(
        ctx,
        letter,
        ctx.policy.desks.main,
        to=address,
        handle=handle,
        sender=ctx.policy.addresses.join_address(),
        case=None,
        in_reply_to=in_reply_to,
        at=at,
    )


def to_operator(ctx: Context, letter: Letter, desk: DeskPolicy, address: Address, at: datetime) -> None:
    """Queues a letter to an operator of a desk, which leaves at that moment; nobody need answer it."""
    sender = ctx.policy.addresses.desk_address(desk.id)
    _queue(ctx, letter, desk, to=address, handle=OPERATOR, sender=sender, case=None, at=at)


def _chosen_address(case: Case, teacher: Teacher) -> Address:
    """The registered address that the teacher chose for this case by writing from it; else the first one."""
    registered = {address.key: address for address in teacher.person.addresses}
    return registered.get(case.sender.key if case.sender else "", teacher.person.addresses[0])


def _queue(
    ctx: Context,
    letter: Letter,
    desk: DeskPolicy,
    *,
    to: Address,
    handle: str,
    sender: Address,
    case: int | None,
    invitation: int | None = None,
    in_reply_to: str = "",
    files: tuple[Enclosed, ...] = (),
    at: datetime | None = None,
) -> None:
    if (reason := brakes.hard(ctx, letter, to, case)) is not None:
        brakes.not_answered(ctx, case, handle, reason)
        return
    renderer = ctx.renderer_of(desk)
    text = renderer.render(letter)
    ancestor = (
        in_reply_to if is_message_id(in_reply_to) else ""
    )  # the reader's own Message-ID, as their client wrote it
    message_id = new_message_id(ctx.policy.addresses.domain, ctx.random_bytes)
    leaves_at = max(at or ctx.now, ctx.now + ctx.delay)
    draft = Draft(
        from_name=desk.name,
        from_address=sender,
        to=to,
        subject=text.subject,
        body=text.body,
        message_id=message_id,
        date=leaves_at.astimezone(ctx.policy.timezone),
        reply_to=sender,
        in_reply_to=ancestor,
        references=(ancestor,) if ancestor else (),
        automatic="auto-replied" if brakes.is_answer(ctx, letter) else "auto-generated",
        files=files,
    )
    octets = compose(draft)
    mail = outbox.NewMail(
        id=new_token(ctx.random_bytes)[:12],
        kind=letter.template,
        case=case,
        invitation=invitation,
        handle=handle,
        recipient=to,
        octets=octets,
        message_id=message_id,
        bounce_token=new_token(ctx.random_bytes),
        letter=bind(letter, renderer.wording(letter.template), octets),
    )
    outbox.put(ctx.tx, mail, leaves_at)
