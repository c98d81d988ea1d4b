"""How the database is opened, and what its failures are called; what is done with it is in `database.py`.

SQLite runs in WAL mode with synchronous=FULL: a commit that returned is on the disk.
"""

from __future__ import annotations

import builtins
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError

from mailgate.errors import BadConfiguration, ChangedMeanwhile, StoreUnavailable
from mailgate.phrase import Phrase

BUSY_TIMEOUT_MS = 10_000
_CONNECTIONS_KEPT, _CONNECTIONS_MORE = 8, 24  # the listener's threads and the loops never wait for one
_SWITCH_AGAIN_SECONDS = 0.01
_LIKELY = {
    sqlite3.SQLITE_CANTOPEN: Phrase(
        "its file cannot be opened: look whether its folder is there, at the owner and mode of both, and whether the "
        "disk is mounted read-only"
    ),
    sqlite3.SQLITE_READONLY: Phrase(
        "its file cannot be written: look at the owner and mode of the file and its folder, and whether the disk is "
        "mounted read-only"
    ),
    sqlite3.SQLITE_FULL: Phrase("its disk is full: make room"),
}
"""What SQLite says in words that name no next step; by its primary result code, https://www.sqlite.org/rescode.html."""
_SQLITE_PRAGMAS = (
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-500",  # KiB for each connection: the system has the pages too, and a service has ten of them
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
)  # journal_mode comes before them, see _switch_to_wal


def open_engine(url: str) -> Engine:
    """An engine that keeps this module's promises; connects at first use. Raises BadConfiguration for a wrong URL."""
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS_KEPT,
            max_overflow=_CONNECTIONS_MORE,
            pool_use_lifo=True,  # the connection used last has its pages still at hand
            pool_pre_ping=not url.startswith("sqlite"),
        )
    except (ArgumentError, ValueError):  # their text may hold the password
        raise BadConfiguration(
            [Phrase("database.url: not understood (expected sqlite:///FILE or postgresql+psycopg://…)")]
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def begin(cursor: DBAPICursor, *, at_once: bool) -> None:
    """Begins a transaction of SQLite that writes. `at_once`: raises without waiting when some program has the lock."""
    if not at_once:
        cursor.execute("BEGIN IMMEDIATE")
        return
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        cursor.execute("BEGIN IMMEDIATE")
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def sqlite_file(engine: Engine) -> Path | None:
    """Where the database is, if it is SQLite."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


@contextmanager
def translated(*, of_keys: bool = False) -> Iterator[None]:
    """Failures of the database inside the block come out as StoreUnavailable or ChangedMeanwhile; `of_keys`: it is the
    key store, and is called so."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedMeanwhile("somebody else changed this meanwhile: look again, then repeat") from error
    except _away() as error:
        raise _silent(_cause(error), of_keys) from error
    except _damaged() as error:
        if _is_read_only(error):
            raise _read_only(of_keys) from error
        if type(error) not in _damaged():
            raise
        raise _unusable(_cause(error), of_keys) from error
    except DatabaseError as error:
        if _is_read_only(error.orig):
            raise _read_only(of_keys) from error
        if type(error) is DatabaseError or error.connection_invalidated:  # no bug of ours: the file, or the way to it
            raise _unusable(_cause(error), of_keys) from error
        raise


def _silent(why: str, of_keys: bool) -> StoreUnavailable:
    if of_keys:
        return StoreUnavailable("the key store does not answer: {why}", why=why)
    return StoreUnavailable("the database does not answer: {why}", why=why)


def _unusable(why: str, of_keys: bool) -> StoreUnavailable:
    if of_keys:
        return StoreUnavailable("the key store cannot be used: {why}", why=why)
    return StoreUnavailable("the database cannot be used: {why}", why=why)


def _read_only(of_keys: bool) -> StoreUnavailable:
    if of_keys:
        return StoreUnavailable("the key store takes no changes: its server is read-only (a standby?)")
    return StoreUnavailable("the database takes no changes: its server is read-only (a standby?)")


def _away() -> tuple[type[Exception], ...]:
    """What is raised when the database is not reached, by SQLAlchemy, by the clock, or by a driver."""
    psycopg = sys.modules.get("psycopg")  # who did not import it does not raise what is in it
    drivers = (psycopg.OperationalError, psycopg.InterfaceError) if psycopg else ()
    return (OperationalError, TimeoutError, builtins.TimeoutError, sqlite3.OperationalError, *drivers)


def _damaged() -> tuple[type[Exception], ...]:
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.DatabaseError, *((psycopg.DatabaseError,) if psycopg else ()))


def _is_read_only(error: BaseException | None) -> bool:
    """Whether a server refused a change since it takes none (25006)."""
    psycopg = sys.modules.get("psycopg")
    return psycopg is not None and isinstance(error, psycopg.errors.ReadOnlySqlTransaction)


def _cause(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, builtins.TimeoutError):
        return Phrase("another change takes too long")
    if isinstance(cause, sqlite3.Error) and (likely := _LIKELY.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)):
        return likely  # the attribute is missing where the driver itself, not SQLite, found fault
    return " ".join(str(cause).split())[:200]


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Only a new file is switched; of two that do it at once SQLite refuses one without waiting, whatever the timeout.

    https://www.sqlite.org/c3ref/busy_handler.html (the handler is not always asked).
    """
    give_up_at = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
        time.sleep(_SWITCH_AGAIN_SECONDS)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be a deferred one; ours is below
        _switch_to_wal(connection)
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("mailgate_writes", False)
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
