"""The key store: a second, small database with the wrapped keys, apart from the rows that they open.

What is destroyed here is destroyed in every backup of the main database too: that is why it is a database of its own,
with backups of its own that are thrown away after a week. A stolen key store alone opens nothing: every key in it is
wrapped under a root key, which is a file (`key_files.py`). Before it: `key_ring.py`, which wraps and opens. It decides
nothing, and holds no cases: which key is whose says `cases.key_id` in the main database.

Beside the keys it keeps a few words by name (`word`), for what must not be lost or set back together with the main
database. Known weakness: on SQLite it is a file of one machine; several nodes need it on PostgreSQL.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from mailgate.errors import BadKeys, StoreUnavailable, WrongDatabase
from mailgate.store.columns import Instant
from mailgate.store.engine import open_engine, translated
from mailgate.store.statements import run
from mailgate.system_words import system_words

VERSION = 1
_CHECKPOINT_TRIES, _CHECKPOINT_PAUSE_SECONDS = 40, 0.05
_AT_A_TIME = 500


class Purpose(StrEnum):
    """What a key is for."""

    DESK = "desk"
    """Whatever belongs to no case."""
    CASE = "case"
    """Everything of one case, or spare until a case takes it."""
    INTAKE = "intake"
    """The private half of a day key: opens mails on their way to their cases."""
    AUDIT = "audit"
    """Of the chain through the audit log (`audit_chain.py`); one, for good."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """One row. Opens nothing without its root key."""

    id: str
    """32 hexadecimal digits."""
    purpose: Purpose
    root: int
    wrapped: bytes
    created_at: datetime


_metadata = MetaData()
_about = Table("key_store", _metadata, Column("id", Integer, primary_key=True), Column("version", Integer))
_keys = Table(
    "keys",
    _metadata,
    Column("id", String(32), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("root", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_keys_purpose_created", "purpose", "created_at"),
)
_words = Table("words", _metadata, Column("id", String(40), primary_key=True), Column("word", Text, nullable=False))
_BY_ID = select(_keys).where(_keys.c.id == bindparam("key_id"))
_NEWEST = (
    select(_keys)
    .where(_keys.c.purpose == bindparam("purpose"))
    .order_by(_keys.c.created_at.desc(), _keys.c.id)
    .limit(1)
)


class KeyStore:
    """One key store for the life of a process; safe to share between threads. Everything raises StoreUnavailable."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = open_engine(url)
        self._writer = self.engine.execution_options(mailgate_writes=True)

    @property
    def file(self) -> Path | None:
        """Where it is, if it is SQLite."""
        return Path(self.engine.url.database or "") if self.engine.dialect.name == "sqlite" else None

    @property
    def place(self) -> str:
        """How it is named to an operator; without a password."""
        return str(self.file or self.engine.url.render_as_string(hide_password=True))

    def is_there(self) -> bool:
        """Whether it was ever made; makes no file. Raises WrongDatabase for one of something else, or newer."""
        if self.file is not None and not self.file.is_file():
            return False
        with _translated(), self.engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            if _about.name not in tables:
                if tables:
                    raise WrongDatabase(
                        "{place} holds tables of something else: give the key store one of its own", place=self.place
                    )
                return False
            version = connection.scalar(select(_about.c.version))
        if version != VERSION:
            raise WrongDatabase(
                "the key store is of another mailgate (version {version}): install that one", version=str(version)
            )
        return True

    def create(self) -> bool:
        """Makes the tables (an SQLite file 0600, in a 0700 folder) where there are none; says whether it did."""
        if self.is_there():
            return False
        if self.file is not None:
            _make_file(self.file)
        with _translated(), self._writer.begin() as connection:
            _metadata.create_all(connection)
            connection.execute(insert(_about).values(id=1, version=VERSION))
        return True

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside, on any node; committed when the block ends."""
        with _translated(), self._writer.begin() as connection:
            # SQLite is alone already and knows no FOR UPDATE, which SQLAlchemy then leaves out.
            connection.execute(select(_about.c.version).with_for_update())
            yield connection

    def get(self, key_id: str) -> WrappedKey | None:
        """One key; None when it was destroyed, or never was. On the path of mails."""
        with _translated(), self.engine.connect() as connection:
            row = run(connection, _BY_ID, {"key_id": key_id}).only()
        return _key(row) if row is not None else None

    def some(self, key_ids: Collection[str]) -> list[WrappedKey]:
        """Those of these keys that are there."""
        ids, found = sorted(key_ids), []
        with _translated(), self.engine.connect() as connection:
            for first in range(0, len(ids), _AT_A_TIME):
                query = select(_keys).where(_keys.c.id.in_(ids[first : first + _AT_A_TIME]))
                found += [_key(row) for row in connection.execute(query)]
        return found

    def newest(self, purpose: Purpose, connection: Connection | None = None) -> WrappedKey | None:
        """The key of this purpose that was made last; within a transaction of `write`, if one is given."""
        if connection is None:
            with _translated(), self.engine.connect() as own:
                return self.newest(purpose, own)
        row = run(connection, _NEWEST, {"purpose": purpose.value}).only()
        return _key(row) if row is not None else None

    def add(self, connection: Connection, keys: Sequence[WrappedKey]) -> None:
        """Adds keys in a transaction of `write`; they are safe once it has committed."""
        connection.execute(insert(_keys), [_values(one) for one in keys])

    def all(self) -> list[WrappedKey]:
        """Every key, oldest first."""
        with _translated(), self.engine.connect() as connection:
            return [_key(row) for row in connection.execute(select(_keys).order_by(_keys.c.created_at, _keys.c.id))]

    def under_other_roots(self, connection: Connection, root: int, at_most: int) -> list[WrappedKey]:
        """Some of the keys that are wrapped under any other root key than this."""
        query = select(_keys).where(_keys.c.root != root).order_by(_keys.c.id).limit(at_most)
        return [_key(row) for row in connection.execute(query)]

    def count_by_root(self) -> dict[int, int]:
        """How many keys are wrapped under each root key."""
        with _translated(), self.engine.connect() as connection:
            rows = connection.execute(select(_keys.c.root, func.count()).group_by(_keys.c.root))
            return {row[0]: row[1] for row in rows}

    def rewrap(self, connection: Connection, keys: Sequence[WrappedKey]) -> None:
        """The same keys, wrapped anew, in a transaction of `write`."""
        change = update(_keys).where(_keys.c.id == bindparam("b_id"))
        rows = [{"b_id": one.id, "b_root": one.root, "b_wrapped": one.wrapped} for one in keys]
        connection.execute(change.values(root=bindparam("b_root"), wrapped=bindparam("b_wrapped")), rows)

    def destroy(self, key_ids: Collection[str]) -> int:
        """Deletes keys for good, and gives how many were there; who repeats it after a fault finishes it.

        When this returns no octet of them is left in the files of an SQLite store: deleted pages are overwritten
        (secure_delete), and the log of writes is emptied. Raises StoreUnavailable while somebody reads the log for so
        long that it cannot be; the keys are deleted then, but not wiped yet.
        """
        ids, count = sorted(key_ids), 0
        with self.write() as connection:
            for first in range(0, len(ids), _AT_A_TIME):
                some = ids[first : first + _AT_A_TIME]
                count += connection.execute(delete(_keys).where(_keys.c.id.in_(some))).rowcount
        self._wipe_log()
        return count

    def word(self, name: str) -> str | None:
        """What was kept under this name."""
        with _translated(), self.engine.connect() as connection:
            word: str | None = connection.scalar(select(_words.c.word).where(_words.c.id == name))
            return word

    def set_word(self, name: str, word: str) -> None:
        """Keeps a word under a name, in place of what was there."""
        with self.write() as connection:
            if not connection.execute(update(_words).where(_words.c.id == name).values(word=word)).rowcount:
                connection.execute(insert(_words).values(id=name, word=word))

    def words(self) -> dict[str, str]:
        """All of them, by name."""
        with _translated(), self.engine.connect() as connection:
            return {row.id: row.word for row in connection.execute(select(_words))}

    def close(self) -> None:
        self.engine.dispose()

    def _wipe_log(self) -> None:
        if self.file is None:
            return  # PostgreSQL: what its log and its dead rows still hold is wrapped, and goes with its own vacuum
        for _ in range(_CHECKPOINT_TRIES):
            with _translated(), self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
            time.sleep(_CHECKPOINT_PAUSE_SECONDS)
        raise StoreUnavailable(
            "{place} is being read: the key is deleted, but its log is not wiped; try again", place=self.place
        )


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of the key store are told as such, not as those of the database."""
    with translated(of_keys=True):
        yield


def missing(store: KeyStore) -> BadKeys:
    """What is said where a store must be and none is."""
    return BadKeys(
        "there is no key store at {place}: restore its backup; 'mailgate key init' makes one only for a "
        "database that was never sealed with one",
        place=store.place,
    )


def _make_file(file: Path) -> None:
    """Empty, for its owner alone: SQLite gives its log the same mode."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError as error:
        raise BadKeys("{file} cannot be made: {why}", file=file, why=system_words(error)) from None


def _key(row: Row[Any]) -> WrappedKey:
    return WrappedKey(row.id, Purpose(row.purpose), row.root, bytes(row.wrapped), row.created_at)


def _values(key: WrappedKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "purpose": key.purpose.value,
        "root": key.root,
        "wrapped": key.wrapped,
        "created_at": key.created_at,
    }
