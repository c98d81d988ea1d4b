"""How far each registered person has confirmed what the register holds of them: one row for one person.

A row comes into being when the scheduler first sees the person, and that is when their first year begins: nobody is
asked the day they register, nor everybody the day that mailgate is brought up to this version. What is due and when
is decided in `flow/ask_confirmation.py`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, insert, literal, or_, select

from mailgate.desk.lifecycle import ConfirmationState
from mailgate.desk.people import MemberStatus
from mailgate.store.columns import Instant, words
from mailgate.store.tables import ConfirmationRow, MemberRow, PersonRow, TeacherRow
from mailgate.store.transaction import Transaction

_NOT_ASKED = (MemberStatus.APPLIED, MemberStatus.RETIRED)
_HAS_NO_ROW = PersonRow.erased_at.is_(None) & ~exists().where(ConfirmationRow.person_id == PersonRow.id)
_IS_REGISTERED = or_(
    exists().where(TeacherRow.person_id == ConfirmationRow.person_id),
    exists().where(MemberRow.person_id == ConfirmationRow.person_id, MemberRow.status.not_in(_NOT_ASKED)),
)
"""As a teacher, or as a member who is neither an applicant nor retired."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    state: ConfirmationState
    since: datetime
    confirmed_at: datetime | None


def has_unseen(tx: Transaction) -> bool:
    """Whether there is somebody without a row."""
    return tx.session.scalar(select(PersonRow.id).where(_HAS_NO_ROW).limit(1)) is not None


def see_everybody(tx: Transaction, now: datetime) -> None:
    """A row for everybody who has none: their time begins now."""
    current = literal(ConfirmationState.CURRENT, words(ConfirmationState))
    new = select(PersonRow.id, current, literal(now, Instant)).where(_HAS_NO_ROW)
    tx.session.execute(insert(ConfirmationRow).from_select(["person_id", "state", "since"], new))


def due(tx: Transaction, states: Collection[ConfirmationState], before: datetime, limit: int) -> list[int]:
    """The registered people who have been in one of the states since `before` or longer, longest first."""
    query = (
        select(ConfirmationRow.person_id)
        .where(ConfirmationRow.state.in_(states), ConfirmationRow.since <= before, _IS_REGISTERED)
        .order_by(ConfirmationRow.since, ConfirmationRow.id)
        .limit(max(limit, 0))
    )
    return list(tx.session.scalars(query))


def is_due(tx: Transaction, person_id: int, states: Collection[ConfirmationState], before: datetime) -> bool:
    """The same of one of them, for who looks again."""
    query = select(ConfirmationRow.id).where(
        ConfirmationRow.person_id == person_id,
        ConfirmationRow.state.in_(states),
        ConfirmationRow.since <= before,
        _IS_REGISTERED,
    )
    return tx.session.scalar(query) is not None


def mailed_since(tx: Transaction, moment: datetime) -> int:
    """How many mails about this were written since then."""
    query = select(func.count()).where(ConfirmationRow.mailed_at >= moment)
    return tx.session.scalar(query) or 0


def of_person(tx: Transaction, person_id: int) -> Confirmation | None:
    """None for somebody whom the scheduler has not seen yet."""
    row = tx.session.scalar(select(ConfirmationRow).where(ConfirmationRow.person_id == person_id))
    return None if row is None else Confirmation(row.state, row.since, row.confirmed_at)


def of_everybody(tx: Transaction) -> dict[int, Confirmation]:
    """By person."""
    columns = (ConfirmationRow.person_id, ConfirmationRow.state, ConfirmationRow.since, ConfirmationRow.confirmed_at)
    rows = tx.session.execute(select(*columns))
    return {row.person_id: Confirmation(row.state, row.since, row.confirmed_at) for row in rows}


def count(tx: Transaction, states: Collection[ConfirmationState]) -> int:
    """How many registered people are in one of the states."""
    query = select(func.count()).select_from(ConfirmationRow).where(ConfirmationRow.state.in_(states), _IS_REGISTERED)
    return tx.session.scalar(query) or 0


def set_state(
    tx: Transaction, person_id: int, state: ConfirmationState, now: datetime, *, mailed: bool = False
) -> None:
    """`mailed` says that a mail about it was written in this transaction; CURRENT that what is held is right."""
    row = tx.session.scalar(select(ConfirmationRow).where(ConfirmationRow.person_id == person_id))
    if row is None:
        row = ConfirmationRow(person_id=person_id)
        tx.session.add(row)
    row.state, row.since = state, now
    if mailed:
        row.mailed_at = now
    if state is ConfirmationState.CURRENT:
        row.confirmed_at = now
    tx.flush()
