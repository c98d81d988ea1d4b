"""Composed mail that is to be sent: put in the transaction of the change it tells of, handed out by `sending.py`.

queued --> sent
   \\--> deferred --> sent
                \\--> failed          (refused for good, or tried for too long)
queued, deferred --> stopped         (by the gate; two operators may queue it again)
queued, deferred, stopped, failed --> cancelled        (by an operator)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select

from mailgate.desk.lifecycle import OutboxState
from mailgate.errors import NotFound, Refused
from mailgate.mail.address import Address, parse_address
from mailgate.store.columns import Instant, table_of
from mailgate.store.tables import OutboxRow
from mailgate.store.transaction import Transaction

WAITING = (OutboxState.QUEUED, OutboxState.DEFERRED)
UNSENT = (*WAITING, OutboxState.STOPPED)
_CANCELLABLE = (*UNSENT, OutboxState.FAILED)
NOT_CANCELLED = tuple(state for state in OutboxState if state is not OutboxState.CANCELLED)

_rows = table_of(OutboxRow)
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
_COUNT_ABOUT = select(func.count()).where(
    OutboxRow.case_id == bindparam("case"),
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
    letter: str = ""
    """What was put into the template (flow/bound.py)."""


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
    sent_at: datetime | None
    in_hand: bool
    """A sender has it, or died with it."""


def put(tx: Transaction, mail: NewMail, at: datetime) -> None:
    """Queues a mail that leaves at a moment: now, or the slot that it bears as its date. It leaves only if the
    transaction commits."""
    created_at = _moment_of_its_own(tx, mail.case, at)
    tx.add(
        OutboxRow,
        {
            "recipient": mail.recipient.wire,
            "octets": mail.octets,
            "bounce_token": mail.bounce_token,
            **({"letter": mail.letter} if mail.letter else {}),
        },
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
    latest = tx.rows(_LATEST_OF_CASE, case=case, since=now, until=now + _SAME_MOMENT).first()
    return now if latest is None else latest + timedelta(microseconds=1)


def mark_failed(tx: Transaction, mail_id: str, reason: str) -> None:
    """It came back, after it was sent."""
    row = row_of(tx, mail_id)
    row.state, row.reason, row.lease = OutboxState.FAILED, reason, None


def retry(tx: Transaction, mail_id: str, now: datetime) -> None:
    """Makes a deferred, failed, stopped or cancelled mail due now, one that has a slot then; raises Refused for a sent
    one."""
    row = row_of(tx, mail_id)
    if row.state is OutboxState.SENT:
        raise Refused("mail {mail_id} was sent already", mail_id=mail_id)
    if not row.octets:
        raise Refused("what mail {mail_id} said is not kept any more (retention.sent_days)", mail_id=mail_id)
    at = max(now, row.created_at) if row.tries == 0 else now  # what was put off to a slot bears its date
    row.state, row.next_try_at, row.created_at, row.tries, row.lease = OutboxState.QUEUED, at, at, 0, None


def cancel(tx: Transaction, mail_id: str) -> None:
    """Takes a waiting or stopped mail out, or sets a failed one aside; raises Refused for a sent or cancelled one."""
    row = row_of(tx, mail_id)
    expect_cancellable(mail_id, row.state)
    row.state = OutboxState.CANCELLED


def expect_cancellable(mail_id: str, state: OutboxState) -> None:
    """Raises Refused for a mail that was sent or is cancelled already."""
    if state not in _CANCELLABLE:
        raise Refused(
            "mail {mail_id} is {state}: only a waiting, stopped or failed mail can be cancelled",
            mail_id=mail_id,
            state=state,
        )


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
    count: int = found.first()
    return count


def count_about(tx: Transaction, case: int, kinds: Collection[str], since: datetime) -> int:
    """How many mails of these kinds were written about a case since a moment, to anybody."""
    count: int = tx.rows(_COUNT_ABOUT, case=case, kinds=sorted(kinds), since=since).first()
    return count


def newest(tx: Transaction, case: int, invitation: int | None, kind: str = "") -> OutboxEntry | None:
    """Our newest mail (of a kind) about an invitation, or (None) to the teacher of the case."""
    row = _last(tx, case, invitation, kind)
    return _entry(row) if row else None


def recipient_of(tx: Transaction, mail_id: str) -> Address:
    """Of a mail that is kept."""
    return _recipient(tx, row_of(tx, mail_id))


def is_kept(tx: Transaction, mail_id: str) -> bool:
    """Whether what it said and to whom is there still."""
    return bool(row_of(tx, mail_id).octets)


def bounce_token_of(tx: Transaction, mail_id: str) -> str:
    """What its bounce address has."""
    return tx.unseal(row_of(tx, mail_id), "bounce_token")


def octets_of(tx: Transaction, mail_id: str) -> bytes:
    """Empty when they are not kept any more."""
    return tx.unseal_bytes(row_of(tx, mail_id), "octets")


def letter_of(tx: Transaction, mail_id: str) -> str:
    """What was put into the template; "" where an earlier version composed the mail."""
    return tx.unseal(row_of(tx, mail_id), "letter")


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


def stopped(tx: Transaction, cases: Collection[int]) -> dict[int, list[OutboxEntry]]:
    """The mails about some cases that the gate stopped, by case, newest first."""
    found: dict[int, list[OutboxEntry]] = {number: [] for number in cases}
    query = select(OutboxRow).where(OutboxRow.state == OutboxState.STOPPED, OutboxRow.case_id.in_(cases))
    for row in tx.session.scalars(query.order_by(OutboxRow.created_at.desc(), OutboxRow.id)):
        assert row.case_id is not None, "asked for above"
        found[row.case_id].append(_entry(row))
    return found


def entry(tx: Transaction, mail_id: str) -> OutboxEntry:
    """One mail as `outbox list` shows it; raises NotFound."""
    return _entry(row_of(tx, mail_id))


def row_of(tx: Transaction, mail_id: str) -> OutboxRow:
    """For `sending.py`; raises NotFound."""
    row = tx.session.get(OutboxRow, mail_id)
    if row is None:
        raise NotFound("there is no outgoing mail {mail_id}: 'mailgate outbox list' shows them", mail_id=mail_id)
    return row


def _last(tx: Transaction, case: int, invitation: int | None, kind: str = "") -> OutboxRow | None:
    query = select(OutboxRow).where(OutboxRow.case_id == case, OutboxRow.invitation_id == invitation)
    if kind:
        query = query.where(OutboxRow.kind == kind)
    return tx.session.scalar(query.order_by(OutboxRow.created_at.desc(), OutboxRow.id).limit(1))


def _entry(row: OutboxRow) -> OutboxEntry:
    return OutboxEntry(
        row.id,
        row.kind,
        row.handle,
        row.state,
        row.tries,
        row.next_try_at if row.state in WAITING else None,
        row.message_id,
        row.case_id,
        row.reason,
        row.created_at,
        row.invitation_id,
        row.sent_at,
        row.lease is not None,
    )


def _recipient(tx: Transaction, row: OutboxRow) -> Address:
    address = parse_address(tx.unseal(row, "recipient"))
    assert address is not None, "a recipient was an Address when it was stored"
    return address
