"""The door: which recipients are ours, and the promise of the 250. Called by the listener and by `mail ingest`.

Nothing stands before the commit but the look at the recipients and at the room; nothing is parsed here.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from mailgate.flow.context import Context, Office
from mailgate.flow.group_commit import GroupCommit
from mailgate.flow.pressure import Pressure, SpoolLimits
from mailgate.flow.queue_id import new_queue_id
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.mail.reply_address import ToBounce, ToReply
from mailgate.store import intake, outbox, reply_tokens

_NO_LIMITS = SpoolLimits()


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
    queue_id = new_queue_id(ctx.now, ctx.random_bytes)
    recipients = [ctx.policy.addresses.recipient(address) for address in envelope.forward_paths]
    intake.put(ctx.tx, queue_id, envelope, raw, ctx.now, recipients)
    return queue_id


class Acceptance:
    """What the SMTP dialogue asks; safe to call from many threads."""

    def __init__(self, office: Office, wake_worker: Callable[[], None], limits: SpoolLimits = _NO_LIMITS) -> None:
        self._office = office
        self._group = GroupCommit(office, wake_worker)
        self.pressure = Pressure(office, limits)

    def knows(self, address: Address) -> bool | None:
        """Whether `address` is ours, as far as its form tells: at once. None: it has a token, ask `recipient`."""
        match self._office.policy.addresses.recipient(address):
            case None:
                return False
            case ToReply() | ToBounce():
                return None
            case _:
                return True

    def recipient(self, address: Address) -> bool:
        """Whether `address` is ours and its token alive; asks the database."""
        with self._office.read() as ctx:
            return is_ours(ctx, address)

    def submit(self, envelope: Envelope, raw: bytes) -> Future[str]:
        """The queue id, once a `commit` has brought the mail to the disk; see `GroupCommit.submit`."""
        return self._group.submit(envelope, raw)

    def commit(self) -> None:
        """Has what was submitted written; see `GroupCommit.commit`."""
        self._group.commit()

    def accept(self, envelope: Envelope, raw: bytes) -> str:
        """Both for a caller who waits: when this returns, the mail is on the disk."""
        told = self.submit(envelope, raw)
        self.commit()
        return told.result()

    def close(self) -> None:
        """Waits for what was handed over; the door stays shut from then on."""
        self._group.close()
