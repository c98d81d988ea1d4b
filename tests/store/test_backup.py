"""A backup is whole or not there, whatever stops it; what was said 250 to before it began is in it, and opens."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from custody import KEYS

from mailgate.errors import Refused, StoreUnavailable
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import backup, integrity, migrate, spool
from mailgate.store.backup import KEY_STORE, default_file, make_backup, make_dated_backup
from mailgate.store.database import Database
from mailgate.store.engine import open_engine
from mailgate.store.key_store import KeyStore, Purpose, WrappedKey

NOW = datetime(2026, 2, 2, tzinfo=UTC)
ENVELOPE = Envelope(None, (Address("soudan", "mado.example"),))

needs_pg_dump = pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")


@pytest.fixture(autouse=True)
def _safe(tmp_path: Path) -> None:
    """The folder that most backups here go to."""
    (tmp_path / "safe").mkdir()


@pytest.fixture
def sqlite(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copy(migrated_file, tmp_path / "mailgate.db")
    database = Database(f"sqlite:///{tmp_path}/mailgate.db", KEYS)
    yield database
    database.close()


def _ids(database: Database) -> set[str]:
    with database.read() as tx:
        return {one.id for one in spool.entries(tx, (), limit=100_000)}


def _accept(database: Database, queue_id: str) -> None:
    with database.write() as tx:
        spool.put(tx, queue_id, ENVELOPE, b"mail " + queue_id.encode(), NOW)


def _restore(url: str, copy: Path, tmp_path: Path, postgresql_server: Any) -> str:
    """The URL of a database made of the backup."""
    if url.startswith("sqlite"):
        restored = tmp_path / "restored.db"
        shutil.copy(copy, restored)
        return f"sqlite:///{restored}"
    name = postgresql_server.create()
    target = ["--host", str(postgresql_server.folder), "--username", "mailgate", "--dbname", name]
    subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", *target, str(copy)], check=True)
    return str(postgresql_server.url(name))


def test_what_was_accepted_before_the_backup_began_is_in_it_and_opens(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database_url.startswith("postgresql") and shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    server = None if database_url.startswith("sqlite") else request.getfixturevalue("postgresql_server")
    database = Database(database_url, KEYS)
    migrate.upgrade(database.engine)
    for number in range(20):
        _accept(database, f"before{number}")
    under_way, enough = threading.Event(), threading.Event()

    def go_on() -> None:
        number = 0
        while not enough.is_set():
            _accept(database, f"during{number}")
            under_way.set()
            number += 1

    writer = threading.Thread(target=go_on)
    writer.start()
    under_way.wait()
    copy = tmp_path / "safe" / "copy"
    size_bytes = make_backup(database.engine, copy)
    enough.set()
    writer.join()
    assert (copy.stat().st_size, stat.S_IMODE(copy.stat().st_mode)) == (size_bytes, 0o600)
    assert [file.name for file in copy.parent.iterdir()] == ["copy"]
    restored = Database(_restore(database_url, copy, tmp_path, server), KEYS)
    migrate.prepare(restored.engine)
    assert _ids(restored) >= {f"before{number}" for number in range(20)}
    assert _ids(restored) <= _ids(database)
    assert integrity.problems(restored.engine, KEYS) == []
    with restored.read() as tx:
        assert spool.load(tx, "before7").raw == b"mail before7"
    _accept(restored, "afterwards")
    restored.close()
    database.close()


def test_a_copy_of_sqlite_is_one_file_without_what_was_deleted(sqlite: Database, tmp_path: Path) -> None:
    _accept(sqlite, "mail1")
    make_backup(sqlite.engine, tmp_path / "copy.db")
    with sqlite3.connect(f"file:{tmp_path}/copy.db?mode=ro&immutable=1", uri=True) as copy:
        assert copy.execute("SELECT id FROM spool").fetchall() == [("mail1",)]
        assert copy.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert {one.name for one in tmp_path.glob("copy*")} == {"copy.db"}


@pytest.mark.parametrize("kind", ["file", "folder", "link to nowhere"])
def test_nothing_is_overwritten(sqlite: Database, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "safe" / "copy.db"
    match kind:
        case "file":
            target.write_bytes(b"mine")
        case "folder":
            target.mkdir()
        case _:
            target.symlink_to(tmp_path / "nowhere")
    before = target.lstat()
    with pytest.raises(Refused, match="is there already"):
        make_backup(sqlite.engine, target)
    assert (target.lstat(), list(target.parent.iterdir())) == (before, [target])


def test_what_appears_under_its_name_meanwhile_is_not_overwritten(
    sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "safe" / "copy.db"
    monkeypatch.setattr(backup, "_verify", lambda *_: target.write_bytes(b"somebody's"))
    with pytest.raises(Refused, match="cannot be written: File exists"):
        make_backup(sqlite.engine, target)
    assert (target.read_bytes(), list(target.parent.iterdir())) == (b"somebody's", [target])


@pytest.mark.parametrize("folder", ["mnt", "mnt/safe", "file"])
def test_a_folder_that_is_not_there_is_not_made(sqlite: Database, tmp_path: Path, folder: str) -> None:
    """It may be the disk for backups, which is not mounted."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Refused) as refused:
        make_backup(sqlite.engine, tmp_path / folder / "copy.db")
    assert refused.value.reason == f"there is no folder {tmp_path / folder}: make it, or mount the disk that it is on"
    assert not (tmp_path / "mnt").exists()


