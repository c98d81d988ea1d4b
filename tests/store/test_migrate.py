from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from custody import KEYS
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import OperationalError

from mailgate.errors import WrongDatabase
from mailgate.store import migrate
from mailgate.store.columns import Base
from mailgate.store.database import Database
from mailgate.store.engine import open_engine


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    database = Database(database_url, KEYS)
    yield database
    database.close()


def _set_version(database: Database, version: str) -> None:
    with database.write() as tx:
        tx.session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_an_empty_database_gets_all_tables(empty: Database) -> None:
    migrate.prepare(empty.engine)
    assert set(inspect(empty.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    migrate.prepare(empty.engine)
    migrate.upgrade(empty.engine)


def test_the_migrations_make_exactly_the_tables_of_the_model(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_tables_of_another_program_are_left_alone(empty: Database) -> None:
    with empty.write() as tx:
        tx.session.execute(text("CREATE TABLE theirs (id INTEGER)"))
    for start in (migrate.prepare, migrate.upgrade):
        with pytest.raises(WrongDatabase, match="something else"):
            start(empty.engine)
    assert inspect(empty.engine).get_table_names() == ["theirs"]


def test_a_newer_database_is_refused(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    _set_version(empty, "9999")
    for start in (migrate.prepare, migrate.upgrade):
        with pytest.raises(WrongDatabase, match=r"newer mailgate \(version 9999\)"):
            start(empty.engine)


def test_two_starts_at_once_make_the_tables_once(database_url: str) -> None:
    databases = [Database(database_url, KEYS) for _ in range(2)]
    together, failures = threading.Barrier(2), []

    def start(database: Database) -> None:
        together.wait()
        try:
            migrate.prepare(database.engine)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs into the assertion
            failures.append(error)

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert "cases" in inspect(databases[0].engine).get_table_names()
    for database in databases:
        database.close()


def test_connections_that_open_a_new_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    failures = []
    for number in range(40):  # without the wait about one in ten fails
        engines = [open_engine(f"sqlite:///{tmp_path}/{number}.db") for _ in range(3)]
        together = threading.Barrier(len(engines))

        def look(engine: Engine, together: threading.Barrier = together) -> None:
            together.wait()
            try:
                with engine.connect() as connection:
                    assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            except OperationalError as error:
                failures.append(error)

        threads = [threading.Thread(target=look, args=(engine,)) for engine in engines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for engine in engines:
            engine.dispose()
    assert failures == []
