"""The day keys of the intake: made ahead by whoever holds a root key, taken by whoever takes mail, destroyed in time.

Each has its public half in the main database (`intake_keys`) and its private half, wrapped, in the key store under the
same id. The private half is committed first: a crash leaves a key that nobody names, never a mail that nobody opens.
What is still sealed under a day key is seen in the first octets of the small columns of a mail; all columns of one
mail are sealed at once. Destroying looks at the days, at the mails, and at nothing that a process may have in memory:
that is why a day key outlives its day by more than a listener may seal with it unseen (`intake_seal.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Date, LargeBinary, bindparam, delete, func, insert, select

from mailgate.errors import StoreUnavailable
from mailgate.store.columns import table_of
from mailgate.store.database import Database
from mailgate.store.intake_keys import new_pair
from mailgate.store.intake_seal import DayKey
from mailgate.store.key_store import Purpose
from mailgate.store.seals import ID_BYTES, Form
from mailgate.store.tables import IntakeKeyRow, RawMailRow, SpoolRow
from mailgate.store.transaction import Transaction

DAYS_AHEAD = 3
_SUCCESSOR_DAYS = 2
"""So long its successor must be in use before a day key may go."""
_keys = table_of(IntakeKeyRow)
_TODAY = bindparam("today", type_=Date)
_STARTED = (
    select(_keys.c.id, _keys.c.public).where(_keys.c.starts_on <= _TODAY).order_by(_keys.c.starts_on.desc()).limit(1)
)
_FIRST = select(_keys.c.id, _keys.c.public).order_by(_keys.c.starts_on).limit(1)
_SEALED_AT_INTAKE = (RawMailRow.reverse_path, RawMailRow.peer, RawMailRow.helo, SpoolRow.forward_path)


def look_up(database: Database, now: datetime) -> None:
    """Gives the sealer of this process the day key of now. Raises StoreUnavailable when there is none."""
    with database.read() as tx:
        found = _current(tx, now)
    if found is None:
        with database.write() as tx:
            look_up_in(tx, now)
        return
    database.intake.take(found)


def look_up_in(tx: Transaction, now: datetime) -> None:
    """The same within a writing transaction: where there is no day key yet, who may make some does."""
    found = _current(tx, now)
    if found is None and tx.keys.can_open:
        make_ahead_in(tx, now)
        found = _current(tx, now)
    if found is None:
        raise StoreUnavailable("there is no day key to seal mail with: start a worker, or mailgate key init")
    tx.intake.take(found)


def make_ahead(database: Database, now: datetime) -> int:
    """Makes the day keys of today and the next days that are not there yet; how many."""
    with database.read() as tx:
        if not _missing_days(tx, now):
            return 0
    with database.write() as tx:
        return make_ahead_in(tx, now)


def make_ahead_in(tx: Transaction, now: datetime) -> int:
    """The same within a transaction."""
    tx.alone("day keys")
    days = _missing_days(tx, now)
    if days:
        pairs = [new_pair() for _ in days]
        ids = tx.keys.ring.make(Purpose.INTAKE, [private for private, _ in pairs])
        rows = [
            {"id": key_id, "public": public.hex(), "starts_on": day}
            for key_id, (_, public), day in zip(ids, pairs, days, strict=True)
        ]
        tx.connection.execute(insert(_keys), rows)
    return len(days)


def destroy_unneeded_intake_keys(database: Database, now: datetime, raw_days: int) -> int:
    """Destroys the day keys whose day is more than `raw_days` ago, which no mail is sealed under any more, and whose
    successor has long been in use; gives how many. Idempotent: a crash between the two databases leaves private halves
    that nobody names, and those go with the unused keys (`custody.py`)."""
    today = now.date()
    with database.write() as tx:
        days = {row.id: row.starts_on for row in tx.connection.execute(select(_keys.c.id, _keys.c.starts_on))}
        started = sorted(day for day in days.values() if day <= today - timedelta(days=_SUCCESSOR_DAYS))
        needed = still_needed(tx)
        doomed = [
            key_id
            for key_id, day in days.items()
            if day < today - timedelta(days=raw_days) and started and day < started[-1] and key_id not in needed
        ]
        tx.connection.execute(delete(_keys).where(_keys.c.id.in_(doomed)))
    if doomed:
        database.keys.ring.store.destroy(doomed)
    return len(doomed)


def still_needed(tx: Transaction) -> set[str]:
    """The ids of the day keys that any mail is sealed under."""
    return set(_sealed_under(tx))


def known(tx: Transaction) -> set[str]:
    """The ids of the day keys that have a public half."""
    return set(tx.connection.scalars(select(_keys.c.id)))


def _sealed_under(tx: Transaction) -> Iterator[str]:
    for column in _SEALED_AT_INTAKE:
        head = func.substr(column, 1, 1 + ID_BYTES, type_=LargeBinary)
        for found in tx.connection.scalars(select(head).distinct().where(func.length(column) > 0)):
            if found[0] == Form.INTAKE:
                yield bytes(found[1:]).hex()


def _current(tx: Transaction, now: datetime) -> DayKey | None:
    """The newest that has begun; the first there is while none has (a clock that is behind)."""
    row = tx.rows(_STARTED, today=now.date()).only() or tx.rows(_FIRST).only()
    return DayKey(row.id, bytes.fromhex(row.public)) if row is not None else None


def _missing_days(tx: Transaction, now: datetime) -> list[date]:
    wanted = [now.date() + timedelta(days=ahead) for ahead in range(DAYS_AHEAD + 1)]
    there = set(tx.connection.scalars(select(_keys.c.starts_on).where(_keys.c.starts_on.in_(wanted))))
    return [day for day in wanted if day not in there]
