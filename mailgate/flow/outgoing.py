"""What operators do with a composed mail that has not left, or could not."""

from __future__ import annotations

from mailgate.flow.context import Context
from mailgate.store import audit, outbox


def retry(ctx: Context, mail_id: str) -> None:
    """Makes a deferred, failed or cancelled mail due now; raises Refused for a sent one."""
    outbox.retry(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry outgoing", subject=f"mail {mail_id}")


def cancel(ctx: Context, mail_id: str) -> None:
    """Takes a waiting mail out; raises Refused when it is not waiting any more."""
    outbox.cancel(ctx.tx, mail_id)
    audit.record(ctx.tx, ctx.now, ctx.actor, "cancel outgoing", subject=f"mail {mail_id}")
