"""What operators do with a composed mail that has not left, or could not."""

from __future__ import annotations

from mailgate.desk.lifecycle import InvitationState, OutboxState
from mailgate.errors import Refused
from mailgate.flow import take_back
from mailgate.flow.context import Context
from mailgate.flow.letters import Answer
from mailgate.flow.no_longer_open import ASKING
from mailgate.store import audit, cases, invitations, outbox, taking_out
from mailgate.store.outbox import UNSENT, OutboxEntry
from mailgate.store.taking_out import TAKEN_BACK


def retry(ctx: Context, mail_id: str) -> None:
    """Makes a deferred, failed, stopped or cancelled mail due now; raises Refused for a sent one, for one that was
    taken back, and for one that asks for a comment which nobody waits for any more.

    The gate looks at it once more: what stopped it may be gone.
    """
    mail = outbox.entry(ctx.tx, mail_id)
    if mail.state is OutboxState.CANCELLED and mail.reason == TAKEN_BACK:
        raise Refused(
            "mail {mail} was taken back when it was cancelled: mailgate case {again} {case}",
            mail=mail_id,
            again="answer" if mail.kind == Answer.template else "invite",
            case=str(mail.case),
        )
    if mail.invitation is not None and mail.kind in ASKING:
        state = invitations.get(ctx.tx, mail.invitation).state
        if state not in (InvitationState.INVITED, InvitationState.BOUNCED):  # what bounced may arrive this time
            raise Refused(
                "mail {mail} asks {member} for a comment, and the invitation is {state}: mailgate case invite {case}",
                mail=mail_id,
                member=mail.handle,
                state=state,
                case=str(mail.case),
            )
    outbox.retry(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry outgoing", case=mail.case, subject=f"mail {mail_id}")


def expect_cancel(ctx: Context, mail_id: str) -> None:
    """What `cancel` would raise, before anybody is asked: Refused, NotFound."""
    mail = outbox.entry(ctx.tx, mail_id)
    outbox.expect_cancellable(mail_id, mail.state)
    take_back.expect(ctx, mail)


def cancel(ctx: Context, mail_id: str) -> None:
    """Takes a waiting or stopped mail out, sets a failed one aside; raises Refused when it is none of them.

    An answer or an invitation that has not left is taken back (`flow/take_back.py`). While it is in a sender's hands
    nobody knows whether it leaves: then Refused. Any other mail is not tried again, and counts as sent if it left.
    """
    mail = outbox.entry(ctx.tx, mail_id)
    if take_back.is_undone(mail) and mail.state in UNSENT:
        _cancel_unsent(ctx, mail)
    else:
        outbox.cancel(ctx.tx, mail_id)
    audit.record(ctx.tx, ctx.now, ctx.actor, "cancel outgoing", case=mail.case, subject=f"mail {mail_id}")


def _cancel_unsent(ctx: Context, mail: OutboxEntry) -> None:
    assert mail.case is not None, "what is undone is of a case"
    cases.get_for_change(ctx.tx, mail.case)  # before its mail, as whoever ends a case takes them
    take_back.expect(ctx, mail)
    if not taking_out.take_out(ctx.tx, mail.id, ctx.now):
        outbox.expect_cancellable(mail.id, outbox.entry(ctx.tx, mail.id).state)
        raise Refused("mail {id} is being sent at this moment: look again with 'mailgate outbox show {id}'", id=mail.id)
    take_back.take_back(ctx, mail)
