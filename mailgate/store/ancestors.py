"""To which mails one of ours may refer (In-Reply-To, References): such as its own reader has sent or got."""

from __future__ import annotations

from sqlalchemy import select

from mailgate.desk.lifecycle import SpoolState
from mailgate.store.outbox import OutboxEntry
from mailgate.store.tables import CommentRow, CommentVersionRow, EntryRow, OutboxRow, SpoolRow
from mailgate.store.transaction import Transaction


def is_known_to_reader(tx: Transaction, mail: OutboxEntry, message_id: str, message_id_hash: str) -> bool:
    """Whether the reader of `mail` knows this Message-ID: of a mail of ours in the same thread, or of a mail in the
    same case that is not the words of somebody else. `message_id_hash` is its mark in the spool."""
    ours = tx.session.scalar(select(OutboxRow).where(OutboxRow.message_id == message_id))
    if ours is not None:
        return (ours.case_id, ours.invitation_id) == (mail.case, mail.invitation)
    query = select(SpoolRow.id).where(
        SpoolRow.message_id_hash == message_id_hash,
        SpoolRow.case_id == mail.case,
        SpoolRow.state == SpoolState.DONE,
    )
    came = tx.session.scalars(query).all()
    return any(_author_reads(tx, spool_id, mail) for spool_id in came)


def _author_reads(tx: Transaction, spool_id: str, mail: OutboxEntry) -> bool:
    """Whether the mail, which came for this case, is not kept as the words of another side: the teacher's, or of
    another invitation. Looked for among the words of the case: what came for it is kept there, whatever was copied."""
    of_teacher = tx.session.scalar(
        select(EntryRow.id).where(EntryRow.case_id == mail.case, EntryRow.spool_id == spool_id).limit(1)
    )
    of_invitation = tx.session.scalar(
        select(CommentRow.invitation_id)
        .join(CommentVersionRow, CommentVersionRow.comment_id == CommentRow.id)
        .where(CommentRow.case_id == mail.case, CommentVersionRow.spool_id == spool_id)
        .limit(1)
    )
    if mail.invitation is None:
        return of_invitation is None
    return of_teacher is None and of_invitation in (None, mail.invitation)
