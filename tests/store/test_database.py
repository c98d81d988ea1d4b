from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from custody import KEYS
from sqlalchemy import select, text

from mailgate.errors import ChangedMeanwhile, StoreUnavailable
from mailgate.store import audit, migrate, room
from mailgate.store import database as database_module
from mailgate.store import engine as engine_module
from mailgate.store.database import Database
from mailgate.store.engine import open_engine
from mailgate.store.tables import AuditRow, CaseRow, SchoolRow

NOW = datetime(2026, 2, 2, 9, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path) -> Database:
    (tmp_path / "copy.db").write_bytes(migrated_file.read_bytes())
    return Database(f"sqlite:///{tmp_path}/copy.db", KEYS)


def _count(database: Database) -> int:
    with database.read() as tx:
        return len(tx.session.scalars(select(AuditRow.id)).all())


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL: a commit that returned is on the disk
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 10_000),
    ],
)
def test_every_connection_to_sqlite_is_durable_and_strict(sqlite: Database, pragma: str, value: object) -> None:
    for transaction in (sqlite.read, sqlite.write):
        with transaction() as tx:
            assert tx.session.scalar(text(f"PRAGMA {pragma}")) == value
    sqlite.close()


def test_a_write_is_kept_when_its_block_ends(database: Database) -> None:
    with database.write() as tx:
        audit.record(tx, NOW, "system", "test")
    assert _count(database) == 1


def test_a_write_is_undone_when_its_block_raises(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as tx:
        audit.record(tx, NOW, "system", "test")
        tx.session.flush()
        raise RuntimeError("a bug")
    assert _count(database) == 0


def test_what_is_changed_in_a_read_is_not_kept(database: Database) -> None:
    with database.read() as tx:
        audit.record(tx, NOW, "system", "test")
        tx.session.flush()
    assert _count(database) == 0


def test_the_second_writer_on_sqlite_waits_for_the_first(sqlite: Database) -> None:
    order: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with sqlite.write() as tx:
            audit.record(tx, NOW, "second", "test")
            tx.session.flush()
            order.append("second")

    with sqlite.write() as tx:
        tx.session.scalar(select(AuditRow.id))  # a look is enough: who may write is decided by the first statement
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait()
        thread.join(timeout=0.2)
        assert thread.is_alive()
        audit.record(tx, NOW, "first", "test")
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    with sqlite.read() as tx:
        assert list(tx.session.scalars(select(AuditRow.actor).order_by(AuditRow.id))) == ["first", "second"]
    sqlite.close()


def test_a_writer_that_waits_too_long_is_told_to_come_back(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 50)
    with sqlite.write(), pytest.raises(StoreUnavailable, match="another change takes too long"), sqlite.write():
        pass
    sqlite.close()


def test_a_writer_that_waits_too_long_for_another_process_is_told_to_come_back(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = tuple(pragma.replace("10000", "50") for pragma in engine_module._SQLITE_PRAGMAS)
    monkeypatch.setattr(engine_module, "_SQLITE_PRAGMAS", impatient)
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 50)
    other = Database(str(sqlite.engine.url), KEYS)
    with other.write(), pytest.raises(StoreUnavailable, match="takes too long"), sqlite.write():
        pass
    foreign = sqlite3.connect(str(sqlite.engine.url.database))
    foreign.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="database is locked"), sqlite.write() as mine:
        mine.session.scalar(select(AuditRow.id))
    foreign.close()
    other.close()
    sqlite.close()


def test_a_reader_neither_waits_for_a_writer_nor_stops_one(database: Database) -> None:
    with database.read() as reading:
        assert reading.session.scalar(select(AuditRow.id)) is None
        with database.write() as writing:
            audit.record(writing, NOW, "system", "test")
            writing.session.flush()
            with database.read() as another:
                assert another.session.scalar(select(AuditRow.id)) is None
    assert _count(database) == 1


