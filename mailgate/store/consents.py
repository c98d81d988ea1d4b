"""Whether the teacher agreed that a text goes to members: each question with its answer, and each time nobody asked.

One is about the text with its digest and the attachments that were released by then. Those that are released later go
with the text too, so it says nothing of them: then `about` and `states` do not know it any more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from mailgate.desk.lifecycle import ConsentState
from mailgate.store.attachments import last_released
from mailgate.store.digest import digest_of
from mailgate.store.tables import ConsentRow
from mailgate.store.transaction import Transaction

GIVEN = (ConsentState.AGREED, ConsentState.WAIVED)


@dataclass(frozen=True, slots=True)
class Consent:
    id: int
    round: int
    state: ConsentState
    outbox_id: str | None
    """The mail that asked; None when nobody was asked."""
    asked_at: datetime | None
    decided_at: datetime | None
    operator: str
    """Who asked, or who did without."""
    reason: str
    """Why nobody was asked."""
    digest: str


def add_question(
    tx: Transaction, case: int, round_number: int, text: str, outbox_id: str, by: str, now: datetime
) -> None:
    """The teacher is asked about `text` with this mail."""
    _add(tx, case, round_number, text, by, state=ConsentState.ASKED, outbox_id=outbox_id, asked_at=now)


def add_waiver(tx: Transaction, case: int, round_number: int, text: str, by: str, reason: str, now: datetime) -> None:
    """An operator does without the teacher's word for `text`."""
    _add(tx, case, round_number, text, by, reason, state=ConsentState.WAIVED, decided_at=now)


def of_case(tx: Transaction, case: int) -> list[Consent]:
    """All of a case, oldest first."""
    rows = tx.session.scalars(select(ConsentRow).where(ConsentRow.case_id == case).order_by(ConsentRow.id))
    return [
        Consent(
            row.id,
            row.round,
            row.state,
            row.outbox_id,
            row.asked_at,
            row.decided_at,
            row.operator,
            tx.unseal(row, "reason"),
            row.digest,
        )
        for row in rows
    ]


def about(tx: Transaction, case: int, text: str) -> Consent | None:
    """The newest one about exactly this text and all that goes with it; one that was given stands before later
    questions."""
    released_at = last_released(tx, [case]).get(case)
    found = [
        one
        for one in of_case(tx, case)
        if one.digest == digest_of(text) and _covers(one.asked_at or one.decided_at, released_at)
    ]
    given = [one for one in found if one.state in GIVEN]
    return next(reversed(given or found), None)


def states(tx: Transaction, cases: Collection[int]) -> dict[tuple[int, str], ConsentState]:
    """What `about` says of every text that there is one about, by case and digest of the text; opens no reason."""
    released_at = last_released(tx, cases)
    moment = func.coalesce(ConsentRow.asked_at, ConsentRow.decided_at, type_=ConsentRow.asked_at.type)
    query = select(ConsentRow.case_id, ConsentRow.digest, ConsentRow.state, moment).where(ConsentRow.case_id.in_(cases))
    found: dict[tuple[int, str], ConsentState] = {}
    for case, digest, state, at in tx.session.execute(query.order_by(ConsentRow.id)):
        if not _covers(at, released_at.get(case)):
            continue
        if state in GIVEN or found.get((case, digest)) not in GIVEN:
            found[case, digest] = state
    return found


def asked_in(tx: Transaction, cases: Collection[int]) -> set[tuple[int, int]]:
    """Of these cases the rounds, as (case, round), in which the teacher was asked, whatever the answer was."""
    query = select(ConsentRow.case_id, ConsentRow.round).where(ConsentRow.case_id.in_(cases))
    return {
        (case, round_number) for case, round_number in tx.session.execute(query.where(ConsentRow.asked_at.is_not(None)))
    }


def newest_question(tx: Transaction, case: int) -> Consent | None:
    """What the teacher of a case was asked last."""
    return next((one for one in reversed(of_case(tx, case)) if one.asked_at is not None), None)


def decide(tx: Transaction, consent: int, state: ConsentState, now: datetime) -> None:
    """The teacher answered."""
    row = tx.session.get_one(ConsentRow, consent)
    row.state, row.decided_at = state, now


def _covers(at: datetime | None, released_at: datetime | None) -> bool:
    """Whether what was said or asked then is about a file that was released at the other moment too."""
    return released_at is None or (at is not None and at >= released_at)


def _add(
    tx: Transaction,
    case: int,
    round_number: int,
    text: str,
    by: str,
    reason: str = "",
    *,
    state: ConsentState,
    outbox_id: str | None = None,
    asked_at: datetime | None = None,
    decided_at: datetime | None = None,
) -> None:
    tx.add(
        ConsentRow,
        {"reason": reason},
        case_id=case,
        round=round_number,
        digest=digest_of(text),
        state=state,
        outbox_id=outbox_id,
        asked_at=asked_at,
        decided_at=decided_at,
        operator=by,
    )
