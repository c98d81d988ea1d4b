"""The audit log: every change with its actor and its time.

Rows are only ever added; no personal data stands in them. `audit_chain.py` holds them together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mailgate.desk.desks import Charge
from mailgate.store.desks import is_in
from mailgate.store.tables import AuditRow, CaseRow
from mailgate.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class AuditEntry:
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    case: int | None = None
    sequence: int | None = None
    """Its place in the chain; None for a moment after it was written."""


def record(
    tx: Transaction,
    now: datetime,
    actor: str,
    action: str,
    *,
    case: int | None = None,
    subject: str = "",
    detail: str = "",
) -> None:
    """Adds one line. `subject` is a handle or an id ("M-7F3K", "comment 4"), `detail` a few fixed words or numbers."""
    tx.add(AuditRow, {}, at=now, actor=actor, action=action, case_id=case, subject=subject, detail=detail)


def is_recorded(tx: Transaction, action: str, case: int, since: datetime) -> bool:
    """Whether this stands in the log of a case already, since a moment."""
    query = select(AuditRow.id).where(AuditRow.case_id == case, AuditRow.action == action, AuditRow.at >= since)
    return tx.session.scalar(query.limit(1)) is not None


def cases_with(tx: Transaction, actions: Sequence[str], since: datetime) -> frozenset[int]:
    """The cases in whose log one of these stands since a moment."""
    query = select(AuditRow.case_id).where(AuditRow.action.in_(actions), AuditRow.at >= since)
    return frozenset(case for case in tx.session.scalars(query.distinct()) if case is not None)


def count_of(tx: Transaction, action: str, since: datetime, charge: Charge) -> int:
    """How often this stands in the log since a moment, of what a desk looks after."""
    query = (
        select(func.count())
        .select_from(AuditRow)
        .outerjoin(CaseRow, AuditRow.case_id == CaseRow.id)
        .where(AuditRow.action == action, AuditRow.at >= since, is_in(charge))
    )
    return tx.session.scalar(query) or 0


def newest(tx: Transaction) -> datetime | None:
    """When the newest line was written."""
    return tx.session.scalar(select(AuditRow.at).order_by(AuditRow.id.desc()).limit(1))


def history(tx: Transaction, case: int) -> Iterator[AuditEntry]:
    """The log of one case, oldest first."""
    return listing(tx, case=case)


def listing(
    tx: Transaction,
    *,
    case: int | None = None,
    since: datetime | None = None,
    actors: Collection[str] = (),
    action: str | None = None,
) -> Iterator[AuditEntry]:
    """The lines that fit all that is given, oldest first."""
    query = select(AuditRow).order_by(AuditRow.id)
    if case is not None:
        query = query.where(AuditRow.case_id == case)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if actors:
        query = query.where(AuditRow.actor.in_(actors))
    if action is not None:
        query = query.where(AuditRow.action == action)
    for row in tx.session.scalars(query):
        yield AuditEntry(row.at, row.actor, row.action, row.subject, row.detail, row.case_id, row.sequence)


def of_register(tx: Transaction, handle: str) -> Iterator[AuditEntry]:
    """What was done with the registration of one school, teacher or member, oldest first; nothing of cases."""
    query = select(AuditRow).where(AuditRow.subject == handle, AuditRow.case_id.is_(None)).order_by(AuditRow.id)
    for row in tx.session.scalars(query):
        yield AuditEntry(row.at, row.actor, row.action, row.subject, row.detail, row.case_id, row.sequence)