def test_who_changes_a_row_that_changed_meanwhile_is_told(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    with database.write() as tx:
        row = CaseRow(state="new", sender_hash="", received_at=NOW, mail_date=NOW, changed_at=NOW)
        tx.session.add(row)
    with pytest.raises(ChangedMeanwhile), database.write() as one:
        mine = one.session.get_one(CaseRow, row.id)
        with database.write() as other:
            other.session.get_one(CaseRow, row.id).assignee = "yui"
        mine.assignee = "ken"
    with database.read() as tx:
        assert tx.session.scalar(select(CaseRow.assignee)) == "yui"


def test_a_database_that_is_away_is_a_later(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/no/such/folder.db", f"postgresql+psycopg://x@/x?host={tmp_path}"):
        database = Database(url, KEYS)
        with pytest.raises(StoreUnavailable), database.read() as tx:
            tx.session.execute(text("SELECT 1"))


def test_a_database_that_cannot_be_opened_says_where_to_look(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/no/such/folder.db", KEYS)
    with pytest.raises(StoreUnavailable) as caught, database.read() as tx:
        tx.session.execute(text("SELECT 1"))
    assert caught.value.reason == (
        "the database does not answer: its file cannot be opened: look whether its folder is there, at the owner and "
        "mode of both, and whether the disk is mounted read-only"
    )
    database.close()


def test_a_database_whose_disk_is_full_says_so(sqlite: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught, sqlite.write() as tx:
        pages = tx.session.scalar(text("PRAGMA page_count"))
        tx.session.execute(text(f"PRAGMA max_page_count={pages}"))  # SQLite calls this full, as it does a disk
        for _ in range(1000):
            audit.record(tx, NOW, "system", "test")
            tx.session.flush()
    assert caught.value.reason == "the database does not answer: its disk is full: make room"
    sqlite.close()


def test_trying_whether_it_can_be_written_changes_nothing(database: Database) -> None:
    with database.write() as tx:
        audit.record(tx, NOW, "system", "test")
    room.try_to_write(database)
    assert _count(database) == 1


@pytest.fixture
def standby(postgresql_server: Any, migrated_name: str) -> Iterator[Database]:
    """A database on a server that may be read and takes no changes."""
    name = postgresql_server.create(migrated_name)
    database = Database(postgresql_server.read_only_url(name), KEYS)
    yield database
    database.close()
    postgresql_server.drop(name)


def _write_with_sqlalchemy(database: Database) -> None:
    with database.write() as tx:
        audit.record(tx, NOW, "system", "test")


def _write_with_the_driver(database: Database) -> None:
    with database.write_with(database.connection()) as cursor:
        cursor.execute("DELETE FROM spool")


@pytest.mark.parametrize("write", [_write_with_sqlalchemy, _write_with_the_driver, room.try_to_write])
def test_a_server_that_is_read_only_is_told_as_such(standby: Database, write: Callable[[Database], None]) -> None:
    assert _count(standby) == 0
    with pytest.raises(StoreUnavailable) as caught:
        write(standby)
    assert caught.value.reason == "the database takes no changes: its server is read-only (a standby?)"


def test_tables_are_not_made_on_a_server_that_is_read_only(postgresql_server: Any) -> None:
    name = postgresql_server.create()
    engine = open_engine(postgresql_server.read_only_url(name))
    with pytest.raises(StoreUnavailable, match="its server is read-only"):
        migrate.prepare(engine)
    engine.dispose()
    postgresql_server.drop(name)


def test_a_failing_statement_does_not_print_its_values(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, database.read() as tx:
        tx.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "canary-7f3k"})
    assert "canary-7f3k" not in str(caught.value)


def test_an_instant_comes_back_in_utc_to_the_microsecond(database: Database) -> None:
    with database.write() as tx:
        audit.record(tx, NOW.astimezone(timezone(timedelta(hours=9))), "system", "test")
    with database.read() as tx:
        at = tx.session.scalar(select(AuditRow.at))
    assert (at, at.utcoffset() if at else None) == (NOW, timedelta(0))


def test_a_time_without_zone_is_not_stored(database: Database) -> None:
    with pytest.raises(Exception, match="without time zone"), database.write() as tx:
        audit.record(tx, NOW.replace(tzinfo=None), "system", "test")


def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.write() as tx:
        audit.record(tx, NOW, "system", "test", case=99)


def test_the_name_of_a_school_is_no_secret(database: Database) -> None:
    with database.write() as tx:
        tx.session.add(SchoolRow(handle="S-0001", name="森野市立南小学校", municipality="森野市"))
    with database.read() as tx:
        assert tx.session.scalar(text("SELECT name FROM schools")) == "森野市立南小学校"
