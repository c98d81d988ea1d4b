"""The door: which recipients are ours, and the promise of the 250. Called by the listener and by `mail ingest`.

Nothing stands before the commit but the look at the recipients; nothing is parsed here.
"""

from __future__ import annotations

from collections.abc import Callable

from mailgate.flow.context import Context, Office
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.mail.reply_address import ToBounce, ToReply, new_token
from mailgate.store import outbox, reply_tokens, spool


def is_ours(ctx: Context, address: Address) -> bool:
    """Whether mail for `address` is taken: it is one of ours, and its token (if it has one) is alive."""
    match ctx.policy.addresses.recipient(address):
        case None:
            return False
        case ToReply(token):
            return reply_tokens.find(ctx.tx, token) is not None
        case ToBounce(token):
            return outbox.by_bounce_token(ctx.tx, token) is not None
        case _:
            return True


def store(ctx: Context, envelope: Envelope, raw: bytes) -> str:
    """Puts a mail into the spool and gives its queue id; it is accepted once the transaction has committed."""
    queue_id = new_token(ctx.random_bytes)[:12]
    spool.put(ctx.tx, queue_id, envelope, raw, ctx.now)
    return queue_id


class Acceptance:
    """The two questions of the SMTP dialogue, each in a transaction of its own; safe to call from many threads."""

    def __init__(self, office: Office, wake_worker: Callable[[], None]) -> None:
        self._office = office
        self._wake_worker = wake_worker

    def recipient(self, address: Address) -> bool:
        with self._office.read() as ctx:
            return is_ours(ctx, address)

    def accept(self, envelope: Envelope, raw: bytes) -> str:
        """Stores the mail and gives its queue id: when this returns, the mail is on the disk."""
        with self._office.write() as ctx:
            queue_id = store(ctx, envelope, raw)
        self._wake_worker()
        return queue_id
