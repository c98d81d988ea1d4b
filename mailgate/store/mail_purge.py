"""What mails leave behind when nobody needs them any more: rows with hashes and states, and not a word.

Received ones by `raw_mails`: the octets and all that SMTP said; the hashes stay and find duplicates. Composed ones by
`outbox`: body, letter, recipient and return path; the Message-ID stays and finds the thread. What a person must still
decide about is never due, however old it is. `flow/purge.py` says up to when.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from mailgate.desk.lifecycle import AttachmentState, CaseState, CommentState, OutboxState, SpoolState
from mailgate.store.columns import Instant
from mailgate.store.tables import (
    AttachmentRow,
    CaseRow,
    CommentRow,
    CommentVersionRow,
    EntryRow,
    OutboxRow,
    RawMailRow,
    RoundRow,
    SpoolRow,
)
from mailgate.store.transaction import Transaction

UNDECIDED = (SpoolState.RECEIVED, SpoolState.WAITING, SpoolState.HELD, SpoolState.QUARANTINED)
_DECIDED_ATTACHMENT = (AttachmentState.RELEASED, AttachmentState.WITHHELD)
_REVIEWED = (CommentState.APPROVED, CommentState.REJECTED)
_ENDED = (OutboxState.SENT, OutboxState.FAILED, OutboxState.CANCELLED)
_ALIVE = (CaseState.HELD, CaseState.NEW, CaseState.OPEN, CaseState.ANSWERED)
REPORTS = ("bounce of %", "delivery report%")
"""What flow/bounce.py writes into the spool about a mail that was a delivery report."""


def _of_held_comment() -> ColumnElement[bool]:
    """Whether the mail is a comment that waits for an operator, who looks at its sender."""
    query = select(CommentVersionRow.id).join(CommentRow, CommentVersionRow.comment_id == CommentRow.id)
    return query.where(CommentVersionRow.spool_id == SpoolRow.id, CommentRow.state == CommentState.HELD).exists()


def _of_held_case() -> ColumnElement[bool]:
    return exists().where(CaseRow.id == SpoolRow.case_id, CaseRow.state == CaseState.HELD)


def _attachments_decided(attachments: Any) -> ColumnElement[bool]:
    decided = select(func.count(AttachmentRow.id)).where(
        AttachmentRow.spool_id == SpoolRow.id, AttachmentRow.state.in_(_DECIDED_ATTACHMENT)
    )
    enough: ColumnElement[bool] = decided.correlate(SpoolRow).scalar_subquery() >= attachments
    return enough


def _text_is_approved() -> ColumnElement[bool]:
    """Whether the mail was kept as a text that is decided, with all its attachments."""
    round_of_entry = and_(RoundRow.case_id == EntryRow.case_id, RoundRow.number == EntryRow.round)
    entry = (
        select(EntryRow.id)
        .join(RoundRow, round_of_entry)
        .where(
            EntryRow.spool_id == SpoolRow.id,
            RoundRow.approved_at.is_not(None),
            _attachments_decided(EntryRow.attachments),
        )
    )
    comment = (
        select(CommentVersionRow.id)
        .join(CommentRow, CommentVersionRow.comment_id == CommentRow.id)
        .where(
            CommentVersionRow.spool_id == SpoolRow.id,
            CommentRow.state.in_(_REVIEWED),
            _attachments_decided(CommentVersionRow.attachments),
        )
    )
    return and_(SpoolRow.state == SpoolState.DONE, or_(entry.exists(), comment.exists()))


def _any_recipient(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether one of the recipients of a received mail is so."""
    return select(SpoolRow.id).where(SpoolRow.raw_id == RawMailRow.id, *conditions).correlate(RawMailRow).exists()


