"""All rows of one database into an empty other one: how a desk moves from SQLite to PostgreSQL, or back.

What is sealed stays sealed: the keys are the same in both places, and so is every id. Where the new place has a key
store of its own, the keys are copied into that, as they are wrapped. The old database lets nobody
write meanwhile, and is left as it was; the new one has everything in one commit, or nothing. Nobody may have one of
them open (`in_use.py`): who does would go on with the old one, and what comes after the copy would be missing in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, bindparam, func, insert, inspect, select, text, update

from mailgate.errors import Refused
from mailgate.phrase import Phrase
from mailgate.store import migrate
from mailgate.store.columns import Base
from mailgate.store.engine import translated
from mailgate.store.in_use import alone
from mailgate.store.key_store import KeyStore
from mailgate.store.progress import Progress, silent

_ROWS_AT_A_TIME = 500
_POSTGRESQL_PORT = 5432
_IN_USE = Phrase(
    "the database is in use: stop every process of mailgate first; a mail it took would be missing in the copy"
)
_NEW_IN_USE = Phrase("the new database is in use, or it is the old one: name an empty one that is nobody's")


def copy_everything(source: Engine, target: Engine, progress: Progress = silent) -> int:
    """Copies tables and rows, and gives how many rows; `progress` hears how many there are so far, and of how many.

    Raises Refused when the databases are not fit for it, StoreUnavailable when one does not answer.
    """
    if _are_same(source, target):
        raise Refused("the new configuration names the very database that is to be copied: name an empty one")
    with translated(), alone(source, _IN_USE) as old:
        if problem := migrate.difference(old):
            raise Refused("the database to copy: {problem}", problem=problem)
        with alone(target, _NEW_IN_USE) as new:
            if inspect(new).get_table_names():
                raise Refused("the new database is not empty: name one that is")
            _lock(old)
            migrate.upgrade_on(new)
            count, of_all = 0, _count_all(old)
            for table in Base.metadata.sorted_tables:
                for some in _rows(old, table):
                    _put(new, table, some)
                    count += len(some)
                    progress(count, of_all)
                _refer_to_itself(old, new, table)
                _count_on(old, new, table)
        return count


def _count_all(old: Connection) -> int:
    tables = Base.metadata.sorted_tables
    return sum(old.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def copy_keys(source: KeyStore, target: KeyStore) -> int:
    """Copies the keys that the other key store has not, and what stands there by name; how many keys. Nothing where
    both are the same. Raises WrongDatabase, StoreUnavailable."""
    if _are_same(source.engine, target.engine):
        return 0
    target.create()
    there = {one.id for one in target.all()}
    new = [one for one in source.all() if one.id not in there]
    if new:
        with target.write() as connection:
            target.add(connection, new)
    for name, word in source.words().items():
        target.set_word(name, word)
    return len(new)


def _are_same(one: Engine, other: Engine) -> bool:
    """As far as their URLs tell; a server of two names is found out by the lock."""
    if one.dialect.name != other.dialect.name:
        return False
    if one.dialect.name == "sqlite":
        return Path(one.url.database or "").resolve() == Path(other.url.database or "").resolve()
    mine, theirs = (
        (engine.url.host, engine.url.port or _POSTGRESQL_PORT, engine.url.database, engine.url.query)
        for engine in (one, other)
    )
    return mine == theirs


def _lock(old: Connection) -> None:
    """Nobody writes until we are done; on SQLite the transaction is alone already."""
    if old.dialect.name == "postgresql":
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        old.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


def _rows(old: Connection, table: Table) -> Any:
    found = old.execution_options(yield_per=_ROWS_AT_A_TIME).execute(select(table).order_by(table.c.id))
    for some in found.partitions():
        yield [dict(row._mapping) for row in some]


def _put(new: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    own = _own_references(table)
    new.execute(insert(table), [row | own for row in rows])


def _own_references(table: Table) -> dict[str, None]:
    """The columns that refer to rows of the same table: filled once all rows are there."""
    return {key.parent.name: None for key in table.foreign_keys if key.column.table is table}


def _refer_to_itself(old: Connection, new: Connection, table: Table) -> None:
    for name in _own_references(table):
        column = table.c[name]
        pairs = old.execute(select(table.c.id, column).where(column.is_not(None))).all()
        if pairs:
            change = update(table).where(table.c.id == bindparam("b_id")).values({name: bindparam("b_value")})
            new.execute(change, [{"b_id": row_id, "b_value": value} for row_id, value in pairs])


def _count_on(old: Connection, new: Connection, table: Table) -> None:
    """New rows get numbers above those that are there, and where a number is never used again above all that were ever
    given. (The first of it SQLite sees to itself.)"""
    if not isinstance(table.c.id.type, Integer):
        return
    is_used_once = bool(table.dialect_options["sqlite"]["autoincrement"])
    there = new.scalar(select(func.max(table.c.id))) or 0
    highest = max(there, _ever_given(old, table)) if is_used_once else there
    if highest and new.dialect.name == "postgresql":
        new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))
    elif is_used_once and highest > there:
        new.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        put = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)")
        new.execute(put, {"name": table.name, "seq": highest})


def _ever_given(old: Connection, table: Table) -> int:
    """The highest number that a table with its own counter has given; 0 when it has given none."""
    if old.dialect.name == "postgresql":
        counter = old.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        found = old.execute(text(f"SELECT last_value, is_called FROM {counter}")).one()  # noqa: S608 (a name of ours)
        return found.last_value if found.is_called else 0
    return old.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}) or 0
