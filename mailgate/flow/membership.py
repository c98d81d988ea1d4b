"""What becomes of a member over time: the moves of their status, and the history that an operator looks at.

A member who retires while invited is not asked any more: the invitation ends and they are told that no comment is
needed. Their reply address stays alive, so that what they send all the same is not lost: it is held for an operator
(`flow/comment.py`). A pause with an end needs nobody to end it: `desk/eligibility.py` reads the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailgate.desk.eligibility import MemberMove, status_after
from mailgate.desk.lifecycle import InvitationState
from mailgate.desk.people import Member, MemberStatus
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.flow.withdraw import end_invitation
from mailgate.phrase import in_one_line
from mailgate.store import audit, cases, invitations
from mailgate.store.invitations import Invitation
from mailgate.store.members import member_by_handle, set_member_status

_MEMBER = "member"
"""Who acts in the audit log when the member did it by mail."""
_VERIFIED = frozenset({f"member {MemberMove.VERIFY}", "approve application"})
_PAUSE = f"member {MemberMove.PAUSE}"


@dataclass(frozen=True, slots=True)
class Moved:
    member: Member
    cases: tuple[int, ...]
    """Where an invitation of theirs ended by it."""
    unverified: bool = False
    """They are active now, and nobody noted that their identity was checked."""


@dataclass(frozen=True, slots=True)
class History:
    member: Member
    invitations: tuple[Invitation, ...]
    """Newest first."""
    asked: int
    """Invitations that ended, with or without a comment."""
    answered: int
    changes: tuple[audit.AuditEntry, ...]
    """What was done with the registration itself, oldest first."""


def move_members(ctx: Context, move: MemberMove, handles: Sequence[str], until: date | None = None) -> list[Moved]:
    """Verifies, activates, … all these members or none; raises Refused with every reason, NotFound.

    `until` is the last day of a pause; None: until somebody resumes it.
    """
    today = ctx.now.astimezone(ctx.policy.timezone).date()
    if until is not None and until < today:
        raise Refused("the pause cannot end on {until}: that day is past", until=until)
    found = {member.id: member for member in (member_by_handle(ctx.tx, handle) for handle in handles)}
    after: dict[int, MemberStatus] = {}
    refused: list[str] = []
    for member in found.values():
        try:
            after[member.id] = status_after(member, move, today)
        except Refused as error:
            refused.append(error.reason)
    if refused:
        reasons = in_one_line(refused)
        if len(refused) == len(found):
            raise Refused(reasons)
        others = len(found) - len(refused)
        raise Refused("{reasons} (nothing was done with the other {others})", reasons=reasons, others=others)
    return [_move(ctx, move, member, after[member.id], until) for member in found.values()]


def is_paused_by_themselves(ctx: Context, member: Member) -> bool:
    """Whether the newest pause of the member is their own, and not an operator's."""
    pauses = [one.actor for one in audit.of_register(ctx.tx, member.handle) if one.action == _PAUSE]
    return pauses[-1:] == [_MEMBER]


def pause_themselves(ctx: Context, member: Member, until: date | None) -> None:
    """An active member, or one who is paused already, is not asked up to that day: their own word."""
    _move(replace(ctx, actor=_MEMBER), MemberMove.PAUSE, member, MemberStatus.PAUSED, until)


def resume_themselves(ctx: Context, member: Member) -> None:
    """A paused member is asked again: their own word. Raises Refused where that needs an operator."""
    today = ctx.now.astimezone(ctx.policy.timezone).date()
    status = status_after(member, MemberMove.RESUME, today)
    _move(replace(ctx, actor=_MEMBER), MemberMove.RESUME, member, status, None)


def history(ctx: Context, handle: str) -> History:
    """Everything that a member was asked, how often they answered, and what was done with their registration."""
    member = member_by_handle(ctx.tx, handle)
    asked, answered = invitations.outcomes(ctx.tx, member.id).get(member.id, (0, 0))
    return History(
        member,
        tuple(reversed(invitations.of_member(ctx.tx, member.id))),
        asked,
        answered,
        tuple(audit.of_register(ctx.tx, member.handle)),
    )


def verified_at(ctx: Context, handle: str) -> datetime | None:
    """When an operator last noted that they made sure of a member: by verifying them, or by approving what they applied
    for. The status does not tell it any more once they are active; the audit log does."""
    noted = [one.at for one in audit.of_register(ctx.tx, handle) if one.action in _VERIFIED]
    return noted[-1] if noted else None


def _move(ctx: Context, move: MemberMove, member: Member, status: MemberStatus, until: date | None) -> Moved:
    end = until if status is MemberStatus.PAUSED else None
    set_member_status(ctx.tx, member.id, status, ctx.now, end)
    detail = f"{member.status} to {status}" + (f" until {end}" if end else "")
    audit.record(ctx.tx, ctx.now, ctx.actor, f"member {move}", subject=member.handle, detail=detail)
    ended = _end_invitations(ctx, member) if status is MemberStatus.RETIRED else ()
    unverified = member.status is MemberStatus.APPLIED and status is MemberStatus.ACTIVE
    return Moved(replace(member, status=status, paused_until=end), ended, unverified)


def _end_invitations(ctx: Context, member: Member) -> tuple[int, ...]:
    waiting = [one for one in invitations.of_member(ctx.tx, member.id) if one.state is InvitationState.INVITED]
    for invitation in waiting:
        cases.get_for_change(ctx.tx, invitation.case)
        end_invitation(ctx, invitation)
        audit.record(ctx.tx, ctx.now, ctx.actor, "revoke", case=invitation.case, subject=member.handle)
        back_to_queue_if_dry(ctx, invitation.case)
    return tuple(invitation.case for invitation in waiting)
