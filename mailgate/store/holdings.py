"""What is held of one person beside the register and the cases they wrote: asked by `flow/privacy.py`, reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import or_, select

from mailgate.store.tables import CommentVersionRow, InvitationRow, MemberRow, OutboxRow, PersonAddressRow, TeacherRow
from mailgate.store.transaction import Transaction


def sent_to(tx: Transaction, person_id: int) -> list[str]:
    """The ids of the composed mails that left for this person, oldest first."""
    teacher = select(TeacherRow.handle).where(TeacherRow.person_id == person_id)
    member = select(MemberRow.handle).where(MemberRow.person_id == person_id)
    hashes = select(PersonAddressRow.address_hash).where(PersonAddressRow.person_id == person_id)
    # By the address too: what was written to them before they were registered went to a stranger.
    theirs = or_(OutboxRow.handle.in_(teacher.union_all(member)), OutboxRow.recipient_hash.in_(hashes))
    query = select(OutboxRow.id).where(theirs, OutboxRow.sent_at.is_not(None))
    return list(tx.session.scalars(query.order_by(OutboxRow.sent_at, OutboxRow.id)))


def invitations_of(tx: Transaction, member_id: int) -> list[int]:
    """The ids of all invitations of a member, oldest first."""
    query = select(InvitationRow.id).where(InvitationRow.member_id == member_id)
    return list(tx.session.scalars(query.order_by(InvitationRow.id)))


def versions_of(tx: Transaction, comment: int) -> Iterator[tuple[datetime, str, str]]:
    """When each version of a comment came, what it said, and its whole readable text."""
    query = select(CommentVersionRow).where(CommentVersionRow.comment_id == comment)
    for row in tx.session.scalars(query.order_by(CommentVersionRow.number)):
        yield row.received_at, tx.unseal(row, "written"), tx.unseal(row, "body")
