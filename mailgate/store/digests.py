"""On which days the operators of a desk have had their digest, and what mail there is to tell them of.

The day is written in the transaction that queues the digest, so once a day. Mails that belong to no case, such as one
that no worker could handle, are of the desk that looks after what is nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from mailgate.desk.desks import Charge
from mailgate.desk.lifecycle import OutboxState, SpoolState
from mailgate.store.desks import is_in
from mailgate.store.tables import CaseRow, DigestRow, OutboxRow, SpoolRow
from mailgate.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Mails:
    """How many wait for a decision."""

    held: int
    quarantined: int
    stopped: int


def last(tx: Transaction, desk: str) -> DigestRow | None:
    """The newest one of a desk."""
    query = select(DigestRow).where(DigestRow.desk == desk).order_by(DigestRow.day.desc()).limit(1)
    return tx.session.scalar(query)


def add(tx: Transaction, desk: str, day: date, now: datetime) -> None:
    """The digest of this desk and day is made; a second one of the same day breaks the transaction."""
    tx.session.add(DigestRow(desk=desk, day=day, made_at=now))
    tx.flush()


def mails(tx: Transaction, charge: Charge) -> Mails:
    """The mails that a desk looks after."""
    received = (
        select(SpoolRow.state, func.count())
        .outerjoin(CaseRow, SpoolRow.case_id == CaseRow.id)
        .where(SpoolRow.state.in_((SpoolState.HELD, SpoolState.QUARANTINED)), is_in(charge))
        .group_by(SpoolRow.state)
    )
    found = {row[0]: row[1] for row in tx.session.execute(received)}
    stopped = (
        select(func.count())
        .select_from(OutboxRow)
        .outerjoin(CaseRow, OutboxRow.case_id == CaseRow.id)
        .where(OutboxRow.state == OutboxState.STOPPED, is_in(charge))
    )
    held, quarantined = (found.get(state, 0) for state in (SpoolState.HELD, SpoolState.QUARANTINED))
    return Mails(held, quarantined, tx.session.scalar(stopped) or 0)
