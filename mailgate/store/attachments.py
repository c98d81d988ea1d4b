"""Decisions about attachments, each with the drawing that it is about: sealed, with a digest, and opened only as that.

An attachment is named by its mail and its position in it. One without a row is withheld; so is one that somebody has
looked at and not released. Nothing here holds the file as it came: that is in the mail alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from mailgate.desk.lifecycle import AttachmentState
from mailgate.errors import BadKeys
from mailgate.mail.drawing import Drawing
from mailgate.store.tables import AttachmentRow
from mailgate.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attachment is."""

    case: int
    comment: int | None
    """None for what the teacher sent."""
    spool_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Decision:
    state: AttachmentState
    digest: str
    """SHA-256 of the drawing; empty when there is none."""
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Released:
    """A drawing that may leave, in the state in which it was released."""

    spool_id: str
    position: int
    drawing: Drawing


def keep_drawing(tx: Transaction, place: Place, drawing: Drawing, by: str, now: datetime) -> None:
    """Keeps what an operator is about to look at; nothing is released by that."""
    row = _row_for(tx, place)
    _fill(row, AttachmentState.DRAWN, by, now)
    row.media_type, row.pages, row.octets_digest = drawing.media_type, drawing.pages, _digest(drawing.octets)
    tx.seal(row, octets=drawing.octets)


def release(tx: Transaction, place: Place, by: str, now: datetime) -> None:
    """Lets exactly the drawing leave that is kept; there must be one."""
    row = _find(tx, place)
    assert row is not None, "what is released was looked at"
    assert row.octets_digest, "what is released was drawn"
    if row.state is not AttachmentState.RELEASED:  # else it was, at the moment that counts
        _fill(row, AttachmentState.RELEASED, by, now)


def withhold(tx: Transaction, place: Place, by: str, now: datetime) -> None:
    """Keeps the attachment back; its drawing is gone with that."""
    row = _row_for(tx, place)
    _fill(row, AttachmentState.WITHHELD, by, now)
    row.media_type, row.pages, row.octets_digest, row.octets = "", 0, "", b""
    tx.seal(row)


def forget(tx: Transaction, case: int) -> None:
    """What was decided about the teacher's attachments of a case: they are decided about elsewhere."""
    tx.flush()
    mine = AttachmentRow.case_id == case, AttachmentRow.comment_id.is_(None)
    tx.session.execute(delete(AttachmentRow).where(*mine))


def drawing(tx: Transaction, place: Place) -> Drawing | None:
    """The drawing that is kept; raises BadKeys when it is not the one that was kept."""
    row = _find(tx, place)
    return _drawing(tx, row) if row is not None and row.octets_digest else None


def decisions(tx: Transaction, spool_ids: Collection[str]) -> dict[tuple[str, int], Decision]:
    """What was decided about the attachments of these mails, by mail and position."""
    rows = tx.session.scalars(select(AttachmentRow).where(AttachmentRow.spool_id.in_(spool_ids)))
    return {
        (row.spool_id, row.position): Decision(row.state, row.octets_digest, row.decided_by, row.decided_at)
        for row in rows
    }


def released(tx: Transaction, spool_ids: Collection[str]) -> list[Released]:
    """What may leave of the attachments of these mails, in the order of mails and parts. Raises BadKeys."""
    order = {spool_id: place for place, spool_id in enumerate(spool_ids)}
    query = select(AttachmentRow).where(
        AttachmentRow.spool_id.in_(spool_ids), AttachmentRow.state == AttachmentState.RELEASED
    )
    rows = sorted(tx.session.scalars(query), key=lambda row: (order[row.spool_id], row.position))
    return [Released(row.spool_id, row.position, _drawing(tx, row)) for row in rows]


def last_released(tx: Transaction, cases: Collection[int]) -> dict[int, datetime]:
    """When the newest of the files that go to the members of a case was released; without those that have none."""
    query = select(AttachmentRow.case_id, func.max(AttachmentRow.decided_at)).where(
        AttachmentRow.case_id.in_(cases),
        AttachmentRow.state == AttachmentState.RELEASED,
        AttachmentRow.comment_id.is_(None),
    )
    return {case: at for case, at in tx.session.execute(query.group_by(AttachmentRow.case_id)) if at is not None}


def released_digests(tx: Transaction, case: int, *, to_members: bool) -> frozenset[str]:
    """SHA-256 of every file that may leave for this case: to its members, or to its teacher. For the gate."""
    theirs = AttachmentRow.comment_id.is_(None) if to_members else AttachmentRow.comment_id.is_not(None)
    query = select(AttachmentRow.octets_digest).where(
        AttachmentRow.case_id == case, AttachmentRow.state == AttachmentState.RELEASED, theirs
    )
    return frozenset(tx.session.scalars(query))


def _find(tx: Transaction, place: Place) -> AttachmentRow | None:
    query = select(AttachmentRow).where(
        AttachmentRow.spool_id == place.spool_id, AttachmentRow.position == place.position
    )
    return tx.session.scalar(query)


def _row_for(tx: Transaction, place: Place) -> AttachmentRow:
    found = _find(tx, place)
    return found or AttachmentRow(
        case_id=place.case, comment_id=place.comment, spool_id=place.spool_id, position=place.position
    )


def _fill(row: AttachmentRow, state: AttachmentState, by: str, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, by, now


def _drawing(tx: Transaction, row: AttachmentRow) -> Drawing:
    octets = tx.unseal_bytes(row, "octets")
    if _digest(octets) != row.octets_digest:
        raise BadKeys(
            "the drawing of attachment {position} of mail {spool_id} is not the one that was kept",
            position=row.position,
            spool_id=row.spool_id,
        )
    return Drawing(row.media_type, octets, row.pages)


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()
