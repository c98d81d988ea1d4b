"""The loops of the service: do the next piece of work until there is none, then wait to be woken, or look by oneself.

Nothing that goes wrong ends a loop. Work lives in the database, so a loop that was killed loses nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from mailgate.errors import MailgateError
from mailgate.events import Event

_IDLE_SECONDS = 0.5
_TROUBLE_SECONDS = 2.0
_log = structlog.get_logger("loop")


class Loop:
    """Calls `step` (True: there may be more to do) in a thread of its own."""

    def __init__(self, name: str, step: Callable[[], bool], idle_seconds: float = _IDLE_SECONDS) -> None:
        self.name = name
        self._step = step
        self._idle_seconds = idle_seconds
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self._turned_at = time.monotonic()

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There is work: look now. (Work of other processes is found within `idle_seconds`.)"""
        self._woken.set()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def seconds_in_hand(self) -> float:
        """How long ago it began with what it does now, or with its rest."""
        return time.monotonic() - self._turned_at

    def stop(self) -> None:
        """Returns when the piece of work in hand is done."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            self._turned_at = time.monotonic()
            try:
                busy = self._step()
            except Exception as error:  # noqa: BLE001 - a loop outlives every fault; the work is still in the database
                self._tell(error)
                self._stopping.wait(_TROUBLE_SECONDS)
                continue
            if not busy:
                self._woken.wait(self._idle_seconds)

    def _tell(self, error: Exception) -> None:
        """The reason of a failure that has a name; of a bug only the kind: its text might quote a mail."""
        reason = error.reason if isinstance(error, MailgateError) else type(error).__name__
        _log.error(Event.TROUBLE, loop=self.name, reason=reason)
