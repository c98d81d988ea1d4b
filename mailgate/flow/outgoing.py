"""What operators do with a composed mail that has not left, or could not."""

from __future__ import annotations

from mailgate.desk.lifecycle import OutboxState
from mailgate.flow import stopped
from mailgate.flow.context import Context
from mailgate.store import audit, outbox


def retry(ctx: Context, mail_id: str) -> None:
    """Makes a deferred, failed, stopped or cancelled mail due now; raises Refused for a sent one.

    The gate looks at it once more: what stopped it may be gone.
    """
    case = outbox.entry(ctx.tx, mail_id).case
    outbox.retry(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry outgoing", case=case, subject=f"mail {mail_id}")


def expect_cancel(ctx: Context, mail_id: str) -> None:
    """What `cancel` would raise, before anybody is asked: Refused, NotFound."""
    outbox.expect_cancellable(mail_id, outbox.entry(ctx.tx, mail_id).state)


def cancel(ctx: Context, mail_id: str) -> None:
    """Takes a waiting or stopped mail out, sets a failed one aside; raises Refused when it is none of them."""
    mail = outbox.entry(ctx.tx, mail_id)
    outbox.cancel(ctx.tx, mail_id)
    audit.record(ctx.tx, ctx.now, ctx.actor, "cancel outgoing", case=mail.case, subject=f"mail {mail_id}")
    if mail.state is OutboxState.STOPPED:
        stopped.take_back(ctx, mail)
