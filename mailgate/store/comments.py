"""What the members wrote. A comment belongs to an invitation; each further mail before the answer is a version of it.

The newest version counts, earlier ones stay. What an operator approved is kept apart, as the text that may leave.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from mailgate.desk.lifecycle import CommentState
from mailgate.errors import NotFound
from mailgate.store.digest import digest_of
from mailgate.store.tables import CommentRow, CommentVersionRow, InvitationRow, MemberRow
from mailgate.store.transaction import VALUES, Transaction

_VERSIONS = (
    select(
        CommentVersionRow.__table__,
        func.count().over(partition_by=CommentVersionRow.comment_id).label("versions"),
        func.row_number()
        .over(
            partition_by=CommentVersionRow.comment_id,
            order_by=(CommentVersionRow.received_at.desc(), CommentVersionRow.number.desc()),
        )
        .label("rank"),
    )
    .where(CommentVersionRow.comment_id.in_(VALUES))
    .subquery()
)
_NEWEST = select(_VERSIONS).where(_VERSIONS.c.rank == 1)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """One mail of a member, as received."""

    spool_id: str
    received_at: datetime
    written: str
    signature: str
    body: str
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    case: int
    round: int
    invitation: int
    member_id: int
    handle: str
    """The member's."""
    state: CommentState
    late: bool
    held_reason: str
    screened: bool
    approved: str
    """The text that goes to the teacher once the state is APPROVED; empty until its findings are decided."""
    intact: bool
    """Whether that text is the one that an operator decided on."""
    written: str
    """The newest version, as received."""
    body: str
    """The whole readable text of that mail."""
    spool_id: str
    received_at: datetime
    attachments: int
    """Of that mail."""
    versions: int
    answered_at: datetime | None
    merged_into: int | None
    """The comment as a version of which this held one was released."""


def add(
    tx: Transaction,
    case: int,
    round_number: int,
    invitation: int,
    version: NewVersion,
    *,
    state: CommentState,
    late: bool,
    held_reason: str = "",
) -> int:
    """A new comment with its first version; gives its id."""
    row = CommentRow(
        case_id=case, round=round_number, invitation_id=invitation, state=state, late=late, held_reason=held_reason
    )
    tx.session.add(row)
    tx.session.flush()
    _add_version(tx, row, 1, version)
    return row.id


def amend(tx: Transaction, comment: int, version: NewVersion) -> None:
    """Adds a version. The one that came last counts; when that is this one, what was found and approved is void."""
    row = tx.session.get_one(CommentRow, comment)
    newest = _newest(tx, comment)
    _add_version(tx, row, _count_versions(tx, comment) + 1, version)
    if version.received_at >= newest.received_at:
        row.state, row.screened_at, row.approved, row.approved_digest = CommentState.PENDING, None, b"", None


def merge(tx: Transaction, held: int, into: int) -> None:
    """Marks a held comment as released into another one, of which its text is a version now."""
    row = tx.session.get_one(CommentRow, held)
    row.state, row.merged_into = CommentState.REJECTED, into


def get(tx: Transaction, comment: int) -> Comment:
    """One comment; raises NotFound."""
    found = _select(tx, CommentRow.id == comment)
    if not found:
        raise NotFound("there is no comment {comment}: 'mailgate comment list' shows them", comment=comment)
    return found[0]


def of_case(tx: Transaction, case: int, round_number: int | None = None) -> list[Comment]:
    """The comments of a case, in one round or in all."""
    if round_number is None:
        return _select(tx, CommentRow.case_id == case)
    return _select(tx, CommentRow.case_id == case, CommentRow.round == round_number)


def of_cases(tx: Transaction, numbers: Collection[int]) -> dict[int, list[Comment]]:
    """The comments of some cases, by case."""
    found: dict[int, list[Comment]] = {number: [] for number in numbers}
    for one in _select(tx, CommentRow.case_id.in_(numbers)):
        found[one.case].append(one)
    return found


def current_of(tx: Transaction, invitation: int) -> Comment | None:
    """The comment of an invitation that a further mail amends: not held (nor rejected as such), not merged into
    another one, not late, not sent yet."""
    found = _select(
        tx,
        CommentRow.invitation_id == invitation,
        CommentRow.held_reason == "",
        CommentRow.merged_into.is_(None),
        CommentRow.late.is_(False),
        CommentRow.answered_at.is_(None),
    )
    return found[0] if found else None


def last_words(tx: Transaction, invitation: int) -> str | None:
    """What the newest mail said that was taken as the invited member's; None when there was none."""
    query = (
        select(CommentVersionRow)
        .join(CommentRow, CommentVersionRow.comment_id == CommentRow.id)
        .where(CommentRow.invitation_id == invitation, CommentRow.held_reason == "")
        .order_by(CommentVersionRow.received_at.desc(), CommentVersionRow.id.desc())
        .limit(1)
    )
    newest = tx.session.scalar(query)
    return tx.unseal(newest, "written") if newest else None


