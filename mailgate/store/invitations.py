"""The invitations of a case: who was asked, until when, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select

from mailgate.desk.lifecycle import InvitationState
from mailgate.errors import NotFound
from mailgate.store.tables import InvitationRow, MemberRow
from mailgate.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Invitation:
    id: int
    case: int
    round: int
    member_id: int
    handle: str
    """The member's."""
    state: InvitationState
    invited_at: datetime
    due_at: datetime
    reminded_at: datetime | None


def add(tx: Transaction, number: int, round_number: int, member_id: int, due_at: datetime, now: datetime) -> int:
    row = InvitationRow(
        case_id=number,
        round=round_number,
        member_id=member_id,
        state=InvitationState.INVITED,
        invited_at=now,
        due_at=due_at,
    )
    tx.session.add(row)
    tx.session.flush()
    return row.id


def get(tx: Transaction, invitation: int) -> Invitation:
    """One invitation; raises NotFound."""
    found = _select(tx, InvitationRow.id == invitation)
    if not found:
        raise NotFound(
            "there is no invitation {invitation}: 'mailgate case show' lists those of a case", invitation=invitation
        )
    return found[0]


def of_case(tx: Transaction, number: int, round_number: int | None = None) -> list[Invitation]:
    """The invitations of a case, in one round or in all."""
    if round_number is None:
        return _select(tx, InvitationRow.case_id == number)
    return _select(tx, InvitationRow.case_id == number, InvitationRow.round == round_number)


def of_cases(tx: Transaction, numbers: Collection[int]) -> dict[int, list[Invitation]]:
    """The invitations of some cases, by case."""
    found: dict[int, list[Invitation]] = {number: [] for number in numbers}
    for one in _select(tx, InvitationRow.case_id.in_(numbers)):
        found[one.case].append(one)
    return found


def of_member(tx: Transaction, member_id: int) -> list[Invitation]:
    """The invitations of one member, oldest first."""
    return _select(tx, InvitationRow.member_id == member_id)


def waiting(tx: Transaction, *, due_before: datetime, reminded: bool | None = None) -> list[Invitation]:
    """Invitations nobody has answered whose due date comes before a moment; `reminded` False: not reminded yet."""
    conditions = [InvitationRow.state == InvitationState.INVITED, InvitationRow.due_at < due_before]
    if reminded is False:
        conditions.append(InvitationRow.reminded_at.is_(None))
    return _select(tx, *conditions)


def set_state(tx: Transaction, invitation: int, state: InvitationState) -> None:
    tx.session.get_one(InvitationRow, invitation).state = state


def set_reminded(tx: Transaction, invitation: int, now: datetime) -> None:
    tx.session.get_one(InvitationRow, invitation).reminded_at = now


def reopen(tx: Transaction, invitation: int, due_at: datetime, now: datetime) -> None:
    """Asks the same member again in the same round, after a decline, a bounce or a due date that passed."""
    row = tx.session.get_one(InvitationRow, invitation)
    row.state, row.due_at, row.invited_at, row.reminded_at = InvitationState.INVITED, due_at, now, None


def counts_since(tx: Transaction, since: datetime) -> dict[int, int]:
    """How often each member (by id) was invited since a moment."""
    query = (
        select(InvitationRow.member_id, func.count())
        .where(InvitationRow.invited_at >= since)
        .group_by(InvitationRow.member_id)
    )
    return {row[0]: row[1] for row in tx.session.execute(query)}


def last_invited(tx: Transaction) -> dict[int, datetime]:
    """When each member (by id) was invited last."""
    query = select(InvitationRow.member_id, func.max(InvitationRow.invited_at)).group_by(InvitationRow.member_id)
    return {row[0]: row[1] for row in tx.session.execute(query)}


def outcomes(tx: Transaction, member_id: int | None = None) -> dict[int, tuple[int, int]]:
    """For each member (by id), or the one: how many invitations ended with or without a comment, and how many with."""
    ended = (InvitationState.COMMENTED, InvitationState.DECLINED, InvitationState.EXPIRED)
    commented = case((InvitationRow.state == InvitationState.COMMENTED, 1), else_=0)
    query = (
        select(InvitationRow.member_id, func.count(), func.sum(commented))
        .where(InvitationRow.state.in_(ended))
        .group_by(InvitationRow.member_id)
    )
    if member_id is not None:
        query = query.where(InvitationRow.member_id == member_id)
    return {row[0]: (row[1], row[2]) for row in tx.session.execute(query)}


def states(invitations: Collection[Invitation]) -> list[InvitationState]:
    return [invitation.state for invitation in invitations]


def _select(tx: Transaction, *conditions: ColumnElement[bool]) -> list[Invitation]:
    query = (
        select(InvitationRow, MemberRow.handle)
        .join(MemberRow, InvitationRow.member_id == MemberRow.id)
        .where(*conditions)
        .order_by(InvitationRow.id)
    )
    return [
        Invitation(
            row.id,
            row.case_id,
            row.round,
            row.member_id,
            handle,
            row.state,
            row.invited_at,
            row.due_at,
            row.reminded_at,
        )
        for row, handle in tx.session.execute(query)
    ]
