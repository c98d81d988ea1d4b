"""One commit for all mails that wait at the same moment, and for each its own promise.

Before: the listener has a whole mail. After: its Future holds the queue id once the mail is synced to disk, or the
reason why it is not. Nobody lingers for company: a thread writes whatever waits, and what comes meanwhile waits for the
next round. So a single mail pays for its own commit alone, and a hundred at once share one.

A mail that cannot be stored does not spoil the others: their transaction is rolled back and each one is tried by
itself. Where the database is away or full all are told "later"; they come again.
"""

from __future__ import annotations

import threading
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


@dataclass(slots=True, eq=False)
class _Waiting:
    envelope: Envelope
    raw: bytes
    sealed: SealedMail | None = None
    told: Future[str] = field(default_factory=Future)


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
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="group-commit")

    def submit(self, envelope: Envelope, raw: bytes) -> Future[str]:
        """Returns at once. The Future cannot be cancelled: a mail that was handed over is committed to the end."""
        mail = _Waiting(envelope, raw)
        mail.told.set_running_or_notify_cancel()
        if len(raw) <= _SEALED_AT_ONCE_OCTETS and not self._seal(mail):
            return mail.told
        with self._guard:
            self._waiting.append(mail)
            if self._writing:
                return mail.told
            self._writing = True
        self._thread.submit(self._write_all)
        return mail.told

    def close(self) -> None:
        """Waits for what was handed over; nothing may be submitted any more."""
        self._thread.shutdown()
        self._writer.close()

    def _write_all(self) -> None:
        while batch := self._next_batch():
            self._write([mail for mail in batch if mail.sealed is not None or self._seal(mail)])

    def _next_batch(self) -> list[_Waiting]:
        """All that wait, as far as a batch goes; none, and the next `submit` must start the writer."""
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
        rows = [mail.sealed for mail in batch if mail.sealed is not None]
        try:
            self._writer.write(rows)
        except Exception as error:  # noqa: BLE001 - told to those whose mails they are
            self._not_written(batch, error)
            return
        self._committed()
        for mail, row in zip(batch, rows, strict=True):
            mail.told.set_result(row.queue_id)
        ids = ",".join(row.queue_id for row in rows)
        _log.info(Event.ACCEPTED, queue_id=ids, mails=len(rows), octets=sum(len(mail.raw) for mail in batch))

    def _not_written(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Where one row is to blame the others are written without it; where the database is, nobody has to wait."""
        if len(batch) == 1 or isinstance(error, Later):
            for mail in batch:
                mail.told.set_exception(error)
            return
        for mail in batch:
            self._write([mail])
