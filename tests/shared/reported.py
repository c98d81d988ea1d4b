"""A year of the desk as plain rows, for the tests of the report: cases and what became of them, nothing sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from mailgate.desk.lifecycle import CaseState, InvitationState
from mailgate.flow.context import Office
from mailgate.store.tables import AuditRow, CaseRow, InvitationRow, MemberRow, RoundRow, TagRow, TeacherRow


@dataclass(frozen=True)
class Past:
    """One case of the past; hours count from its arrival."""

    received_at: datetime
    state: CaseState = CaseState.ANSWERED
    tags: Sequence[str] = ()
    comment_hours: float | None = 24
    answer_hours: float | None = 72
    digit: int | None = None
    invited: Sequence[InvitationState] = (InvitationState.COMMENTED, InvitationState.DECLINED)
    known: bool = True
    """Whose it is; not so of one that was destroyed."""


def record_past(office: Office, past: Sequence[Past]) -> None:
    """Writes the cases, each for the next teacher and the next members of the register."""
    with office.database.write() as tx:
        teachers = list(tx.session.scalars(select(TeacherRow.id).order_by(TeacherRow.id)))
        members = list(tx.session.scalars(select(MemberRow.id).order_by(MemberRow.id)))
        turn = 0
        for place, one in enumerate(past):
            case = CaseRow(
                version=1,
                state=one.state,
                teacher_id=teachers[place % len(teachers)] if one.known else None,
                sender_hash="",
                received_at=one.received_at,
                mail_date=one.received_at,
                changed_at=one.received_at,
            )
            tx.session.add(case)
            tx.session.flush()
            answered_at = _after(one.received_at, one.answer_hours)
            tx.session.add(
                RoundRow(
                    case_id=case.id,
                    number=1,
                    screened_at=one.received_at,
                    answered_at=answered_at,
                    satisfaction=one.digit,
                )
            )
            tx.session.add_all(TagRow(case_id=case.id, tag=tag) for tag in one.tags)
            for state in one.invited:
                tx.session.add(
                    InvitationRow(
                        case_id=case.id,
                        round=1,
                        member_id=members[turn % len(members)],
                        state=state,
                        invited_at=one.received_at,
                        due_at=one.received_at,
                    )
                )
                turn += 1
            commented_at = _after(one.received_at, one.comment_hours)
            if commented_at is not None:
                tx.session.add(
                    AuditRow(at=commented_at, actor="member", action="comment", case_id=case.id, subject="", detail="")
                )


def _after(moment: datetime, hours: float | None) -> datetime | None:
    return None if hours is None else moment + timedelta(hours=hours)
