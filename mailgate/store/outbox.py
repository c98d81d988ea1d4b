"""Composed mail that is to be sent: put in the transaction of the change it tells of, claimed by a sender.

    queued --> sent
       \\--> deferred --> sent
                    \\--> failed          (refused for good, or tried for too long)
    queued, deferred --> cancelled        (by an operator)

A claimed mail keeps its state; while the relay is away it goes back as it was, and that try does not count. A sender
that dies between the relay's 250 and our mark sends once more, with the same octets and Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from mailgate.desk.lifecycle import OutboxState
from mailgate.errors import NotFound, Refused
from mailgate.mail.address import Address, parse_address
from mailgate.store.claim import WorkList
from mailgate.store.columns import Instant, table_of
from mailgate.store.database import Transaction
from mailgate.store.tables import OutboxRow

_WAITING = (OutboxState.QUEUED, OutboxState.DEFERRED)

LEASE = timedelta(minutes=30)
"""Longer than a relay may take for one mail, command by command (smtp/relay.py)."""
_LONGEST_WAIT = timedelta(hours=6)
"""Longer than the longest delay between two tries (desk/schedule.py)."""
_WORK = WorkList(
    OutboxRow,
    _WAITING,
    [
        OutboxRow.domain_hash.not_in(bindparam("busy_domains", expanding=True)),
        OutboxRow.recipient_hash.not_in(bindparam("busy_recipients", expanding=True)),
    ],
    lease=LEASE,
    longest_wait=_LONGEST_WAIT,
)
_rows = table_of(OutboxRow)
_IN_HAND = select(_rows.c.created_at, _rows.c.case_id, _rows.c.domain_hash, _rows.c.recipient_hash).where(
    _rows.c.id == bindparam("b_id")
)
_MINE = update(_rows).where(_rows.c.id == bindparam("b_id"), _rows.c.lease == bindparam("b_lease"))
_STILL_MINE = _MINE.where(_rows.c.state.in_(_WAITING))  # no operator cancelled it while the relay had it
_DEFER = _STILL_MINE.values(
    state=OutboxState.DEFERRED, next_try_at=bindparam("at"), reason=bindparam("why"), lease=None
)
_GIVE_UP = _STILL_MINE.values(state=OutboxState.FAILED, reason=bindparam("why"), lease=None)
_GIVE_BACK = _MINE.values(next_try_at=_rows.c.created_at, tries=_rows.c.tries - 1, reason=bindparam("why"), lease=None)
_SENT = (
    update(_rows)
    .where(_rows.c.id == bindparam("b_id"))
    .values(state=OutboxState.SENT, sent_at=bindparam("at"), reason=bindparam("why"), lease=None)
)
_SAME_MOMENT = timedelta(milliseconds=1)
_LATEST_OF_CASE = select(func.max(_rows.c.created_at)).where(
    _rows.c.case_id == bindparam("case"),
    _rows.c.created_at >= bindparam("since", type_=Instant),
    _rows.c.created_at < bindparam("until", type_=Instant),
)
_COUNT_TO = select(func.count()).where(
    OutboxRow.recipient_hash == bindparam("recipient"),
    OutboxRow.kind.in_(bindparam("kinds", expanding=True)),
    OutboxRow.created_at >= bindparam("since", type_=Instant),
)


@dataclass(frozen=True, slots=True)
class NewMail:
    """A composed mail on its way into the outbox."""

    id: str
    kind: str
    """The name of its template."""
    case: int | None
    invitation: int | None
    handle: str
    """Who gets it, for the operators: "T-7F3K", "M-…", or "stranger"."""
    recipient: Address
    octets: bytes
    message_id: str
    bounce_token: str


@dataclass(frozen=True, slots=True)
class InHand:
    """A claimed mail, not opened yet."""

    id: str
    tries: int
    """Including this one."""
    lease: str
    created_at: datetime
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


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A line of `outbox list`."""

    id: str
    kind: str
    handle: str
    state: OutboxState
    tries: int
    next_try_at: datetime | None
    message_id: str
    case: int | None
    reason: str
    created_at: datetime
    invitation: int | None


