"""Work that only time brings: reminders, due dates that passed, cases that went quiet, the register, the daily digest.

Safe to repeat at any moment: each piece is taken in a transaction of its own which looks again before it acts, so two
nodes or a restart do nothing twice, and a missed week is caught up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from mailgate.desk.desks import DeskPolicy
from mailgate.desk.lifecycle import CaseState, InvitationState, Move, moved
from mailgate.desk.quiet_hours import leaves_at
from mailgate.events import Event
from mailgate.flow import ask_confirmation, digest, no_longer_open
from mailgate.flow.context import Context, Office
from mailgate.flow.each import each
from mailgate.flow.invite import remind_one
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.store import audit, cases, desks, invitations, sending, spool

_log = structlog.get_logger("due")


@dataclass(frozen=True, slots=True)
class Done:
    """How many of each were done."""

    reminders: int
    expired: int
    closed: int
    digests: int = 0
    confirmations: int = 0
    """Mails that ask whether what the register holds is right, and their reminders."""


def run_due(office: Office) -> Done:
    """Does all time-driven work that is due now, by the office's clock."""
    _unstick(office)
    with office.read() as ctx:
        remind = [one.id for one in _to_remind(ctx)]
        expire = [one.id for one in invitations.waiting(ctx.tx, due_before=ctx.now)]
        quiet = cases.quiet_since(ctx.tx, CaseState.ANSWERED, ctx.now - timedelta(days=ctx.policy.quiet_days))
    # Expiry first: who is past the due date is not reminded any more.
    expired = each(office, _expire, expire)
    reminders, closed = each(office, _remind, remind), each(office, _close, quiet)
    confirmations = ask_confirmation.run(office)
    # Last, so that it tells of what has just become of things.
    return Done(reminders, expired, closed, _digest(office), confirmations)


def _digest(office: Office) -> int:
    with office.read() as ctx:
        due = [desk.id for desk in ctx.policy.desks if digest.is_due(ctx, desk)]
    return each(office, digest.send, due)


def _unstick(office: Office) -> None:
    """A clock that was ahead and was set right leaves mail that waits for a moment far off."""
    with office.write() as ctx:
        mails = spool.unstick(ctx.tx, ctx.now) + sending.unstick(ctx.tx, ctx.now)
    if mails:
        _log.warning(Event.WRONG_CLOCK, mails=mails)


def _to_remind(ctx: Context) -> list[invitations.Invitation]:
    longest = timedelta(days=max(desk.reminder_days for desk in ctx.policy.desks))
    waiting = invitations.waiting(ctx.tx, due_before=ctx.now + longest, reminded=False)
    desk_ids = desks.of_cases(ctx.tx, {one.case for one in waiting})
    return [one for one in waiting if _is_soon(ctx, one, ctx.policy.desks.in_charge(desk_ids[one.case]))]


def _is_soon(ctx: Context, invitation: invitations.Invitation, desk: DeskPolicy) -> bool:
    """Whether so few days are left that the desk reminds. Whoever was invited for a nearer date than that gets no
    reminder right behind the invitation."""
    before = timedelta(days=desk.reminder_days)
    return invitation.due_at < ctx.now + before and invitation.due_at - invitation.invited_at > before


def _remind(ctx: Context, invitation_id: int) -> bool:
    invitation = _locked(ctx, invitation_id)
    if invitation.state is not InvitationState.INVITED or invitation.reminded_at or invitation.due_at < ctx.now:
        return False
    remind_one(ctx, invitation, leaves_at(ctx.now, ctx.policy.quiet_hours, ctx.policy.timezone))
    return True


def _expire(ctx: Context, invitation_id: int) -> bool:
    invitation = _locked(ctx, invitation_id)
    if invitation.state is not InvitationState.INVITED or invitation.due_at >= ctx.now:
        return False
    no_longer_open.end(ctx, invitation.id, InvitationState.EXPIRED)
    audit.record(ctx.tx, ctx.now, ctx.actor, "expire", case=invitation.case, subject=invitation.handle)
    back_to_queue_if_dry(ctx, invitation.case)
    return True


def _close(ctx: Context, number: int) -> bool:
    case = cases.get_for_change(ctx.tx, number)
    quiet = ctx.now - case.changed_at > timedelta(days=ctx.policy.quiet_days)
    if case.state is not CaseState.ANSWERED or not quiet:
        return False
    cases.set_state(ctx.tx, number, moved(number, case.state, Move.CLOSE), ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "close", case=number, detail="quiet")
    return True


def _locked(ctx: Context, invitation_id: int) -> invitations.Invitation:
    cases.get_for_change(ctx.tx, invitations.get(ctx.tx, invitation_id).case)
    return invitations.get(ctx.tx, invitation_id)
