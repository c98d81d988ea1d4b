"""What every transaction seals and opens with: the keys of one process, behind four questions.

Text is sealed under the key of its case, or (whatever belongs to no case) of the desk; what sealed octets open with
they say themselves (`seals.py`). Addresses and tokens are looked up by HMAC-SHA-256 under keys of their own
(`key_files.py`). A process that only takes mail has no ring: it can make hashes, and seal at intake (`intake_seal.py`),
and open nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mailgate.errors import BadKeys, LostKey, StoreUnavailable, WrongDatabase
from mailgate.mail.address import Address
from mailgate.store.key_files import (
    FIRST_ROOT,
    IndexKeys,
    RootKeys,
    load_index_keys,
    load_key,
    load_root_keys,
    missing_keys,
    root_file,
)
from mailgate.store.key_ring import KeyRing
from mailgate.store.key_store import KeyStore, missing
from mailgate.store.seals import Form, header, opened, parts_of, sealed


class Keys:
    """The keys of one process; safe to share between threads."""

    def __init__(self, index: IndexKeys, ring: KeyRing | None) -> None:
        """`ring` None: for a process that must be able to open nothing."""
        self.index = index
        self._ring = ring

    @property
    def ring(self) -> KeyRing:
        """Raises BadKeys in a process that can open nothing."""
        if self._ring is None:
            raise BadKeys("this process takes mail only, and has no keys that open anything")
        return self._ring

    @property
    def can_open(self) -> bool:
        return self._ring is not None

    def seal(self, place: str, plain: bytes, key_id: str = "") -> bytes:
        """`plain` sealed for `place` ("table.column.row") under a key of the store, or ("") under that of the desk.

        45 octets longer. Raises BadKeys.
        """
        key_id = key_id or self.ring.desk()
        return sealed(header(key_id), self.ring.cipher(key_id), place, plain)

    def unseal(self, place: str, octets: bytes) -> bytes:
        """What was sealed for exactly this place. Raises LostKey when its key was destroyed, BadKeys when key, place
        or octets do not fit."""
        try:
            seal = parts_of(octets)
            match seal.form:
                case Form.ROOT:
                    cipher = self.ring.first_root()
                case Form.KEY:
                    cipher = self.ring.cipher(seal.key_id)
                case Form.INTAKE:
                    cipher = self.ring.data_cipher(seal.key_id, seal.data_key)
        except LostKey as error:
            raise LostKey(error.key_id, place) from None
        except BadKeys as error:
            raise BadKeys("{place} does not open: {reason}", place=place, reason=error.reason) from None
        return opened(seal, cipher, place)

    def fetch(self, sealed_octets: Iterable[bytes]) -> None:
        """The keys of many values that are about to be opened, with few questions to the key store."""
        wanted = set()
        for octets in sealed_octets:
            with suppress(BadKeys):  # told when it is opened, with its place
                seal = parts_of(octets)
                wanted |= {seal.key_id} if seal.form is Form.KEY else set()
        self.ring.fetch(wanted)

    def address_hash(self, address: Address) -> str:
        return self.index.address_hash(address)

    def token_hash(self, token: str) -> str:
        return self.index.token_hash(token)

    def close(self) -> None:
        if self._ring is not None:
            self._ring.store.close()


def lacking(directory: Path, store_url: str) -> list[str]:
    """The names of the key files that are not there. Where no root key is, that of the one in use, which the key store
    knows; `seal.key` where the store cannot tell."""
    names = missing_keys(directory)
    if FIRST_ROOT not in names:
        return names
    store = KeyStore(store_url)
    try:
        root = KeyRing(RootKeys(directory), store).root_in_use() if store.is_there() else 1
    except (StoreUnavailable, WrongDatabase):
        root = 1
    finally:
        store.close()
    return [root_file(root) if name == FIRST_ROOT else name for name in names]


def load_keys(directory: Path, store_url: str) -> Keys:
    """The keys of an installation. Raises BadKeys when a file or the key store is missing or unfit."""
    for name in missing_keys(directory):
        load_key(directory / name)  # says what to do
    index = load_index_keys(directory)
    roots = load_root_keys(directory, index)
    store = KeyStore(store_url)
    if not store.is_there():
        raise missing(store)
    return Keys(index, KeyRing(roots, store))


def load_keys_of_listener(directory: Path) -> Keys:
    """The same for a process that can open nothing, whatever else lies in the folder. Raises BadKeys."""
    return Keys(load_index_keys(directory), None)