def listing(tx: Transaction, states: Sequence[CommentState]) -> list[Comment]:
    """All comments, oldest first; in any state when `states` is empty."""
    return _select(tx, CommentRow.state.in_(states)) if states else _select(tx)


def set_state(tx: Transaction, comment: int, state: CommentState) -> None:
    row = tx.session.get_one(CommentRow, comment)
    row.state = state
    if state is not CommentState.HELD and state is not CommentState.REJECTED:
        row.held_reason = ""


def set_late(tx: Transaction, comment: int, late: bool) -> None:
    tx.session.get_one(CommentRow, comment).late = late


def set_redacted(tx: Transaction, comment: int, text: str) -> None:
    """Keeps the text that an operator's decisions made of the comment; it still waits for approval."""
    row = tx.session.get_one(CommentRow, comment)
    tx.seal(row, approved=text)
    row.state, row.approved_digest = CommentState.PENDING, digest_of(text)


def approve(tx: Transaction, comment: int, text: str) -> None:
    set_redacted(tx, comment, text)
    tx.session.get_one(CommentRow, comment).state = CommentState.APPROVED


def was_written(tx: Transaction, invitation: int, text: str) -> bool:
    """Whether a mail for this invitation said exactly this."""
    query = (
        select(CommentVersionRow)
        .join(CommentRow, CommentVersionRow.comment_id == CommentRow.id)
        .where(CommentRow.invitation_id == invitation)
        .order_by(CommentVersionRow.id.desc())
    )
    return any(tx.unseal(row, "written") == text for row in tx.session.scalars(query))


def unscreened(tx: Transaction) -> int | None:
    """The id of a comment that nobody has looked through yet."""
    return tx.session.scalar(
        select(CommentRow.id).where(CommentRow.screened_at.is_(None)).order_by(CommentRow.id).limit(1)
    )


def set_screened(tx: Transaction, comment: int, now: datetime) -> None:
    tx.session.get_one(CommentRow, comment).screened_at = now


def _add_version(tx: Transaction, comment: CommentRow, number: int, version: NewVersion) -> None:
    row = CommentVersionRow(
        case_id=comment.case_id,
        comment_id=comment.id,
        number=number,
        spool_id=version.spool_id,
        received_at=version.received_at,
        attachments=version.attachments,
    )
    tx.seal(row, written=version.written, signature=version.signature, body=version.body)


def _count_versions(tx: Transaction, comment: int) -> int:
    query = select(func.count()).where(CommentVersionRow.comment_id == comment)
    return tx.session.scalar(query) or 0


def _newest(tx: Transaction, comment: int) -> CommentVersionRow:
    query = (
        select(CommentVersionRow)
        .where(CommentVersionRow.comment_id == comment)
        .order_by(CommentVersionRow.received_at.desc(), CommentVersionRow.number.desc())
        .limit(1)
    )
    return tx.session.scalars(query).one()


def _select(tx: Transaction, *conditions: ColumnElement[bool]) -> list[Comment]:
    query = (
        select(CommentRow, MemberRow.id, MemberRow.handle)
        .join(InvitationRow, CommentRow.invitation_id == InvitationRow.id)
        .join(MemberRow, InvitationRow.member_id == MemberRow.id)
        .where(*conditions)
        .order_by(CommentRow.id)
    )
    rows = tx.session.execute(query).all()
    newest = {one.comment_id: one for one in tx.rows_in(_NEWEST, [row.id for row, _, _ in rows])}
    tx.keys.fetch(one.written for one in newest.values())
    return [_comment(tx, row, newest[row.id], member_id, handle) for row, member_id, handle in rows]


def _comment(tx: Transaction, row: CommentRow, newest: Row[Any], member_id: int, handle: str) -> Comment:
    approved = tx.opened_or(CommentRow, row, "approved", "")
    return Comment(
        id=row.id,
        case=row.case_id,
        round=row.round,
        invitation=row.invitation_id,
        member_id=member_id,
        handle=handle,
        state=row.state,
        late=row.late,
        held_reason=row.held_reason,
        screened=row.screened_at is not None,
        approved=approved,
        intact=not approved or row.approved_digest == digest_of(approved),
        written=tx.opened_or(CommentVersionRow, newest, "written", ""),
        body=tx.opened_or(CommentVersionRow, newest, "body", ""),
        spool_id=newest.spool_id,
        received_at=newest.received_at,
        attachments=newest.attachments,
        versions=newest.versions,
        answered_at=row.answered_at,
        merged_into=row.merged_into,
    )
