"""The next composed mail: claim, hand to the relay, write down what became of it.

The relay is handed in. Between the relay's 250 and our mark a crash sends the same octets once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from mailgate.desk import schedule
from mailgate.flow.bounce import end_unreached_invitation
from mailgate.flow.context import Office
from mailgate.mail.address import Address
from mailgate.mail.outcome import Deferred, Failed, Outcome, Sent
from mailgate.store import audit, outbox
from mailgate.store.outbox import ToSend

_log = structlog.get_logger("deliver")


class Relay(Protocol):
    """Where we hand mail to."""

    def deliver(self, reverse_path: Address | None, forward_path: Address, raw: bytes) -> Outcome:
        """One try; every reply and every fault comes back as an outcome, none as an exception."""


def deliver_next(office: Office, relay: Relay, sign: Callable[[bytes], bytes]) -> bool:
    """Sends one mail; False when none is due."""
    with office.write() as ctx:
        claimed = outbox.claim(ctx.tx, ctx.now)
    if claimed is None:
        return False
    with office.read() as ctx:
        mail = outbox.load(ctx.tx, claimed.id)
    reverse_path = office.policy.addresses.bounce_address(mail.bounce_token)
    outcome = relay.deliver(reverse_path, mail.recipient, sign(mail.octets))
    _write_down(office, mail, claimed.tries, outcome)
    return True


def _write_down(office: Office, mail: ToSend, tries: int, outcome: Outcome) -> None:
    with office.write() as ctx:
        match outcome:
            case Sent(reply):
                outbox.mark_sent(ctx.tx, mail.id, ctx.now, reply)
            case Deferred(reason) if not schedule.gives_up(mail.created_at, ctx.now, office.policy.retry_hours):
                outbox.mark_deferred(ctx.tx, mail.id, schedule.next_try(ctx.now, tries), reason)
            case Deferred(reason) | Failed(reason):
                outbox.mark_failed(ctx.tx, mail.id, reason)
                failed = outbox.entry(ctx.tx, mail.id)
                end_unreached_invitation(ctx, failed)
                audit.record(ctx.tx, ctx.now, ctx.actor, "delivery failed", case=failed.case, subject=f"mail {mail.id}")
        case = outbox.entry(ctx.tx, mail.id).case
    _log.info("delivery", outbox_id=mail.id, outcome=type(outcome).__name__.lower(), tries=tries, case=case)
