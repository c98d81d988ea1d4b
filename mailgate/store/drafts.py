"""What an operator has half written: one draft for each text and operator, sealed under the key of its case and
destroyed with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from mailgate.store.bulk import delete_where
from mailgate.store.digest import digest_of
from mailgate.store.tables import DraftRow
from mailgate.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """What the draft is a new wording of: the text of a round, or (with one) a comment in it."""

    case: int
    round: int
    comment: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    text: str
    saved_at: datetime
    is_of_this_text: bool
    """False where the text that it rewrites has changed since: something is missing in it."""


def save(tx: Transaction, place: Place, operator: str, text: str, of: str, now: datetime) -> None:
    """Keeps `text`, an unfinished wording of the text `of`, in place of the draft before. The caller has locked the
    case."""
    row = _row(tx, place, operator)
    if row is None:
        row = DraftRow(case_id=place.case, round=place.round, comment_id=place.comment, operator=operator)
    row.of_digest, row.saved_at = digest_of(of), now
    tx.seal(row, text=text)


def find(tx: Transaction, place: Place, operator: str, of: str) -> Draft | None:
    """What this operator has not finished of a text that is `of` now."""
    row = _row(tx, place, operator)
    return None if row is None else Draft(tx.unseal(row, "text"), row.saved_at, row.of_digest == digest_of(of))


def drop(tx: Transaction, place: Place, operator: str) -> None:
    """The operator throws the draft away."""
    row = _row(tx, place, operator)
    if row is not None:
        delete_where(tx, DraftRow, DraftRow.id == row.id)


def _row(tx: Transaction, place: Place, operator: str) -> DraftRow | None:
    query = select(DraftRow).where(
        DraftRow.case_id == place.case,
        DraftRow.round == place.round,
        DraftRow.comment_id == place.comment if place.comment is not None else DraftRow.comment_id.is_(None),
        DraftRow.operator == operator,
    )
    return tx.session.scalar(query)
