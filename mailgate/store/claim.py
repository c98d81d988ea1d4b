"""Taking the next pieces of work, so that nobody else has them at the same time. One way for spool and outbox.

A claimed row keeps its state and gets a lease: a mark of its own, and `next_try_at` moves to the moment at which the
lease ends; `tries` is counted before the work begins. Who dies with work in hand leaves rows whose lease runs out:
these are given out one by one, so that a mail that kills its worker takes no innocent ones with it. Who is merely
slow finds another mark in the row when it wants to finish, and its work is undone.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, bindparam, select, update

from mailgate.errors import ChangedMeanwhile
from mailgate.store.columns import Instant, table_of
from mailgate.store.tables import OutboxRow, SpoolRow
from mailgate.store.transaction import VALUES, Transaction

LEASE = timedelta(minutes=1)
NOW = bindparam("now", type_=Instant)
"""The moment of the claim, for the conditions of a `WorkList`."""
_MARK_BYTES = 16

Table = type[SpoolRow] | type[OutboxRow]


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the caller has in hand until the lease runs out."""

    id: str
    tries: int
    """Including this one."""
    lease: str


class WorkList:
    """The rows of one table that wait for somebody. Made once, at import, with all its statements."""

    def __init__(
        self,
        table: Table,
        waiting: Collection[StrEnum],
        conditions: Sequence[ColumnElement[bool]] = (),
        lease: timedelta = LEASE,
        longest_wait: timedelta = timedelta(hours=1),
    ) -> None:
        """`conditions` keep a row from being claimed now; `lease` is longer than the work on what is claimed takes;
        no row is ever told to wait for longer than `longest_wait`."""
        self._table, self._lease, self._longest_wait = table, lease, max(lease, longest_wait)
        due = _due(table, waiting, conditions)
        self._abandoned = due.where(table.lease.is_not(None)).limit(1)
        self._fresh = due.where(table.lease.is_(None)).limit(bindparam("at_most"))
        rows = table_of(table)
        self._take = (
            update(rows)
            .where(rows.c.id.in_(VALUES), rows.c.state.in_(waiting))  # asked again: see `claim`
            .values(next_try_at=bindparam("until"), tries=rows.c.tries + 1, lease=bindparam("mark"))
            .returning(rows.c.id, rows.c.tries)
        )
        self._unstick = (
            update(rows)
            .where(rows.c.state.in_(waiting), rows.c.next_try_at > bindparam("beyond", type_=Instant))
            .values(next_try_at=bindparam("at"))
        )
        mine = update(rows).where(rows.c.id == bindparam("b_id"), rows.c.lease == bindparam("b_lease"))
        self._give_back = mine.values(lease=None, next_try_at=bindparam("at"), tries=rows.c.tries - 1)

    def claim(self, tx: Transaction, now: datetime, at_most: int, **values: Any) -> list[Claimed]:
        """The rows that have been due longest, leased to the caller, in that order; none when nothing is due.

        An abandoned one comes alone. `values` are those that the conditions ask for. SQLite holds its write lock
        meanwhile; on PostgreSQL claims come one after the other (they are short): otherwise one would not see what
        the other is about to take. What somebody cancels between our look and our taking is not taken.
        """
        self.alone(tx)
        ids: list[str] = tx.rows(self._abandoned, now=now, **values).firsts()
        ids = ids or tx.rows(self._fresh, now=now, at_most=at_most, **values).firsts()
        if not ids:
            return []
        mark = secrets.token_hex(_MARK_BYTES)
        taken = tx.rows(self._take, values=ids, until=now + self._lease, mark=mark)
        tries: dict[str, int] = {row.id: row.tries for row in taken}
        return [Claimed(one, tries[one], mark) for one in ids if one in tries]

    def alone(self, tx: Transaction) -> None:
        """From now on, until the transaction ends, nobody else claims a row of this table."""
        tx.alone(f"claim {self._table.__tablename__}")

    def finish(self, tx: Transaction, claimed: Claimed, **values: Any) -> None:
        """Ends the lease and sets `values`; raises ChangedMeanwhile when somebody else has the row now."""
        mine = _finish(self._table, tuple(sorted(values)))
        if tx.rows(mine, b_id=claimed.id, b_lease=claimed.lease, **values).changed == 0:
            raise ChangedMeanwhile("the lease of mail {id} has run out: another worker has it", id=claimed.id)

    def give_back(self, tx: Transaction, claimed: Claimed, now: datetime) -> None:
        """Ends the lease of a row that nothing was done with: it is due again, and its try does not count."""
        tx.rows(self._give_back, b_id=claimed.id, b_lease=claimed.lease, at=now)

    def unstick(self, tx: Transaction, now: datetime) -> int:
        """Makes due what waits for a moment that nobody would have named: the clock was ahead when it was written.

        Gives how many rows that were.
        """
        return tx.rows(self._unstick, beyond=now + self._longest_wait, at=now).changed


@cache
def _finish(table: Table, columns: tuple[str, ...]) -> Update:
    rows = table_of(table)
    mine = update(rows).where(rows.c.id == bindparam("b_id"), rows.c.lease == bindparam("b_lease"))
    return mine.values(lease=None, **{name: bindparam(name) for name in columns})


def _due(table: Table, waiting: Collection[StrEnum], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(table.id)
        .where(table.state.in_(waiting), table.next_try_at <= NOW, *conditions)
        .order_by(table.next_try_at, table.id)
    )
