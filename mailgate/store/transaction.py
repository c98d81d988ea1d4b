"""An open transaction and the keys: what the functions of `store/` are handed.

Before: `database.py` opens it, and ends it. Rows are added and asked for here; what is sealed in them is sealed and
opened on the way, under the key of the case that a row belongs to.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Insert, Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from mailgate.errors import LostKey
from mailgate.store.columns import Base, table_of
from mailgate.store.intake_seal import IntakeSeals
from mailgate.store.sealing import Keys
from mailgate.store.statements import Rows, Statement, run
from mailgate.store.tables import CaseRow

_VALUES_AT_A_TIME = 10_000
VALUES: BindParameter[Any] = bindparam("values", expanding=True)
"""What a statement compares with that takes a list of `values`: `column.in_(VALUES)`."""
_cases = table_of(CaseRow)
_KEY_OF_CASE = select(_cases.c.key_id).where(_cases.c.id == bindparam("number"))
_GIVE_KEY = (
    update(_cases)
    .where(_cases.c.id == bindparam("b_id"), _cases.c.key_id.is_(None))
    .values(key_id=bindparam("b_key_id"))
)
_ALONE = select(func.pg_advisory_xact_lock(bindparam("number", type_=BigInteger)))


class Transaction:
    """What the functions of `store/` are handed: an open transaction and the keys."""

    def __init__(self, connection: Connection, keys: Keys, intake: IntakeSeals) -> None:
        self.connection = connection
        self.keys = keys
        self.intake = intake
        self._key_ids: dict[int, str] = {}
        """Of the cases that were asked for."""
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

    def forget(self) -> None:
        """Writes what the session has not written yet and forgets its rows: what comes next in this transaction sees
        what a transaction of its own would see."""
        self.flush()
        if self._session is not None:
            self._session.expunge_all()
        self.kept.clear()

    def seal(self, row: Base, **columns: str | bytes) -> None:
        """Adds `row` (it gets its id) and sets the named sealed columns of it, under the key of its case or desk."""
        self.session.add(row)
        self.kept.append(row)
        if row.id is None:  # type: ignore[attr-defined]  # every table has `id`, see Base
            self.session.flush()
        for column, octets in self.sealed_anew(type(row), row, columns).items():
            setattr(row, column, octets)

    def add(self, table: type[Base], sealed: Mapping[str, str | bytes], **columns: Any) -> Any:
        """Inserts a row with plain `columns` and `sealed` ones, and gives its id.

        Sealed as in `seal`; a case gets its key here. Twice as quick as an object of the session, which a row that is
        only written does not need.
        """
        if table is CaseRow:
            columns["key_id"] = self.keys.ring.spare()
        case = columns.get("case_id")
        if "id" in columns:
            columns |= self._sealed(table, columns["id"], case, sealed)
            return self.rows(_insert(table, tuple(columns)), **columns).first()
        row_id = self.rows(_insert(table, tuple(columns)), **columns).first()
        if table is CaseRow:
            case = row_id
            self._key_ids[row_id] = columns["key_id"]
        if sealed:
            self.rows(_update(table, tuple(sealed)), b_id=row_id, **self._sealed(table, row_id, case, sealed))
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
            {"id": row_id, **plain, **self._sealed(table, row_id, None, sealed)}
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

    def sealed_anew(self, table: type[Base], row: Any, plain: Mapping[str, str | bytes]) -> dict[str, bytes]:
        """The sealed columns of a row that is there (with its `id` and `case_id`), under the key of today."""
        case = row.id if table is CaseRow else getattr(row, "case_id", None)
        return self._sealed(table, row.id, case, plain)

    def key_of_case(self, number: int) -> str:
        """The id of the key of a case; one that was opened before there were such keys takes a spare one now."""
        if number not in self._key_ids:
            key_id: str | None = self.rows(_KEY_OF_CASE, number=number).first()
            if key_id is None:
                self.rows(_GIVE_KEY, b_id=number, b_key_id=self.keys.ring.spare())
                key_id = self.rows(_KEY_OF_CASE, number=number).first()  # somebody may have been quicker
            assert key_id is not None, "what is sealed for a case has one"
            self._key_ids[number] = key_id
        return self._key_ids[number]

    def _sealed(
        self, table: type[Base], row_id: Any, case: int | None, plain: Mapping[str, str | bytes]
    ) -> dict[str, bytes]:
        if not plain:
            return {}
        key_id = "" if case is None else self.key_of_case(case)
        return {
            name: self.keys.seal(
                f"{table.__tablename__}.{name}.{row_id}", one.encode() if isinstance(one, str) else one, key_id
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

    def opened_or(self, table: type[Base], row: Any, column: str, otherwise: str) -> str:
        """`opened`, or `otherwise` where the key was destroyed: in a database that was restored, such rows may come
        back, and must not hide all the others."""
        try:
            return self.opened(table, row, column)
        except LostKey:
            return otherwise

    def has_key(self, case: int) -> bool:
        """Whether what is sealed for a case can be opened: not when its key was destroyed, and the case restored."""
        key_id: str | None = self.rows(_KEY_OF_CASE, number=case).first()
        try:
            return key_id is None or self.keys.ring.cipher(key_id) is not None
        except LostKey:
            return False

    def opened(self, table: type[Base], row: Any, column: str) -> str:
        """The same as text."""
        return self.opened_bytes(table, row, column).decode()


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
