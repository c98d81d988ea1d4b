"""Who has a database open: so that nobody copies it away while somebody still takes mail into it.

Whatever opens a `Database` says so for as long as it has it: each part of a service, on whatever machine, and each
command. A copy (`transfer.py`) must be alone: it is refused while one of them is there, and they while it works. On
SQLite this is a lock on a file beside the database, on PostgreSQL an advisory lock of each connection by itself: one
that was lost and is opened anew has it again. Both end with their process, however it ends.

Known weakness: a pooler that lends one session of PostgreSQL to many (PgBouncer by transaction) keeps such a lock
after its owner has gone; then a copy has to go round it.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, func, select

from mailgate.errors import Refused, StoreUnavailable
from mailgate.phrase import Phrase
from mailgate.store.lock_file import open_lock_file

_NUMBER = 5_040_2026  # any fixed number, other than that of `migrate.py`; PostgreSQL keeps them for each database
_ENDING_SECONDS, _LOOK_AGAIN_SECONDS = 2.0, 0.05
_BEING_COPIED = Phrase("the database is being copied to another one: go on with the new one when it is done")


class Use:
    """Begun before the engine has opened a connection; raises StoreUnavailable while the database is being copied."""

    def __init__(self, engine: Engine) -> None:
        self._file: int | None = None
        if engine.dialect.name == "postgresql":
            event.listen(engine, "connect", _hold_by_connection)
        elif path := _lock_path(engine):
            self._file = open_lock_file(path)
            if not _locked(self._file, fcntl.LOCK_SH):
                self.end()
                raise StoreUnavailable(_BEING_COPIED)

    def end(self) -> None:
        """On PostgreSQL it ends with the connections."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def alone(engine: Engine, refusal: Phrase) -> Iterator[Connection]:
    """A writing transaction that nobody else has the database open beside; raises Refused with `refusal`."""
    with _file_alone(engine, refusal), engine.execution_options(mailgate_writes=True).begin() as connection:
        if engine.dialect.name == "postgresql" and not _is_alone(connection):
            raise Refused(refusal)
        yield connection


def _is_alone(connection: Connection) -> bool:
    """A server frees the lock of a session that was closed only when it has ended that session: shortly after."""
    give_up_at = time.monotonic() + _ENDING_SECONDS
    while not connection.scalar(select(func.pg_try_advisory_xact_lock(_NUMBER))):
        if time.monotonic() > give_up_at:
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
    return True


@contextmanager
def _file_alone(engine: Engine, refusal: Phrase) -> Iterator[None]:
    path = _lock_path(engine)
    if path is None:
        yield
        return
    with closing(os.fdopen(open_lock_file(path))) as file:
        if not _locked(file.fileno(), fcntl.LOCK_EX):
            raise Refused(refusal)
        yield


def _hold_by_connection(connection: Any, _record: Any) -> None:
    """Of the session, not of a transaction: it lasts until the connection closes."""
    (held,) = connection.execute(f"SELECT pg_try_advisory_lock_shared({_NUMBER})").fetchone()
    connection.commit()
    if not held:
        connection.close()
        raise StoreUnavailable(_BEING_COPIED)


def _lock_path(engine: Engine) -> Path | None:
    """Beside the SQLite file itself, by whatever link it is named; None where there is none."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file == ":memory:":
        return None
    path = Path(file).resolve()
    return path.with_name(f"{path.name}-use") if path.parent.is_dir() else None


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
