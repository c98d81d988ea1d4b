"""The database: one engine, transactions, and the only place that knows the dialect.

`write()` takes SQLite's write lock with its first statement, be that a look (a deferred transaction that reads first
would fail at its first write, without waiting), and commits at its end; `read()` never writes. Failures come out as
`errors.StoreUnavailable`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Engine,
    Insert,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from mailgate.store.columns import Base, table_of
from mailgate.store.engine import BUSY_TIMEOUT_MS, open_engine, translated
from mailgate.store.in_use import Use
from mailgate.store.sealing import Keys
from mailgate.store.statements import Rows, Statement, run
from mailgate.store.turns import Turns

_VALUES_AT_A_TIME = 10_000
VALUES: BindParameter[Any] = bindparam("values", expanding=True)
"""What a statement compares with that takes a list of `values`: `column.in_(VALUES)`."""
_ALONE = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))


class Transaction:
    """What the functions of `store/` are handed: an open transaction and the keys."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self.connection = connection
        self.keys = keys
        self.kept: list[Base] = []
        """Rows that are asked for again and again in one transaction: the session alone forgets what nobody holds."""
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The same transaction with objects for rows: for what is not on the path of every mail."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def flush(self) -> None:
        """Writes what the session has not written yet."""
        if self._session is not None:
            self._session.flush()

    def seal(self, row: Base, **columns: str | bytes) -> None:
        """Adds `row` (it gets its id) and sets the named sealed columns of it."""
        self.session.add(row)
        self.kept.append(row)
        if row.id is None:  # type: ignore[attr-defined]  # every table has `id`, see Base
            self.session.flush()
        for column, plain in columns.items():
            octets = plain.encode() if isinstance(plain, str) else plain
            setattr(row, column, self.keys.seal(_place(row, column), octets))

    def add(self, table: type[Base], sealed: Mapping[str, str | bytes], **columns: Any) -> Any:
        """Inserts a row with plain `columns` and `sealed` ones, and gives its id.

        Twice as quick as an object of the session, which a row that is only written does not need.
        """
        if "id" in columns:
            columns |= self._sealed(table, columns["id"], sealed)
            return self.rows(_insert(table, tuple(columns)), **columns).first()
        row_id = self.rows(_insert(table, tuple(columns)), **columns).first()
        if sealed:
            self.rows(_update(table, tuple(sealed)), b_id=row_id, **self._sealed(table, row_id, sealed))
        return row_id

    def add_many(
        self, table: type[Base], rows: Sequence[tuple[Mapping[str, str | bytes], Mapping[str, Any]]]
    ) -> list[int]:
        """`add` for many rows, each as (sealed, plain) columns, in one statement; gives their ids in the same order.

        All rows name the same columns. For tables that count their rows; nobody else adds to them meanwhile on SQLite,
        and on PostgreSQL the numbers come from its own counter.
        """
        ids = self._next_ids(table, len(rows))
        values = [
            {"id": row_id, **plain, **self._sealed(table, row_id, sealed)}
            for row_id, (sealed, plain) in zip(ids, rows, strict=True)
        ]
        self.flush()
        if values:
            self.connection.execute(insert(table_of(table)), values)
        return ids

    def _next_ids(self, table: type[Base], count: int) -> list[int]:
        name = table.__tablename__
        if self.connection.dialect.name == "postgresql":
            drawn = select(func.nextval(func.pg_get_serial_sequence(name, "id"))).select_from(
                func.generate_series(1, count)
            )
            return list(self.connection.scalars(drawn))
        self.flush()
        highest = self.connection.scalar(select(func.max(table_of(table).c.id))) or 0
        return list(range(highest + 1, highest + 1 + count))

    def _sealed(self, table: type[Base], row_id: Any, plain: Mapping[str, str | bytes]) -> dict[str, bytes]:
        return {
            name: self.keys.seal(
                f"{table.__tablename__}.{name}.{row_id}", one.encode() if isinstance(one, str) else one
            )
            for name, one in plain.items()
        }

    def rows(self, statement: Statement, **values: Any) -> Rows:
        """What a statement gives that was built once, at import, with `bindparam`s for `values`: for the path of
        every mail. What the session has not written yet is written first.
        """
        self.flush()
        return run(self.connection, statement, values)

    def alone(self, name: str) -> None:
        """Waits until no other transaction is alone under this name; ends with the transaction.

        On SQLite every writing transaction is alone anyway.
        """
        if self.connection.dialect.name == "postgresql":
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
            self.rows(_ALONE, number=number)

    def rows_in(self, statement: Statement, values: Iterable[Any]) -> Iterator[Any]:
        """The rows of a statement with `… IN (:values)`, for any number of values: databases take only so many."""
        for some in _some(values):
            yield from self.rows(statement, values=some)

    def unseal_bytes(self, row: Base, column: str) -> bytes:
        """The plain octets of a sealed column; empty where nothing was sealed. Raises BadKeys."""
        return self.opened_bytes(type(row), row, column)

    def unseal(self, row: Base, column: str) -> str:
        """The same as text."""
        return self.unseal_bytes(row, column).decode()

    def opened_bytes(self, table: type[Base], row: Any, column: str) -> bytes:
        """The plain octets of a sealed column of a row that `rows` gave, with its `id`. Raises BadKeys."""
        sealed: bytes = getattr(row, column)
        return self.keys.unseal(f"{table.__tablename__}.{column}.{row.id}", sealed) if sealed else b""

    def opened(self, table: type[Base], row: Any, column: str) -> str:
        """The same as text."""
        return self.opened_bytes(table, row, column).decode()


