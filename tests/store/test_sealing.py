"""What is sealed opens at its place, under its key, as it is; whatever was moved, cut or changed never does (L65)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from custody import KEYS, open_keys, write_keys
from sqlalchemy import select, update

from mailgate.desk.lifecycle import CaseState
from mailgate.errors import BadKeys, LostKey
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import cases, custody, spool
from mailgate.store.database import Database
from mailgate.store.intake_keys import new_pair
from mailgate.store.intake_seal import DayKey, IntakeSeals
from mailgate.store.key_store import Purpose
from mailgate.store.seals import Form, parts_of
from mailgate.store.tables import CaseRow, NoteRow, RawMailRow, SpoolRow
from mailgate.store.transaction import Transaction

NOW = datetime(2026, 2, 2, tzinfo=UTC)
ENVELOPE = Envelope(Address("haruka", "minami.example"), (Address("soudan", "mado.example"),))
PLACE = "cases.subject.1"
NEW_CASE = cases.NewCase(CaseState.NEW, "", None, None, "ご相談", NOW, NOW, None)


def sealed_as(form: Form, plain: bytes = b"a longer text") -> bytes:
    """One value in each form, at PLACE."""
    if form is Form.ROOT:  # as mailgate sealed before there was a key store
        nonce = secrets.token_bytes(12)
        return b"\x01" + nonce + AESGCM(b"s" * 32).encrypt(nonce, plain, b"\x01" + PLACE.encode())
    if form is Form.KEY:
        return KEYS.seal(PLACE, plain)
    private, public = new_pair()
    seals = IntakeSeals()
    seals.take(DayKey(KEYS.ring.make(Purpose.INTAKE, [private])[0], public))
    return seals.for_mail().seal(PLACE, plain)


each_form = pytest.mark.parametrize("form", list(Form))


@each_form
@pytest.mark.parametrize("plain", [b"", b"x", "秘密の相談".encode(), bytes(range(256)) * 40])
def test_what_is_sealed_opens_at_its_place(plain: bytes, form: Form) -> None:
    sealed = sealed_as(form, plain)
    assert KEYS.unseal(PLACE, sealed) == plain
    assert len(sealed) - len(plain) == {Form.ROOT: 29, Form.KEY: 45, Form.INTAKE: 125}[form]
    assert len(plain) < 3 or plain not in sealed


@each_form
def test_the_same_text_is_sealed_differently_each_time(form: Form) -> None:
    assert len({sealed_as(form) for _ in range(10)}) == 10


@each_form
@pytest.mark.parametrize("place", ["cases.subject.2", "cases.sender.1", "notes.subject.1", ""])
def test_a_text_that_was_moved_does_not_open(place: str, form: Form) -> None:
    with pytest.raises(BadKeys):
        KEYS.unseal(place, sealed_as(form))


@each_form
@pytest.mark.parametrize("to", [*Form, 0, 4, 255])
def test_one_form_does_not_pass_for_another(form: Form, to: int) -> None:
    sealed = sealed_as(form, b"x" * 200)
    if form != to:
        with pytest.raises(BadKeys):
            KEYS.unseal(PLACE, bytes([to]) + sealed[1:])


@each_form
def test_a_flipped_bit_anywhere_never_opens(form: Form) -> None:
    sealed = sealed_as(form)
    for place in range(len(sealed)):
        with pytest.raises(BadKeys):
            KEYS.unseal(PLACE, sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])


@each_form
def test_octets_that_were_cut_or_lengthened_never_open(form: Form) -> None:
    sealed = sealed_as(form)
    for wrong in (*(sealed[:length] for length in range(len(sealed))), sealed + b"\x00", sealed[1:]):
        with pytest.raises(BadKeys):
            KEYS.unseal(PLACE, wrong)


def test_the_key_of_another_case_does_not_open() -> None:
    one, other = KEYS.ring.spare(), KEYS.ring.spare()
    sealed = KEYS.seal(PLACE, b"secret", one)
    exchanged = sealed[:1] + bytes.fromhex(other) + sealed[17:]
    assert KEYS.unseal(PLACE, sealed) == b"secret"
    with pytest.raises(BadKeys, match=r"cases\.subject\.1 does not open"):
        KEYS.unseal(PLACE, exchanged)


@each_form
def test_the_keys_of_another_installation_do_not_open(tmp_path: Path, form: Form) -> None:
    with pytest.raises(BadKeys, match=r"^cases\.subject\.1 does not open"):
        open_keys(write_keys(tmp_path / "keys", b"x")).unseal(PLACE, sealed_as(form))


def test_what_a_destroyed_key_sealed_says_what_happened() -> None:
    key = KEYS.ring.spare()
    sealed = KEYS.seal(PLACE, b"secret", key)
    KEYS.ring.store.destroy([key])
    KEYS.ring.forget()
    with pytest.raises(LostKey, match=f"^cases.subject.1 does not open: key {key} is not in the key store") as told:
        KEYS.unseal(PLACE, sealed)
    assert "destroyed, or the key store is older than the database" in told.value.reason


def test_the_keys_do_not_show_themselves() -> None:
    shown = repr(KEYS) + repr(KEYS.ring) + repr(KEYS.index) + repr(KEYS.ring.roots) + repr(KEYS.ring.store)
    assert "ssss" not in shown
    assert "aaaa" not in shown


# Which key


def key_of(sealed: bytes) -> str:
    return parts_of(sealed).key_id


def test_everything_of_a_case_is_under_its_key_and_the_rest_under_that_of_the_desk(tx: Transaction, case: int) -> None:
    row = tx.connection.execute(select(CaseRow.__table__)).one()
    assert {key_of(row.sender), key_of(row.subject)} == {row.key_id}
    cases.add_note(tx, case, "operator:yui", "急ぎ", NOW)
    assert {key_of(one) for one in tx.session.scalars(select(NoteRow.text))} == {row.key_id}
    assert key_of(tx.keys.seal(PLACE, b"")) == tx.keys.ring.desk() != row.key_id


def test_two_cases_have_two_keys(tx: Transaction, case: int) -> None:
    assert tx.key_of_case(cases.open_case(tx, NEW_CASE)) != tx.key_of_case(case)


def test_a_case_from_before_takes_a_key_with_the_first_thing_sealed(tx: Transaction, case: int) -> None:
    tx.connection.execute(update(CaseRow).values(key_id=None))
    tx._key_ids.clear()
    cases.add_note(tx, case, "operator:yui", "急ぎ", NOW)
    cases.add_note(tx, case, "operator:yui", "とても急ぎ", NOW)
    key = tx.connection.scalar(select(CaseRow.key_id))
    assert {key_of(one) for one in tx.session.scalars(select(NoteRow.text))} == {key}


def test_a_note_that_was_copied_to_another_case_does_not_open(database: Database) -> None:
    with database.write() as tx:
        numbers = [
            cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, None, "ご相談", NOW, NOW, None))
            for _ in range(2)
        ]
        for number in numbers:
            cases.add_note(tx, number, "operator:yui", f"覚書 {number}", NOW)
        theirs = tx.session.scalar(select(NoteRow.text).where(NoteRow.case_id == numbers[1]))
        tx.session.execute(update(NoteRow).where(NoteRow.case_id == numbers[0]).values(text=theirs))
    with database.read() as tx:
        assert [one.text for one in cases.notes(tx, numbers[1])] == [f"覚書 {numbers[1]}"]
        with pytest.raises(BadKeys, match=r"notes\.text\."):
            cases.notes(tx, numbers[0])


def test_octets_that_were_copied_to_another_mail_do_not_open(database: Database) -> None:
    with database.write() as tx:
        spool.put(tx, "one", ENVELOPE, b"first", NOW)
        spool.put(tx, "two", ENVELOPE, b"second", NOW)
    with database.write() as tx:
        theirs = tx.session.get_one(RawMailRow, "two").octets
        tx.session.execute(update(RawMailRow).where(RawMailRow.id == "one").values(octets=theirs))
    with database.read() as tx:
        assert spool.load(tx, "two").raw == b"second"
        with pytest.raises(BadKeys, match=r"raw_mails\.octets\.one"):
            spool.load(tx, "one")


def test_a_text_that_was_copied_to_another_column_does_not_open(database: Database) -> None:
    with database.write() as tx:
        spool.put(tx, "one", ENVELOPE, b"first", NOW)
        address = tx.session.get_one(SpoolRow, "one").forward_path
        tx.session.get_one(RawMailRow, "one").reverse_path = address
    with database.read() as tx, pytest.raises(BadKeys, match=r"raw_mails\.reverse_path\.one"):
        spool.load(tx, "one")


# Destroying


def test_after_its_key_nothing_of_a_case_opens_and_the_rest_does(database: Database) -> None:
    with database.write() as tx:
        first, second = (
            cases.open_case(tx, cases.NewCase(CaseState.NEW, "", None, None, "ご相談", NOW, NOW, None))
            for _ in range(2)
        )
    assert [custody.destroy_case_key(database, first) for _ in range(3)] == [True, False, False]
    with database.read() as tx:
        assert (cases.get(tx, second).subject, cases.get(tx, first).subject) == ("ご相談", cases.KEY_DESTROYED)
        with pytest.raises(LostKey):
            tx.unseal(tx.session.get_one(CaseRow, first), "subject")


def test_destroying_the_key_of_a_case_without_one_does_nothing(database: Database) -> None:
    with database.write() as tx:
        number = cases.open_case(tx, NEW_CASE)
        tx.connection.execute(update(CaseRow).values(key_id=None))
    assert not custody.destroy_case_key(database, number)
