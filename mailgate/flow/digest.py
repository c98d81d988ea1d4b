"""One mail a day to the operators of each desk: what waits for them, in numbers. Never a word of a case, never a name,
never a case of another desk. What belongs to no case (applications, mails that no worker could handle) is the main
desk's.

Made by `flow/due.py` at `desk.digest_time` or when the service comes up after it; a missed day is not made up for.
Nothing waits: no mail. Two nodes, or a restart: one mail, since the day is written in the same transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from mailgate.desk.desks import DeskPolicy
from mailgate.desk.lifecycle import UNCONFIRMED, CaseState, InvitationState
from mailgate.desk.quiet_hours import leaves_at
from mailgate.flow import post
from mailgate.flow.context import Context
from mailgate.flow.letters import Digest
from mailgate.flow.standing import can_be_answered, is_late
from mailgate.store import applications, audit, cases, comments, confirmations, digests, invitations

_IN_HAND = (CaseState.HELD, CaseState.NEW, CaseState.OPEN)
_A_DAY = timedelta(days=1)
_DROPPED_OUT = ("decline", "bounce")


def is_due(ctx: Context, desk: DeskPolicy) -> bool:
    """Whether today's digest of a desk is still to be made."""
    if ctx.policy.digest_time is None or not desk.operators:
        return False
    local = ctx.now.astimezone(ctx.policy.timezone)
    last = digests.last(ctx.tx, desk.id)
    return local.time() >= ctx.policy.digest_time and (last is None or last.day < local.date())


def send(ctx: Context, desk_id: str) -> bool:
    """Makes today's digest of a desk; says whether there was anything to tell."""
    desk = ctx.policy.desks.in_charge(desk_id)
    ctx.tx.alone("digest")
    if not is_due(ctx, desk):
        return False
    last = digests.last(ctx.tx, desk.id)
    digests.add(ctx.tx, desk.id, ctx.now.astimezone(ctx.policy.timezone).date(), ctx.now)
    digest = compiled(ctx, desk, max(last.made_at, ctx.now - 7 * _A_DAY) if last else ctx.now - _A_DAY)
    if not digest.anything:
        return False
    at = leaves_at(ctx.now, ctx.policy.quiet_hours, ctx.policy.timezone)
    for address in desk.operators:
        post.to_operator(ctx, digest, desk, address, at)
    return True


def compiled(ctx: Context, desk: DeskPolicy, since: datetime) -> Digest:
    """What waits for a desk now, and what went wrong since a moment."""
    charge = ctx.policy.desks.charge_of(desk.id)
    found = cases.listing(ctx.tx, list(_IN_HAND), charge=charge)
    numbers = [one.number for one in found]
    asked, written = invitations.of_cases(ctx.tx, numbers), comments.of_cases(ctx.tx, numbers)
    mails = digests.mails(ctx.tx, charge)
    has_register = desk is ctx.policy.desks.main
    dropped = audit.cases_with(ctx.tx, _DROPPED_OUT, since)
    return Digest(
        day=ctx.now.astimezone(ctx.policy.timezone).date(),
        held=tuple(one.number for one in found if one.state is CaseState.HELD),
        new=tuple(one.number for one in found if one.state is CaseState.NEW),
        ready=tuple(one.number for one in found if can_be_answered(one, asked[one.number], written[one.number])),
        late=tuple(one.number for one in found if is_late(one, ctx.now)),
        dropped=tuple(one.number for one in found if one.number in dropped and _waits(one, asked[one.number])),
        applications=len(applications.listing(ctx.tx)) if has_register else 0,
        held_mails=mails.held,
        quarantined=mails.quarantined,
        stopped=mails.stopped,
        unconfirmed=confirmations.count(ctx.tx, UNCONFIRMED) if has_register and ctx.policy.confirmation_months else 0,
        failed=audit.count_of(ctx.tx, "delivery failed", since, charge),
    )


def _waits(case: cases.Case, asked: list[invitations.Invitation]) -> bool:
    """Whether others of this round are still expected: a case that ran dry is in the queue anyway."""
    alive = (one.state for one in asked if one.round == case.round)
    return case.state is CaseState.OPEN and InvitationState.INVITED in alive
