from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from mailgate.errors import BadKeys
from mailgate.mail.address import Address
from mailgate.mail.envelope import Envelope
from mailgate.store import spool
from mailgate.store.database import Database
from mailgate.store.sealing import Keys, create_keys, load_keys
from mailgate.store.tables import RawMailRow, SpoolRow

KEYS = Keys(b"s" * 32, b"a" * 32, b"t" * 32)
NOW = datetime(2026, 2, 2, tzinfo=UTC)
ENVELOPE = Envelope(Address("haruka", "minami.example"), (Address("soudan", "mado.example"),))


@pytest.mark.parametrize("plain", [b"", b"x", "秘密の相談".encode(), bytes(range(256)) * 40])
def test_what_is_sealed_opens_at_its_place(plain: bytes) -> None:
    sealed = KEYS.seal("cases.subject.1", plain)
    assert KEYS.unseal("cases.subject.1", sealed) == plain
    assert len(sealed) == len(plain) + 29
    assert not plain or len(plain) < 3 or plain not in sealed


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({KEYS.seal("cases.subject.1", b"x") for _ in range(50)}) == 50


@pytest.mark.parametrize("place", ["cases.subject.2", "cases.sender.1", "notes.subject.1", ""])
def test_a_text_that_was_moved_does_not_open(place: str) -> None:
    sealed = KEYS.seal("cases.subject.1", b"text")
    with pytest.raises(BadKeys):
        KEYS.unseal(place, sealed)


@pytest.mark.parametrize(
    "damage",
    [
        lambda sealed: b"\x02" + sealed[1:],
        lambda sealed: sealed[:-1],
        lambda sealed: sealed + b"\x00",
        lambda sealed: sealed[:5],
        lambda sealed: sealed[:1] + bytes([sealed[1] ^ 1]) + sealed[2:],
        lambda sealed: sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:],
        lambda _: b"x",
    ],
    ids=["version", "shorter", "longer", "cut", "nonce", "text", "rubbish"],
)
def test_damaged_octets_do_not_open(damage: object) -> None:
    with pytest.raises(BadKeys):
        KEYS.unseal("cases.subject.1", damage(KEYS.seal("cases.subject.1", b"a longer text")))  # type: ignore[operator]  # the table above


def test_other_keys_do_not_open() -> None:
    with pytest.raises(BadKeys, match="were they replaced"):
        Keys(b"x" * 32, b"a" * 32, b"t" * 32).unseal("cases.subject.1", KEYS.seal("cases.subject.1", b"text"))


def test_the_keys_do_not_show_themselves() -> None:
    assert "ssss" not in repr(KEYS)


def test_spellings_of_one_address_have_one_hash_and_each_purpose_its_own() -> None:
    assert KEYS.address_hash(Address("Taro", "example.jp")) == KEYS.address_hash(Address("ｔａｒｏ", "example.jp"))
    assert KEYS.address_hash(Address("taro", "example.jp")) != KEYS.address_hash(Address("jiro", "example.jp"))
    assert KEYS.token_hash("taro@example.jp") != KEYS.address_hash(Address("taro", "example.jp"))
    assert KEYS.token_hash("x") != Keys(b"s" * 32, b"a" * 32, b"u" * 32).token_hash("x")
    assert len(KEYS.token_hash("x")) == 64


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


# The key files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_new_keys_are_three_files_for_their_owner_alone(tmp_path: Path) -> None:
    assert create_keys(tmp_path / "keys") is True
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["address.key", "seal.key", "token.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    keys = load_keys(tmp_path / "keys")
    assert {len(key) for key in (keys.seal_key, keys.address_key, keys.token_key)} == {32}


def test_keys_that_are_there_are_kept(folder: Path) -> None:
    before = load_keys(folder)
    assert create_keys(folder) is False
    assert load_keys(folder) == before


def test_a_lost_key_is_never_made_anew(folder: Path) -> None:
    (folder / "seal.key").unlink()
    with pytest.raises(BadKeys, match=r"lacks seal\.key"):
        create_keys(folder)
    with pytest.raises(BadKeys, match=r"seal\.key is missing"):
        load_keys(folder)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o601, 0o777])
def test_a_key_that_others_may_touch_is_refused(folder: Path, mode: int) -> None:
    (folder / "address.key").chmod(mode)
    with pytest.raises(BadKeys, match="chmod 600"):
        load_keys(folder)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_for_its_owner_alone_is_taken(folder: Path, mode: int) -> None:
    (folder / "address.key").chmod(mode)
    load_keys(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "holds 0 bytes"),
        (b"00" * 31, "holds 31 bytes"),
        (b"00" * 33, "holds 33 bytes"),
        (b"0" * 63, "cannot be read as a key"),
        (b"not hexadecimal", "cannot be read as a key"),
        (b"\xff\xfe" * 32, "cannot be read as a key"),
    ],
)
def test_a_malformed_key_is_refused_without_being_shown(folder: Path, content: bytes, reason: str) -> None:
    (folder / "token.key").write_bytes(content)
    with pytest.raises(BadKeys, match=reason):
        load_keys(folder)


def test_one_key_for_two_purposes_is_refused(folder: Path) -> None:
    (folder / "token.key").write_bytes((folder / "seal.key").read_bytes())
    with pytest.raises(BadKeys, match="are the same"):
        load_keys(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_that_cannot_be_read_is_refused(folder: Path) -> None:
    (folder / "seal.key").chmod(0)
    with pytest.raises(BadKeys, match="PermissionError"):
        load_keys(folder)


def test_a_folder_in_place_of_a_key_is_refused(folder: Path) -> None:
    (folder / "seal.key").unlink()
    (folder / "seal.key").mkdir()
    with pytest.raises(BadKeys, match="IsADirectoryError"):
        load_keys(folder)
