"""Keys of the key store at work: unwrapped, for a short while, in the memory of one process.

Before: `sealing.py` asks for the key that an octet string names, or for the one to seal with. After: `key_store.py`
has it wrapped, `key_files.py` the root key. What is kept here is bounded and forgotten after a minute, so that a key
that was destroyed leaves the running processes too, and a new desk key or root key comes in without a restart.

**Spare keys.** A case takes its key from a pool: keys that were committed to the key store before, and that no case
names yet. So opening a case waits for no second disk: the pool is filled by 1, 2, 4 … 32 at a time, few for a command,
and one sync for 32 cases in a service. The taking is the write of `cases.key_id` in the main transaction, and nothing
else: a case that is there has its key, whatever crashes when. What a crash or an undone transaction costs is a spare
key that nobody names (it is not given out again: the transaction may have been committed although we heard
otherwise). Those are removed when they are older than a day (`custody.py`); a pool forgets its own after an hour, and
so never gives out one that was removed.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection

from mailgate.errors import BadKeys, LostKey
from mailgate.store import intake_keys
from mailgate.store.key_files import RootKeys, root_file
from mailgate.store.key_store import KeyStore, Purpose, WrappedKey
from mailgate.store.seals import ID_BYTES, KEY_BYTES

LIFE_SECONDS = 60.0
SPARE_SECONDS = 3600.0
_KEPT = 2048
_BATCH = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    cipher: AESGCM
    until: float


@dataclass(frozen=True, slots=True, repr=False)
class _Spare:
    id: str
    key: bytes
    until: float


class KeyRing:
    """The keys that one process may open; safe to share between threads."""

    def __init__(self, roots: RootKeys, store: KeyStore, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds, from any moment."""
        self.roots, self.store = roots, store
        self._clock = clock
        self._guard = threading.Lock()
        self._ciphers: OrderedDict[str | bytes, _Kept] = OrderedDict()
        self._desk: tuple[str, float] = ("", 0.0)
        self._audit: bytes | None = None
        self._filling = threading.Lock()
        self._spares: deque[_Spare] = deque()
        self._batch = 1

    def cipher(self, key_id: str) -> AESGCM:
        """What opens, and seals, under a key of the store. Raises LostKey when it is not there, BadKeys when its root
        key is not."""
        return self._kept(key_id) or self._keep(key_id, AESGCM(self._secret(key_id)))

    def fetch(self, key_ids: Iterable[str]) -> None:
        """Takes many keys into memory with few questions; one that is not there is told when it is asked for."""
        wanted = {one for one in key_ids if self._kept(one) is None}
        for found in self.store.some(wanted) if wanted else []:
            with suppress(BadKeys):
                self._keep(found.id, AESGCM(self._unwrapped(found)))

    def data_cipher(self, day_key_id: str, wrapped: bytes) -> AESGCM:
        """What opens what was sealed at intake: of one process, in one minute. Raises as `cipher` does."""
        found = self._kept(wrapped)
        if found is None:
            private = X25519PrivateKey.from_private_bytes(self._secret(day_key_id))
            found = self._keep(wrapped, AESGCM(intake_keys.open_data_key(wrapped, private)))
        return found

    def first_root(self) -> AESGCM:
        """What opens that which was sealed before there were other keys. Raises BadKeys."""
        found = self._kept("root 1")
        if found is None and 1 not in self.roots.numbers():
            path = self.roots.directory / root_file(1)
            raise BadKeys(
                "{path} is missing, and it is sealed under that key itself: mailgate db check says what to do",
                path=path,
            )
        return found or self._keep("root 1", AESGCM(self.roots.key(1)))

    def desk(self) -> str:
        """The id of the key for whatever belongs to no case: the newest. Raises BadKeys when there is none."""
        key_id, until = self._desk
        if self._clock() < until:
            return key_id
        newest = self.store.newest(Purpose.DESK)
        if newest is None:
            raise BadKeys(
                "the key store {place} has no key for the desk yet: mailgate key init", place=self.store.place
            )
        self._desk = newest.id, self._clock() + LIFE_SECONDS
        return newest.id

    def expect_root(self) -> None:
        """Raises BadKeys when the root key in use is not there, or is another one: then nothing can be sealed."""
        self.cipher(self.desk())

    def audit_key(self) -> bytes:
        """The key of the chain through the audit log; made at its first use, for which one process at a time comes."""
        if self._audit is None:
            if self.store.newest(Purpose.AUDIT) is None:
                self.make(Purpose.AUDIT, [secrets.token_bytes(KEY_BYTES)])
            found = self.store.newest(Purpose.AUDIT)
            assert found is not None, "it was made above"
            self._audit = self._unwrapped(found)
        return self._audit

    def spare(self) -> str:
        """The id of a key for a new case, given out once; what opens it is at hand from now on, as after `cipher`."""
        with self._filling:
            now = self._clock()
            while self._spares and self._spares[0].until <= now:
                self._spares.popleft()
            if not self._spares:
                keys = [secrets.token_bytes(KEY_BYTES) for _ in range(self._batch)]
                self._batch = min(2 * self._batch, _BATCH)
                made = zip(self.make(Purpose.CASE, keys), keys, strict=True)
                self._spares.extend(_Spare(key_id, key, now + SPARE_SECONDS) for key_id, key in made)
            taken = self._spares.popleft()
        self._keep(taken.id, AESGCM(taken.key))
        return taken.id

    def make(self, purpose: Purpose, keys: Sequence[bytes]) -> list[str]:
        """Puts new keys into the store, under the root key that is in use; gives their ids. On the disk then."""
        with self.store.write() as connection:
            return self._add(connection, self.root_in_use(connection), purpose, keys)

    def make_desk_key(self, root: int) -> str:
        """A new key for the desk under this root key, which is the one in use from then on."""
        with self.store.write() as connection:
            (key_id,) = self._add(connection, root, Purpose.DESK, [secrets.token_bytes(KEY_BYTES)])
        self._desk = "", 0.0
        return key_id

    def root_in_use(self, connection: Connection | None = None) -> int:
        """The number of the root key under which new keys are wrapped: that of the newest key of the desk.

        So a root key that lies in the folder is not used before every node has it and a rotation says so.
        """
        newest = self.store.newest(Purpose.DESK, connection)
        return newest.root if newest is not None else max(self.roots.numbers(), default=1)

    def rewrapped(self, key: WrappedKey, root: int) -> WrappedKey:
        """The same key under another root key. Raises BadKeys when it does not open under its own."""
        return self._wrapped(key.id, key.purpose, root, self._unwrapped(key), key.created_at)

    def opens(self, key: WrappedKey) -> bool:
        """Whether the root keys that are there open it."""
        try:
            self._unwrapped(key)
        except BadKeys:
            return False
        return True

    def forget(self) -> None:
        """Whatever is in memory: the next use looks again."""
        with self._guard:
            self._ciphers.clear()
        with self._filling:
            self._spares.clear()
        self._desk = "", 0.0

    def close(self) -> None:
        self.forget()
        self.store.close()

    def _add(self, connection: Connection, root: int, purpose: Purpose, keys: Sequence[bytes]) -> list[str]:
        now = datetime.now(UTC)  # of the machine: only ages of keys are counted from it
        made = [self._wrapped(secrets.token_hex(ID_BYTES), purpose, root, key, now) for key in keys]
        self.store.add(connection, made)
        return [one.id for one in made]

    def _secret(self, key_id: str) -> bytes:
        found = self.store.get(key_id)
        if found is None:
            raise LostKey(key_id)
        return self._unwrapped(found)

    def _wrapped(self, key_id: str, purpose: Purpose, root: int, key: bytes, created_at: datetime) -> WrappedKey:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = nonce + AESGCM(self.roots.key(root)).encrypt(nonce, key, _bound_to(key_id, purpose, root))
        return WrappedKey(key_id, purpose, root, wrapped, created_at)

    def _unwrapped(self, key: WrappedKey) -> bytes:
        nonce, body = key.wrapped[:_NONCE_BYTES], key.wrapped[_NONCE_BYTES:]
        try:
            return AESGCM(self.roots.key(key.root)).decrypt(nonce, body, _bound_to(key.id, key.purpose, key.root))
        except (InvalidTag, ValueError):
            name = root_file(key.root)
            raise BadKeys(
                "key {id} does not open with {name}: was that file, or the key store, replaced?", id=key.id, name=name
            ) from None

    def _kept(self, name: str | bytes) -> AESGCM | None:
        with self._guard:
            found = self._ciphers.get(name)
            if found is None or found.until <= self._clock():
                return None
            self._ciphers.move_to_end(name)
            return found.cipher

    def _keep(self, name: str | bytes, cipher: AESGCM) -> AESGCM:
        with self._guard:
            self._ciphers[name] = _Kept(cipher, self._clock() + LIFE_SECONDS)
            self._ciphers.move_to_end(name)
            while len(self._ciphers) > _KEPT:
                self._ciphers.popitem(last=False)
        return cipher


def _bound_to(key_id: str, purpose: Purpose, root: int) -> bytes:
    return f"keys.wrapped.{key_id}.{purpose}.{root}".encode()
