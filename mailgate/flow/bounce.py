"""A delivery report came back for exactly one mail of ours (its return path says which)."""

from __future__ import annotations

from mailgate.desk.lifecycle import InvitationState
from mailgate.flow import confirm, no_longer_open
from mailgate.flow.context import Context
from mailgate.flow.incoming import Handled, Incoming, done
from mailgate.flow.letters import ConfirmationReminder, RegisterConfirmation
from mailgate.flow.run_dry import back_to_queue_if_dry
from mailgate.store import audit, invitations, outbox, persons
from mailgate.store.outbox import OutboxEntry

_ABOUT_THE_REGISTER = (RegisterConfirmation.template, ConfirmationReminder.template)


def take_report(ctx: Context, mail: Incoming, token: str) -> Handled:
    """A failure that is final marks the mail and an unanswered invitation, and one of the address itself (5.1.y, or no
    code at all) the address; that somebody still tries is recorded.

    Only the token is believed: whom the report names does not matter, it may be a rewritten or expanded address.
    """
    sent = outbox.by_bounce_token(ctx.tx, token)
    if sent is None:
        return done("delivery report for an unknown mail")
    final = [failed for failed in mail.message.failed if failed.given_up]
    if not final:
        return done("delivery report: not delivered yet", sent.case)
    status = final[0].status
    outbox.mark_failed(ctx.tx, sent.id, f"bounced {status}" if status else "bounced")
    of_address = any(failed.permanent and failed.status[:3] in ("5.1", "") for failed in final)
    if of_address and outbox.is_kept(ctx.tx, sent.id):
        persons.mark_undeliverable(ctx.tx, outbox.recipient_of(ctx.tx, sent.id), ctx.now)
    audit.record(
        ctx.tx, ctx.now, "system", "bounce", case=sent.case, subject=sent.handle, detail=f"{sent.kind} {status}"
    )
    end_unreached(ctx, sent)
    return done(f"bounce of {sent.kind}", sent.case)


def end_unreached(ctx: Context, failed: OutboxEntry) -> None:
    """A mail never arrived: whoever was asked by it, for a comment or about the register, will not answer."""
    if failed.kind in _ABOUT_THE_REGISTER:
        confirm.end_unreached(ctx, failed.handle)
    if failed.invitation is None or failed.case is None:
        return
    if invitations.get(ctx.tx, failed.invitation).state is InvitationState.INVITED:
        no_longer_open.end(ctx, failed.invitation, InvitationState.BOUNCED)
        back_to_queue_if_dry(ctx, failed.case)
