"""Sealing mails on their way to their cases, by whoever takes them: with the public half of a day key alone.

Before: `intake.py` has a mail. After: `sealing.py` opens it for a worker, which has the private half. Wrapping a key
costs more than sealing a mail, so one data key is wrapped for a minute or for 1,000 mails of this process, whichever
is over first, and is used for all columns of those mails. A thief of the process's memory reads the mails of that
minute; of the disk, none.

The day key is the newest that has begun. It is looked up after a minute of use, by whoever has the database at hand;
nobody seals with one that was looked up longer than an hour ago, since it may have been destroyed meanwhile
(`day_keys.py` waits for more than a day).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailgate.store.intake_keys import wrap_data_key
from mailgate.store.seals import KEY_BYTES, header, sealed

REFRESH_SECONDS = 60.0
STALE_SECONDS = 3600.0
_DATA_KEY_SECONDS = 60.0
_DATA_KEY_MAILS = 1000


@dataclass(frozen=True, slots=True)
class DayKey:
    """The public half."""

    id: str
    """32 hexadecimal digits."""
    public: bytes


@dataclass(frozen=True, slots=True, repr=False)
class MailSeal:
    """Seals the columns of one mail."""

    _header: bytes
    _cipher: AESGCM

    def seal(self, place: str, plain: bytes) -> bytes:
        """125 octets longer than `plain`."""
        return sealed(self._header, self._cipher, place, plain)


class IntakeSeals:
    """Of one process; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._day_key: DayKey | None = None
        self._looked_at = 0.0
        self._seal: MailSeal | None = None
        self._seal_until, self._mails_left = 0.0, 0

    def wants_look(self) -> bool:
        """Whether the day key should be looked up when it costs nobody's time: `take` it then."""
        return self._day_key is None or self._clock() - self._looked_at >= REFRESH_SECONDS

    def needs_look(self) -> bool:
        """Whether nothing may be sealed before the day key was looked up."""
        return self._day_key is None or self._clock() - self._looked_at >= STALE_SECONDS

    def take(self, found: DayKey) -> None:
        """What was looked up just now."""
        with self._guard:
            if self._day_key != found:
                self._seal = None
            self._day_key, self._looked_at = found, self._clock()

    def for_mail(self) -> MailSeal:
        """For the next mail; not while `needs_look`."""
        with self._guard:
            now = self._clock()
            if self._seal is None or self._mails_left == 0 or now >= self._seal_until:
                self._seal = self._new_seal()
                self._seal_until, self._mails_left = now + _DATA_KEY_SECONDS, _DATA_KEY_MAILS
            self._mails_left -= 1
            return self._seal

    def _new_seal(self) -> MailSeal:
        assert self._day_key is not None, "it was looked up"
        data_key = secrets.token_bytes(KEY_BYTES)
        return MailSeal(header(self._day_key.id, wrap_data_key(data_key, self._day_key.public)), AESGCM(data_key))
