"""The key files: root keys, under which the keys of the key store are wrapped, and the two keys of the hashes.

Each is a file of 64 hexadecimal digits (256 bits), for its owner alone. `seal.key` is root key 1, `seal-2.key` and so
on those that a rotation made; `address.key` and `token.key` make the hashes by which sealed things are found again,
and stay for good: whoever changed them would have to make every hash anew at one moment, and lose every reply address
that is out in the world. A process that only listens has these two and no root key.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailgate.errors import BadKeys
from mailgate.mail.address import Address
from mailgate.phrase import Phrase
from mailgate.secret_file import write_secret
from mailgate.store.seals import KEY_BYTES
from mailgate.system_words import system_words

ADDRESS_KEY, TOKEN_KEY = INDEX_KEY_FILES = ("address.key", "token.key")
FIRST_ROOT = "seal.key"
KEY_FILES = (FIRST_ROOT, *INDEX_KEY_FILES)
"""Those of every installation."""
_ROOT_FILE = re.compile(r"seal(?:-([1-9][0-9]{0,5}))?\.key")


def root_file(number: int) -> str:
    """The name of the file of a root key."""
    return FIRST_ROOT if number == 1 else f"seal-{number}.key"


def root_is_missing(number: int, count: int) -> Phrase:
    """What is said of a root key that is not there, and under which so many keys of the store are wrapped."""
    return Phrase(
        "{file} is missing, and {count:,} keys of the key store are wrapped under it: restore it, or copy it from the "
        "node that has it; if key destroy deleted it, this key store is a copy from before: restore a newer one",
        file=root_file(number),
        count=count,
    )


def first_root_is_missing(count: int) -> Phrase:
    """What is said of `seal.key` where it is not there, and so many values are sealed under it itself."""
    return Phrase(
        "{file} is missing, and {count:,} values are sealed under it itself: restore it from the backup of the keys; "
        "if key destroy deleted it, this database is a copy from before: restore a newer one",
        file=FIRST_ROOT,
        count=count,
    )


def keys_are_lost(directory: Path, names: Sequence[str]) -> Phrase:
    """What is said of key files that are not there, and without which a database in use does not open."""
    return Phrase(
        "{directory} lacks {missing} of a database in use: restore the backup of the keys",
        directory=directory,
        missing=names,
    )


@dataclass(frozen=True, slots=True, repr=False)
class IndexKeys:
    """The keys of the hashes, 32 bytes each."""

    address_key: bytes
    token_key: bytes

    def address_hash(self, address: Address) -> str:
        return _hash(self.address_key, address.key)

    def token_hash(self, token: str) -> str:
        return _hash(self.token_key, token)


class RootKeys:
    """The root keys in a folder. Looks at the folder at each question: a new one is there without a restart."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._read: dict[int, bytes] = {}

    def numbers(self) -> list[int]:
        """Of those that are there, in order."""
        found = (_ROOT_FILE.fullmatch(file.name) for file in self.directory.glob("seal*.key"))
        return sorted(int(one[1] or 1) for one in found if one is not None and one[1] != "1")

    def key(self, number: int) -> bytes:
        """32 bytes; read once. Raises BadKeys as `load_key` does."""
        if number not in self._read:
            path = self.directory / root_file(number)
            if not path.exists() and (number > 1 or self.numbers()):
                raise BadKeys(
                    "{path} is missing, and keys are wrapped under it: mailgate key check says what to do", path=path
                )
            self._read[number] = load_key(path)
        return self._read[number]

    def make(self) -> int:
        """A new one after those that are there; gives its number. Raises BadKeys."""
        number = max(self.numbers(), default=0) + 1
        _make_key(self.directory / root_file(number))
        return number


