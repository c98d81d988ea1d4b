"""On which days the operators have had their digest: written in the transaction that queues it, so once a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from mailgate.store.database import Transaction
from mailgate.store.tables import DigestRow


def last(tx: Transaction) -> DigestRow | None:
    """The newest one."""
    return tx.session.scalar(select(DigestRow).order_by(DigestRow.day.desc()).limit(1))


def add(tx: Transaction, day: date, now: datetime) -> None:
    """The digest of this day is made; a second one of the same day breaks the transaction."""
    tx.session.add(DigestRow(day=day, made_at=now))
    tx.flush()
