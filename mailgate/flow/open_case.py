"""A mail to the desk becomes a case: in the queue when the register covers its author, else held."""

from __future__ import annotations

from datetime import datetime

from mailgate.desk import schedule
from mailgate.desk.desks import DeskPolicy
from mailgate.desk.lifecycle import CaseState
from mailgate.desk.people import Teacher
from mailgate.desk.routing import OpenHeldCase
from mailgate.flow import brakes, post
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import Acknowledgement, RegistrationNeeded
from mailgate.store import audit, cases, outbox, rounds


def open_case(ctx: Context, mail: Incoming, teacher: Teacher, desk_id: str) -> Handled:
    """A registered teacher's consultation: case `new`, acknowledged without a word of it quoted."""
    due = answer_due(ctx, ctx.policy.desks.in_charge(desk_id))
    number = _add(ctx, mail, CaseState.NEW, "", teacher.id, desk_id, due)
    if mail.may_be_answered:
        acknowledge(ctx, number, teacher, due, len(mail.message.attachments), mail.message.message_id)
    audit.record(ctx.tx, ctx.now, "teacher", "open", case=number, subject=teacher.handle)
    return done("new case", number)


def answer_due(ctx: Context, desk: DeskPolicy) -> datetime:
    """Until when a desk should answer what comes into its queue now."""
    return schedule.due_in(ctx.now, desk.answer_days, ctx.policy.timezone, ctx.policy.calendar)


def acknowledge(
    ctx: Context, number: int, teacher: Teacher, due: datetime, attachments: int, in_reply_to: str = ""
) -> None:
    """Tells the teacher the case number, what happens next, what of the attachments, and how to withdraw."""
    letter = Acknowledgement(number, due.astimezone(ctx.policy.timezone).date(), attachments)
    post.to_teacher(ctx, letter, number, teacher, in_reply_to)


def open_held_case(ctx: Context, mail: Incoming, teacher: Teacher | None, route: OpenHeldCase) -> Handled:
    """A consultation for which something must be decided first; the author may be told how to register."""
    number = _add(ctx, mail, CaseState.HELD, route.reason, teacher.id if teacher else None, route.desk)
    if route.explain and mail.may_be_answered and mail.sender is not None:
        _explain(ctx, mail, number)
    audit.record(ctx.tx, ctx.now, "teacher" if teacher else "stranger", "hold", case=number, detail=route.reason)
    return done(f"held case: {route.reason}", number)


def _add(
    ctx: Context,
    mail: Incoming,
    state: CaseState,
    reason: str,
    teacher_id: int | None,
    desk_id: str,
    due_at: datetime | None = None,
) -> int:
    new = cases.NewCase(
        state=state,
        held_reason=reason,
        teacher_id=teacher_id,
        sender=mail.sender,
        subject=mail.message.subject,
        received_at=mail.received_at,
        mail_date=mail.mail_date,
        due_at=due_at,
        desk=desk_id,
    )
    number = cases.open_case(ctx.tx, new)
    # A first mail is never trimmed: its whole body counts, the signature is a finding like any other.
    entry = rounds.NewEntry(
        case=number,
        round=1,
        spool_id=mail.spool_id,
        received_at=mail.received_at,
        text=mail.message.body,
        signature=mail.message.signature,
        body=mail.message.body,
        attachments=len(mail.message.attachments),
    )
    rounds.add_entry(ctx.tx, entry)
    return number


def _explain(ctx: Context, mail: Incoming, number: int) -> None:
    """At most one such mail a day to one address, in words that do not tell who is registered."""
    assert mail.sender is not None
    last = outbox.last_written_to(ctx.tx, mail.sender, RegistrationNeeded.template)
    if last is None or ctx.now - last >= brakes.DAY:
        letter = RegistrationNeeded(str(ctx.policy.addresses.join_address()))
        post.to_stranger(ctx, letter, mail.sender, number, mail.message.message_id)
