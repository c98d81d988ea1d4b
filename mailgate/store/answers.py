"""Which comments went to the teacher, and when: those of one answer have the moment at which it was queued.

`flow/compilation.py` writes it; `flow/take_back.py` undoes it for an answer that never left.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from mailgate.store.tables import CommentRow
from mailgate.store.transaction import Transaction


def set_answered(tx: Transaction, comment: int, now: datetime) -> None:
    tx.session.get_one(CommentRow, comment).answered_at = now


def take_back(tx: Transaction, case: int, round_number: int, answered_at: datetime) -> list[int]:
    """The comments that were to go to the teacher at this moment did not; gives their invitations."""
    query = select(CommentRow).where(
        CommentRow.case_id == case, CommentRow.round == round_number, CommentRow.answered_at == answered_at
    )
    rows = tx.session.scalars(query).all()
    for row in rows:
        row.answered_at = None
    return [row.invitation_id for row in rows]


def last_answered(tx: Transaction, case: int, round_number: int) -> datetime | None:
    """When comments of a round last went to the teacher; None: never."""
    query = select(func.max(CommentRow.answered_at))
    return tx.session.scalar(query.where(CommentRow.case_id == case, CommentRow.round == round_number))
