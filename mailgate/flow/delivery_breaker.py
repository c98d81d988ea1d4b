"""Leaving a relay alone that is not there: after a fault of it nothing is tried for a while, then one mail only.

    closed --- fault -------> open (1 s, then twice as long each time, up to a minute)
       ^                        |
       +---- an answer ---- one probe --- fault ---> open for longer

In memory, for one process: each node finds out by itself. Pure but for its lock and the clock that is handed in.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Breaker:
    """Asked before each try (`begin`) and told what came of it; for several threads."""

    def __init__(
        self,
        first_seconds: float = 1.0,
        longest_seconds: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` gives seconds and never goes back."""
        self._first, self._longest, self._clock = first_seconds, longest_seconds, clock
        self._lock = threading.Lock()
        self._pause = 0.0
        self._until = 0.0
        self._faults = 0
        self._probe: Attempt | None = None

    def begin(self) -> Attempt | None:
        """The leave to try one mail, to be ended in any case; None while the relay is left alone."""
        with self._lock:
            attempt = Attempt(self, self._faults)
            if self._pause:
                if self._probe is not None or self._clock() < self._until:
                    return None
                self._probe = attempt
            return attempt

    def _answered(self, attempt: Attempt) -> None:
        with self._lock:
            if attempt.faults_before == self._faults:  # else it is older than the last fault and tells nothing new
                self._pause = 0.0

    def _faulted(self, attempt: Attempt) -> float | None:
        """The new pause; None when others have told of the same fault already."""
        with self._lock:
            if attempt.faults_before != self._faults:
                return None
            self._faults += 1
            self._pause = min(self._pause * 2 or self._first, self._longest)
            self._until = self._clock() + self._pause
            return self._pause

    def _end(self, attempt: Attempt) -> None:
        with self._lock:
            if self._probe is attempt:
                self._probe = None


class Attempt:
    """One try that the breaker knows of."""

    def __init__(self, breaker: Breaker, faults_before: int) -> None:
        self._breaker = breaker
        self.faults_before = faults_before

    def answered(self) -> None:
        """The relay spoke to us, whatever it said."""
        self._breaker._answered(self)

    def faulted(self) -> float | None:
        """The relay was not there, or went away: gives for how many seconds nothing is tried; None when the tries
        that ran at the same time have said so before."""
        return self._breaker._faulted(self)

    def end(self) -> None:
        """Nothing more comes of it."""
        self._breaker._end(self)
