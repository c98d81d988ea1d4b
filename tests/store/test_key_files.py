"""The files of the keys: who may own and read them, and what is refused before anything is opened with them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mailgate.errors import BadKeys
from mailgate.mail.address import Address
from mailgate.store.key_files import (
    IndexKeys,
    RootKeys,
    create_keys,
    load_index_keys,
    load_root_keys,
    missing_keys,
)

KEYS = IndexKeys(b"a" * 32, b"t" * 32)


def load_keys(folder: Path) -> tuple[IndexKeys, RootKeys]:
    index = load_index_keys(folder)
    return index, load_root_keys(folder, index)


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
    index, roots = load_keys(tmp_path / "keys")
    assert {len(key) for key in (roots.key(1), index.address_key, index.token_key)} == {32}


def test_keys_that_are_there_are_kept(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert create_keys(folder) is False
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_lost_key_is_never_made_anew(folder: Path) -> None:
    (folder / "seal.key").unlink()
    with pytest.raises(BadKeys, match=r"lacks seal\.key"):
        create_keys(folder)
    with pytest.raises(BadKeys, match=r"seal\.key is missing"):
        load_keys(folder)


@pytest.mark.parametrize("name", ["address.key", "token.key", "seal.key", "seal-2.key"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o601, 0o777])
def test_a_key_that_others_may_touch_is_refused(folder: Path, mode: int, name: str) -> None:
    RootKeys(folder).make()
    (folder / name).chmod(mode)
    with pytest.raises(BadKeys, match="chmod 600"):
        load_keys(folder)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_for_its_owner_alone_is_taken(folder: Path, mode: int) -> None:
    key = (folder / "address.key").read_text()
    (folder / "address.key").chmod(mode)
    assert load_keys(folder)[0].address_key == bytes.fromhex(key)


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


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_of_somebody_else_is_refused(folder: Path) -> None:
    os.chown(folder / "seal.key", 4711, 4711)
    with pytest.raises(BadKeys, match="belongs to user 4711: it must be root's"):
        load_keys(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_takes_the_keys_of_the_user_of_the_folder(folder: Path) -> None:
    for file in (folder, *folder.iterdir()):
        os.chown(file, 4711, 4711)
    assert load_keys(folder)[1].key(1) == bytes.fromhex((folder / "seal.key").read_text())


def test_root_keys_are_counted_up_and_never_made_over(folder: Path) -> None:
    roots = RootKeys(folder)
    assert [roots.make(), roots.make(), roots.numbers()] == [2, 3, [1, 2, 3]]
    assert len({roots.key(number) for number in roots.numbers()}) == 3
    assert stat.S_IMODE((folder / "seal-3.key").stat().st_mode) == 0o600


def test_seal_key_may_go_once_there_is_another_root_key(folder: Path) -> None:
    RootKeys(folder).make()
    (folder / "seal.key").unlink()
    assert missing_keys(folder) == []
    assert create_keys(folder) is False
    assert load_keys(folder)[1].numbers() == [2]


def test_a_root_key_that_is_asked_for_and_not_there_says_what_to_do(folder: Path) -> None:
    with pytest.raises(BadKeys, match=r"seal-2\.key is missing, and keys .*: mailgate key check says what to do"):
        RootKeys(folder).key(2)


def test_the_first_root_key_is_missed_as_any_other_once_there_is_another(folder: Path) -> None:
    RootKeys(folder).make()
    (folder / "seal.key").unlink()
    with pytest.raises(BadKeys, match=r"seal\.key is missing, and keys .*: mailgate key check says what to do"):
        RootKeys(folder).key(1)


# The hashes


def test_spellings_of_one_address_have_one_hash_and_each_purpose_its_own() -> None:
    assert KEYS.address_hash(Address("Taro", "example.jp")) == KEYS.address_hash(Address("ｔａｒｏ", "example.jp"))
    assert KEYS.address_hash(Address("taro", "example.jp")) != KEYS.address_hash(Address("jiro", "example.jp"))
    assert KEYS.token_hash("taro@example.jp") != KEYS.address_hash(Address("taro", "example.jp"))
    assert KEYS.token_hash("x") != IndexKeys(b"a" * 32, b"u" * 32).token_hash("x")
    assert len(KEYS.token_hash("x")) == 64
    assert "aaaa" not in repr(KEYS)
