"""The database: one engine, transactions, and the only place that knows the dialect.

`write()` takes SQLite's write lock with its first statement, be that a look (a deferred transaction that reads first
would fail at its first write, without waiting), and commits at its end; `read()` never writes. SQLite runs in WAL mode
with synchronous=FULL: a commit that returned is on the disk. Failures come out as `errors.StoreUnavailable`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from mailgate.errors import BadConfiguration, ChangedMeanwhile, StoreUnavailable
from mailgate.store.columns import Base
from mailgate.store.sealing import Keys
from mailgate.store.turns import Turns

_BUSY_TIMEOUT_MS = 10_000
_CONNECTIONS_KEPT, _CONNECTIONS_MORE = 8, 24  # the listener's threads and the loops never wait for one
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What the functions of `store/` are handed: an open session and the keys."""

    session: Session
    keys: Keys

    def seal(self, row: Base, **columns: str | bytes) -> None:
        """Adds `row` (it gets its id) and sets the named sealed columns of it."""
        self.session.add(row)
        self.session.flush()
        for column, plain in columns.items():
            octets = plain.encode() if isinstance(plain, str) else plain
            setattr(row, column, self.keys.seal(_place(row, column), octets))

    def unseal_bytes(self, row: Base, column: str) -> bytes:
        """The plain octets of a sealed column; empty where nothing was sealed. Raises BadKeys."""
        sealed: bytes = getattr(row, column)
        return self.keys.unseal(_place(row, column), sealed) if sealed else b""

    def unseal(self, row: Base, column: str) -> str:
        """The same as text."""
        return self.unseal_bytes(row, column).decode()


def _place(row: Base, column: str) -> str:
    return f"{row.__tablename__}.{column}.{row.id}"  # type: ignore[attr-defined]  # every table has `id`, see Base


class Database:
    """One database for the life of a process; safe to share between threads."""

    def __init__(self, url: str, keys: Keys) -> None:
        # hide_parameters: SQLAlchemy would otherwise print texts and addresses in its exceptions.
        self.engine = open_engine(url)
        self._writer = self.engine.execution_options(mailgate_writes=True)
        self._keys = keys
        self._turns = Turns() if self.engine.dialect.name == "sqlite" else None

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that is committed when the block ends and rolled back when it raises.

        On SQLite one at a time: a second one within the block would wait for itself, and raise StoreUnavailable.
        """
        with (
            translated(),
            self._turn(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield Transaction(session, self._keys)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent look; nothing written in it is kept."""
        with translated(), Session(self.engine, autoflush=False) as session:
            yield Transaction(session, self._keys)

    def close(self) -> None:
        self.engine.dispose()

    def _turn(self) -> AbstractContextManager[None]:
        return self._turns.turn(_BUSY_TIMEOUT_MS / 1000) if self._turns else nullcontext()


def open_engine(url: str) -> Engine:
    """An engine that keeps this module's promises; connects at first use. Raises BadConfiguration for a wrong URL."""
    try:
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS_KEPT,
            max_overflow=_CONNECTIONS_MORE,
            pool_pre_ping=not url.startswith("sqlite"),
        )
    except (ArgumentError, ValueError):  # their text may hold the password
        raise BadConfiguration(
            ["database.url: not understood (expected sqlite:///FILE or postgresql+psycopg://…)"]
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


@contextmanager
def translated() -> Iterator[None]:
    """Failures of the database inside the block come out as StoreUnavailable or ChangedMeanwhile."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedMeanwhile("somebody else changed this meanwhile: look again, then repeat") from error
    except (OperationalError, TimeoutError, builtins.TimeoutError) as error:
        raise StoreUnavailable(f"the database does not answer: {_cause(error)}") from error
    except DatabaseError as error:
        if type(error) is DatabaseError or error.connection_invalidated:  # no bug of ours: the file, or the way to it
            raise StoreUnavailable(f"the database cannot be used: {_cause(error)}") from error
        raise


def _cause(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, builtins.TimeoutError):
        return "another change takes too long"
    return " ".join(str(cause).split())[:200]


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be a deferred one; ours is below
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("mailgate_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
