"""The findings of the anonymity check, of a round or of a comment, and what an operator decided about each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, select

from mailgate.screening.finding import Finding, Label, Tier
from mailgate.store.tables import CommentRow, FindingRow, RoundRow
from mailgate.store.transaction import Transaction

Decision = Literal["redact", "keep"]


@dataclass(frozen=True, slots=True)
class OfRound:
    """The text of a round; `id` is that of the round's row."""

    id: int


@dataclass(frozen=True, slots=True)
class OfComment:
    id: int


Text = OfRound | OfComment


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with its decision; None while it is open."""

    id: int
    finding: Finding
    decision: Decision | None


def replace(tx: Transaction, text: Text, found: Sequence[Finding]) -> None:
    """The findings of a text as they are now. The decision on a passage that was judged before is kept."""
    before = _settled(listing(tx, text))
    tx.session.execute(delete(FindingRow).where(_of(text)))
    case = _case_of(tx, text) if found else None
    for one in found:
        row = FindingRow(
            case_id=case,
            round_id=text.id if isinstance(text, OfRound) else None,
            comment_id=text.id if isinstance(text, OfComment) else None,
            start=one.start,
            end=one.end,
            label=one.label.value,
            tier=one.tier.value,
            reason=one.reason,
            decision=before.get((one.text, one.label)),
        )
        tx.seal(row, text=one.text)


def _settled(judged: Sequence[Judged]) -> dict[tuple[str, Label], Decision | None]:
    """The one decision about each passage; None where the same words were judged differently in one text."""
    decisions: dict[tuple[str, Label], set[Decision | None]] = {}
    for one in judged:
        decisions.setdefault((one.finding.text, one.finding.label), set()).add(one.decision)
    return {key: next(iter(found)) if len(found) == 1 else None for key, found in decisions.items()}


def listing(tx: Transaction, text: Text) -> list[Judged]:
    """All findings of a text, in their order in it."""
    rows = tx.session.scalars(select(FindingRow).where(_of(text)).order_by(FindingRow.start, FindingRow.id))
    return [_judged(tx, row) for row in rows]


def decide(tx: Transaction, finding_ids: Sequence[int], decision: Decision, by: str) -> None:
    for row in tx.session.scalars(select(FindingRow).where(FindingRow.id.in_(finding_ids))):
        row.decision, row.decided_by = decision, by


def count_open(tx: Transaction, case: int, round_number: int) -> int:
    """How many findings of a round wait for a decision."""
    return counts_open(tx, [case]).get((case, round_number), 0)


def counts_open(tx: Transaction, cases: Collection[int]) -> dict[tuple[int, int], int]:
    """How many findings wait for a decision, by (case, round); rounds without any are left out."""
    query = (
        select(RoundRow.case_id, RoundRow.number, func.count())
        .join(FindingRow, FindingRow.round_id == RoundRow.id)
        .where(RoundRow.case_id.in_(cases), FindingRow.decision.is_(None))
        .group_by(RoundRow.case_id, RoundRow.number)
    )
    return {(row[0], row[1]): row[2] for row in tx.session.execute(query)}


def _case_of(tx: Transaction, text: Text) -> int:
    owner = RoundRow if isinstance(text, OfRound) else CommentRow
    return tx.session.scalars(select(owner.case_id).where(owner.id == text.id)).one()


def _of(text: Text) -> ColumnElement[bool]:
    return FindingRow.round_id == text.id if isinstance(text, OfRound) else FindingRow.comment_id == text.id


def _judged(tx: Transaction, row: FindingRow) -> Judged:
    finding = Finding(row.start, row.end, tx.unseal(row, "text"), Label(row.label), Tier(row.tier), row.reason)
    decision: Decision | None = "redact" if row.decision == "redact" else "keep" if row.decision == "keep" else None
    return Judged(row.id, finding, decision)