def create_keys(directory: Path) -> bool:
    """Makes the key files (0600, in a 0700 directory) where there are none; says whether it made any.

    Raises BadKeys when only some of them are there: a lost key is never silently replaced.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadKeys(
            "{directory} cannot be made a folder for keys: {why}", directory=directory, why=system_words(error)
        ) from None
    missing = missing_keys(directory)
    any_root = RootKeys(directory).numbers()
    if missing and (any_root or len(missing) < len(KEY_FILES)):
        raise BadKeys(
            "{directory} lacks {missing}: restore it from the backup of the keys", directory=directory, missing=missing
        )
    for name in missing:
        _make_key(directory / name)
    return bool(missing)


def missing_keys(directory: Path) -> list[str]:
    """The names of the key files that are not there; a root key of any number will do."""
    has_root = bool(RootKeys(directory).numbers())
    return [name for name in KEY_FILES if not (directory / name).exists() and not (name == FIRST_ROOT and has_root)]


def load_index_keys(directory: Path) -> IndexKeys:
    """The keys of the hashes in `directory`. Raises BadKeys as `load_key` does, and when the two are the same."""
    keys = IndexKeys(*(load_key(directory / name) for name in INDEX_KEY_FILES))
    if keys.address_key == keys.token_key:
        raise _same(directory)
    return keys


def load_root_keys(directory: Path, index: IndexKeys) -> RootKeys:
    """The root keys in `directory`, each read. Raises BadKeys when there is none, or one is not fit or of two uses."""
    roots = RootKeys(directory)
    numbers = roots.numbers()
    if not numbers:
        roots.key(1)  # says what is missing
    read = [index.address_key, index.token_key, *(roots.key(number) for number in numbers)]
    if len(set(read)) < len(read):
        raise _same(directory)
    return roots


def all_keys(directory: Path) -> dict[str, bytes]:
    """Every key in `directory` by the name of its file, to compare two folders. Raises BadKeys."""
    names = (*INDEX_KEY_FILES, *map(root_file, RootKeys(directory).numbers()))
    return {name: load_key(directory / name) for name in names}


def remove_root_file(path: Path) -> None:
    """Deletes a key file, and waits until the folder says so on the disk. Raises BadKeys."""
    try:
        path.unlink()
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise BadKeys("{path} cannot be deleted: {why}", path=path, why=system_words(error)) from None


def load_key(path: Path) -> bytes:
    """Raises BadKeys when the file is missing, malformed, or open to others than its owner, who is root or we.

    Root itself believes the owner of the folder, too: an operator may work as root with what is the service's.
    """
    try:
        status = path.stat()
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise BadKeys("{path} is missing: 'mailgate init' makes the keys of a new installation", path=path) from None
    except (OSError, ValueError) as error:
        raise BadKeys("{path} cannot be read as a key: {kind}", path=path, kind=type(error).__name__) from None
    check_owned(path, status)
    if len(key) != KEY_BYTES:
        raise BadKeys(
            "{path} holds {count} bytes, a key has {key_bytes}", path=path, count=len(key), key_bytes=KEY_BYTES
        )
    return key


def check_owned(path: Path, status: os.stat_result) -> None:
    """Raises BadKeys when others may touch the file, or it is somebody else's."""
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKeys("{path} can be read by others: chmod 600 {path}", path=path)
    we = os.geteuid()
    believed = {0, we, path.parent.stat().st_uid if we == 0 else we}
    if status.st_uid not in believed:
        raise BadKeys(
            "{path} belongs to user {st_uid}: it must be root's, or of the user that runs this",
            path=path,
            st_uid=status.st_uid,
        )


def _make_key(path: Path) -> None:
    try:
        if not write_secret(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode()):
            raise BadKeys("{path} is there already: somebody else made it just now; look again", path=path)
    except OSError as error:
        raise BadKeys("{path} cannot be written: {why}", path=path, why=system_words(error)) from None


def _same(directory: Path) -> BadKeys:
    return BadKeys("two key files in {directory} are the same: each purpose needs its own key", directory=directory)


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
