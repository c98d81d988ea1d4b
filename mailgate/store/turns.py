"""First come, first served: whose turn it is to write.

SQLite has one writer at a time and lets the others sleep and look again; under load that wastes most of the time and
may starve somebody. Threads of one process line up here instead; other processes still meet at SQLite's own lock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock whose waiters get it in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Event] = deque()

    @contextmanager
    def turn(self, timeout_seconds: float) -> Iterator[None]:
        """The block runs alone. Raises TimeoutError when the turn does not come in time."""
        self._wait(timeout_seconds)
        try:
            yield
        finally:
            self._next()

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
