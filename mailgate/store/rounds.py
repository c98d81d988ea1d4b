"""The rounds of a case: what the teacher wrote in each, and the text that an operator approved for the members."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from mailgate.errors import Altered
from mailgate.phrase import Phrase
from mailgate.store.digest import digest_of
from mailgate.store.tables import EntryRow, RoundRow
from mailgate.store.transaction import Transaction

_ROUND_ID = select(RoundRow.id).where(RoundRow.case_id == bindparam("case"), RoundRow.number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One mail of the teacher, as received."""

    case: int
    round: int
    spool_id: str
    received_at: datetime
    text: str
    """What counts: the whole body of a first mail, the newly written part of a later one."""
    signature: str
    """The signature block, where `text` has one."""
    body: str
    """The whole readable text."""
    attachments: int


@dataclass(frozen=True, slots=True)
class Entry:
    round: int
    spool_id: str
    received_at: datetime
    text: str
    signature: str
    body: str
    attachments: int


@dataclass(frozen=True, slots=True)
class Approval:
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Round:
    id: int
    case: int
    number: int
    screened: bool
    approval: Approval | None
    """The text that may go to members now; None until approved, and again when the teacher added something."""
    released_text: str
    """The newest text that was ever approved: what invited members have seen; may be empty."""
    answered_at: datetime | None
    satisfaction: int | None


def add_entry(tx: Transaction, new: NewEntry) -> None:
    """Adds a text to its round (which is made when it is the first); it must be looked through and approved again."""
    tx.add(
        EntryRow,
        {"text": new.text, "signature": new.signature, "body": new.body},
        case_id=new.case,
        round=new.round,
        spool_id=new.spool_id,
        received_at=new.received_at,
        attachments=new.attachments,
    )
    this = tx.rows(_ROUND_ID, case=new.case, number=new.round).first()
    if this is None:
        tx.add(RoundRow, {}, case_id=new.case, number=new.round)
    else:
        row = tx.session.get_one(RoundRow, this)
        row.screened_at = None
        _void(row)


def entries(tx: Transaction, case: int, round_number: int | None = None) -> list[Entry]:
    """What the teacher wrote, oldest first; in one round or in all."""
    query = select(EntryRow).where(EntryRow.case_id == case).order_by(EntryRow.id)
    if round_number is not None:
        query = query.where(EntryRow.round == round_number)
    return [
        Entry(
            row.round,
            row.spool_id,
            row.received_at,
            tx.unseal(row, "text"),
            tx.unseal(row, "signature"),
            tx.unseal(row, "body"),
            row.attachments,
        )
        for row in tx.session.scalars(query)
    ]


def last_text(tx: Transaction, case: int) -> str:
    """What the teacher wrote last."""
    query = select(EntryRow).where(EntryRow.case_id == case).order_by(EntryRow.id.desc()).limit(1)
    return tx.unseal(tx.session.scalars(query).one(), "text")


def get(tx: Transaction, case: int, number: int) -> Round:
    """One round; each is made with its first entry."""
    row = _row(tx, case, number)
    return _round(tx, row)


def all_of(tx: Transaction, case: int) -> list[Round]:
    """All rounds of a case, oldest first."""
    rows = tx.session.scalars(select(RoundRow).where(RoundRow.case_id == case).order_by(RoundRow.number))
    return [_round(tx, row) for row in rows]


def approved(tx: Transaction, cases: Collection[int]) -> dict[tuple[int, int], str]:
    """The digests of the texts that may go to members now, by (case, round); opens no text."""
    query = select(RoundRow.case_id, RoundRow.number, RoundRow.approved_digest).where(
        RoundRow.case_id.in_(cases), RoundRow.approved_at.is_not(None)
    )
    return {(row[0], row[1]): row[2] for row in tx.session.execute(query)}


def approve(tx: Transaction, case: int, number: int, text: str, by: str, now: datetime) -> None:
    """Keeps the text that may go to the members, with its digest."""
    row = _row(tx, case, number)
    tx.seal(row, approved=text)
    row.approved_digest, row.approved_by, row.approved_at = digest_of(text), by, now


def void_approval(tx: Transaction, case: int, number: int) -> None:
    _void(_row(tx, case, number))


def set_answered(tx: Transaction, case: int, number: int, now: datetime | None) -> None:
    """When the answer was queued; None takes that back."""
    row = _row(tx, case, number)
    row.answered_at = now


def set_satisfaction(tx: Transaction, case: int, digit: int) -> bool:
    """Keeps the teacher's digit with the newest answered round; False when there is none."""
    query = (
        select(RoundRow)
        .where(RoundRow.case_id == case, RoundRow.answered_at.is_not(None))
        .order_by(RoundRow.number.desc())
        .limit(1)
    )
    row = tx.session.scalar(query)
    if row is not None:
        row.satisfaction = digit
    return row is not None


def unscreened(tx: Transaction) -> tuple[int, int] | None:
    """(case, round) of a text that nobody has looked through yet."""
    query = (
        select(RoundRow.case_id, RoundRow.number).where(RoundRow.screened_at.is_(None)).order_by(RoundRow.id).limit(1)
    )
    found = tx.session.execute(query).one_or_none()
    return (found.case_id, found.number) if found else None


def set_screened(tx: Transaction, case: int, number: int, now: datetime) -> None:
    row = _row(tx, case, number)
    row.screened_at = now


def _row(tx: Transaction, case: int, number: int) -> RoundRow:
    row = _find(tx, case, number)
    assert row is not None, "a round is made with its first entry"
    return row


def _find(tx: Transaction, case: int, number: int) -> RoundRow | None:
    return tx.session.scalar(select(RoundRow).where(RoundRow.case_id == case, RoundRow.number == number))


def _round(tx: Transaction, row: RoundRow) -> Round:
    text = tx.unseal(row, "approved")
    if (text or row.approved_digest) and digest_of(text) != row.approved_digest:
        what = Phrase(
            "the approved text of case {number} is not the one that was approved: mailgate db check", number=row.case_id
        )
        raise Altered(what, row.case_id, f"round {row.number}")
    return Round(
        id=row.id,
        case=row.case_id,
        number=row.number,
        screened=row.screened_at is not None,
        approval=Approval(text, row.approved_by, row.approved_at) if row.approved_at is not None else None,
        released_text=text,
        answered_at=row.answered_at,
        satisfaction=row.satisfaction,
    )


def _void(row: RoundRow) -> None:
    row.approved_by, row.approved_at = "", None
