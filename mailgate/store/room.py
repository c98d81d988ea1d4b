"""How much room is left: on the disk of the database, and in the line of mails that wait for a worker.

Asked by `flow/pressure.py`, which decides. Reads only, and quick however much there is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import func, select

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import StoreUnavailable
from mailgate.store.database import Database, Transaction
from mailgate.store.tables import SpoolRow
from mailgate.system_words import system_words


def free_bytes(database: Database) -> int | None:
    """What others than root may still write where the SQLite file lies; None for a server, whose disk we cannot see.

    Raises StoreUnavailable when the folder is away.
    """
    url = database.engine.url
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    try:
        return shutil.disk_usage(Path(url.database).parent).free
    except OSError as error:
        raise StoreUnavailable(
            "the folder of the database cannot be reached: {why}", why=system_words(error)
        ) from error


def backlog(tx: Transaction, at_most: int) -> int:
    """How many mails are accepted and not yet handled; counts no further than `at_most`."""
    waiting = select(SpoolRow.id).where(SpoolRow.state == SpoolState.RECEIVED).limit(at_most).subquery()
    return tx.session.scalar(select(func.count()).select_from(waiting)) or 0