def put(tx: Transaction, mail: NewMail, now: datetime) -> None:
    """Queues a mail; it leaves only if the transaction commits."""
    created_at = _moment_of_its_own(tx, mail.case, now)
    tx.add(
        OutboxRow,
        {"recipient": mail.recipient.wire, "octets": mail.octets, "bounce_token": mail.bounce_token},
        id=mail.id,
        kind=mail.kind,
        case_id=mail.case,
        invitation_id=mail.invitation,
        handle=mail.handle,
        recipient_hash=tx.keys.address_hash(mail.recipient),
        domain_hash=tx.keys.token_hash(mail.recipient.domain),
        message_id=mail.message_id,
        bounce_hash=tx.keys.token_hash(mail.bounce_token),
        state=OutboxState.QUEUED,
        created_at=created_at,
        next_try_at=created_at,
    )


def _moment_of_its_own(tx: Transaction, case: int | None, now: datetime) -> datetime:
    """Mails about one case that are made in one transaction have the same time but for a microsecond each: so they
    keep the order in which they were made, whatever their ids are."""
    if case is None:
        return now
    latest = tx.rows(_LATEST_OF_CASE, case=case, since=now, until=now + _SAME_MOMENT).scalar_one()
    return now if latest is None else latest + timedelta(microseconds=1)


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
    row = tx.rows(_IN_HAND, b_id=claimed.id).one()
    return InHand(
        claimed.id, claimed.tries, claimed.lease, row.created_at, row.case_id, row.domain_hash, row.recipient_hash
    )


def unstick(tx: Transaction, now: datetime) -> int:
    """Makes due what a clock that was ahead has put off; how many mails that were."""
    return _WORK.unstick(tx, now)


def load(tx: Transaction, mail_id: str) -> ToSend:
    """A claimed mail, opened. Raises BadKeys."""
    row = _row(tx, mail_id)
    return ToSend(_recipient(tx, row), tx.unseal_bytes(row, "octets"), tx.unseal(row, "bounce_token"))


def mark_sent(tx: Transaction, mail_id: str, now: datetime, reply: str) -> None:
    """A fact, whoever has the mail in hand now, and even if it was cancelled meanwhile."""
    tx.rows(_SENT, b_id=mail_id, at=now, why=reply)


def defer(tx: Transaction, mail: InHand, next_try_at: datetime, reason: str) -> None:
    """To be tried again at `next_try_at`, unless it was cancelled or is in other hands now."""
    tx.rows(_DEFER, b_id=mail.id, b_lease=mail.lease, at=next_try_at, why=reason)


def give_up(tx: Transaction, mail: InHand, reason: str) -> bool:
    """Not to be tried again; False when it was cancelled or is in other hands now."""
    return tx.rows(_GIVE_UP, b_id=mail.id, b_lease=mail.lease, why=reason).rowcount > 0


def give_back(tx: Transaction, mail: InHand, reason: str) -> None:
    """Due again as it was, before whatever is younger; this try does not count. `reason` is why there was none."""
    tx.rows(_GIVE_BACK, b_id=mail.id, b_lease=mail.lease, why=reason)


def mark_failed(tx: Transaction, mail_id: str, reason: str) -> None:
    """It came back, after it was sent."""
    row = _row(tx, mail_id)
    row.state, row.reason, row.lease = OutboxState.FAILED, reason, None


def retry(tx: Transaction, mail_id: str, now: datetime) -> None:
    """Makes a deferred, failed or cancelled mail due now; raises Refused for a sent one."""
    row = _row(tx, mail_id)
    if row.state is OutboxState.SENT:
        raise Refused(f"mail {mail_id} was sent already")
    row.state, row.next_try_at, row.created_at, row.tries, row.lease = OutboxState.QUEUED, now, now, 0, None


def cancel(tx: Transaction, mail_id: str) -> None:
    """Takes a waiting mail out; raises Refused when it is not waiting any more."""
    row = _row(tx, mail_id)
    if row.state not in _WAITING:
        raise Refused(f"mail {mail_id} is {row.state}: only a waiting mail can be cancelled")
    row.state = OutboxState.CANCELLED


