"""The words of operators that a stopped mail may leave: each for exactly the octets that the operator could read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from mailgate.store.columns import table_of
from mailgate.store.digest import digest_of
from mailgate.store.tables import OutboxRow, OverrideRow
from mailgate.store.transaction import Transaction

NEEDED = 2
"""Different operators."""

_rows = table_of(OverrideRow)
_CASE_OF = select(OutboxRow.case_id).where(OutboxRow.id == bindparam("mail"))
_OF = select(_rows).where(_rows.c.outbox_id == bindparam("mail")).order_by(_rows.c.id)


@dataclass(frozen=True, slots=True)
class Override:
    operator: str
    at: datetime
    digest: str
    reason: str


def add(tx: Transaction, mail_id: str, octets: bytes, operator: str, reason: str, now: datetime) -> None:
    sealed, case = {"reason": reason}, tx.rows(_CASE_OF, mail=mail_id).first()
    tx.add(OverrideRow, sealed, case_id=case, outbox_id=mail_id, digest=digest_of(octets), operator=operator, at=now)


def of_mail(tx: Transaction, mail_id: str) -> list[Override]:
    """All words about a mail, oldest first."""
    return [
        Override(row.operator, row.at, row.digest, tx.opened(OverrideRow, row, "reason"))
        for row in tx.rows(_OF, mail=mail_id)
    ]


def operators(tx: Transaction, mail_id: str, octets: bytes) -> frozenset[str]:
    """Who lets exactly these octets go."""
    digest = digest_of(octets)
    return frozenset(row.operator for row in tx.rows(_OF, mail=mail_id) if row.digest == digest)


def is_let_go(tx: Transaction, mail_id: str, octets: bytes) -> bool:
    """Whether two different operators let exactly these octets go."""
    return len(operators(tx, mail_id, octets)) >= NEEDED
