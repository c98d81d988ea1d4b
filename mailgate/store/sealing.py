"""Keys at work: what is sealed at rest, and the hashes by which sealed things are found again.

AES-256-GCM with a random 96-bit nonce; table, column and row are the associated data, so a sealed text cannot be
moved to another row. Addresses and tokens are looked up by HMAC-SHA-256 under keys of their own. Each key is a file
of 64 hexadecimal digits, for its owner's eyes only. Known weakness: one key seals all cases; a later version gives
each case its own.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailgate.errors import BadKeys
from mailgate.mail.address import Address

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32
SEAL_KEY, ADDRESS_KEY, TOKEN_KEY = KEY_FILES = ("seal.key", "address.key", "token.key")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The three keys of an installation, 32 bytes each."""

    seal_key: bytes
    address_key: bytes
    token_key: bytes

    def seal(self, place: str, plain: bytes) -> bytes:
        """`plain` sealed for `place` ("table.column.row"); 29 bytes longer."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + _cipher(self.seal_key).encrypt(nonce, plain, _VERSION + place.encode())

    def unseal(self, place: str, sealed: bytes) -> bytes:
        """What was sealed for exactly this place; raises BadKeys when key, place or bytes do not fit."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return _cipher(self.seal_key).decrypt(nonce, body, sealed[:1] + place.encode())
        except (InvalidTag, ValueError) as error:
            raise BadKeys(f"{place} does not open with the keys in use: were they replaced?") from error

    def address_hash(self, address: Address) -> str:
        return _hash(self.address_key, address.key)

    def token_hash(self, token: str) -> str:
        return _hash(self.token_key, token)


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    """Made once for a key; safe to use from many threads."""
    return AESGCM(key)


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()


def create_keys(directory: Path) -> bool:
    """Makes the key files (0600, in a 0700 directory) where there are none; says whether it made any.

    Raises BadKeys when only some of them are there: a lost key is never silently replaced.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadKeys(f"{directory} cannot be made a folder for keys: {error.strerror}") from None
    missing = missing_keys(directory)
    if missing and len(missing) < len(KEY_FILES):
        raise BadKeys(f"{directory} lacks {', '.join(missing)}: restore it from the backup of the keys")
    for name in missing:
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
    return bool(missing)


def missing_keys(directory: Path) -> list[str]:
    """The names of the key files that are not there."""
    return [name for name in KEY_FILES if not (directory / name).exists()]


def load_keys(directory: Path) -> Keys:
    """The keys in `directory`; raises BadKeys when one is missing, malformed, open to others, or equal to another."""
    keys = Keys(*(_load(directory / name) for name in KEY_FILES))
    if len({keys.seal_key, keys.address_key, keys.token_key}) < len(KEY_FILES):
        raise BadKeys(f"two key files in {directory} are the same: each purpose needs its own key")
    return keys


def _load(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
        key = bytes.fromhex(text)
    except FileNotFoundError:
        raise BadKeys(f"{path} is missing: 'mailgate init' makes the keys of a new installation") from None
    except (OSError, ValueError) as error:
        raise BadKeys(f"{path} cannot be read as a key: {type(error).__name__}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadKeys(f"{path} can be read by others: chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise BadKeys(f"{path} holds {len(key)} bytes, a key has {_KEY_BYTES}")
    return key
