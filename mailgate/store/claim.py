"""Taking the next piece of work, so that nobody else has it at the same time. One function for spool and outbox.

A claimed row keeps its state and gets a lease: `next_try_at` moves into the future, and `tries` is counted before
the work begins. Who dies with the work in hand leaves a row that is due again when the lease has run out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select, update

from mailgate.store.database import Transaction
from mailgate.store.tables import OutboxRow, SpoolRow

LEASE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the caller has in hand until the lease runs out."""

    id: str
    tries: int
    """Including this one."""


Row = TypeVar("Row", SpoolRow, OutboxRow)


def claim_next(tx: Transaction, table: type[Row], waiting: Collection[StrEnum], now: datetime) -> Row | None:
    """The row of `table` that has been due longest, leased to the caller; None when nothing is due.

    One statement. SQLite holds its write lock meanwhile; PostgreSQL skips rows that others are claiming.
    """
    due = (
        select(table.id)
        .where(table.state.in_(waiting), table.next_try_at <= now)
        .order_by(table.next_try_at, table.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(table)
        .where(table.id == due.scalar_subquery())
        .values(next_try_at=now + LEASE, tries=table.tries + 1)
        .returning(table)
    )
    return tx.session.scalars(taken, execution_options={"populate_existing": True}).one_or_none()
