"""The second database: who may touch it, what it keeps, and that what is destroyed in it is gone from its files."""

from __future__ import annotations

import secrets
import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from mailgate.errors import StoreUnavailable, WrongDatabase
from mailgate.store.key_store import KeyStore, Purpose, WrappedKey

NOW = datetime(2026, 2, 2, tzinfo=UTC)


@pytest.fixture
def store(database_url: str) -> Iterator[KeyStore]:
    found = KeyStore(database_url)
    found.create()
    yield found
    found.close()


def a_key(purpose: Purpose = Purpose.CASE, age_hours: int = 0, root: int = 1) -> WrappedKey:
    return WrappedKey(secrets.token_hex(16), purpose, root, secrets.token_bytes(60), NOW - timedelta(hours=age_hours))


def add(store: KeyStore, *keys: WrappedKey) -> None:
    with store.write() as connection:
        store.add(connection, keys)


def test_a_store_is_made_once(database_url: str) -> None:
    store = KeyStore(database_url)
    assert not store.is_there()
    assert [store.create(), store.create(), store.is_there()] == [True, False, True]
    store.close()


def test_looking_for_a_store_makes_no_file(tmp_path: Path) -> None:
    assert not KeyStore(f"sqlite:///{tmp_path}/keys/store.db").is_there()
    assert list(tmp_path.iterdir()) == []


def test_the_file_and_its_log_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = KeyStore(f"sqlite:///{tmp_path}/keys/store.db")
    store.create()
    add(store, a_key())
    with store.engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM keys"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()}
    assert modes == dict.fromkeys(["store.db", "store.db-wal", "store.db-shm"], 0o600)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    store.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("secure_delete", 1), ("busy_timeout", 10_000)],
)
def test_every_connection_is_careful(tmp_path: Path, pragma: str, value: object) -> None:
    store = KeyStore(f"sqlite:///{tmp_path}/store.db")
    store.create()
    with store.engine.connect() as one, store.engine.connect() as other:
        assert [each.exec_driver_sql(f"PRAGMA {pragma}").scalar() for each in (one, other)] == [value] * 2
    store.close()


def test_the_tables_of_something_else_are_refused(database_url: str) -> None:
    store = KeyStore(database_url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(WrongDatabase, match="something else"):
        store.create()
    store.close()


def test_a_store_of_another_version_is_refused(store: KeyStore) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE key_store SET version = 2"))
    with pytest.raises(WrongDatabase, match="version 2"):
        store.is_there()


def test_what_was_added_is_found_whole(store: KeyStore) -> None:
    one, other = a_key(Purpose.DESK), a_key(Purpose.INTAKE, age_hours=1, root=2)
    add(store, one, other)
    assert store.get(one.id) == one
    assert store.all() == [other, one]
    assert store.get("0" * 32) is None
    assert store.count_by_root() == {1: 1, 2: 1}


def test_the_newest_of_a_purpose_is_found(store: KeyStore) -> None:
    assert store.newest(Purpose.DESK) is None
    new, old, case = a_key(Purpose.DESK), a_key(Purpose.DESK, age_hours=1), a_key(Purpose.CASE)
    add(store, old, new, case)
    assert store.newest(Purpose.DESK) == new


def test_keys_are_wrapped_anew_in_place(store: KeyStore) -> None:
    keys = [a_key() for _ in range(3)]
    add(store, *keys)
    with store.write() as connection:
        some = store.under_other_roots(connection, 2, 2)
        store.rewrap(connection, [WrappedKey(one.id, one.purpose, 2, b"new", one.created_at) for one in some])
    assert store.count_by_root() == {1: 1, 2: 2}
    assert {one.wrapped for one in store.all() if one.root == 2} == {b"new"}


def test_destroying_is_idempotent_and_takes_any_number(store: KeyStore) -> None:
    keys = [a_key() for _ in range(1200)]
    add(store, *keys)
    assert store.destroy([one.id for one in keys[1:]]) == 1199
    assert store.destroy([one.id for one in keys[1:]]) == 0
    assert store.all() == keys[:1]


def test_no_octet_of_a_destroyed_key_is_left_in_the_files(tmp_path: Path) -> None:
    store = KeyStore(f"sqlite:///{tmp_path}/store.db")
    store.create()
    doomed, kept = a_key(), a_key()
    add(store, doomed, kept)
    with store.engine.connect():
        before = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert doomed.wrapped in before
    store.destroy([doomed.id])
    octets = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert kept.wrapped in octets
    assert (doomed.wrapped in octets, doomed.id.encode() in octets) == (False, False)
    store.close()


def test_a_reader_in_the_way_is_waited_for(tmp_path: Path) -> None:
    store = KeyStore(f"sqlite:///{tmp_path}/store.db")
    store.create()
    doomed = a_key()
    add(store, doomed)
    reader = sqlite3.connect(tmp_path / "store.db", isolation_level=None, check_same_thread=False)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM keys").fetchone()
    leaves = threading.Timer(0.1, reader.close)
    leaves.start()
    assert store.destroy([doomed.id]) == 1
    leaves.join()
    assert all(doomed.wrapped not in file.read_bytes() for file in tmp_path.iterdir())
    store.close()


def test_a_reader_that_stays_is_told_of_and_the_second_try_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailgate.store.key_store._CHECKPOINT_TRIES", 1)
    monkeypatch.setattr("mailgate.store.engine.BUSY_TIMEOUT_MS", 10)
    monkeypatch.setattr("mailgate.store.engine._SQLITE_PRAGMAS", ("PRAGMA secure_delete=ON", "PRAGMA busy_timeout=10"))
    store = KeyStore(f"sqlite:///{tmp_path}/store.db")
    store.create()
    doomed = a_key()
    add(store, doomed)
    reader = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM keys").fetchone()
    with pytest.raises(StoreUnavailable, match="not wiped; try again"):
        store.destroy([doomed.id])
    assert store.get(doomed.id) is None
    reader.close()
    assert store.destroy([doomed.id]) == 0
    assert all(doomed.wrapped not in file.read_bytes() for file in tmp_path.iterdir())
    store.close()


def test_words_are_kept_by_name_and_replaced(store: KeyStore) -> None:
    assert store.word("audit") is None
    for word in ("1 aa", "2 bb"):
        store.set_word("audit", word)
    assert (store.word("audit"), store.words()) == ("2 bb", {"audit": "2 bb"})


def test_a_failed_transaction_leaves_nothing(store: KeyStore) -> None:
    key = a_key()
    with pytest.raises(RuntimeError), store.write() as connection:
        store.add(connection, [key])
        raise RuntimeError
    assert store.all() == []


def test_a_store_that_does_not_answer_is_told_as_the_key_store(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailable, match=r"^the key store cannot be used"):
        KeyStore(f"sqlite:///{tmp_path}/store.db").is_there()
