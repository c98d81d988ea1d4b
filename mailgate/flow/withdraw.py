"""Ending what was asked: a whole case (by its teacher, or by an operator for them), or single invitations."""

from __future__ import annotations

from mailgate.desk.lifecycle import INVITATION_ALIVE, CaseState, InvitationState, Move, OutboxState, moved
from mailgate.errors import Refused
from mailgate.flow import post
from mailgate.flow.context import Context
from mailgate.flow.letters import Invitation, InvitationWithdrawn, Withdrawn
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.store import audit, cases, invitations, members, outbox, reply_tokens, taking_out, teachers
from mailgate.store.handles import read_handle


def withdraw_case(ctx: Context, case: cases.Case, actor: str, in_reply_to: str = "") -> None:
    """The case is withdrawn: members are told, their addresses die, the teacher gets a confirmation."""
    state = moved(case.number, case.state, Move.WITHDRAW)
    for invitation in invitations.of_case(ctx.tx, case.number, case.round):
        # After the answer there is nobody left to tell: the members have been thanked.
        if case.state is CaseState.OPEN and invitation.state in INVITATION_ALIVE:
            end_invitation(ctx, invitation)
    reply_tokens.revoke_members_of(ctx.tx, case.number, ctx.now)
    cases.set_state(ctx.tx, case.number, state, ctx.now)
    if case.teacher_id is not None:
        teacher = teachers.teacher(ctx.tx, case.teacher_id)
        post.to_teacher(ctx, Withdrawn(case.number), case.number, teacher, in_reply_to)
    audit.record(ctx.tx, ctx.now, actor, "withdraw", case=case.number)


def revoke(ctx: Context, number: int, handles: tuple[str, ...]) -> list[str]:
    """Takes back the invitations of the current round: all that are unanswered, or those of the named members.

    Gives the handles of the members whose invitation ended. Raises Refused when there is none to take back.
    """
    case = cases.get_for_change(ctx.tx, number)
    chosen = _revocable(ctx, case, handles)
    for invitation in chosen:
        end_invitation(ctx, invitation)
        reply_tokens.revoke(ctx.tx, invitation.id, ctx.now)
        audit.record(ctx.tx, ctx.now, ctx.actor, "revoke", case=number, subject=invitation.handle)
    back_to_queue_if_dry(ctx, number)
    return [invitation.handle for invitation in chosen]


def revocable(ctx: Context, number: int, handles: tuple[str, ...]) -> list[str]:
    """The handles of those whose invitation `revoke` would take back; raises what it would."""
    return [one.handle for one in _revocable(ctx, cases.get(ctx.tx, number), handles)]


def _revocable(ctx: Context, case: cases.Case, handles: tuple[str, ...]) -> list[invitations.Invitation]:
    current = invitations.of_case(ctx.tx, case.number, case.round)
    wanted = set(map(read_handle, handles))
    unknown = wanted - {invitation.handle for invitation in current}
    if unknown:
        raise Refused(
            "case {number} has no invitation of {unknown} in round {round}",
            number=case.number,
            unknown=sorted(unknown),
            round=case.round,
        )
    chosen = [one for one in current if one.state is InvitationState.INVITED and (not wanted or one.handle in wanted)]
    if not chosen:
        raise Refused("case {number} has no open invitation to take back", number=case.number)
    return chosen


def end_invitation(ctx: Context, invitation: invitations.Invitation) -> None:
    """The invitation is over. Its member is told that no comment is needed any more, unless they never got it."""
    invitations.set_state(ctx.tx, invitation.id, InvitationState.REVOKED)
    if never_left(ctx, invitation):
        return
    member = members.member(ctx.tx, invitation.member_id)
    asked_in = outbox.last_message_id(ctx.tx, invitation.case, invitation.id)
    post.to_member(ctx, InvitationWithdrawn(invitation.case), invitation.case, invitation.id, member, asked_in)


def never_left(ctx: Context, invitation: invitations.Invitation) -> bool:
    """Takes out what waits to be sent about an invitation; True when its member never got the mail that invited them
    (the newest, where that was done twice): it is taken out, had been before, or was refused for good.

    What is in a sender's hands may be leaving, and whoever commented has it.
    """
    asked = outbox.newest(ctx.tx, invitation.case, invitation.id, Invitation.template)
    taken = asked is not None and taking_out.take_out(ctx.tx, asked.id, ctx.now)
    taking_out.take_out_all(ctx.tx, invitation.id)
    if asked is None or invitation.state is not InvitationState.INVITED:
        return False
    if taken:
        taking_out.mark_taken_back(ctx.tx, asked.id)
    return taken or asked.state in (OutboxState.CANCELLED, OutboxState.FAILED)
