"""Relations that an operator has noted: a member who is never to be asked about one teacher, or one school.

Read together with the member (`store/members.py`), so that nobody can ask about a conflict of interest without them.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from mailgate.desk.people import School, Teacher
from mailgate.store.tables import RelationRow
from mailgate.store.transaction import Transaction


def add_relation(tx: Transaction, member_id: int, other: Teacher | School) -> bool:
    """Whether it is new."""
    row = _row(member_id, other)
    if tx.session.scalar(select(RelationRow.id).where(*_is(row))) is not None:
        return False
    tx.session.add(row)
    tx.session.flush()
    return True


def remove_relation(tx: Transaction, member_id: int, other: Teacher | School) -> bool:
    """Whether it was there."""
    gone = tx.session.scalars(delete(RelationRow).where(*_is(_row(member_id, other))).returning(RelationRow.id)).all()
    return bool(gone)


def _row(member_id: int, other: Teacher | School) -> RelationRow:
    is_teacher = isinstance(other, Teacher)
    return RelationRow(
        member_id=member_id,
        teacher_id=other.id if is_teacher else None,
        school_id=None if is_teacher else other.id,
    )


def _is(row: RelationRow) -> tuple[ColumnElement[bool], ...]:
    return (
        RelationRow.member_id == row.member_id,
        RelationRow.teacher_id.is_not_distinct_from(row.teacher_id),
        RelationRow.school_id.is_not_distinct_from(row.school_id),
    )
