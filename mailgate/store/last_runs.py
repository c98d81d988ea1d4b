"""When a work that is done once a day was begun last, on whatever machine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from mailgate.store.columns import table_of
from mailgate.store.tables import LastRunRow
from mailgate.store.transaction import Transaction

_rows = table_of(LastRunRow)
_LAST = select(_rows.c.at).where(_rows.c.id == bindparam("b_id"))
_CHANGE = update(_rows).where(_rows.c.id == bindparam("b_id")).values(at=bindparam("now"))
_ADD = insert(_rows).values(id=bindparam("b_id"), at=bindparam("now"))


def last(tx: Transaction, work: str) -> datetime | None:
    """None when it was never done. Who asks in a writing transaction is alone with it until that ends."""
    tx.alone(f"last run {work}")
    found: datetime | None = tx.rows(_LAST, b_id=work).first()
    return found


def begin(tx: Transaction, work: str, now: datetime) -> None:
    if tx.rows(_CHANGE, b_id=work, now=now).changed == 0:
        tx.rows(_ADD, b_id=work, now=now)
