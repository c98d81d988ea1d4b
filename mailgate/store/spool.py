"""Accepted mail: put before the sender hears 250, claimed by a worker, finished in the commit of its effects.

    received --- handled -------------------> done          (or held, for a person)
        \\------ raised a few times ---------> quarantined --- mail retry ---> received
                                                          \\-- mail discard -> discarded

The octets are kept unchanged in `raw_mails`, sealed; each forward-path has a row of its own in `spool`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import NotFound
from mailgate.mail.address import Address, parse_address
from mailgate.mail.envelope import Envelope
from mailgate.store.claim import Claimed, claim_next
from mailgate.store.database import Transaction
from mailgate.store.tables import RawMailRow, SpoolRow


@dataclass(frozen=True, slots=True)
class Spooled:
    """One accepted mail for one recipient, ready to be handled."""

    id: str
    envelope: Envelope
    """With exactly one forward-path."""
    raw: bytes
    received_at: datetime
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """A line of `mail list`: no text, no address."""

    id: str
    received_at: datetime
    state: SpoolState
    reason: str
    case: int | None
    tries: int
    size_bytes: int


def put(tx: Transaction, queue_id: str, envelope: Envelope, raw: bytes, now: datetime) -> None:
    """Stores a mail for all its recipients; it is safe once the transaction has committed."""
    sender = envelope.reverse_path.wire if envelope.reverse_path else ""
    mail = RawMailRow(id=queue_id, received_at=now, size_bytes=len(raw))
    tx.seal(mail, reverse_path=sender, octets=raw, peer=envelope.peer, helo=envelope.helo)
    for position, forward_path in enumerate(envelope.forward_paths, start=1):
        row = SpoolRow(
            id=queue_id if position == 1 else f"{queue_id}.{position}",
            raw_id=queue_id,
            sender_hash=tx.keys.address_hash(envelope.reverse_path) if envelope.reverse_path else None,
            state=SpoolState.RECEIVED,
            received_at=now,
            next_try_at=now,
        )
        tx.seal(row, forward_path=forward_path.wire)


def claim(tx: Transaction, now: datetime) -> Claimed | None:
    """The next mail to handle, leased and not opened yet (one that does not open must not stop those behind it)."""
    row = claim_next(tx, SpoolRow, [SpoolState.RECEIVED], now)
    return Claimed(row.id, row.tries) if row else None


def finish(
    tx: Transaction,
    spool_id: str,
    state: SpoolState,
    reason: str,
    case: int | None = None,
    fingerprint: str | None = None,
) -> None:
    """Writes what became of a mail; in the same transaction as its effects."""
    row = _row(tx, spool_id)
    row.state, row.reason, row.case_id = state, reason, case or row.case_id
    row.fingerprint = fingerprint or row.fingerprint


def try_again(tx: Transaction, spool_id: str, at: datetime, reason: str, *, counts: bool) -> None:
    """Gives a claimed mail back: it is due again at `at`; `counts` False takes the try back."""
    row = _row(tx, spool_id)
    row.next_try_at, row.reason = at, reason
    row.tries -= 0 if counts else 1


def restart(tx: Transaction, spool_id: str, now: datetime, confirmed_by: str = "") -> None:
    """Makes a set-aside mail due again, as if it had just come; `confirmed_by` vouches for its sender."""
    row = _row(tx, spool_id)
    row.state, row.tries, row.next_try_at, row.reason = SpoolState.RECEIVED, 0, now, ""
    row.confirmed_by = confirmed_by or row.confirmed_by


def cases_of(tx: Transaction, fingerprint: str) -> set[int]:
    """The cases in which the same mail has already had its effect."""
    query = select(SpoolRow.case_id).where(
        SpoolRow.fingerprint == fingerprint, SpoolRow.state == SpoolState.DONE, SpoolRow.case_id.is_not(None)
    )
    return {case for case in tx.session.scalars(query) if case is not None}


def load(tx: Transaction, spool_id: str) -> Spooled:
    """One mail with its octets; raises NotFound."""
    return _spooled(tx, _row(tx, spool_id))


def entry(tx: Transaction, spool_id: str) -> SpoolEntry:
    """One mail as `mail list` shows it; raises NotFound."""
    row = _row(tx, spool_id)
    return _entry(row, tx.session.get_one(RawMailRow, row.raw_id).size_bytes)


def entries(
    tx: Transaction, states: Sequence[SpoolState], case: int | None = None, limit: int = 1000
) -> list[SpoolEntry]:
    """The newest mails, newest first; in any state when `states` is empty."""
    query = select(SpoolRow, RawMailRow.size_bytes).join(RawMailRow, SpoolRow.raw_id == RawMailRow.id)
    if states:
        query = query.where(SpoolRow.state.in_(states))
    if case is not None:
        query = query.where(SpoolRow.case_id == case)
    rows = tx.session.execute(query.order_by(SpoolRow.received_at.desc(), SpoolRow.id.desc()).limit(limit))
    return [_entry(row, size_bytes) for row, size_bytes in rows]


def _row(tx: Transaction, spool_id: str) -> SpoolRow:
    row = tx.session.get(SpoolRow, spool_id)
    if row is None:
        raise NotFound(f"there is no mail {spool_id}: 'mailgate mail list' shows them")
    return row


def _spooled(tx: Transaction, row: SpoolRow) -> Spooled:
    mail = tx.session.get_one(RawMailRow, row.raw_id)
    envelope = Envelope(
        reverse_path=parse_address(tx.unseal(mail, "reverse_path")),
        forward_paths=(_address(tx.unseal(row, "forward_path")),),
        peer=tx.unseal(mail, "peer"),
        helo=tx.unseal(mail, "helo"),
    )
    return Spooled(row.id, envelope, tx.unseal_bytes(mail, "octets"), row.received_at, row.confirmed_by)


def _entry(row: SpoolRow, size_bytes: int) -> SpoolEntry:
    return SpoolEntry(row.id, row.received_at, row.state, row.reason, row.case_id, row.tries, size_bytes)


def _address(text: str) -> Address:
    address = parse_address(text)
    assert address is not None, "a forward-path was an Address when it was stored"
    return address
