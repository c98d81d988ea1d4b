"""Figures for the watch: how much waits, and for how long. Reads only, and keeps to the indexes.

Asked by `watch/`, which also decides how often: counting the cases reads one whole index of them; the look at the
oldest reads some thousand rows, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from mailgate.desk.lifecycle import CaseState, OutboxState, SpoolState
from mailgate.store.tables import CaseRow, CommentRow, OutboxRow, RoundRow, SpoolRow
from mailgate.store.transaction import Transaction

SPOOL_STATES = (SpoolState.RECEIVED, SpoolState.WAITING, SpoolState.HELD, SpoolState.QUARANTINED)
OUTBOX_STATES = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.FAILED, OutboxState.STOPPED)
_AT_EACH_END = 500
_State = TypeVar("_State", bound=StrEnum)
_Column = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are in each state that is still of concern; a state in which none is has 0."""

    spool: dict[SpoolState, int]
    outbox: dict[OutboxState, int]
    cases: dict[CaseState, int]
    unscreened: int
    """Rounds and comments that the anonymity check has not looked through yet."""


def oldest(tx: Transaction) -> dict[SpoolState | OutboxState, datetime | None]:
    """Since when the oldest mail waits, for each state in which one waits for us; None where none does.

    Looked for among the 500 of each state that have been due longest and the 500 that are put off farthest: a mail
    that has waited long was either never tried, or often.
    """
    return {state: tx.session.scalar(query) for state, query in _OLDEST.items()}


def counts(tx: Transaction) -> Counts:
    """Everything counted, as it is now; takes longer the more cases there are and the more mails wait."""
    return Counts(
        _by_state(tx, SpoolRow.state, SPOOL_STATES),
        _by_state(tx, OutboxRow.state, OUTBOX_STATES),
        _by_state(tx, CaseRow.state, tuple(CaseState)),
        sum(tx.session.scalar(query) or 0 for query in _UNSCREENED),
    )


def _by_state(tx: Transaction, column: _Column, states: Collection[_State]) -> dict[_State, int]:
    found = tx.session.execute(select(column, func.count()).where(column.in_(states)).group_by(column))
    return dict.fromkeys(states, 0) | {row[0]: row[1] for row in found}


def _oldest(since: _Column, next_try_at: _Column, state: ColumnElement[bool]) -> Select[Any]:
    """The earliest `since` at both ends of the line of a state: one look into the index each."""
    ends = [
        select(since.label("since")).where(state).order_by(order).limit(_AT_EACH_END).subquery()
        for order in (next_try_at, next_try_at.desc())
    ]
    rows = union_all(*(select(end.c.since) for end in ends)).subquery()
    return select(func.min(rows.c.since))


_OLDEST: dict[SpoolState | OutboxState, Select[Any]] = {
    **{
        state: _oldest(SpoolRow.received_at, SpoolRow.next_try_at, SpoolRow.state == state)
        for state in (SpoolState.RECEIVED, SpoolState.WAITING)
    },
    OutboxState.QUEUED: _oldest(OutboxRow.created_at, OutboxRow.next_try_at, OutboxRow.state == OutboxState.QUEUED),
    OutboxState.DEFERRED: _oldest(OutboxRow.created_at, OutboxRow.next_try_at, OutboxRow.state == OutboxState.DEFERRED),
}
_UNSCREENED = [select(func.count()).select_from(row).where(row.screened_at.is_(None)) for row in (RoundRow, CommentRow)]
