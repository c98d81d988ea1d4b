"""What operators do with received mail that waits for them: quarantined by a fault, or held by a rule."""

from __future__ import annotations

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.phrase import Phrase, any_of, quoted
from mailgate.store import audit, spool

_VERBS = {
    SpoolState.WAITING: ("release", "retry", "discard"),
    SpoolState.HELD: ("release", "discard"),
    SpoolState.QUARANTINED: ("retry", "discard"),
    SpoolState.DISCARDED: ("retry",),
}
"""The verbs of `mailgate mail` that take a mail in each state; in those that are not here it takes none."""


def next_step(ctx: Context, mail_id: str) -> str:
    """What an operator can do with a mail, as commands to type; "" when nothing waits."""
    state = spool.entry(ctx.tx, mail_id).state
    return any_of([quoted(f"mailgate mail {verb} {mail_id}") for verb in _VERBS.get(state, ())])


def retry(ctx: Context, mail_id: str) -> None:
    """Handles a quarantined (or discarded) mail once more, one that waits for the DNS at once. Raises Refused in other
    states, NotFound."""
    expect(ctx, mail_id, "retry")
    spool.restart(ctx.tx, mail_id, ctx.now)
    audit.record(ctx.tx, ctx.now, ctx.actor, "retry mail", subject=f"mail {mail_id}")


def release(ctx: Context, mail_id: str) -> None:
    """Handles a held or waiting mail as if its sender fitted: the operator vouches for them, by name.

    Raises Refused in other states.
    """
    expect(ctx, mail_id, "release")
    spool.restart(ctx.tx, mail_id, ctx.now, confirmed_by=ctx.actor)
    audit.record(ctx.tx, ctx.now, ctx.actor, "release mail", subject=f"mail {mail_id}")


def discard(ctx: Context, mail_id: str) -> None:
    """Ends a waiting, quarantined or held mail without effect; it stays in the record. Raises Refused otherwise."""
    expect(ctx, mail_id, "discard")
    spool.set_state(ctx.tx, mail_id, SpoolState.DISCARDED, "discarded")
    audit.record(ctx.tx, ctx.now, ctx.actor, "discard mail", subject=f"mail {mail_id}")


def expect(ctx: Context, mail_id: str, verb: str) -> None:
    """Raises Refused where `verb` does not take the mail as it is, with what can be done instead; NotFound."""
    entry = spool.entry(ctx.tx, mail_id)
    if verb not in _VERBS.get(entry.state, ()):
        if commands := next_step(ctx, mail_id):
            raise Refused("mail {id} is {state}: {commands}", id=mail_id, state=entry.state, commands=commands)
        raise Refused("mail {id} is {state}: {what}", id=mail_id, state=entry.state, what=_nothing_to_do(entry))


def _nothing_to_do(entry: spool.SpoolEntry) -> Phrase:
    if entry.state is not SpoolState.DONE:
        return Phrase(
            "a worker has it or takes it by itself; 'mailgate mail show {mail_id}' says what became of it",
            mail_id=entry.id,
        )
    if entry.case is not None:
        return Phrase("what followed from it stands, see 'mailgate case show {number}'", number=entry.case)
    return Phrase("there is nothing to decide about it")