_IS_REPORT = _any_recipient(or_(*(SpoolRow.reason.like(words) for words in REPORTS)))
_IS_NEEDED = _any_recipient(or_(SpoolRow.state.in_(UNDECIDED), _of_held_case(), _of_held_comment()))
_CUTOFF = case(
    (_IS_REPORT, bindparam("bounce", type_=Instant)),
    else_=bindparam("raw", type_=Instant),
)
_DUE_RAW: Select[Any] = select(RawMailRow.id).where(
    func.length(RawMailRow.octets) > 0,
    ~_IS_NEEDED,
    or_(RawMailRow.received_at <= _CUTOFF, ~_any_recipient(~_text_is_approved())),
)
_later = aliased(OutboxRow)
_IS_LAST_OF_LIVING_THREAD = and_(
    exists().where(CaseRow.id == OutboxRow.case_id, CaseRow.state.in_(_ALIVE)),
    ~exists().where(
        _later.case_id == OutboxRow.case_id,
        _later.invitation_id.is_not_distinct_from(OutboxRow.invitation_id),
        _later.state == OutboxState.SENT,
        _later.created_at > OutboxRow.created_at,
    ),
)
_DUE_SENT: Select[Any] = select(OutboxRow.id).where(
    func.length(OutboxRow.octets) > 0,
    OutboxRow.state.in_(_ENDED),
    func.coalesce(OutboxRow.sent_at, OutboxRow.created_at, type_=Instant) <= bindparam("sent", type_=Instant),
    ~_IS_LAST_OF_LIVING_THREAD,  # its reader may still answer, and quote it
)


def due_raw(tx: Transaction, raw: datetime, bounce: datetime) -> list[str]:
    """The received mails whose octets may go: text and attachments decided, or come at `raw` or before (a delivery
    report: at `bounce`)."""
    query = _DUE_RAW.order_by(RawMailRow.received_at)
    return list(tx.session.scalars(query, {"raw": raw, "bounce": bounce}))


def empty_raw(tx: Transaction, raw_id: str, raw: datetime, bounce: datetime) -> bool:
    """Empties one of them, if it is due still."""
    tx.session.execute(select(SpoolRow.id).where(SpoolRow.raw_id == raw_id).with_for_update())
    if tx.session.scalar(_DUE_RAW.where(RawMailRow.id == raw_id), {"raw": raw, "bounce": bounce}) is None:
        return False
    forget_raw(tx, [raw_id])
    return True


def forget_raw(tx: Transaction, raw_ids: Collection[str]) -> None:
    """Empties received mails whatever stands of them elsewhere; the marks by which they are known again stay."""
    tx.session.execute(
        update(RawMailRow)
        .where(RawMailRow.id.in_(raw_ids))
        .values(octets=b"", reverse_path=b"", peer=b"", helo=b"")
        .execution_options(synchronize_session=False)
    )
    tx.session.execute(
        update(SpoolRow)
        .where(SpoolRow.raw_id.in_(raw_ids))
        .values(forward_path=b"", sender_hash=None)
        .execution_options(synchronize_session=False)
    )


def due_sent(tx: Transaction, sent: datetime) -> list[str]:
    """The composed mails whose body may go: left or given up at `sent` or before, and nobody will quote them."""
    return list(tx.session.scalars(_DUE_SENT.order_by(OutboxRow.created_at), {"sent": sent}))


def is_due_sent(tx: Transaction, mail_id: str, sent: datetime) -> bool:
    """Whether it is due still; locked until the transaction ends."""
    tx.session.execute(select(OutboxRow.id).where(OutboxRow.id == mail_id).with_for_update())
    return tx.session.scalar(_DUE_SENT.where(OutboxRow.id == mail_id), {"sent": sent}) is not None


def forget_sent(tx: Transaction, mail_ids: Collection[str]) -> None:
    """Empties composed mails, and what the relay said of them: it may name somebody. The Message-ID and the hashes of
    the recipient stay."""
    tx.session.execute(
        update(OutboxRow)
        .where(OutboxRow.id.in_(mail_ids))
        .values(octets=b"", letter=None, recipient=b"", bounce_token=b"", reason="")
        .execution_options(synchronize_session=False)
    )
