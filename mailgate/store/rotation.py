"""A new root key while the service runs: everything wrapped under it, everything sealed under the keys of today.

The steps, each safe to stop and to repeat:
1. a root key file that is in use nowhere yet: one that lies there already (made ahead, and copied to every node), or a
   new one;
2. a new desk key under it: from its commit on that root key is the one in use, for every process (`key_ring.py`);
3. every other key is wrapped anew under it;
4. what is sealed under an older desk key, under root key 1 itself, or for a case that had no key yet is sealed anew,
   page by page in short transactions. Rows that somebody else has locked are left for the next round.
Rows of cases that have their key are not touched: the key is the same, wrapped otherwise. So a stolen key store that
was opened with the old root key stays opened: what a thief has read, no rotation takes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, or_, select, update

from mailgate.errors import BadKeys
from mailgate.store.columns import Base, table_of
from mailgate.store.custody import head_of, sealed_columns, sealed_tables
from mailgate.store.database import Database
from mailgate.store.day_keys import look_up
from mailgate.store.key_ring import KeyRing
from mailgate.store.progress import Progress, silent
from mailgate.store.seals import ID_BYTES, Form, header
from mailgate.store.tables import CaseRow, RawMailRow, SpoolRow
from mailgate.store.transaction import Transaction

_HEAD_BYTES = 1 + ID_BYTES
_LOOKED_AT, _AT_A_TIME, _MAILS_AT_A_TIME = 1000, 50, 5
_KEYS_AT_A_TIME = 200
_AT_INTAKE = (table_of(RawMailRow), table_of(SpoolRow))
_CLASSES: dict[str, type[Base]] = {one.class_.__tablename__: one.class_ for one in Base.registry.mappers}


@dataclass(slots=True)
class Resealed:
    """How many rows were sealed anew, and which could not be (their key is lost, or they are damaged)."""

    rows: int = 0
    closed: int = 0


def is_unfinished(database: Database) -> bool:
    """Whether an earlier rotation was stopped, or the database is older than its key store."""
    ring = database.keys.ring
    return any(root != ring.root_in_use() for root in ring.store.count_by_root()) or any(
        _stale_ids(database, table, None) for table in sealed_tables()
    )


def next_root(ring: KeyRing) -> int:
    """Step 1: the number of the root key to go on with."""
    ahead = [number for number in ring.roots.numbers() if number > ring.root_in_use()]
    return ahead[0] if ahead else ring.roots.make()


def rewrap(ring: KeyRing, root: int) -> int:
    """Step 3; gives how many keys. Raises BadKeys when one does not open under its root key."""
    count = 0
    while True:
        with ring.store.write() as connection:
            some = ring.store.under_other_roots(connection, root, _KEYS_AT_A_TIME)
            if some:
                ring.store.rewrap(connection, [ring.rewrapped(one, root) for one in some])
        count += len(some)
        if not some:
            return count


def reseal(database: Database, now: datetime, progress: Progress = silent) -> Resealed:
    """Step 4; `progress` hears how many rows were looked at in this round, and of how many.

    Mails of an earlier version are sealed as if they came now.
    """
    database.keys.ring.forget()
    look_up(database, now)
    result = Resealed()
    while True:
        before, result.closed = result.rows, 0
        _round(database, result, progress)
        if result.rows == before:
            return result


def _round(database: Database, result: Resealed, progress: Progress) -> None:
    with database.read() as tx:
        totals = {one: tx.connection.scalar(select(func.count()).select_from(one)) or 0 for one in sealed_tables()}
    done, total = 0, sum(totals.values())
    for table, count in totals.items():
        after: Any = None
        at_a_time = _MAILS_AT_A_TIME if "octets" in table.c else _AT_A_TIME
        while stale := _stale_ids(database, table, after):
            for first in range(0, len(stale), at_a_time):
                _reseal_some(database, table, stale[first : first + at_a_time], result)
            after = stale[-1]
        done += count
        progress(done, total)


def _stale_ids(database: Database, table: Table, after: Any) -> list[Any]:
    """The next rows with a value that is sealed under another key than it would be now."""
    columns = sealed_columns(table)
    heads = [head_of(table, name, _HEAD_BYTES).label(name) for name in columns]
    cases = table_of(CaseRow)
    key_id = cases.c.key_id.label("key_id") if table is cases or "case_id" in table.c else None
    query = select(table.c.id, *heads, *([] if key_id is None else [key_id])).order_by(table.c.id).limit(_LOOKED_AT)
    if table is not cases and key_id is not None:
        query = query.add_columns(table.c.case_id).outerjoin(cases, cases.c.id == table.c.case_id)
    if table in _AT_INTAKE:
        query = query.where(or_(*(head_of(table, name, 1) == bytes([Form.ROOT]) for name in columns)))
    while True:
        with database.read() as tx:
            rows = tx.connection.execute(query if after is None else query.where(table.c.id > after)).all()
        stale = [row.id for row in rows if table in _AT_INTAKE or _is_stale(database, table, row, columns)]
        if stale or not rows:
            return stale
        after = rows[-1].id


def _is_stale(database: Database, table: Table, row: Row[Any], columns: Sequence[str]) -> bool:
    of_case = table is table_of(CaseRow) or getattr(row, "case_id", None) is not None
    wanted = row.key_id if of_case else database.keys.ring.desk()
    heads = [bytes(head) for name in columns if (head := getattr(row, name))]
    return any(wanted is None or head != header(wanted) for head in heads)


def _reseal_some(database: Database, table: Table, ids: Sequence[Any], result: Resealed) -> None:
    """A row that is locked or gone meanwhile is left alone."""
    query = select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update(skip_locked=True)
    with database.write() as tx:
        for row in tx.connection.execute(query).all():
            try:
                values = _anew(tx, table, row)
            except BadKeys:
                result.closed += 1
                continue
            change = update(table).where(table.c.id == bindparam("b_id"))
            tx.connection.execute(change.values(values), {"b_id": row.id})
            result.rows += 1


def _anew(tx: Transaction, table: Table, row: Row[Any]) -> dict[str, bytes]:
    """Raises BadKeys when anything in the row does not open."""
    plain = {
        name: tx.keys.unseal(f"{table.name}.{name}.{row.id}", bytes(octets))
        for name in sealed_columns(table)
        if (octets := getattr(row, name))
    }
    if table in _AT_INTAKE:
        seal = tx.intake.for_mail()
        return {name: seal.seal(f"{table.name}.{name}.{row.id}", octets) for name, octets in plain.items()}
    return tx.sealed_anew(_CLASSES[table.name], row, plain)
