"""Marks by which processes see that what they keep in memory is no longer what the database has.

A mark is random and not a number: one that was restored from a backup, or made on a branch of history that was lost,
is never taken for another one.
"""

from __future__ import annotations

import secrets

from sqlalchemy import bindparam, insert, select, update

from mailgate.store.columns import table_of
from mailgate.store.tables import RevisionRow
from mailgate.store.transaction import Transaction

SCHOOLS = "schools"
"""Names, aliases and domains of the registered schools."""

_rows = table_of(RevisionRow)
_MARK = select(_rows.c.mark).where(_rows.c.id == bindparam("b_id"))
_CHANGE = update(_rows).where(_rows.c.id == bindparam("b_id")).values(mark=bindparam("new"))
_ADD = insert(_rows).values(id=bindparam("b_id"), mark=bindparam("new"))


def mark(tx: Transaction, of: str) -> str:
    """The mark of the present content; "" while nothing was ever changed."""
    found: str | None = tx.rows(_MARK, b_id=of).first()
    return found or ""


def changed(tx: Transaction, of: str) -> None:
    """Something was changed in this transaction."""
    tx.alone(f"revision {of}")
    new = secrets.token_hex(16)
    if tx.rows(_CHANGE, b_id=of, new=new).changed == 0:
        tx.rows(_ADD, b_id=of, new=new)
