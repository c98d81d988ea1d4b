"""One commit for all mails that wait at the same moment, and for each its own promise.

Before: the listener has a whole mail. After: its Future holds the queue id once the mail is synced to disk, or the
reason why it is not. Nobody lingers for company: whatever waits is written, and what comes meanwhile waits for the
next round. So a single mail pays for its own commit alone, and a hundred at once share one.

Whoever asks for a commit writes it himself as long as the disk is quick and nobody else is writing: to wake another
thread and be woken by it takes as long as the commit. As soon as there is anything to wait for (somebody's turn, a
disk that took long last time, a server, a big mail to seal) a thread with patience does it, and the loop of the
listener goes on. What fails here and now, that thread tries again before anybody is told.

A mail that cannot be stored does not spoil the others: their transaction is rolled back and each one is tried by
itself. Where the database is away or full all are told "later"; they come again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from mailgate.errors import Later
from mailgate.events import Event
from mailgate.flow.context import Office
from mailgate.flow.queue_id import new_queue_id
from mailgate.mail.envelope import Envelope
from mailgate.store.intake import SealedMail, Writer

_log = structlog.get_logger("intake")

_BATCH_OCTETS = 4 * 2**20
"""A round ends with the mail that reaches this: bounds its memory, and how long a small mail waits for big ones."""
_BATCH_MAILS = 500
_SEALED_AT_ONCE_OCTETS = 2**16
"""Sealing a small mail is quicker than a switch of threads; a big one must not hold up the loop of the listener."""
_QUICK_SECONDS = 0.005
"""A commit that took longer than this leaves the next one to the thread."""


@dataclass(slots=True, eq=False)
class _Waiting:
    envelope: Envelope
    raw: bytes
    sealed: SealedMail | None = None
    told: Future[str] = field(default_factory=Future)

    @property
    def queue_id(self) -> str:
        assert self.sealed is not None, "it was written"
        return self.sealed.queue_id


class GroupCommit:
    """Safe to call from many threads. `committed` is called after each commit, on the thread that writes; it must not
    raise.
    """

    def __init__(self, office: Office, committed: Callable[[], None]) -> None:
        self._office = office
        self._committed = committed
        self._guard = threading.Lock()
        self._waiting: deque[_Waiting] = deque()
        self._writing = False
        self._writer = Writer(office.database)
        self._was_quick = True
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="group-commit")

    def submit(self, envelope: Envelope, raw: bytes) -> Future[str]:
        """Puts a mail in the line, to be written by the next `commit`. The Future cannot be cancelled: a mail that was
        handed over is committed to the end."""
        mail = _Waiting(envelope, raw)
        mail.told.set_running_or_notify_cancel()
        if len(raw) > _SEALED_AT_ONCE_OCTETS or self._seal(mail):
            with self._guard:
                self._waiting.append(mail)
        return mail.told

    def commit(self) -> None:
        """Sees to it that all that waits is written: here and now where that is quick, and else by the thread."""
        with self._guard:
            if self._writing or not self._waiting:
                return
            self._writing = True
        if not (self._was_quick and self._writer.is_free() and self._write_here()):
            self._thread.submit(self._write_all)

    def close(self) -> None:
        """Waits for what was handed over; nothing may be submitted any more."""
        self._thread.shutdown()
        self._writer.close()

    def _write_here(self) -> bool:
        """False: something is left for the thread."""
        while batch := self._next_batch():
            if not self._is_written_here(batch):
                with self._guard:
                    self._waiting.extendleft(reversed(batch))
                return False
        return True

    def _is_written_here(self, batch: Sequence[_Waiting]) -> bool:
        if any(mail.sealed is None for mail in batch):
            return False
        try:
            self._write_rows(batch, at_once=True)
        except Exception:  # noqa: BLE001 - the thread will meet it again, and tell
            return False
        self._tell(batch)
        return True

    def _write_all(self) -> None:
        while batch := self._next_batch():
            self._write([mail for mail in batch if mail.sealed is not None or self._seal(mail)])

    def _next_batch(self) -> list[_Waiting]:
        """All that wait, as far as a batch goes; none, and the next `commit` must start anew."""
        batch: list[_Waiting] = []
        octets = 0
        with self._guard:
            while self._waiting and len(batch) < _BATCH_MAILS and octets < _BATCH_OCTETS:
                batch.append(self._waiting.popleft())
                octets += len(batch[-1].raw)
            self._writing = bool(batch)
        return batch

    def _seal(self, mail: _Waiting) -> bool:
        """Before any transaction begins. False: it cannot be, and its sender has been told."""
        own = self._office.policy.addresses
        now = self._office.clock()
        try:
            mail.sealed = self._writer.seal(
                new_queue_id(now, self._office.random_bytes),
                mail.envelope,
                mail.raw,
                now,
                [own.recipient(address) for address in mail.envelope.forward_paths],
            )
        except Exception as error:  # noqa: BLE001 - told to the one whose mail it is
            mail.told.set_exception(error)
        return mail.sealed is not None

    def _write(self, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        try:
            self._write_rows(batch)
        except Exception as error:  # noqa: BLE001 - told to those whose mails they are
            self._not_written(batch, error)
            return
        self._tell(batch)

    def _write_rows(self, batch: Sequence[_Waiting], *, at_once: bool = False) -> None:
        begun = time.monotonic()
        self._writer.write([mail.sealed for mail in batch if mail.sealed is not None], at_once=at_once)
        self._was_quick = time.monotonic() - begun < _QUICK_SECONDS

    def _tell(self, batch: Sequence[_Waiting]) -> None:
        self._committed()
        for mail in batch:
            mail.told.set_result(mail.queue_id)
        ids = ",".join(mail.queue_id for mail in batch)
        _log.info(Event.ACCEPTED, queue_id=ids, mails=len(batch), octets=sum(len(mail.raw) for mail in batch))

    def _not_written(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Where one row is to blame the others are written without it; where the database is, nobody has to wait."""
        if len(batch) == 1 or isinstance(error, Later):
            for mail in batch:
                mail.told.set_exception(error)
            return
        for mail in batch:
            self._write([mail])