def test_the_folder_of_dated_backups_is_made_for_its_owner_alone(sqlite: Database, tmp_path: Path) -> None:
    moments = [datetime(2026, 2, 1, 1, minute, tzinfo=UTC) for minute in (5, 6)]
    files = [make_dated_backup(sqlite.engine, Path("/etc/mailgate"), moment) for moment in moments]
    assert files == [tmp_path / "backup" / f"mailgate-2026-02-01T01-0{minute}-00Z.db" for minute in (5, 6)]
    assert sorted(files[0].parent.iterdir()) == files
    assert stat.S_IMODE(files[0].parent.stat().st_mode) == 0o700


def test_a_copy_that_lacks_rows_is_none(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = backup._counts
    monkeypatch.setattr(
        backup, "_counts", lambda one, what: whole(one, what) | ({"cases": 7} if "part" not in _file_of(one) else {})
    )
    with pytest.raises(StoreUnavailable, match=r"the copy lacks rows \(cases\)"):
        make_backup(sqlite.engine, tmp_path / "safe" / "copy.db")
    assert list((tmp_path / "safe").iterdir()) == []


def _file_of(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA database_list").fetchone()[2])


def test_a_damaged_database_gives_no_backup(sqlite: Database, tmp_path: Path) -> None:
    for number in range(200):
        _accept(sqlite, f"mail{number}")
    sqlite.close()
    file = tmp_path / "mailgate.db"
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2 :] = b"\xff" * (len(octets) - len(octets) // 2)
    file.write_bytes(octets)
    with pytest.raises(StoreUnavailable, match=r"malformed|damaged"):
        make_backup(sqlite.engine, tmp_path / "safe" / "copy.db")
    assert list((tmp_path / "safe").iterdir()) == []


@pytest.mark.parametrize(
    ("octets", "refusal"), [(None, "there is no database"), (b"", "no tables of mailgate"), (b"text", "not a database")]
)
def test_what_is_no_database_of_ours_is_not_backed_up(tmp_path: Path, octets: bytes | None, refusal: str) -> None:
    file = tmp_path / "other.db"
    if octets is not None:
        file.write_bytes(octets * 1000)
    with pytest.raises((Refused, StoreUnavailable), match=refusal):
        make_backup(open_engine(f"sqlite:///{file}"), tmp_path / "safe" / "copy.db")
    assert file.exists() == (octets is not None)


def test_the_default_name_is_dated_and_beside_the_database(tmp_path: Path) -> None:
    tokyo = datetime(2026, 2, 2, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    files = [
        default_file(open_engine(url), Path("/etc/mailgate"), tokyo)
        for url in ("sqlite:////var/lib/desk.db", "postgresql+psycopg://u:p@h/d")
    ]
    assert files == [
        Path("/var/lib/backup/desk-2026-02-02T00-30-00Z.db"),
        Path("/etc/mailgate/backup/mailgate-2026-02-02T00-30-00Z.dump"),
    ]


# PostgreSQL's programs


@pytest.fixture
def server_url(postgresql_server: Any) -> Iterator[str]:
    """A database with the tables, whose URL has a password."""
    name = postgresql_server.create()
    url = postgresql_server.url(name).replace("mailgate@", "mailgate:himitsu@")
    engine = open_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    yield url
    postgresql_server.drop(name)


def _program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_without_pg_dump_the_package_and_the_command_are_named(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refused:
        make_backup(open_engine(server_url), tmp_path / "safe" / "copy")
    assert "pg_dump is not on this machine" in refused.value.reason
    assert "postgresql-client" in refused.value.reason
    assert "pg_dump --format=custom" in refused.value.reason
    assert "--username=mailgate --dbname=test_" in refused.value.reason
    assert "himitsu" not in refused.value.reason
    assert list((tmp_path / "safe").iterdir()) == []


def test_a_pg_dump_older_than_the_server_is_refused(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    _program(tmp_path / "bin", "pg_dump", "echo 'pg_dump (PostgreSQL) 9.6.24'")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    with pytest.raises(Refused, match=r"^pg_dump here is of version 9, the server of \d+: install "):
        make_backup(open_engine(server_url), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@needs_pg_dump
def test_the_password_is_on_no_command_line(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("pg_dump", "pg_restore"):
        told = f'echo "{name} $*" >> {tmp_path}/lines; echo "$PGPASSWORD" >> {tmp_path}/passwords'
        _program(tmp_path / "bin", name, f'{told}\nexec {shutil.which(name)} "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    assert make_backup(open_engine(server_url), tmp_path / "safe" / "copy") > 0
    lines = (tmp_path / "lines").read_text()
    assert lines.count("pg_dump --format=custom") == 1
    assert "himitsu" not in lines
    assert set((tmp_path / "passwords").read_text().split()) == {"himitsu"}


@needs_pg_dump
def test_a_dump_that_fails_leaves_nothing(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    script = f'case "$*" in *--file*) echo "no room here" >&2; exit 1;; *) exec {shutil.which("pg_dump")} "$@";; esac'
    _program(tmp_path / "bin", "pg_dump", script)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    with pytest.raises(StoreUnavailable, match=r"^pg_dump failed: no room here$"):
        make_backup(open_engine(server_url), tmp_path / "safe" / "copy")
    assert list((tmp_path / "safe").iterdir()) == []


def test_a_key_store_is_copied_as_one_and_the_database_is_none(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database_url.startswith("postgresql") and shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    server = None if database_url.startswith("sqlite") else request.getfixturevalue("postgresql_server")
    store = KeyStore(database_url)
    store.create()
    key = WrappedKey("0" * 32, Purpose.CASE, 1, b"wrapped", NOW)
    with store.write() as connection:
        store.add(connection, [key])
    make_backup(store.engine, tmp_path / "safe" / "copy", KEY_STORE)
    with pytest.raises(Refused, match="no tables of mailgate"):
        make_backup(store.engine, tmp_path / "safe" / "other")
    restored = KeyStore(_restore(database_url, tmp_path / "safe" / "copy", tmp_path, server))
    assert (restored.is_there(), restored.all()) == (True, [key])
    restored.close()
    store.close()
