"""Which keys there should be, which there are, how one is destroyed: key store and main database looked at together.

Between them is no common transaction. So each step is safe to repeat, and the order is always the same: a key is made
in the key store before the main database names it, and destroyed after the main database has let go of what it opens.
A crash between the two leaves a key that nobody names, never a row that nothing opens.

Destroying a case is (a) a main transaction that deletes its content and keeps `cases.key_id`, (b) `destroy_case_key`
here, (c) a main transaction that clears `key_id`. From (b) on no backup of the main database opens anything of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Engine, LargeBinary, Table, and_, func, inspect, or_, select

from mailgate.store import day_keys
from mailgate.store.columns import Base
from mailgate.store.database import Database
from mailgate.store.engine import translated
from mailgate.store.key_store import Purpose, WrappedKey
from mailgate.store.seals import Form, header
from mailgate.store.tables import CaseRow, IntakeKeyRow
from mailgate.store.transaction import Transaction

UNUSED_AFTER = timedelta(days=1)
"""Longer than a pool keeps a spare key (key_ring.py) and a transaction lasts, together."""
DESK_AFTER = timedelta(days=31)
"""So long an old desk key stays once nothing is sealed under it: the backups of the main database need it."""


@dataclass(frozen=True, slots=True)
class Custody:
    """What the key store holds, beside what the main database asks of it."""

    by_purpose: dict[Purpose, int]
    by_root: dict[int, int]
    closed: list[WrappedKey]
    """Those that do not open under the root key that they name."""
    lost_cases: list[int]
    """Cases that name a key which is not there."""
    lost_day_keys: int
    """Day keys whose private half is not there."""
    cases_without_key: int
    """Opened before there were keys of their own, and not sealed anew since."""
    unused: int
    """Keys that nobody names, of any age: spares, and what a crash left."""
    has_day_key: bool
    """For today."""


def is_unsealed(engine: Engine) -> bool:
    """Whether the database names no key: it is empty, of an earlier version, or nothing was sealed in it yet. Only
    then may a key store be made where none is."""
    with translated(), engine.connect() as connection:
        if IntakeKeyRow.__tablename__ not in inspect(connection).get_table_names():
            return True
        named = select(CaseRow.id).where(CaseRow.key_id.is_not(None))
        sealed = (select(table.c.id).where(_is_under_a_key(table)) for table in sealed_tables())
        return all(
            connection.execute(one.limit(1)).first() is None for one in (named, select(IntakeKeyRow.id), *sealed)
        )


def destroy_case_key(database: Database, case: int) -> bool:
    """Destroys the key of a case, and says whether it was still there: step (b), see above. Raises StoreUnavailable
    when it may not be gone from every file yet; to be repeated then."""
    with database.read() as tx:
        key_id = tx.connection.scalar(select(CaseRow.key_id).where(CaseRow.id == case))
    if key_id is None:
        return False
    ring = database.keys.ring
    ring.forget()
    return ring.store.destroy([key_id]) > 0


def look(database: Database, now: datetime) -> Custody:
    """Looks at every key, and at which are named. Raises StoreUnavailable."""
    ring = database.keys.ring
    with database.read() as tx:
        cases = {row.key_id: row.id for row in tx.connection.execute(select(CaseRow.key_id, CaseRow.id))}
        has_content = func.length(CaseRow.subject) > 0
        bare = select(func.count()).where(CaseRow.key_id.is_(None), has_content)
        without = tx.connection.scalar(bare) or 0
        needed_days = day_keys.known(tx) | day_keys.still_needed(tx)
        today = tx.connection.scalar(select(IntakeKeyRow.id).where(IntakeKeyRow.starts_on == now.date()))
    keys = ring.store.all()  # after the database: a key that is named was there before
    ids = {one.id for one in keys}
    return Custody(
        by_purpose=dict(Counter(one.purpose for one in keys)),
        by_root=dict(sorted(Counter(one.root for one in keys).items())),
        closed=[one for one in keys if not ring.opens(one)],
        lost_cases=sorted(number for key_id, number in cases.items() if key_id is not None and key_id not in ids),
        lost_day_keys=len(needed_days - ids),
        cases_without_key=without,
        unused=sum(_is_named_by_nobody(one, cases, needed_days) for one in keys),
        has_day_key=today is not None,
    )


def destroy_unused(database: Database) -> int:
    """Destroys the keys that nobody names and that are older than a day, and the desk keys that nothing is sealed
    under any more; how many. Idempotent."""
    store = database.keys.ring.store
    now = datetime.now(UTC)  # by the clock that they were made by
    keys = [one for one in store.all() if now - one.created_at >= UNUSED_AFTER]
    with database.read() as tx:
        cases = set(tx.connection.scalars(select(CaseRow.key_id)))
        needed_days = day_keys.known(tx) | day_keys.still_needed(tx)
        doomed = [one.id for one in keys if _is_named_by_nobody(one, cases, needed_days)]
        doomed += [one for one in _old_desk_keys(database) if count_sealed(tx, header(one)) == 0]
    if doomed:
        store.destroy(doomed)
    return len(doomed)


def count_sealed(tx: Transaction, head: bytes) -> int:
    """How many sealed values begin with these octets. Looks at all there are."""
    return sum(
        tx.connection.scalar(select(func.count()).where(head_of(table, name, len(head)) == head)) or 0
        for table in sealed_tables()
        for name in sealed_columns(table)
    )


def count_under_first_root(tx: Transaction) -> int:
    """How many values are sealed under root key 1 itself, as before there were others."""
    return count_sealed(tx, bytes([Form.ROOT]))


def sealed_tables() -> list[Table]:
    """The tables that hold anything sealed, those that others refer to first."""
    return [table for table in Base.metadata.sorted_tables if sealed_columns(table)]


def sealed_columns(table: Table) -> list[str]:
    return [column.name for column in table.columns if isinstance(column.type, LargeBinary)]


def head_of(table: Table, column: str, length: int) -> ColumnElement[bytes]:
    """The first octets of a sealed column, in SQL."""
    return func.substr(table.c[column], 1, length, type_=LargeBinary)


def _is_under_a_key(table: Table) -> ColumnElement[bool]:
    """Whether anything in a row is sealed otherwise than under root key 1 itself."""
    columns = sealed_columns(table)
    first_root = bytes([Form.ROOT])
    return or_(*(and_(func.length(table.c[one]) > 0, head_of(table, one, 1) != first_root) for one in columns))


def _old_desk_keys(database: Database) -> Iterator[str]:
    store = database.keys.ring.store
    desk = [one for one in store.all() if one.purpose is Purpose.DESK]
    newest = store.newest(Purpose.DESK)
    if newest is not None and datetime.now(UTC) - newest.created_at >= DESK_AFTER:
        yield from (one.id for one in desk if one.id != newest.id)


def _is_named_by_nobody(key: WrappedKey, cases: Container[str | None], needed_days: set[str]) -> bool:
    match key.purpose:
        case Purpose.CASE:
            return key.id not in cases
        case Purpose.INTAKE:
            return key.id not in needed_days
        case Purpose.DESK | Purpose.AUDIT:
            return False