def cancel_waiting(tx: Transaction, invitation: int) -> None:
    """Takes out whatever still waits to be sent about an invitation."""
    query = select(OutboxRow).where(OutboxRow.invitation_id == invitation, OutboxRow.state.in_(_WAITING))
    for row in tx.session.scalars(query):
        row.state = OutboxState.CANCELLED


def by_bounce_token(tx: Transaction, token: str) -> OutboxEntry | None:
    """The mail whose return path has this token."""
    row = tx.session.scalar(select(OutboxRow).where(OutboxRow.bounce_hash == tx.keys.token_hash(token)))
    return _entry(row) if row else None


def sent_to(tx: Transaction, message_id: str, recipient: Address) -> OutboxEntry | None:
    """Our mail with this Message-ID, if it went to exactly this address."""
    row = tx.session.scalar(select(OutboxRow).where(OutboxRow.message_id == message_id))
    if row is None or row.recipient_hash != tx.keys.address_hash(recipient):
        return None
    return _entry(row)


def last_written_to(tx: Transaction, recipient: Address, kind: str) -> datetime | None:
    """When this address last got a mail of this kind."""
    query = (
        select(OutboxRow.created_at)
        .where(OutboxRow.recipient_hash == tx.keys.address_hash(recipient), OutboxRow.kind == kind)
        .order_by(OutboxRow.created_at.desc())
        .limit(1)
    )
    return tx.session.scalar(query)


def last_message_id(tx: Transaction, case: int, invitation: int | None) -> str:
    """The Message-ID of our newest mail about an invitation, or (None) to the teacher of the case; "" when none."""
    row = _last(tx, case, invitation)
    return row.message_id if row else ""


def last_mail_id(tx: Transaction, case: int, invitation: int | None) -> str | None:
    """The id of that mail in the outbox."""
    row = _last(tx, case, invitation)
    return row.id if row else None


def count_to(tx: Transaction, recipient: Address, kinds: Collection[str], since: datetime) -> int:
    """How many mails of these kinds this address got since a moment."""
    found = tx.rows(_COUNT_TO, recipient=tx.keys.address_hash(recipient), kinds=sorted(kinds), since=since)
    count: int = found.scalar_one()
    return count


def recipient_of(tx: Transaction, mail_id: str) -> Address:
    return _recipient(tx, _row(tx, mail_id))


def octets_of(tx: Transaction, mail_id: str) -> bytes:
    return tx.unseal_bytes(_row(tx, mail_id), "octets")


def entries(
    tx: Transaction, states: Sequence[OutboxState], case: int | None = None, limit: int = 1000
) -> list[OutboxEntry]:
    """The newest mails, newest first; in any state when `states` is empty."""
    query = select(OutboxRow).order_by(OutboxRow.created_at.desc(), OutboxRow.id).limit(limit)
    if states:
        query = query.where(OutboxRow.state.in_(states))
    if case is not None:
        query = query.where(OutboxRow.case_id == case)
    return [_entry(row) for row in tx.session.scalars(query)]


def entry(tx: Transaction, mail_id: str) -> OutboxEntry:
    """One mail as `outbox list` shows it; raises NotFound."""
    return _entry(_row(tx, mail_id))


def _row(tx: Transaction, mail_id: str) -> OutboxRow:
    row = tx.session.get(OutboxRow, mail_id)
    if row is None:
        raise NotFound(f"there is no outgoing mail {mail_id}: 'mailgate outbox list' shows them")
    return row


def _last(tx: Transaction, case: int, invitation: int | None) -> OutboxRow | None:
    query = (
        select(OutboxRow)
        .where(OutboxRow.case_id == case, OutboxRow.invitation_id == invitation)
        .order_by(OutboxRow.created_at.desc(), OutboxRow.id)
        .limit(1)
    )
    return tx.session.scalar(query)


def _entry(row: OutboxRow) -> OutboxEntry:
    return OutboxEntry(
        row.id,
        row.kind,
        row.handle,
        row.state,
        row.tries,
        row.next_try_at if row.state in _WAITING else None,
        row.message_id,
        row.case_id,
        row.reason,
        row.created_at,
        row.invitation_id,
    )


def _recipient(tx: Transaction, row: OutboxRow) -> Address:
    address = parse_address(tx.unseal(row, "recipient"))
    assert address is not None, "a recipient was an Address when it was stored"
    return address
