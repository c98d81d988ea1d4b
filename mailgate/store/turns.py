"""First come, first served: whose turn it is to write.

SQLite has one writer at a time and lets the others sleep and look again; under load that wastes most of the time and
may starve somebody. The threads of one process line up here, and the first of each process asks for a lock on a file
beside the database, a thousand times a second where SQLite would ask ten times. SQLite's own lock stays what keeps
the data right: a program that knows nothing of this file (a backup, the sqlite3 shell) disturbs nobody.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailgate.store.lock_file import open_lock_file

_LOOK_AGAIN_SECONDS = 0.001


class Turns:
    """A lock whose waiters get it in the order in which they came; between processes, if `path` is given."""

    def __init__(self, path: Path | None = None) -> None:
        """`path` is made when it is not there. Raises StoreUnavailable."""
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()
        self._file = open_lock_file(path) if path is not None else None

    @contextmanager
    def turn(self, timeout_seconds: float) -> Iterator[None]:
        """The block runs alone. Raises TimeoutError when the turn does not come in time; 0 does not wait at all."""
        self._wait(timeout_seconds)
        try:
            with self._among_processes(timeout_seconds):
                yield
        finally:
            self._next()

    @contextmanager
    def _among_processes(self, timeout_seconds: float) -> Iterator[None]:
        if self._file is None:
            yield
            return
        give_up_at = time.monotonic() + timeout_seconds
        while not _locked(self._file):
            if time.monotonic() >= give_up_at:
                raise TimeoutError
            time.sleep(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _wait(self, timeout_seconds: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if mine.wait(timeout_seconds):
            return
        with self._guard:
            if mine.is_set():  # it came just now
                return
            self._waiting.remove(mine)
        raise TimeoutError

    def _next(self) -> None:
        """Hands the turn to the longest waiting, or gives it back."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
