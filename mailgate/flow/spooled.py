"""What operators do with received mail that waits for them: quarantined by a fault, or held by a rule."""

from __future__ import annotations

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.store import audit, spool


def retry(ctx: Context, mail_id: str) -> None:
    """Handles a quarantined (or discarded) mail once more."""
    _expect(ctx, mail_id, SpoolState.QUARANTINED, SpoolState.DISCARDED)
    spool.restart(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry mail", subject=f"mail {mail_id}")


def release(ctx: Context, mail_id: str) -> None:
    """Handles a held mail as if its sender fitted: the operator vouches for them, by name."""
    _expect(ctx, mail_id, SpoolState.HELD)
    spool.restart(ctx.tx, mail_id, ctx.now, confirmed_by=ctx.actor)
    audit.record(ctx.tx, ctx.now, ctx.actor, "release mail", subject=f"mail {mail_id}")


def discard(ctx: Context, mail_id: str) -> None:
    """Ends a quarantined or held mail without effect; it stays in the record."""
    _expect(ctx, mail_id, SpoolState.QUARANTINED, SpoolState.HELD)
    spool.finish(ctx.tx, mail_id, SpoolState.DISCARDED, "discarded")
    audit.record(ctx.tx, ctx.now, ctx.actor, "discard mail", subject=f"mail {mail_id}")


def _expect(ctx: Context, mail_id: str, *states: SpoolState) -> None:
    state = spool.entry(ctx.tx, mail_id).state
    if state not in states:
        raise Refused(f"mail {mail_id} is {state}: this needs one that is {' or '.join(states)}")
