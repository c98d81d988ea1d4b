"""Plain rows for the report: the cases that came in a period, and what hangs on them. Opens no text and no name.

Only what outlives the destruction of a case is read, so that old figures do not change: for the first comment that is
the line of the audit log. The teacher of a destroyed case is forgotten, and so whose contract paid for it. Judged and
counted in `desk/reckoning.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from mailgate.desk.figures import Asked, CaseFacts, Graded
from mailgate.desk.people import Plan
from mailgate.store.tables import AuditRow, CaseRow, InvitationRow, MemberRow, RoundRow, TagRow, TeacherRow
from mailgate.store.transaction import Transaction

_CAME = ("comment", "release comment")
"""What the log says when a comment counts from now on."""


@dataclass(frozen=True, slots=True)
class ReportRows:
    cases: list[CaseFacts]
    tags: list[tuple[int, str]]
    """Case and tag."""
    asked: list[Asked]
    graded: list[Graded]


def of_period(tx: Transaction, since: datetime, until: datetime) -> ReportRows:
    """Of the cases that came from `since` on and before `until`."""
    came = and_(CaseRow.received_at >= since, CaseRow.received_at < until)
    first_comment = (
        select(AuditRow.case_id, func.min(AuditRow.at).label("at"))
        .join(CaseRow, CaseRow.id == AuditRow.case_id)
        .where(came, AuditRow.action.in_(_CAME))
        .group_by(AuditRow.case_id)
        .subquery()
    )
    cases = (
        select(
            CaseRow.id,
            CaseRow.state,
            CaseRow.received_at,
            CaseRow.mail_date,
            TeacherRow.school_id,
            TeacherRow.plan,
            first_comment.c.at,
            RoundRow.answered_at,
        )
        .join(RoundRow, and_(RoundRow.case_id == CaseRow.id, RoundRow.number == 1), isouter=True)
        .join(TeacherRow, TeacherRow.id == CaseRow.teacher_id, isouter=True)
        .join(first_comment, first_comment.c.case_id == CaseRow.id, isouter=True)
        .where(came)
        .order_by(CaseRow.id)
    )
    tags = select(TagRow.case_id, TagRow.tag).join(CaseRow, CaseRow.id == TagRow.case_id).where(came)
    asked = (
        select(InvitationRow.case_id, InvitationRow.member_id, MemberRow.kind, InvitationRow.state)
        .join(CaseRow, CaseRow.id == InvitationRow.case_id)
        .join(MemberRow, MemberRow.id == InvitationRow.member_id)
        .where(came)
    )
    graded = (
        select(RoundRow.case_id, RoundRow.satisfaction)
        .join(CaseRow, CaseRow.id == RoundRow.case_id)
        .where(came, RoundRow.answered_at.is_not(None))
    )
    run = tx.session.execute
    return ReportRows(
        [
            CaseFacts(
                number=row[0],
                state=row[1],
                received_at=row[2],
                mail_date=row[3],
                school=row[4] if row[5] is Plan.SCHOOL else None,
                first_comment_at=row[6],
                answered_at=row[7],
            )
            for row in run(cases)
        ],
        [(row[0], row[1]) for row in run(tags.order_by(TagRow.id))],
        [Asked(*row) for row in run(asked)],
        [Graded(*row) for row in run(graded)],
    )
