"""The root key and the desk key change while the desk works; a case is destroyed, and no backup brings it back."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from custody import open_keys, write_keys
from sqlalchemy import LargeBinary, select, text, update

from mailgate.errors import BadKeys, LostKey, NotFound, Refused
from mailgate.flow import custody as keeping
from mailgate.flow import triage
from mailgate.flow.context import Office
from mailgate.store import cases, custody, integrity, rotation
from mailgate.store.backup import make_backup
from mailgate.store.columns import Base
from mailgate.store.database import Database
from mailgate.store.key_files import RootKeys
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import KeyStore
from mailgate.store.sealing import Keys
from mailgate.store.seals import Form, parts_of
from mailgate.store.tables import CaseRow, NoteRow, PersonRow

BY = "operator:yui"


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    """Keys of this test alone."""
    found = open_keys(write_keys(tmp_path / "keys"))
    yield found
    found.close()


@pytest.fixture
def rekeyed(desk: Any, keys: Keys) -> Any:
    """The desk as it comes from a version without a key store: its register is sealed under seal.key itself."""
    _reseal_as_before(desk.office.database)
    return _with_keys(desk, keys)


def _with_keys(desk: Any, keys: Keys) -> Any:
    """The same desk, on the same database, in a process with these keys."""
    database = Database(desk.office.database.engine.url.render_as_string(hide_password=False), keys)
    return replace(desk, office=replace(desk.office, database=database))


def _reseal_as_before(database: Database) -> None:
    """Everything under root key 1 itself, no case with a key, no day keys."""
    cipher = AESGCM(b"s" * 32)
    with database.write() as tx:
        for table in custody.sealed_tables():
            for row in tx.connection.execute(select(table)).all():
                values = {}
                for name in custody.sealed_columns(table):
                    if octets := getattr(row, name):
                        place, nonce = f"{table.name}.{name}.{row.id}", secrets.token_bytes(12)
                        plain = database.keys.unseal(place, bytes(octets))
                        values[name] = b"\x01" + nonce + cipher.encrypt(nonce, plain, b"\x01" + place.encode())
                if values:
                    tx.connection.execute(update(table).where(table.c.id == row.id).values(values))
        tx.connection.execute(update(CaseRow).values(key_id=None))
        tx.connection.execute(text("DELETE FROM intake_keys"))


def _another(office: Office) -> Office:
    """As another process has the same desk: nothing of what this one remembers."""
    ring = office.database.keys.ring
    keys = Keys(office.database.keys.index, KeyRing(RootKeys(ring.roots.directory), ring.store))
    return replace(office, database=Database(office.database.engine.url.render_as_string(hide_password=False), keys))


def _forms(database: Database) -> set[Form]:
    with database.read() as tx:
        return {
            parts_of(bytes(octets)).form
            for table in Base.metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
            for octets in tx.connection.scalars(select(column))
            if octets
        }


def _rotate(office: Office) -> keeping.Rotated:
    return keeping.rotate(office, BY, lambda _done, _total: None)


def _desk_key_of_persons(office: Office) -> set[str]:
    with office.read() as ctx:
        return {parts_of(bytes(one)).key_id for one in ctx.tx.connection.scalars(select(PersonRow.name))}


def test_a_desk_from_before_is_sealed_anew_and_goes_on(desk: Any, keys: Keys) -> None:
    number, _ = desk.answered_case()
    _reseal_as_before(desk.office.database)
    moved = _with_keys(desk, keys)
    assert _forms(moved.office.database) == {Form.ROOT}
    first = _rotate(moved.office)
    assert (first.resumed, first.root, first.closed) == (True, 1, 0)
    assert _forms(moved.office.database) == {Form.KEY, Form.INTAKE}
    second = _rotate(moved.office)
    assert (second.resumed, second.root, second.closed) == (False, 2, 0)
    assert keeping.destroy_root(moved.office, BY, 1).name == "seal.key"
    late = _another(moved.office)
    assert integrity.problems(late.database.engine, late.database.keys) == []
    later = replace(moved, office=late)
    later.run(triage.note, number, "覚書")
    assert later.open_case() == number + 1
    with late.read() as ctx:
        told = ctx.tx.connection.scalars(text("SELECT detail FROM audit WHERE action LIKE 'key %' ORDER BY id")).all()
    assert [re.sub(r"\d+ ", "N ", one) for one in told] == [
        *("root 1: goes on", "root 1: N keys, N rows", "root 2: begins", "root 2: N keys, N rows", "root 1")
    ]


def test_what_is_sealed_under_seal_key_itself_says_that_the_file_is_missing(desk: Any, keys: Keys) -> None:
    """A backup of the database from before the first rotation, restored after seal.key was destroyed."""
    desk.answered_case()
    _reseal_as_before(desk.office.database)
    moved = _with_keys(desk, keys)
    ring = moved.office.database.keys.ring
    ring.roots.make()
    ring.make_desk_key(2)
    rotation.rewrap(ring, 2)
    (ring.roots.directory / "seal.key").unlink()
    late = _another(moved.office).database
    with late.read() as tx:
        count = custody.count_under_first_root(tx)
    assert [one.what for one in integrity.problems(late.engine, late.keys)] == [
        f"seal.key is missing, and {count:,} values are sealed under it itself: restore it from the backup of the "
        "keys; if key destroy deleted it, this database is a copy from before: restore a newer one"
    ]
    with late.read() as tx:
        octets = tx.connection.scalars(select(PersonRow.name).where(PersonRow.id == 1)).one()
    with pytest.raises(BadKeys) as caught:
        late.keys.unseal("persons.name.1", bytes(octets))
    assert caught.value.reason == (
        f"persons.name.1 does not open: {ring.roots.directory}/seal.key is missing, and it is sealed under that key "
        "itself: mailgate db check says what to do"
    )


def test_a_running_process_goes_on_through_a_rotation_without_a_restart(rekeyed: Any) -> None:
    """Rotate mid-case (L71)."""
    (invited,) = rekeyed.invite(rekeyed.open_case(), 0)
    operator = _another(rekeyed.office)
    _rotate(operator)
    _rotate(operator)
    rekeyed.comment(invited)
    (comment,) = rekeyed.approve_comments(1)
    assert comment
    ring = rekeyed.office.database.keys.ring
    ring.forget()  # a minute later
    assert rekeyed.open_case() == 2
    with rekeyed.office.read() as ctx:
        key = ctx.tx.connection.scalar(select(CaseRow.key_id).where(CaseRow.id == 2))
    found = ring.store.get(key)
    assert found is not None
    assert found.root == ring.root_in_use() == 2


def test_a_rotation_that_was_stopped_goes_on(rekeyed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rekeyed.open_case()
    _rotate(rekeyed.office)
    real = KeyStore.rewrap

    def breaks(store: KeyStore, connection: Any, some: Any) -> None:
        real(store, connection, some[:1])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(KeyStore, "rewrap", breaks)
        _rotate(rekeyed.office)
    ring = rekeyed.office.database.keys.ring
    assert ring.root_in_use() == 2
    with pytest.raises(Refused, match=r"keys are wrapped under seal\.key: mailgate key rotate ends that"):
        keeping.destroy_root(rekeyed.office, BY, 1)
    again = _rotate(_another(rekeyed.office))
    assert (again.resumed, again.root, again.closed) == (True, 2, 0)
    assert set(ring.store.count_by_root()) == {2}
    assert not rotation.is_unfinished(rekeyed.office.database)
    assert RootKeys(ring.roots.directory).numbers() == [1, 2]


def test_the_desk_has_a_new_key_and_its_rows_are_under_it(rekeyed: Any) -> None:
    _rotate(rekeyed.office)
    before = _desk_key_of_persons(rekeyed.office)
    done = _rotate(rekeyed.office)
    after = _desk_key_of_persons(rekeyed.office)
    assert done.rows > 0
    assert len(before) == len(after) == 1
    assert before != after == {_another(rekeyed.office).database.keys.ring.desk()}


def test_a_key_file_made_ahead_is_used_by_nobody_before_the_rotation(rekeyed: Any) -> None:
    _rotate(rekeyed.office)
    assert [keeping.make_root_ahead(rekeyed.office, BY) for _ in range(2)] == [2, 2]
    ring = rekeyed.office.database.keys.ring
    ring.forget()
    rekeyed.open_case()
    assert set(ring.store.count_by_root()) == {1}
    assert _rotate(rekeyed.office).root == 2


def test_a_row_that_does_not_open_is_left_and_counted(rekeyed: Any) -> None:
    _rotate(rekeyed.office)
    with rekeyed.office.write() as ctx:
        ctx.tx.connection.execute(text("UPDATE persons SET kana = name WHERE id = 1"))
    assert _rotate(rekeyed.office).closed == 1


@pytest.mark.parametrize(
    ("root", "error", "words"),
    [(1, Refused, r"seal\.key is in use"), (7, NotFound, r"there is no seal-7\.key")],
)
def test_a_root_key_that_is_needed_or_unknown_is_not_destroyed(
    rekeyed: Any, root: int, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        keeping.destroy_root(rekeyed.office, BY, root)
    assert rekeyed.office.database.keys.ring.roots.numbers() == [1]


def test_a_root_key_that_values_are_sealed_under_is_not_destroyed(rekeyed: Any) -> None:
    ring = rekeyed.office.database.keys.ring
    ring.roots.make()
    ring.make_desk_key(2)
    rotation.rewrap(ring, 2)
    with pytest.raises(Refused, match=r"\d+ values are sealed under seal\.key itself"):
        keeping.destroy_root(rekeyed.office, BY, 1)


def test_a_key_store_of_one_machine_beside_a_database_of_many_is_noted(rekeyed: Any) -> None:
    of_many = rekeyed.office.database.engine.dialect.name == "postgresql"
    notes = [one for one in keeping.check(rekeyed.office).notes if "other machines cannot open anything" in one]
    assert keeping.is_local_store_of_many(rekeyed.office.database) == (len(notes) == 1) == of_many


# Keys that nobody names


def _grown_old(office: Office, age: timedelta = timedelta(days=40)) -> None:
    """Every key of the store looks that old; the newest desk key stays the newest."""
    with office.database.keys.ring.store.write() as connection:
        connection.execute(text("UPDATE keys SET created_at = :at"), {"at": str(datetime.now(UTC) - age)[:19]})


def test_after_a_rotation_another_file_of_the_new_root_key_is_told_by_its_name(rekeyed: Any, tmp_path: Path) -> None:
    rekeyed.open_case()
    assert [_rotate(rekeyed.office).root for _ in range(2)] == [1, 2]
    own = rekeyed.office.database.keys
    folder = write_keys(tmp_path / "others")
    RootKeys(folder).make()
    others = Keys(own.index, KeyRing(RootKeys(folder), own.ring.store))
    (found,) = integrity.problems(rekeyed.office.database.engine, others)
    assert (found.check, re.sub(r"[\d,]+ of [\d,]+", "N of N", found.what)) == (
        "key seal-2.key",
        "seal-2.key does not fit: N of N sealed values do not open with it; restore the keys from their backup",
    )


def test_keys_that_nobody_names_go_after_a_day(rekeyed: Any) -> None:
    _rotate(rekeyed.office)
    number = rekeyed.open_case()
    ring = rekeyed.office.database.keys.ring
    ring.forget()
    ring.spare()
    unused = custody.look(rekeyed.office.database, rekeyed.clock.now).unused
    assert unused > 0
    assert keeping.check(rekeyed.office).notes[0] == (
        f"{unused} keys are named by nobody, which is normal: spares for cases to come, made ahead, and those that a "
        "stopped process left. serve destroys them once they are a day old, as mailgate key destroy --unused does"
    )
    assert keeping.destroy_unused(rekeyed.office, BY) == 0
    _grown_old(rekeyed.office)
    assert keeping.destroy_unused(rekeyed.office, BY) > 0
    assert keeping.destroy_unused(rekeyed.office, BY) == 0
    found = custody.look(rekeyed.office.database, rekeyed.clock.now)
    assert (found.unused, found.lost_cases, found.lost_day_keys) == (0, [], 0)
    assert _another(rekeyed.office).database.keys.ring.cipher(ring.desk())
    with _another(rekeyed.office).read() as ctx:
        assert cases.get(ctx.tx, number).subject == "ご相談"


# Destroying


def test_a_backup_from_before_opens_nothing_of_a_destroyed_case(own_desk: Any, keys: Keys, tmp_path: Path) -> None:
    """L66: yesterday's backup of the main database with today's key store."""
    _reseal_as_before(own_desk.office.database)
    desk = _with_keys(own_desk, keys)
    _rotate(desk.office)
    doomed, kept = (desk.open_case(f"秘密の相談 {number}") for number in (1, 2))
    desk.run(triage.note, doomed, "覚書")
    desk.invite(doomed, 0)
    copy = tmp_path / "yesterday.db"
    make_backup(desk.office.database.engine, copy)
    with desk.office.read() as ctx:
        own = ctx.tx.connection.scalar(select(CaseRow.key_id).where(CaseRow.id == doomed))
    assert custody.destroy_case_key(desk.office.database, doomed)
    restored = Database(f"sqlite:///{copy}", _another(desk.office).database.keys)
    opened, closed = [], []
    with restored.read() as tx:
        for table in custody.sealed_tables():
            of_case = [one for one in tx.connection.execute(select(table)) if _is_of(table.name, one, doomed)]
            for row in of_case:
                for name in custody.sealed_columns(table):
                    octets = bytes(getattr(row, name) or b"")
                    if not octets or parts_of(octets).form is Form.INTAKE:
                        continue
                    try:
                        restored.keys.unseal(f"{table.name}.{name}.{row.id}", octets)
                        opened.append(f"{table.name}.{name}")
                    except LostKey as error:
                        closed.append(error.key_id)
        assert cases.get(tx, kept).subject == "ご相談"
    assert (opened, set(closed)) == ([], {own})
    assert len(closed) > 10
    restored.close()


def _is_of(table: str, row: Any, case: int) -> bool:
    return (row.id if table == "cases" else getattr(row, "case_id", None)) == case


def test_destroying_is_the_same_at_every_crash(rekeyed: Any) -> None:
    """(a) main transaction, (b) key, (c) main transaction: stopped after each, and done again."""
    number = rekeyed.open_case()
    database = rekeyed.office.database
    assert custody.destroy_case_key(database, number)
    assert not custody.destroy_case_key(_another(rekeyed.office).database, number)
    with database.write() as tx:
        tx.connection.execute(update(CaseRow).values(key_id=None))
    assert not custody.destroy_case_key(database, number)


def test_another_process_forgets_a_destroyed_key(rekeyed: Any) -> None:
    number = rekeyed.open_case()
    rekeyed.run(triage.note, number, "覚書")
    other = _another(rekeyed.office)
    custody.destroy_case_key(other.database, number)
    rekeyed.office.database.keys.ring.forget()  # a minute later
    with rekeyed.office.read() as ctx, pytest.raises(LostKey):
        cases.notes(ctx.tx, number)


# Two processes


def test_two_processes_open_cases_and_rotate_at_once(tmp_path: Path, furnished_sqlite: Path) -> None:
    """Each opens cases under keys of its own while the root key changes twice; everything opens afterwards."""
    write_keys(tmp_path / "keys")
    keys = open_keys(tmp_path / "keys")
    shutil.copy(furnished_sqlite, tmp_path / "mailgate.db")
    script = textwrap.dedent(
        """
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from mailgate.desk.lifecycle import CaseState
        from mailgate.store import cases
        from mailgate.store.database import Database
        from mailgate.store.sealing import load_keys

        folder, now = Path(sys.argv[1]), datetime(2026, 2, 2, tzinfo=UTC)
        keys = load_keys(folder / "keys", f"sqlite:///{folder}/keys/store.db")
        database = Database(f"sqlite:///{folder}/mailgate.db", keys)
        new = cases.NewCase(CaseState.NEW, "", None, None, "ご相談", now, now, None)
        print("ready", flush=True)
        for number in range(40):
            with database.write() as tx:
                cases.add_note(tx, cases.open_case(tx, new), "operator:yui", "note", now)
        """
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    database = Database(f"sqlite:///{tmp_path}/mailgate.db", keys)
    ring = keys.ring
    for _ in range(2):
        root = rotation.next_root(ring)
        ring.make_desk_key(root)
        rotation.rewrap(ring, root)
    assert [one.communicate()[0] is not None and one.returncode for one in both] == [0, 0]
    rotation.rewrap(ring, 3)
    ring.forget()
    assert set(ring.store.count_by_root()) == {3}
    with database.read() as tx:
        key_ids = list(tx.connection.scalars(select(CaseRow.key_id)))
        assert len(set(key_ids)) == len(key_ids) == 80
        notes = tx.session.scalars(select(NoteRow)).all()
        assert {tx.unseal(one, "text") for one in notes} == {"note"}
    database.close()
