"""Handing out what waits in the outbox, and what became of each try; `outbox.py` has the rows themselves.

A claimed mail keeps its state; while the relay is away it goes back as it was, and that try does not count. A sender
that dies between the relay's 250 and our mark sends once more, with the same octets and Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from mailgate.desk.lifecycle import OutboxState
from mailgate.mail.address import Address
from mailgate.store import outbox
from mailgate.store.claim import WorkList
from mailgate.store.columns import table_of
from mailgate.store.outbox import WAITING
from mailgate.store.tables import OutboxRow
from mailgate.store.transaction import Transaction

LEASE = timedelta(minutes=30)
"""Longer than a relay may take for one mail, command by command (smtp/relay.py)."""
_LONGEST_WAIT = timedelta(hours=26)
"""Longer than the longest way to the next slot (desk/slots.py: a day of 25 hours), and than any delay between two tries
(desk/schedule.py)."""
_WORK = WorkList(
    OutboxRow,
    WAITING,
    [
        OutboxRow.domain_hash.not_in(bindparam("busy_domains", expanding=True)),
        OutboxRow.recipient_hash.not_in(bindparam("busy_recipients", expanding=True)),
    ],
    lease=LEASE,
    longest_wait=_LONGEST_WAIT,
)
_rows = table_of(OutboxRow)
_IN_HAND = select(_rows.c.kind, _rows.c.created_at, _rows.c.case_id, _rows.c.domain_hash, _rows.c.recipient_hash).where(
    _rows.c.id == bindparam("b_id")
)
_MINE = update(_rows).where(_rows.c.id == bindparam("b_id"), _rows.c.lease == bindparam("b_lease"))
_STILL_MINE = _MINE.where(_rows.c.state.in_(WAITING))  # no operator cancelled it while the relay had it
_DEFER = _STILL_MINE.values(
    state=OutboxState.DEFERRED, next_try_at=bindparam("at"), reason=bindparam("why"), lease=None
)
_GIVE_UP = _STILL_MINE.values(state=OutboxState.FAILED, reason=bindparam("why"), lease=None)
_STOP = _STILL_MINE.values(state=OutboxState.STOPPED, reason=bindparam("why"), lease=None)
_PUT_OFF = _MINE.values(next_try_at=bindparam("at"), tries=_rows.c.tries - 1, lease=None)
_GIVE_BACK = _MINE.values(next_try_at=_rows.c.created_at, tries=_rows.c.tries - 1, reason=bindparam("why"), lease=None)
_SENT = (
    update(_rows)
    .where(_rows.c.id == bindparam("b_id"))
    .values(state=OutboxState.SENT, sent_at=bindparam("at"), reason=bindparam("why"), lease=None)
)


@dataclass(frozen=True, slots=True)
class InHand:
    """A claimed mail, not opened yet."""

    id: str
    tries: int
    """Including this one."""
    lease: str
    kind: str
    """The template that it was made of."""
    created_at: datetime
    """Its date, or a few microseconds later."""
    case: int | None
    domain: str
    """Of its recipient, as a keyed hash."""
    recipient: str
    """The same of the whole address."""


@dataclass(frozen=True, slots=True)
class ToSend:
    """A mail as it is handed to the relay."""

    recipient: Address
    octets: bytes
    bounce_token: str


def claim(
    tx: Transaction, now: datetime, busy_domains: Collection[str] = (), busy_recipients: Collection[str] = ()
) -> InHand | None:
    """The mail that has been due longest, leased and not opened yet; None when nothing is due.

    What goes to one of the busy (hashes as in `InHand`) is left for later and stops nobody.
    """
    claimed = next(
        iter(_WORK.claim(tx, now, 1, busy_domains=list(busy_domains), busy_recipients=list(busy_recipients))), None
    )
    if claimed is None:
        return None
    row = tx.rows(_IN_HAND, b_id=claimed.id).only()
    return InHand(
        claimed.id,
        claimed.tries,
        claimed.lease,
        row.kind,
        row.created_at,
        row.case_id,
        row.domain_hash,
        row.recipient_hash,
    )


def alone_with_the_outbox(tx: Transaction) -> None:
    """From now on, until the transaction ends, no mail is claimed: who finds one unclaimed may take it out."""
    _WORK.alone(tx)


def unstick(tx: Transaction, now: datetime) -> int:
    """Makes due what a clock that was ahead has put off; how many mails that were."""
    return _WORK.unstick(tx, now)


def load(tx: Transaction, mail_id: str) -> ToSend:
    """A claimed mail, opened. Raises BadKeys."""
    row = outbox.row_of(tx, mail_id)
    return ToSend(outbox.recipient_of(tx, mail_id), tx.unseal_bytes(row, "octets"), tx.unseal(row, "bounce_token"))


def mark_sent(tx: Transaction, mail_id: str, now: datetime, reply: str) -> None:
    """A fact, whoever has the mail in hand now, and even if it was cancelled meanwhile."""
    tx.rows(_SENT, b_id=mail_id, at=now, why=reply)


def defer(tx: Transaction, mail: InHand, next_try_at: datetime, reason: str) -> None:
    """To be tried again at `next_try_at`, unless it was cancelled or is in other hands now."""
    tx.rows(_DEFER, b_id=mail.id, b_lease=mail.lease, at=next_try_at, why=reason)


def give_up(tx: Transaction, mail: InHand, reason: str) -> bool:
    """Not to be tried again; False when it was cancelled or is in other hands now."""
    return tx.rows(_GIVE_UP, b_id=mail.id, b_lease=mail.lease, why=reason).changed > 0


def stop(tx: Transaction, mail: InHand, reason: str) -> bool:
    """Not to be sent before operators have decided; False when it was cancelled or is in other hands now."""
    return tx.rows(_STOP, b_id=mail.id, b_lease=mail.lease, why=reason).changed > 0


def put_off(tx: Transaction, mail: InHand, until: datetime) -> None:
    """Not before `until`; this try does not count."""
    tx.rows(_PUT_OFF, b_id=mail.id, b_lease=mail.lease, at=until)


def give_back(tx: Transaction, mail: InHand, reason: str) -> None:
    """Due again as it was, before whatever is younger; this try does not count. `reason` is why there was none."""
    tx.rows(_GIVE_BACK, b_id=mail.id, b_lease=mail.lease, why=reason)
