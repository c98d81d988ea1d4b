"""The end of a case: everything that somebody wrote, and every link to who it was, is deleted. Numbers stay.

What stays is number, state, rounds with their times and digits, tags, and which member's invitation ended how: no
sealed value and no hash, and no teacher. Three steps, each of which a crash may follow: this one, then the key of the
case in its store (`Office.destroy_key`), then the mark that both are done. `flow/destroy.py` takes them.

Known weakness: the audit log knows which handle opened which case, for as long as it is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update

from mailgate.desk.lifecycle import CaseState, InvitationState, OutboxState
from mailgate.store.bulk import delete_where
from mailgate.store.columns import table_of
from mailgate.store.custody import sealed_columns
from mailgate.store.mail_purge import UNDECIDED, forget_raw
from mailgate.store.outbox import WAITING
from mailgate.store.tables import (
    AttachmentRow,
    CaseRow,
    CommentRow,
    CommentVersionRow,
    ConfirmedSenderRow,
    ConsentRow,
    DraftRow,
    EntryRow,
    FindingRow,
    InvitationRow,
    NoteRow,
    OutboxRow,
    OverrideRow,
    ReplyTokenRow,
    RoundRow,
    SpoolRow,
)
from mailgate.store.transaction import Transaction

ENDED = (CaseState.CLOSED, CaseState.WITHDRAWN, CaseState.SPAM)
NOTICE = "invitation-withdrawn"
"""The one kind of mail that may still be on its way when its case is destroyed: to members, in words of ours alone."""


def due(tx: Transaction, cutoff: datetime) -> list[int]:
    """The cases that have ended and to which nothing has happened since `cutoff`, but for those with a mail that
    somebody must decide about."""
    return list(tx.session.scalars(_due(cutoff).order_by(CaseRow.id)))


def is_due(tx: Transaction, number: int, cutoff: datetime) -> bool:
    """Whether the case is one of them still."""
    return tx.session.scalar(_due(cutoff).where(CaseRow.id == number)) is not None


def _due(cutoff: datetime) -> Select[int]:
    undecided = select(SpoolRow.id).where(SpoolRow.case_id == CaseRow.id, SpoolRow.state.in_(UNDECIDED))
    return select(CaseRow.id).where(
        CaseRow.state.in_(ENDED), CaseRow.destroyed_at.is_(None), CaseRow.changed_at <= cutoff, ~undecided.exists()
    )


def undecided_mail(tx: Transaction, number: int) -> str | None:
    """A received mail of the case, or one that came for it and for others, which waits for a worker or a person."""
    of_case = select(SpoolRow.raw_id).where(SpoolRow.case_id == number)
    query = select(SpoolRow.id).where(SpoolRow.raw_id.in_(of_case), SpoolRow.state.in_(UNDECIDED)).limit(1)
    return tx.session.scalar(query)


def waiting_mail(tx: Transaction, number: int) -> str | None:
    """A composed mail of the case that has not left yet."""
    waits = (*WAITING, OutboxState.STOPPED)
    query = select(OutboxRow.id).where(OutboxRow.case_id == number, OutboxRow.state.in_(waits)).limit(1)
    return tx.session.scalar(query)


def destroy(tx: Transaction, number: int, now: datetime) -> None:
    """Deletes what the case holds; the caller has it locked. What waits in the outbox is not sent any more, but for
    notices to its members."""
    _forget_mails(tx, number)
    _delete_texts(tx, number)
    _delete_letters(tx, number)
    row = tx.session.get_one(CaseRow, number, populate_existing=True)
    row.sender, row.subject, row.sender_hash = b"", b"", ""
    row.teacher_id, row.assignee, row.held_reason = None, "", ""
    row.destroyed_at = row.changed_at = now
    for one in tx.session.scalars(select(RoundRow).where(RoundRow.case_id == number)):
        one.approved, one.approved_digest, one.approved_by, one.approved_at = b"", "", "", None
        one.screened_at = one.screened_at or now
    tx.session.execute(
        update(InvitationRow)
        .where(InvitationRow.case_id == number, InvitationRow.state == InvitationState.INVITED)
        .values(state=InvitationState.REVOKED)
    )
    _seal_notices_anew(tx, number)
    tx.flush()


def _seal_notices_anew(tx: Transaction, number: int) -> None:
    """Under the key of the desk: they still have to leave when that of their case is gone."""
    if not tx.has_key(number):
        _delete_outbox(tx, list(tx.session.scalars(select(OutboxRow.id).where(OutboxRow.case_id == number))))
        return
    for row in tx.session.scalars(select(OutboxRow).where(OutboxRow.case_id == number)):
        for column in sealed_columns(table_of(OutboxRow)):
            if getattr(row, column):
                place = f"{OutboxRow.__tablename__}.{column}.{row.id}"
                setattr(row, column, tx.keys.seal(place, tx.unseal_bytes(row, column)))


def delete_notices(tx: Transaction) -> int:
    """The notices of destroyed cases that have left, or never will; how many."""
    over = select(CaseRow.id).where(CaseRow.destroyed_at.is_not(None))
    query = select(OutboxRow.id).where(OutboxRow.case_id.in_(over), OutboxRow.state.not_in(WAITING))
    return _delete_outbox(tx, list(tx.session.scalars(query)))


def with_key(tx: Transaction) -> list[int]:
    """The destroyed cases whose keys are not known to be destroyed."""
    query = select(CaseRow.id).where(CaseRow.destroyed_at.is_not(None), CaseRow.key_destroyed_at.is_(None))
    return list(tx.session.scalars(query.order_by(CaseRow.id)))


def set_key_destroyed(tx: Transaction, number: int, now: datetime) -> None:
    row = tx.session.get_one(CaseRow, number)
    row.key_destroyed_at, row.key_id = now, None


def destroyed_at(tx: Transaction, number: int) -> datetime | None:
    """Of a case that is there."""
    return tx.session.scalar(select(CaseRow.destroyed_at).where(CaseRow.id == number))


def _forget_mails(tx: Transaction, number: int) -> None:
    raw_ids = list(tx.session.scalars(select(SpoolRow.raw_id).where(SpoolRow.case_id == number).distinct()))
    forget_raw(tx, raw_ids)
    tx.session.execute(
        update(SpoolRow)
        .where(SpoolRow.case_id == number)
        .values(whole_hash=None, message_id_hash=None, text_hash=None, authentication=None, confirmed_by="")
        .execution_options(synchronize_session=False)
    )


def _delete_texts(tx: Transaction, number: int) -> None:
    comments = select(CommentRow.id).where(CommentRow.case_id == number)
    rounds = select(RoundRow.id).where(RoundRow.case_id == number)
    delete_where(tx, FindingRow, or_(FindingRow.comment_id.in_(comments), FindingRow.round_id.in_(rounds)))
    delete_where(tx, AttachmentRow, AttachmentRow.case_id == number)
    delete_where(tx, DraftRow, DraftRow.case_id == number)
    delete_where(tx, CommentVersionRow, CommentVersionRow.comment_id.in_(comments))
    tx.session.execute(update(CommentRow).where(CommentRow.case_id == number).values(merged_into=None))
    for table in (CommentRow, EntryRow, NoteRow, ConsentRow):
        delete_where(tx, table, table.case_id == number)


def _delete_letters(tx: Transaction, number: int) -> None:
    tokens = select(ReplyTokenRow.id).where(ReplyTokenRow.case_id == number)
    delete_where(tx, ConfirmedSenderRow, ConfirmedSenderRow.reply_token_id.in_(tokens))
    delete_where(tx, ReplyTokenRow, ReplyTokenRow.case_id == number)
    on_its_way = OutboxRow.kind.in_([NOTICE]) & OutboxRow.state.in_(WAITING)
    gone: Select[Any] = select(OutboxRow.id).where(OutboxRow.case_id == number, ~on_its_way)
    _delete_outbox(tx, list(tx.session.scalars(gone)))


def _delete_outbox(tx: Transaction, mail_ids: Collection[str]) -> int:
    delete_where(tx, OverrideRow, OverrideRow.outbox_id.in_(mail_ids))
    delete_where(tx, OutboxRow, OutboxRow.id.in_(mail_ids))
    return len(mail_ids)
