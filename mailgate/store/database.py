"""The database: one engine, and the beginning and end of each transaction.

`write()` takes SQLite's write lock with its first statement, be that a look (a deferred transaction that reads first
would fail at its first write, without waiting), and commits at its end; `read()` never writes. Failures come out as
`errors.StoreUnavailable`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection

from mailgate.store.engine import BUSY_TIMEOUT_MS, begin, open_engine, translated
from mailgate.store.in_use import Use
from mailgate.store.intake_seal import IntakeSeals
from mailgate.store.sealing import Keys
from mailgate.store.transaction import Transaction
from mailgate.store.turns import Turns


class Database:
    """One database for the life of a process; safe to share between threads."""

    def __init__(self, url: str, keys: Keys) -> None:
        # hide_parameters: SQLAlchemy would otherwise print texts and addresses in its exceptions.
        self.engine = open_engine(url)
        self._use = Use(self.engine)
        self._writer = self.engine.execution_options(mailgate_writes=True)
        self.keys = keys
        self.intake = IntakeSeals()
        self._turns = _turns(self.engine)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that is committed when the block ends and rolled back when it raises.

        On SQLite one at a time: a second one within the block would wait for itself, and raise StoreUnavailable.
        """
        with translated(), self.turn(), self._writer.begin() as connection:
            tx = Transaction(connection, self.keys, self.intake)
            yield tx
            tx.flush()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent look; nothing written in it is kept."""
        with translated(), self.engine.connect() as connection:
            connection.begin()  # never committed: what is closed is rolled back
            yield Transaction(connection, self.keys, self.intake)

    def connection(self) -> PoolProxiedConnection:
        """A connection of the driver, for `write_with`; the caller closes it. Raises StoreUnavailable."""
        with translated():
            return self.engine.raw_connection()

    @contextmanager
    def write_with(self, connection: PoolProxiedConnection, *, at_once: bool = False) -> Iterator[DBAPICursor]:
        """`write` without SQLAlchemy, which costs a short transaction more than the database does.

        When the block or the commit raises, nothing is written and the connection has gone back to the pool, which
        looks whether it can be used again. `at_once`: so it is on SQLite when somebody else is writing.
        """
        with translated(), self.turn(0 if at_once else BUSY_TIMEOUT_MS):
            try:
                cursor = connection.cursor()
                if self._turns is not None:
                    begin(cursor, at_once=at_once)
                yield cursor
                connection.commit()
            except BaseException:
                connection.close()
                raise

    def close(self) -> None:
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()
        self.keys.close()
        self._use.end()

    def turn(self, patience_ms: int | None = None) -> AbstractContextManager[None]:
        """Around whatever writes: on SQLite one writer at a time. Raises TimeoutError, see `translated`."""
        patience_ms = BUSY_TIMEOUT_MS if patience_ms is None else patience_ms
        return self._turns.turn(patience_ms / 1000) if self._turns else nullcontext()


def _turns(engine: Engine) -> Turns | None:
    """Where the writers of an SQLite database line up; in a file beside it, where it is one."""
    if engine.dialect.name != "sqlite":
        return None
    file = engine.url.database
    return Turns(Path(f"{file}-turn") if file and file != ":memory:" and Path(file).parent.is_dir() else None)
