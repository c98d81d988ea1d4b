"""What operators do with received mail that waits for them: quarantined by a fault, or held by a rule."""

from __future__ import annotations

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.mail.reply_address import ToJoin
from mailgate.store import audit, spool

_HELP = {
    SpoolState.WAITING: ("release", "retry", "discard"),
    SpoolState.HELD: ("release", "discard"),
    SpoolState.QUARANTINED: ("retry", "discard"),
    SpoolState.DISCARDED: ("retry",),
}
"""The verbs of `mailgate mail` that take a mail in each state."""


def next_step(ctx: Context, mail_id: str) -> str:
    """What an operator can do with a mail, as commands to type; "" when nothing waits."""
    state = spool.entry(ctx.tx, mail_id).state
    if state is SpoolState.HELD and _is_application(ctx, mail_id):
        look = f"'mailgate mail show {mail_id} --reveal REASON' says who wrote it"
        return f"{look}; 'mailgate member add' or 'mailgate teacher add', then 'mailgate mail discard {mail_id}'"
    return " or ".join(f"'mailgate mail {verb} {mail_id}'" for verb in _HELP.get(state, ()))


def retry(ctx: Context, mail_id: str) -> None:
    """Handles a quarantined (or discarded) mail once more, one that waits for the DNS at once. Raises Refused in other
    states, NotFound."""
    _expect(ctx, mail_id, SpoolState.WAITING, SpoolState.QUARANTINED, SpoolState.DISCARDED)
    spool.restart(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry mail", subject=f"mail {mail_id}")


def release(ctx: Context, mail_id: str) -> None:
    """Handles a held or waiting mail as if its sender fitted: the operator vouches for them, by name.

    Raises Refused in other states, and for an application: it would only be held again.
    """
    _expect(ctx, mail_id, SpoolState.WAITING, SpoolState.HELD)
    if _is_application(ctx, mail_id):
        raise Refused(f"mail {mail_id} is an application for the register: {next_step(ctx, mail_id)}")
    spool.restart(ctx.tx, mail_id, ctx.now, confirmed_by=ctx.actor)
    audit.record(ctx.tx, ctx.now, ctx.actor, "release mail", subject=f"mail {mail_id}")


def discard(ctx: Context, mail_id: str) -> None:
    """Ends a waiting, quarantined or held mail without effect; it stays in the record. Raises Refused otherwise."""
    _expect(ctx, mail_id, SpoolState.WAITING, SpoolState.QUARANTINED, SpoolState.HELD)
    spool.set_state(ctx.tx, mail_id, SpoolState.DISCARDED, "discarded")
    audit.record(ctx.tx, ctx.now, ctx.actor, "discard mail", subject=f"mail {mail_id}")


def _is_application(ctx: Context, mail_id: str) -> bool:
    (address, *_) = spool.load(ctx.tx, mail_id).envelope.forward_paths
    return isinstance(ctx.policy.addresses.recipient(address), ToJoin)


def _expect(ctx: Context, mail_id: str, *states: SpoolState) -> None:
    state = spool.entry(ctx.tx, mail_id).state
    if state not in states:
        raise Refused(f"mail {mail_id} is {state}: {next_step(ctx, mail_id) or 'there is nothing to decide about it'}")