def _place(row: Base, column: str) -> str:
    return f"{row.__tablename__}.{column}.{row.id}"  # type: ignore[attr-defined]  # every table has `id`, see Base


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(values)
    while some := list(islice(left, _VALUES_AT_A_TIME)):
        yield some


@cache
def _insert(row: type[Base], columns: tuple[str, ...]) -> Insert:
    table = table_of(row)
    given: dict[str, Any] = {name: bindparam(name) for name in columns}
    defaults = {one.name: one.default.arg for one in table.c if isinstance(one.default, ScalarElementColumnDefault)}
    return insert(table).values({**defaults, **given}).returning(table.c.id)


@cache
def _update(row: type[Base], columns: tuple[str, ...]) -> Update:
    table = table_of(row)
    return update(table).where(table.c.id == bindparam("b_id")).values({name: bindparam(name) for name in columns})


class Database:
    """One database for the life of a process; safe to share between threads."""

    def __init__(self, url: str, keys: Keys) -> None:
        # hide_parameters: SQLAlchemy would otherwise print texts and addresses in its exceptions.
        self.engine = open_engine(url)
        self._use = Use(self.engine)
        self._writer = self.engine.execution_options(mailgate_writes=True)
        self.keys = keys
        self._turns = _turns(self.engine)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that is committed when the block ends and rolled back when it raises.

        On SQLite one at a time: a second one within the block would wait for itself, and raise StoreUnavailable.
        """
        with translated(), self.turn(), self._writer.begin() as connection:
            tx = Transaction(connection, self.keys)
            yield tx
            tx.flush()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """One consistent look; nothing written in it is kept."""
        with translated(), self.engine.connect() as connection:
            connection.begin()  # never committed: what is closed is rolled back
            yield Transaction(connection, self.keys)

    def connection(self) -> PoolProxiedConnection:
        """A connection of the driver, for `write_with`; the caller closes it. Raises StoreUnavailable."""
        with translated():
            return self.engine.raw_connection()

    @contextmanager
    def write_with(self, connection: PoolProxiedConnection) -> Iterator[DBAPICursor]:
        """`write` without SQLAlchemy, which costs a short transaction more than the database does.

        When the block or the commit raises, nothing is written and the connection has gone back to the pool, which
        looks whether it can be used again.
        """
        with translated(), self.turn():
            try:
                cursor = connection.cursor()
                if self._turns is not None:
                    cursor.execute("BEGIN IMMEDIATE")
                yield cursor
                connection.commit()
            except BaseException:
                connection.close()
                raise

    def close(self) -> None:
        self.engine.dispose()
        if self._turns is not None:
            self._turns.close()
        self._use.end()

    def turn(self) -> AbstractContextManager[None]:
        """Around whatever writes: on SQLite one writer at a time. Raises TimeoutError, see `translated`."""
        return self._turns.turn(BUSY_TIMEOUT_MS / 1000) if self._turns else nullcontext()


def _turns(engine: Engine) -> Turns | None:
    """Where the writers of an SQLite database line up; in a file beside it, where it is one."""
    if engine.dialect.name != "sqlite":
        return None
    file = engine.url.database
    return Turns(Path(f"{file}-turn") if file and file != ":memory:" and Path(file).parent.is_dir() else None)
