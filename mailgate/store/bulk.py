"""Many rows at once, by a condition: for destroying a case and erasing a person, which hold no objects of them.

What the session has in hand is not looked through for the rows that change: who uses this asks the database anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, update

from mailgate.store.columns import Base
from mailgate.store.transaction import Transaction


def update_where(tx: Transaction, table: type[Base], condition: Any, **values: Any) -> None:
    """Sets these columns of all rows for which the condition holds."""
    tx.session.execute(update(table).where(condition).values(values).execution_options(synchronize_session=False))


def delete_where(tx: Transaction, table: type[Base], condition: Any) -> None:
    """Deletes all rows for which the condition holds."""
    tx.session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
