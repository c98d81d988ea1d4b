"""How much room is left: on the disk of the database, and in the line of mails that wait for a worker.

Asked by `flow/pressure.py`, which decides, and by the doctor. Writes nothing, and quick however much there is.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Engine, func, select, text

from mailgate.desk.lifecycle import SpoolState
from mailgate.errors import StoreUnavailable
from mailgate.store.database import Database
from mailgate.store.key_store import KeyStore
from mailgate.store.tables import SpoolRow
from mailgate.store.transaction import Transaction
from mailgate.system_words import system_words

_NO_MAIL, _NO_KEY = text("DELETE FROM spool WHERE 1 = 0"), text("DELETE FROM keys WHERE 1 = 0")


def free_bytes(database: Database) -> int | None:
    """What others than root may still write where the SQLite file lies; None for a server, whose disk we cannot see.

    Raises StoreUnavailable when the folder is away.
    """
    return free_bytes_of(database.engine)


def free_bytes_of(engine: Engine) -> int | None:
    """The same where the database cannot be opened."""
    url = engine.url
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    try:
        return shutil.disk_usage(Path(url.database).parent).free
    except OSError as error:
        raise StoreUnavailable(
            "the folder of the database cannot be reached: {why}", why=system_words(error)
        ) from error


def try_to_write(database: Database) -> None:
    """Begins a change of no row, which writes nothing. Raises StoreUnavailable where nothing can be written.

    The modes of a file do not tell of a disk that is mounted read-only, nor BEGIN IMMEDIATE: on a file that SQLite may
    only read it is a BEGIN.
    """
    with database.write() as tx:
        tx.connection.execute(_NO_MAIL)


def try_to_write_keys(store: KeyStore) -> None:
    """The same for the key store."""
    with store.write() as connection:
        connection.execute(_NO_KEY)


def backlog(tx: Transaction, at_most: int) -> int:
    """How many mails are accepted and not yet handled; counts no further than `at_most`."""
    waiting = select(SpoolRow.id).where(SpoolRow.state == SpoolState.RECEIVED).limit(at_most).subquery()
    return tx.session.scalar(select(func.count()).select_from(waiting)) or 0
