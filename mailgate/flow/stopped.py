"""What operators do with a mail that the gate stopped: two of them let it go, or one takes it out.

The latter is `flow/outgoing.py`, as for any mail that has not left.
"""

from __future__ import annotations

import unicodedata

from mailgate.desk.lifecycle import OutboxState
from mailgate.errors import Refused
from mailgate.flow.context import Context
from mailgate.flow.gate import Why, examine
from mailgate.phrase import Phrase
from mailgate.store import audit, outbox, overrides, sending
from mailgate.store.digest import digest_of


def override(ctx: Context, mail_id: str, reason: str) -> bool:
    """One operator's word that this mail may leave although it names somebody; True when it is the second one's, and
    the mail is on its way.

    The word holds for exactly the octets as they are now. Raises Refused for a mail that was stopped for another
    reason or not at all, without a reason, and for the same operator twice.
    """
    if not reason.strip():
        raise Refused("say why this mail may leave: --reason REASON")
    _refuse_what_cannot_be_let_go(ctx, mail_id)
    octets, operator = outbox.octets_of(ctx.tx, mail_id), _same_for_same_people(ctx.actor)
    if operator in overrides.operators(ctx.tx, mail_id, octets):
        raise Refused(
            "a second operator must confirm: mailgate --as NAME outbox override {mail_id} --reason REASON",
            mail_id=mail_id,
        )
    overrides.add(ctx.tx, mail_id, octets, operator, reason.strip(), ctx.now)
    let_go = overrides.is_let_go(ctx.tx, mail_id, octets)
    if let_go:
        outbox.retry(ctx.tx, mail_id, ctx.now)
    detail = f"{'confirmed' if let_go else 'asked'}, sha256 {digest_of(octets)}"
    case = outbox.entry(ctx.tx, mail_id).case
    audit.record(ctx.tx, ctx.now, ctx.actor, "override stop", case=case, subject=f"mail {mail_id}", detail=detail)
    return let_go


def _refuse_what_cannot_be_let_go(ctx: Context, mail_id: str) -> None:
    state = outbox.entry(ctx.tx, mail_id).state
    if state is not OutboxState.STOPPED:
        raise Refused("mail {mail_id} is {state}: only a stopped one can be let go", mail_id=mail_id, state=state)
    stopped = examine(ctx, mail_id, sending.load(ctx.tx, mail_id))
    if stopped is None:
        raise Refused("nothing stops mail {mail_id} any more: mailgate outbox retry {mail_id}", mail_id=mail_id)
    if stopped.why is not Why.NAMES:
        raise Refused(
            "mail {mail_id} {why}: nobody can let it go, only mailgate outbox cancel {mail_id}",
            mail_id=mail_id,
            why=Phrase(stopped.why),
        )


def _same_for_same_people(actor: str) -> str:
    """One name in another case or width is no second person."""
    return "".join(unicodedata.normalize("NFKC", actor).casefold().split())
