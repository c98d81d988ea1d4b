"""A mail that was cancelled before it left was never written: its reader knows nothing of it, so what it told of is
undone as far as it concerns them. The case is asked to be answered again, the member may be invited again.

Before: `flow/outgoing.py` takes the mail out. After: what it said is told anew with `case answer` or `case invite`,
never by sending the old mail, which is marked. Of other mails nothing is undone: they told of nothing that they made.

Known weakness: an answer that is cancelled after a later one has left stays given.
"""

from __future__ import annotations

from mailgate.desk.lifecycle import CaseState, InvitationState, Move, moved
from mailgate.errors import Refused
from mailgate.flow import no_longer_open
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer, Invitation, Thanks
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.store import answers, audit, cases, invitations, outbox, reply_tokens, rounds, taking_out
from mailgate.store.outbox import NOT_CANCELLED, UNSENT, OutboxEntry


def is_undone(mail: OutboxEntry) -> bool:
    """Whether a mail told of something that did not happen unless it leaves."""
    return mail.case is not None and mail.kind in (Answer.template, Invitation.template)


def expect(ctx: Context, mail: OutboxEntry) -> None:
    """Raises Refused for an answer after which another one waits: that one is taken back first."""
    if mail.kind != Answer.template or mail.state not in UNSENT:
        return
    later = _answers_after(ctx, mail)
    if later and later[0].state in UNSENT:
        raise Refused(
            "case {case} was answered again since: first mailgate outbox cancel {mail}",
            case=str(mail.case),
            mail=later[0].id,
        )


def take_back(ctx: Context, mail: OutboxEntry) -> None:
    """Undoes what `mail` told of, which was taken out before it left."""
    if mail.kind == Answer.template:
        _take_back_answer(ctx, mail)
    elif mail.kind == Invitation.template:
        _take_back_invitation(ctx, mail)


def _answers_after(ctx: Context, mail: OutboxEntry) -> list[OutboxEntry]:
    """Those that were not cancelled, newest first."""
    found = outbox.entries(ctx.tx, NOT_CANCELLED, mail.case)
    return [one for one in found if one.kind == Answer.template and one.created_at > mail.created_at]


def _take_back_answer(ctx: Context, mail: OutboxEntry) -> None:
    """Unless the case went on: the teacher wrote again, it was closed or withdrawn, or a later answer has left."""
    assert mail.case is not None, "an answer is of a case"
    case = cases.get_for_change(ctx.tx, mail.case)
    answered_at = rounds.get(ctx.tx, case.number, case.round).answered_at
    stands = case.state not in (CaseState.ANSWERED, CaseState.OPEN) or answered_at is None
    if stands or _answers_after(ctx, mail):
        return
    assert answered_at is not None, "asked above"
    back = answers.take_back(ctx.tx, case.number, case.round, answered_at)
    for invitation in back:
        taking_out.take_out_kind(ctx.tx, invitation, Thanks.template, ctx.now)
    rounds.set_answered(ctx.tx, case.number, case.round, answers.last_answered(ctx.tx, case.number, case.round))
    taking_out.mark_taken_back(ctx.tx, mail.id)
    state = moved(case.number, case.state, Move.TAKE_BACK) if case.state is CaseState.ANSWERED else case.state
    cases.set_state(ctx.tx, case.number, state, ctx.now)
    detail = f"round {case.round}, {len(back)} comments"
    audit.record(ctx.tx, ctx.now, ctx.actor, "take back answer", case=case.number, detail=detail)


def _take_back_invitation(ctx: Context, mail: OutboxEntry) -> None:
    assert mail.case is not None, "an invitation is of a case"
    assert mail.invitation is not None, "and says which"
    cases.get_for_change(ctx.tx, mail.case)
    found = invitations.get(ctx.tx, mail.invitation)
    if found.state is InvitationState.INVITED:
        no_longer_open.end(ctx, found.id, InvitationState.REVOKED)
        reply_tokens.revoke(ctx.tx, found.id, ctx.now)
        taking_out.mark_taken_back(ctx.tx, mail.id)
        audit.record(ctx.tx, ctx.now, ctx.actor, "take back invitation", case=mail.case, subject=found.handle)
        back_to_queue_if_dry(ctx, mail.case)
