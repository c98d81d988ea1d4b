"""What one decision changed in the rows of a case, and how these rows are put back.

Before: `flow/undo.py` takes an `image` of the case on both sides of a decision, in its transaction. After: `put_back`
undoes exactly the difference, or nothing. Rows that the decision added are deleted, with the mails among them: they
never left. Mails that it took out of the outbox wait there again. It decides nothing about the product, and looks at no
text: what is sealed is moved as it is.

Known weakness: what somebody who does not lock the case (a bounce) writes between the two images, a few milliseconds,
is taken for part of the decision.

The audit log is not among these rows: both the decision and its undoing stay in it. Nor is what a decision left outside
of its case (the level of a quarter, a read that was revealed): that stays, and tells nothing of the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, update

from mailgate.desk.lifecycle import OutboxState
from mailgate.store.columns import table_of
from mailgate.store.sending import alone_with_the_outbox
from mailgate.store.tables import (
    CaseRow,
    CommentRow,
    ConsentRow,
    FindingRow,
    InvitationRow,
    OutboxRow,
    ReplyTokenRow,
    RoundRow,
)
from mailgate.store.transaction import Transaction

_outbox = table_of(OutboxRow)
_cases = table_of(CaseRow)
_OUT = OutboxState.CANCELLED
_WHOLE = tuple(map(table_of, (CaseRow, RoundRow, InvitationRow, CommentRow, ReplyTokenRow, ConsentRow, FindingRow)))
"""Those that others refer to first; all of a row is looked at."""
_STAYS = frozenset({"version", "changed_at", "key_id", "satisfaction"})
"""Of the case the first two only go on, so that nobody takes an undone case for the one that they saw; and what a key
that a decision was the first to need has sealed since, only that opens. The digit is the teacher's, at any moment."""

Standing = tuple[OutboxState, str]
"""Of a mail: its state and the reason of that."""
Place = tuple[str, Any]
"""Table and id."""


@dataclass(frozen=True, slots=True)
class Image:
    """The rows of one case at one moment, as they are stored."""

    rows: Mapping[Place, Mapping[str, Any]]
    mails: Mapping[str, Standing]
    """Its mails in the outbox, by id."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row that a decision changed or added."""

    table: Table
    id: Any
    before: Mapping[str, Any] | None
    """The changed columns; None where the row was added."""
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    changes: tuple[Change, ...]
    """In the order of the tables."""
    mails: frozenset[str]
    """That the decision put into the outbox."""
    taken_out: Mapping[str, Standing]
    """Those that it took out of the outbox, as they were."""


def image(tx: Transaction, case: int) -> Image:
    """How the rows of a case are now."""
    tx.flush()
    rows: dict[Place, Mapping[str, Any]] = {}
    for table in _WHOLE:
        for row in tx.connection.execute(select(table).where(_of_case(table, case))).mappings():
            rows[table.name, row["id"]] = MappingProxyType(dict(row))
    mails = tx.connection.execute(
        select(_outbox.c.id, _outbox.c.state, _outbox.c.reason).where(_outbox.c.case_id == case)
    )
    return Image(rows, MappingProxyType({mail: (state, reason) for mail, state, reason in mails}))


def difference(before: Image, after: Image) -> Difference | None:
    """What changed between two images; None where rows went away, which no undoing can bring back."""
    if before.rows.keys() - after.rows.keys() or before.mails.keys() - after.mails.keys():
        return None
    changes = tuple(_changes(before, after))
    taken_out = {mail: was for mail, was in before.mails.items() if was[0] is not after.mails[mail][0] is _OUT}
    return Difference(changes, frozenset(after.mails.keys() - before.mails.keys()), MappingProxyType(taken_out))


def have_all_stayed(tx: Transaction, mails: Iterable[str]) -> bool:
    """Whether all these mails wait still, never tried and in nobody's hands; until the transaction ends nobody takes
    one."""
    wanted = list(mails)
    if not wanted:
        return True
    alone_with_the_outbox(tx)
    waiting = select(_outbox.c.id).where(
        _outbox.c.id.in_(wanted),
        _outbox.c.state == OutboxState.QUEUED,
        _outbox.c.tries == 0,
        _outbox.c.lease.is_(None),
    )
    return len(tx.connection.scalars(waiting).all()) == len(wanted)


def put_back(tx: Transaction, case: int, done: Difference, now: datetime) -> bool:
    """Makes the rows what they were before; False, and nothing is done, where one is not any more what the decision
    made it. The caller has locked the case and asked `have_all_stayed`."""
    tx.flush()
    if not all(_stands(tx, one) for one in done.changes):
        return False
    consents = table_of(ConsentRow)
    for one in reversed(done.changes):  # who refers to others goes before them
        if one.before is None and one.table is consents:
            tx.connection.execute(delete(consents).where(consents.c.id == one.id))
    tx.connection.execute(delete(_outbox).where(_outbox.c.id.in_(list(done.mails))))
    for mail, (state, reason) in done.taken_out.items():  # unless it left all the same
        mine = update(_outbox).where(_outbox.c.id == mail, _outbox.c.state == _OUT)
        tx.connection.execute(mine.values(state=state, reason=reason))
    for one in reversed(done.changes):
        if one.before is None:
            tx.connection.execute(delete(one.table).where(one.table.c.id == one.id))
        else:
            tx.connection.execute(update(one.table).where(one.table.c.id == one.id).values(dict(one.before)))
    tx.connection.execute(
        update(_cases).where(_cases.c.id == case).values(version=_cases.c.version + 1, changed_at=now)
    )
    return True


def _of_case(table: Table, case: int) -> ColumnElement[bool]:
    return (_cases.c.id if table is _cases else table.c.case_id) == case


def _changes(before: Image, after: Image) -> Iterable[Change]:
    tables = {table.name: table for table in _WHOLE}
    for (name, row_id), row in after.rows.items():
        was = before.rows.get((name, row_id))
        if was is None:
            yield Change(tables[name], row_id, None, row)
            continue
        changed = [column for column, value in row.items() if was[column] != value and column not in _STAYS]
        if changed:
            yield Change(tables[name], row_id, {one: was[one] for one in changed}, {one: row[one] for one in changed})


def _stands(tx: Transaction, change: Change) -> bool:
    """Whether a row is as the decision left it, in the columns that it changed."""
    query = select(*(change.table.c[name] for name in change.after)).where(change.table.c.id == change.id)
    row = tx.connection.execute(query).mappings().one_or_none()
    return row is not None and dict(row) == dict(change.after)
