"""A person leaves the register for good: a tombstone stays, so that what refers to them (an invitation that was
declined, a line of the audit log) still holds and still says nothing.

Before: `flow/erase.py` has asked whether it may be, and destroyed the cases of a teacher (`destruction.py`). Here goes
what is the person's own in what stays: comments, mails to and from them, addresses, names.

Known weaknesses: what others wrote about them (a teacher who quotes a comment, an operator's note) is not looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from mailgate.desk.lifecycle import CaseState, CommentState, InvitationState, OutboxState
from mailgate.desk.people import MemberStatus, Plan
from mailgate.store.bulk import delete_where, update_where
from mailgate.store.integrity_mail import ANSWER
from mailgate.store.mail_purge import UNDECIDED, forget_raw, forget_sent
from mailgate.store.outbox import WAITING
from mailgate.store.persons import ERASED
from mailgate.store.tables import (
    AffiliationRow,
    ApplicationRow,
    AttachmentRow,
    CaseRow,
    CommentRow,
    CommentVersionRow,
    ConfirmationRow,
    ConfirmedSenderRow,
    DraftRow,
    EntryRow,
    FindingRow,
    InvitationRow,
    MemberRow,
    OutboxRow,
    PersonAddressRow,
    PersonRow,
    RelationRow,
    ReplyTokenRow,
    SpoolRow,
    TeacherRow,
)
from mailgate.store.transaction import Transaction

_NOT_SENT = (*WAITING, OutboxState.STOPPED)
_BEFORE_ANSWER = (CaseState.NEW, CaseState.OPEN)
_ASKED = (InvitationState.INVITED, InvitationState.COMMENTED)
_REVOKED = InvitationState.REVOKED
Ids = Select[int]


def cases_written(tx: Transaction, person_id: int) -> list[int]:
    """The cases that the person has written, as a teacher or before anybody knew them; without destroyed ones."""
    theirs = select(TeacherRow.id).where(TeacherRow.person_id == person_id)
    wrote = or_(CaseRow.teacher_id.in_(theirs), CaseRow.sender_hash.in_(_hashes(person_id)))
    return list(
        tx.session.scalars(select(CaseRow.id).where(wrote, CaseRow.destroyed_at.is_(None)).order_by(CaseRow.id))
    )


def cases_asked(tx: Transaction, person_id: int) -> list[int]:
    """The open cases in which the person is asked for a comment, or has given one that is not sent yet."""
    query = (
        select(InvitationRow.case_id)
        .join(CaseRow, CaseRow.id == InvitationRow.case_id)
        .where(
            InvitationRow.member_id.in_(_members(person_id)),
            InvitationRow.state.in_(_ASKED),
            InvitationRow.round == CaseRow.round,
            CaseRow.state.in_(_BEFORE_ANSWER),
        )
    )
    return sorted(set(tx.session.scalars(query)))


def undecided_mail(tx: Transaction, person_id: int) -> str | None:
    """A received mail of theirs that waits for a worker or a person."""
    query = select(SpoolRow.id).where(SpoolRow.sender_hash.in_(_hashes(person_id)), SpoolRow.state.in_(UNDECIDED))
    return tx.session.scalar(query.limit(1))


def answer_on_its_way(tx: Transaction, person_id: int) -> str | None:
    """A composed answer that has not left yet and has a comment of theirs in it."""
    query = select(OutboxRow.id).where(_is_answer_with(person_id), OutboxRow.state.in_(_NOT_SENT))
    return tx.session.scalar(query.limit(1))


def letters(tx: Transaction, person_id: int) -> list[str]:
    """The composed mails to the person, and the answers with comments of theirs."""
    theirs = or_(OutboxRow.handle.in_(_handles(person_id)), OutboxRow.recipient_hash.in_(_hashes(person_id)))
    return list(tx.session.scalars(select(OutboxRow.id).where(or_(theirs, _is_answer_with(person_id)))))


def end_invitations(tx: Transaction, person_id: int, number: int) -> None:
    """Nobody waits for a comment of theirs in this case any more."""
    invitations = select(InvitationRow.id).where(
        InvitationRow.member_id.in_(_members(person_id)), InvitationRow.case_id == number
    )
    update_where(tx, InvitationRow, InvitationRow.id.in_(invitations) & InvitationRow.state.in_(_ASKED), state=_REVOKED)
    update_where(tx, CommentRow, CommentRow.invitation_id.in_(invitations), state=CommentState.REJECTED)


def erase(tx: Transaction, person_id: int, now: datetime) -> None:
    """Empties everything that is left of them; the caller has ended what was going on."""
    _empty_mails(tx, person_id)
    _empty_letters(tx, person_id)
    _empty_comments(tx, person_id, now)
    tokens = select(ReplyTokenRow.id).where(ReplyTokenRow.invitation_id.in_(_invitations(person_id)))
    delete_where(
        tx,
        ConfirmedSenderRow,
        or_(ConfirmedSenderRow.reply_token_id.in_(tokens), ConfirmedSenderRow.address_hash.in_(_hashes(person_id))),
    )
    open_ones = InvitationRow.id.in_(_invitations(person_id)) & (InvitationRow.state == InvitationState.INVITED)
    update_where(tx, InvitationRow, open_ones, state=_REVOKED)
    update_where(tx, ReplyTokenRow, ReplyTokenRow.id.in_(tokens) & ReplyTokenRow.revoked_at.is_(None), revoked_at=now)
    _empty_register(tx, person_id, now)


def retired(tx: Transaction, cutoff: datetime, now: datetime) -> list[str]:
    """The handles of members who retired at `cutoff` or before and are no teachers. Of whom it is not known when they
    retired, did so now."""
    update_where(
        tx, MemberRow, (MemberRow.status == MemberStatus.RETIRED) & MemberRow.retired_at.is_(None), retired_at=now
    )
    query = select(MemberRow.handle).where(
        MemberRow.status == MemberStatus.RETIRED,
        MemberRow.retired_at <= cutoff,
        MemberRow.person_id.not_in(ERASED),
        MemberRow.person_id.not_in(select(TeacherRow.person_id)),
    )
    return list(tx.session.scalars(query.order_by(MemberRow.id)))


def _empty_mails(tx: Transaction, person_id: int) -> None:
    """What came from them, and what came back about mails to them: in their cases all that nobody else wrote."""
    comments = select(CommentRow.id).where(CommentRow.invitation_id.in_(_invitations(person_id)))
    versions = select(CommentVersionRow.spool_id).where(CommentVersionRow.comment_id.in_(comments))
    of_others = select(CommentVersionRow.spool_id).where(CommentVersionRow.comment_id.not_in(comments))
    asked = select(InvitationRow.case_id).where(InvitationRow.member_id.in_(_members(person_id)))
    nobodys = (
        SpoolRow.case_id.in_(asked)
        & SpoolRow.id.not_in(select(EntryRow.spool_id))
        & SpoolRow.id.not_in(of_others)
        & SpoolRow.state.not_in(UNDECIDED)
    )
    theirs = or_(SpoolRow.sender_hash.in_(_hashes(person_id)), SpoolRow.id.in_(versions), nobodys)
    rows = tx.session.execute(select(SpoolRow.id, SpoolRow.raw_id).where(theirs)).all()
    forget_raw(tx, {row.raw_id for row in rows})
    update_where(
        tx,
        SpoolRow,
        SpoolRow.id.in_([row.id for row in rows]),
        whole_hash=None,
        message_id_hash=None,
        text_hash=None,
    )


def _empty_letters(tx: Transaction, person_id: int) -> None:
    forget_sent(tx, letters(tx, person_id))
    theirs = or_(OutboxRow.handle.in_(_handles(person_id)), OutboxRow.recipient_hash.in_(_hashes(person_id)))
    update_where(tx, OutboxRow, theirs & OutboxRow.state.in_(_NOT_SENT), state=OutboxState.CANCELLED)
    # The hash of a return path must be somebody's own: the id of the mail is no hash of anything.
    update_where(tx, OutboxRow, theirs, recipient_hash="", domain_hash="", bounce_hash=OutboxRow.id)


def _empty_comments(tx: Transaction, person_id: int, now: datetime) -> None:
    comments = select(CommentRow.id).where(CommentRow.invitation_id.in_(_invitations(person_id)))
    delete_where(tx, FindingRow, FindingRow.comment_id.in_(comments))
    delete_where(tx, AttachmentRow, AttachmentRow.comment_id.in_(comments))
    delete_where(tx, DraftRow, DraftRow.comment_id.in_(comments))
    of_theirs = CommentVersionRow.comment_id.in_(comments)
    update_where(tx, CommentVersionRow, of_theirs, written=b"", signature=b"", body=b"", attachments=0)
    update_where(
        tx, CommentRow, CommentRow.id.in_(comments) & CommentRow.answered_at.is_(None), state=CommentState.REJECTED
    )
    update_where(tx, CommentRow, CommentRow.id.in_(comments), approved=b"", approved_digest=None, screened_at=now)


def _empty_register(tx: Transaction, person_id: int, now: datetime) -> None:
    delete_where(tx, ApplicationRow, ApplicationRow.address_hash.in_(_hashes(person_id)))
    delete_where(tx, ConfirmationRow, ConfirmationRow.person_id == person_id)
    delete_where(tx, PersonAddressRow, PersonAddressRow.person_id == person_id)
    teachers = select(TeacherRow.id).where(TeacherRow.person_id == person_id)
    of_them = or_(RelationRow.member_id.in_(_members(person_id)), RelationRow.teacher_id.in_(teachers))
    delete_where(tx, RelationRow, of_them)
    delete_where(tx, AffiliationRow, AffiliationRow.member_id.in_(_members(person_id)))
    person = PersonRow.id == person_id
    update_where(tx, PersonRow, person, name=b"", kana=b"", age_band="", gender="", erased_at=now)
    teacher = TeacherRow.person_id == person_id
    update_where(tx, TeacherRow, teacher, school_id=None, role="", years=None, school_type="", plan=Plan.SCHOOL)
    member = MemberRow.person_id == person_id
    emptied = {
        "credential": b"",
        "topics": "",
        "years": None,
        "monthly_limit": None,
        "retired_at": now,
        "paused_until": None,
    }
    update_where(tx, MemberRow, member, status=MemberStatus.RETIRED, **emptied)


def _is_answer_with(person_id: int) -> ColumnElement[bool]:
    commented = select(CommentRow.case_id).where(
        CommentRow.invitation_id.in_(_invitations(person_id)), CommentRow.answered_at.is_not(None)
    )
    return (OutboxRow.kind == ANSWER) & OutboxRow.case_id.in_(commented)


def _hashes(person_id: int) -> Select[str]:
    return select(PersonAddressRow.address_hash).where(PersonAddressRow.person_id == person_id)


def _members(person_id: int) -> Ids:
    return select(MemberRow.id).where(MemberRow.person_id == person_id)


def _invitations(person_id: int) -> Ids:
    return select(InvitationRow.id).where(InvitationRow.member_id.in_(_members(person_id)))


def _handles(person_id: int) -> Sequence[Any] | Any:
    teachers = select(TeacherRow.handle).where(TeacherRow.person_id == person_id)
    return teachers.union_all(select(MemberRow.handle).where(MemberRow.person_id == person_id))
